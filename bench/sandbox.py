#!/usr/bin/python3
"""What the sandbox costs: AT round trips and bulk, with and without it, side by side in one run.

  bench/sandbox.py [ROUNDS]     with BFQ4004, or build/release/bfq4004

In each round three programs start anew: one in its sandbox, and two without, of which the second
shows what the machine's noise alone makes of a ratio. All three do the same work in turn, in an
order that changes, so that what else the machine does meets them all. The figures are medians over
all rounds, the ratios medians of those within each turn, with their quartiles. "passed" is time;
"program" is the processor time of the program alone, by /proc/PID/schedstat, which a busy machine
disturbs less. The status is 1 when a ratio of either is above 1.02 by more than the noise: that of
the two without the sandbox.
"""
import contextlib
import os
import statistics
import sys
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
os.environ.setdefault("BFQ4004", os.path.join(ROOT, "build/release/bfq4004"))
sys.path.insert(0, os.path.join(ROOT, "tests/journeys"))
from journey import Module, Server, receive  # noqa: E402

TOLERANCE = 0.02
TURNS = 4  # of each work, in a round
TRIPS = 500
BULK = 2 << 20
SUBJECTS = {"off": "off", "on": "on", "again": "off"}


class Subject:
    """One module, its host and the peer of its only link."""

    def __init__(self, stack, sandbox, number):
        self.module = stack.enter_context(
            Module("--sandbox", sandbox, "--module-base", str(number), log="info"))
        self.host = stack.enter_context(self.module.started_host())
        self.host.command("ATE0")
        server = stack.enter_context(Server())
        self.module.wait_for_log("is ready")
        self.host.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
        self.host.answer()
        self.host.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.port}\r\n')
        self.host.answer()
        self.peer = server.accept()
        self.host.type("AT+CIPMODE=1\r\n")
        self.host.answer()

    def processor_time(self):
        with open(f"/proc/{self.module.process.pid}/schedstat", encoding="ascii") as stat:
            return int(stat.read().split()[0]) / 1e9

    def measured(self, work):
        """Seconds that passed, and those of the processor that the program had of them."""
        begin, had = time.perf_counter(), self.processor_time()
        work()
        return time.perf_counter() - begin, self.processor_time() - had

    def trips(self):
        for _ in range(TRIPS):
            self.host.type(b"AT\r\n")
            self.host.expect(b"OK\r\n")

    def begin_passthrough(self):
        """Until the end: nothing here types +++."""
        self.host.type("AT+CIPSEND\r\n")
        self.host.expect(">")

    def to_the_host(self):
        sender = threading.Thread(target=self.peer.sendall, args=(bytes(BULK),))
        sender.start()
        self.host.take(BULK)
        sender.join()

    def to_the_network(self):
        sender = threading.Thread(target=self.host.type, args=(bytes(BULK),))
        sender.start()
        receive(self.peer, BULK)
        sender.join()


def measure(subjects, work, turns):
    """Adds a turn of each subject at a time: what it needed of either kind of time."""
    names = list(subjects)
    for number in range(TURNS + 1):
        names.append(names.pop(0))
        turn = {name: subjects[name].measured(lambda n=name: work(subjects[n])) for name in names}
        if number > 0:  # the first warms up
            turns.append(turn)


def ratios(turns, name, index):
    return [turn[name][index] / turn["off"][index] for turn in turns]


def report(what, unit, turns):
    """Prints medians of one kind of work; returns whether they are within the tolerance."""
    good = True
    for index, kind in enumerate(("passed", "program")):
        off, on = (statistics.median(turn[name][index] for turn in turns) for name in ("off", "on"))
        noise = statistics.median(ratios(turns, "again", index))
        all_ratios = ratios(turns, "on", index)
        ratio = statistics.median(all_ratios)
        low, _, high = statistics.quantiles(all_ratios, n=4)
        print(f"{what}, {kind}: {unit(off)} without, {unit(on)} with; ratio {ratio:.4f} "
              f"({low:.3f} to {high:.3f}), noise {noise:.4f}", flush=True)
        good &= ratio <= 1 + TOLERANCE + abs(noise - 1)
    return good


def run_round(number, turns):
    with contextlib.ExitStack() as stack:
        names = list(SUBJECTS)
        for _ in range(number % len(names)):
            names.append(names.pop(0))
        subjects = {name: Subject(stack, SUBJECTS[name], base) for base, name in enumerate(names)}
        measure(subjects, Subject.trips, turns["AT, OK"])
        for subject in subjects.values():
            subject.begin_passthrough()
        measure(subjects, Subject.to_the_host, turns["to the host"])
        measure(subjects, Subject.to_the_network, turns["to the network"])


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    turns = {"AT, OK": [], "to the host": [], "to the network": []}
    for number in range(rounds):
        run_round(number, turns)
    units = {"AT, OK": lambda s: f"{s / TRIPS * 1e6:.2f} us"}
    good = [report(what, units.get(what, lambda s: f"{BULK / s / 1e6:.1f} MB/s"), some)
            for what, some in turns.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
