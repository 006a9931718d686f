"""Thousands of modules in one process: starts, memory, joins, and what a command costs."""
import contextlib
import os
import pathlib
import resource
import socket
import statistics
import subprocess
import tempfile
import time

from baud_many import held_by
from fleet import Fleet, NotStarted, all_answer, seconds_of
from rows import BAUD, MANY, MOST
from subjects import closed

COUNTS = (1, 10, 100, 1000, 10_000)
MOST_HOSTS = 9000  # 20,000 descriptors, of which each takes a listener and a host
PTYS = (4000, 3000, 2000, 1000)
COMMANDS, COMMAND_ROUNDS = 3000, 7
BOOT_S = 0.5  # each starts 200 ms after the program
STARTS = 5    # of which the best counts: what else the machine does only makes one longer
JOIN_ROUNDS, GROWTH_ROUNDS = 3, 15
JOIN, LEAVE = b'AT+CWJAP_CUR="many",""\r\n', b"AT+CWQAP\r\n"


def with_all_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextlib.contextmanager
def hosts_of(fleet, numbers):
    with closed(*(fleet.host(number) for number in numbers)) as hosts:
        yield hosts


# --- a command ---------------------------------------------------------------------------------


def cost_of_commands(hosts, seconds):
    """Microseconds of processor time for each AT, at one host after another: the best round."""
    def once():
        before = seconds()
        for number in range(COMMANDS):
            host = hosts[number * 7919 % len(hosts)]
            os.write(host, b"AT\r\n")
            while not os.read(host, 4096).endswith(b"OK\r\n"):
                pass
        return (seconds() - before) / COMMANDS * 1e6
    return round(min(once() for _ in range(COMMAND_ROUNDS)), 2)


