"""One module by itself: its start, its wake-ups, its memory, its instructions, its UART."""
import contextlib
import dataclasses
import pathlib
import re
import statistics
import subprocess
import time

import pace
from rows import BAUD_ALONE, IDLE, MEMORY, START, Row, Work
from subjects import ROOT, Module, Server, Subject, door_pair, free_port, peer_pair, running

STARTS, IDLE_S = 11, 10
BAUD_ROUNDS, MOST_BAUD_ROUNDS, BAUD_S, BYTES_PER_SECOND = 7, 20, 3, 11520
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


def switches(process, kinds="voluntary|nonvoluntary"):
    """Context switches of all its threads, by now."""
    paths = pathlib.Path(f"/proc/{process}/task").glob("*/status")
    return sum(int(number) for path in paths
               for number in re.findall(rf"^(?:{kinds})_ctxt_switches:\s+(\d+)", path.read_text(),
                                        re.M))


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


@dataclasses.dataclass
class Duplex:
    """What full duplex took."""
    used: float   # nanoseconds of processor time for each wake-up
    wakes: float  # a second
    share: float  # of what the line can carry


def full_duplex(subjects, subject, filling=0.3):
    began, used = time.monotonic(), subject.used()
    woken = switches(subject.process, "voluntary")
    share = duplex(subjects.tools, filling, subject)
    took = time.monotonic() - began
    woken = switches(subject.process, "voluntary") - woken
    return Duplex((subject.used() - used) / woken, woken / took, share)


@contextlib.contextmanager
def baud_floor(subjects, wakes):
    with door_pair("pty") as (door, inner), peer_pair() as (peer, module_peer), running(
            [subjects.tools / "baud", str(inner), str(module_peer), str(BYTES_PER_SECOND),
             str(wakes)], [inner, module_peer]) as process:
        yield Subject(process, door, [peer])


def baud(subjects):
    """By processor time of a wake-up, as the floor is not woken exactly as often in each round."""
    with contextlib.ExitStack() as stack:
        module = stack.enter_context(subjects.module(THROUGH, "pty", "--speed", "baud", *LEAN))
        wakes = full_duplex(subjects, module, filling=1).wakes
        floor = stack.enter_context(baud_floor(subjects, wakes))
        full_duplex(subjects, floor, filling=1)
        rounds = {"module": [], "floor": []}
        while len(rounds["floor"]) < BAUD_ROUNDS or (
                len(rounds["floor"]) < MOST_BAUD_ROUNDS
                and pace.is_near(BAUD_ALONE, baud_ratio(rounds))):
            rounds["module"].append(full_duplex(subjects, module))
            rounds["floor"].append(full_duplex(subjects, floor))
    yield plain(BAUD_ALONE, baud_ratio(rounds), module=figures(rounds["module"]),
                beside={"name": "floor", **figures(rounds["floor"])})


def baud_ratio(rounds):
    module, floor = (min(each.used for each in rounds[name]) for name in ("module", "floor"))
    return module / floor


def figures(rounds):
    used = pace.Taken([each.used for each in rounds])
    return {**used.figures(is_flow=False),
            "wakes_per_second": round(statistics.median(each.wakes for each in rounds)),
            "least_share": round(min(each.share for each in rounds), 3)}


def measure_all(subjects):
    yield from start()
    yield from idle()
    yield from memory(subjects)
    yield from instructions()
    yield from baud(subjects)
