#!/usr/bin/python3
"""What the sandbox costs: AT round trips and bulk, with and without it, side by side in one run.

  bench/sandbox.py [PAIRS]     with BFQ4004, or build/release/bfq4004

Two modules run all the time, one in its sandbox. Each pair measures the same with both, in turn
first, so that what else the machine does meets both; the figures are medians over all pairs, and of
the ratio within each pair. "program" is the processor time of the program alone, by
/proc/PID/schedstat. The status is 1 when a median ratio of the time that passed is above 1.02.
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
TRIPS = 1000
BULK = 4 << 20


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


def report(what, unit, pairs):
    """Prints medians of one kind of work; returns the ratio of the time that passed."""
    ratios = []
    for index, kind in enumerate(("passed", "program")):
        off = statistics.median(pair["off"][index] for pair in pairs)
        on = statistics.median(pair["on"][index] for pair in pairs)
        ratio = statistics.median(pair["on"][index] / pair["off"][index] for pair in pairs)
        ratios.append(ratio)
        print(f"{what}, {kind}: {unit(off)} without, {unit(on)} with; ratio {ratio:.4f}",
              flush=True)
    return ratios[0]


def measure(subjects, work, count):
    pairs = []
    for number in range(count + 1):
        order = ("on", "off") if number % 2 else ("off", "on")
        pairs.append({name: subjects[name].measured(lambda n=name: work(subjects[n]))
                      for name in order})
    return pairs[1:]  # the first warms up


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with contextlib.ExitStack() as stack:
        subjects = {name: Subject(stack, name, number) for number, name in enumerate(("off", "on"))}
        ratios = [report("AT, OK", lambda s: f"{s / TRIPS * 1e6:.2f} us",
                         measure(subjects, Subject.trips, count))]
        for subject in subjects.values():
            subject.begin_passthrough()
        for what, work in (("to the host", Subject.to_the_host),
                           ("to the network", Subject.to_the_network)):
            ratios.append(report(what, lambda s: f"{BULK / s / 1e6:.1f} MB/s",
                                 measure(subjects, work, count)))
    return 0 if max(ratios) <= 1 + TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
