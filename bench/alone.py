"""One module by itself: its start, its wake-ups, its memory, its instructions, its UART."""
import contextlib
import pathlib
import re
import statistics
import subprocess
import time

from rows import BAUD_ALONE, IDLE, MEMORY, START, Row, Work
from subjects import ROOT, Module, Server, Subject, door_pair, free_port, peer_pair, running

STARTS, IDLE_S = 11, 10
BAUD_ROUNDS, BAUD_S, BYTES_PER_SECOND = 7, 3, 11520
THROUGH = Work("flow", "pass", 0, is_through=True)
BUDGETS = ROOT / "tests/instructions/budgets.txt"
LEAN = ("--control", "none", "--dashboard", "off")


def plain(row, value, **more):
    return {"row": row, "reached": value, **more}


# --- the start ---------------------------------------------------------------------------------


def start_once():
    """Milliseconds until it has answered the first command, typed when it says that it is ready."""
    began = time.monotonic()
    with Module(log="info") as module, module.host() as host:
        host.expect("ready\r\n")
        host.type("AT\r\n")
        host.expect("OK\r\n")
        return (time.monotonic() - began) * 1000


def start():
    taken = [start_once() for _ in range(STARTS)]
    best, median = min(taken), statistics.median(taken)
    yield plain(START, best, module={"best": best, "median": median, "spread": median / best - 1,
                                     "unit": "ms", "rounds": STARTS})


# --- wake-ups ----------------------------------------------------------------------------------


def switches(process):
    """Context switches of all its threads, by now."""
    paths = pathlib.Path(f"/proc/{process}/task").glob("*/status")
    return sum(int(number) for path in paths
               for number in re.findall(r"ctxt_switches:\s+(\d+)", path.read_text()))


def go_to(state, host, server, stack):
    if state in {"joined", "link open", "passthrough"}:
        host.join()
    if state in {"link open", "passthrough"}:
        host.connect(server.port)
        stack.enter_context(server.accept())
    if state == "passthrough":
        host.command("AT+CIPMODE=1")
        host.command("AT+CIPSEND", ">")
    if state == "softAP with a server":
        for line in ("AT+CWMODE_CUR=2", 'AT+CWSAP_CUR="bench","bench-4004",5,3', "AT+CIPMUX=1",
                     f"AT+CIPSERVER=1,{free_port()}"):
            host.command(line)


def idle():
    """All states at once, as a module that rests disturbs none."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Server())
        modules = []
        for number, row in enumerate(IDLE):
            state = row.key.removeprefix("idle_")
            module = stack.enter_context(Module("--module-base", str(100 + number), log="info"))
            modules.append(module)
            module.wait_for_log("bfq0 is ready")
            if state != "no host":
                go_to(state, stack.enter_context(module.host()), server, stack)
        for module in modules:
            module.wait_until_it_rests()
        before = [switches(module.process.pid) for module in modules]
        time.sleep(IDLE_S)
        for row, module, first in zip(IDLE, modules, before):
            yield plain(row, switches(module.process.pid) - first)


# --- memory ------------------------------------------------------------------------------------


def memory(subjects):
    with subjects.module(THROUGH, "pty", *LEAN) as module:
        found = kilobytes(module.process)
        for key in ("up", "down"):
            subjects.round(module, key, Work("flow", "pass", 5_000_000))
        found += kilobytes(module.process)
    return [plain(row, value) for row, value in zip(MEMORY, found)]


def kilobytes(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return [int(re.search(rf"{key}:\s+(\d+)", status)[1]) for key in ("VmRSS", "RssAnon")]


# --- instructions, which the suite counts ------------------------------------------------------


def instructions():
    for line in BUDGETS.read_text("ascii").splitlines():
        fields = re.fullmatch(r"(AT.*), black box +(\d+) +(\d+)", line)
        if fields:
            today, first = int(fields[2]), int(fields[3])
            row = Row(f"instructions_{fields[1]}", f"instructions of {fields[1]}", first / 2,
                      unit="instructions")
            yield plain(row, today, beside={"name": "first", "best": first, "unit": "at first"})


# --- the rate of a UART ------------------------------------------------------------------------


def duplex(tools, filling, subject):
    """The lesser share of what the line can carry that came through in either direction."""
    done = subprocess.run([tools / "duplex", str(filling), str(BAUD_S), str(subject.door),
                           str(subject.peers[0])], check=True, stdout=subprocess.PIPE, text=True,
                          pass_fds=[subject.door, *subject.peers])
    up, down, _ = map(float, done.stdout.split())
    return min(up, down) / BYTES_PER_SECOND


def baud_used(subjects, subject, filling=0.3):
    """Processor time and wake-ups a second, in full duplex."""
    began, used, woken = time.monotonic(), subject.used(), switches(subject.process)
    share = duplex(subjects.tools, filling, subject)
    took = time.monotonic() - began
    return (subject.used() - used) / took, (switches(subject.process) - woken) / took, share


@contextlib.contextmanager
def baud_floor(subjects, wakes):
    with door_pair("pty") as (door, inner), peer_pair() as (peer, module_peer), running(
            [subjects.tools / "baud", str(inner), str(module_peer), str(BYTES_PER_SECOND),
             str(wakes)], [inner, module_peer]) as process:
        yield Subject(process, door, [peer])


def baud(subjects):
    with contextlib.ExitStack() as stack:
        module = stack.enter_context(subjects.module(THROUGH, "pty", "--speed", "baud", *LEAN))
        _, wakes, _ = baud_used(subjects, module, filling=1)
        floor = stack.enter_context(baud_floor(subjects, wakes))
        baud_used(subjects, floor, filling=1)
        rounds = [(baud_used(subjects, module), baud_used(subjects, floor))
                  for _ in range(BAUD_ROUNDS)]
    module_used, floor_used = ([used for used, *_ in column] for column in zip(*rounds))
    yield plain(BAUD_ALONE, min(module_used) / min(floor_used),
                module=percent(module_used), beside={"name": "floor", **percent(floor_used)},
                wakes_per_second=[round(statistics.median(woken for _, woken, _ in column))
                                  for column in zip(*rounds)],
                least_share=round(min(share for row in rounds for *_, share in row), 3))


def percent(used):
    best, median = min(used) / 1e7, statistics.median(used) / 1e7
    return {"best": best, "median": median, "spread": median / best - 1, "unit": "% of a core",
            "rounds": len(used)}


def measure_all(subjects):
    yield from start()
    yield from idle()
    yield from memory(subjects)
    yield from instructions()
    yield from baud(subjects)