def cost_at_floor(tools, count):
    """The same of a program that does nothing but wait at all doors, and answer."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, \
            socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/door")
        server.listen(1024)
        process = subprocess.Popen([tools / "module", "doors", str(server.fileno())],
                                   pass_fds=[server.fileno()])
        hosts = []
        try:
            for _ in range(min(count, MOST_HOSTS)):
                with socket.socket(socket.AF_UNIX) as host:
                    host.connect(f"{folder}/door")
                    hosts.append(host.detach())
            all_answer(hosts, b"AT\r\n", b"OK\r\n")
            return cost_of_commands(hosts, lambda: seconds_of(process.pid))
        finally:
            process.kill()
            process.wait()
            for host in hosts:
                os.close(host)


# --- joins -------------------------------------------------------------------------------------


def join_once(fleet, hosts):
    """Seconds until all have joined, and microseconds of processor time each. They leave again."""
    began, used = time.monotonic(), fleet.seconds()
    all_answer(hosts, JOIN, b"OK\r\n")
    taken = time.monotonic() - began, (fleet.seconds() - used) / len(hosts) * 1e6
    all_answer(hosts, LEAVE, b"OK\r\n")
    return taken


def joins(fleet, hosts):
    """The same, of the best of some rounds."""
    return tuple(map(min, zip(*(join_once(fleet, hosts) for _ in range(JOIN_ROUNDS)))))


def growth_of_joins():
    """Processor time of a join among most modules beside that among a thousand. Both take turns, as
    the machine is not the same from one minute to the next, and the medians count: the best of
    short rounds is better than that of long ones. The first round of each only warms up."""
    with Fleet(1000) as few, Fleet(COUNTS[-1]) as most, \
            hosts_of(few, range(1000)) as of_few, hosts_of(most, range(MOST_HOSTS)) as of_most:
        time.sleep(BOOT_S)
        for fleet, hosts in (few, of_few), (most, of_most):
            all_answer(hosts, b"AT\r\n", b"OK\r\n")
            join_once(fleet, hosts)
        small, large = [], []
        for _ in range(GROWTH_ROUNDS):
            small += [join_once(few, of_few)[1] for _ in range(3)]
            large.append(join_once(most, of_most)[1])
    return statistics.median(large) / statistics.median(small)


def joins_of_the_rest(fleet):
    """Those for whose hosts there were no descriptors while the others had theirs."""
    rest = range(MOST_HOSTS, fleet.count)
    if not rest:
        return 0
    with hosts_of(fleet, rest) as hosts:
        began = time.monotonic()
        all_answer(hosts, JOIN, b"OK\r\n")
        return time.monotonic() - began


# --- rows --------------------------------------------------------------------------------------


def start_of(count):
    with Fleet(count) as fleet:
        return fleet.start


def measure(tools, count, base):
    starts = [start_of(count) for _ in range(STARTS - 1)]
    with Fleet(count) as fleet:
        time.sleep(BOOT_S)
        point = {"modules": count, "start_s": round(min(fleet.start, *starts), 3),
                 "kb_each": round((fleet.kilobytes("VmRSS") - base) / count, 1),
                 "descriptors_each": round(fleet.descriptors() / count, 2)}
        with hosts_of(fleet, range(min(count, MOST_HOSTS))) as hosts:
            all_answer(hosts, b"AT\r\n", b"OK\r\n")
            point["hosts"] = len(hosts)
            point["us_per_command"] = cost_of_commands(hosts, fleet.seconds)
            seconds, each = joins(fleet, hosts)
            point["us_per_join"] = round(each, 1)
            all_answer(hosts, JOIN, b"OK\r\n")
            point["kb_each_joined"] = round((fleet.kilobytes("VmRSS") - base) / count, 1)
        point["join_s"] = round(seconds + joins_of_the_rest(fleet), 2)
    point["floor_us_per_command"] = cost_at_floor(tools, count)
    return point


def measure_curve(tools):
    with Fleet(1) as fleet:
        time.sleep(BOOT_S)
        base = fleet.kilobytes("VmRSS")
    points = []
    for count in COUNTS:
        try:
            points.append(measure(tools, count, base))
        except (NotStarted, AssertionError) as error:
            print(error, flush=True)
            break
    return points


def most_ptys():
    for count in PTYS:
        try:
            with Fleet(count, door="pty") as fleet:
                time.sleep(BOOT_S)
                with hosts_of(fleet, range(count)) as hosts:
                    all_answer(hosts, b"AT\r\n", b"OK\r\n")
                return count, ""
        except (NotStarted, AssertionError, OSError) as error:
            why = str(error)
    return 0, why


def of_curve(points):
    """What each row is by the curve; none where the program did not get that far."""
    last, first = points[-1], points[0]
    costs = [point["us_per_command"] for point in points]
    yield MOST[0], last["modules"], {}
    yield MOST[1], last["hosts"], {}
    if last["modules"] != COUNTS[-1]:
        yield from ((row, None, {}) for row in MANY)
        return
    floor = [point["floor_us_per_command"] for point in points]
    reached = {
        "joins": last["join_s"],
        "joins_linear": growth_of_joins(),
        "memory_each": last["kb_each"],
        "start_many": last["start_s"],
        "command_flat": max(costs) / min(costs),
    }
    more = {"command_flat": {
        "module": {"best": last["us_per_command"], "unit": "us", "first": first["us_per_command"]},
        "beside": {"name": "floor", "best": floor[-1], "unit": "us",
                   "ratio": max(floor) / min(floor)}}}
    for row in MANY:
        yield row, reached[row.key], more.get(row.key, {})


def measure_all(tools):
    """The rows of the second table, and the curve that they are of."""
    with_all_descriptors()
    points = measure_curve(tools)
    results = [{"row": row, "reached": value, **more} for row, value, more in of_curve(points)]
    count, why = most_ptys()
    results.insert(2, {"row": MOST[2], "reached": count, "said": why})
    for kind in BAUD:
        held, tried = held_by(kind, pathlib.Path(tools))
        results.append({"row": kind.row, "reached": held, "tried": tried})
    return results, points
