#!/usr/bin/python3
"""Full load in both directions for any length of time, with every byte checked.

  bench/full_load.py MINUTES [--program build/release/bfq4004] [--seed N]

Three modules, each a program of its own, with a PTY as their serial port:
  passthrough  a TCP link without +IPD; host and peer send whatever the other side takes
  links        five TCP links, two opened by the module and three by clients of its server; the
               host sends each +IPD back by AT+CIPSEND, and the peers compare
  datagrams    the same with a UDP link and numbered datagrams, of which a few are on their way at
               a time

What is sent follows from the seed. Prints what moved and what it cost. The status is 1 when a byte
differs, is missing or is one too many, when a program has grown since its warm-up, or has a
descriptor more than before.
"""
import argparse
import multiprocessing
import os
import random
import select
import socket
import sys
import threading
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests/journeys"))
import journey  # noqa: E402
from journey import PATIENCE, Host, Module, Server, free_port  # noqa: E402

BLOCK = 1 << 18
WARM_UP = 0.2    # of the duration, at most a minute
# kB of growth after the warm-up that are tolerated: the control channel's last lines and events,
# 384 kB that not every warm-up fills and a sanitizer's allocator doubles, and some slack.
GROWTH = 1024
WINDOW = 32768   # bytes of a link in flight to the host and back, at most
DATAGRAMS = 8    # in flight, at most
LOST_AFTER = 10  # seconds
PATIENT = 60     # seconds without any progress, at most
# With AddressSanitizer: no quarantine for freed memory, as that would look like growth.
KEEPS_NOTHING = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") +
                 ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}


class Stream:
    """An endless stream of bytes that follow from a seed, so that the other end can compare."""

    def __init__(self, seed):
        self.seed, self.count, self.number, self.ready = seed, 0, 0, b""

    def peek(self, most):
        while len(self.ready) < most:
            self.ready += random.Random(f"{self.seed}/{self.number}").randbytes(BLOCK)
            self.number += 1
        return self.ready[:most]

    def skip(self, count):
        self.ready = self.ready[count:]
        self.count += count

    def compare(self, data):
        expected = self.peek(len(data))
        if data != expected:
            wrong = next(i for i, pair in enumerate(zip(data, expected)) if pair[0] != pair[1])
            raise AssertionError(f"{self.seed}: byte {self.count + wrong} differs:"
                                 f" {data[wrong:wrong + 16]}"
                                 f" instead of {expected[wrong:wrong + 16]}")
        self.skip(len(data))


class Part:
    """One module under load, with its measurements."""

    def __init__(self, name, number, seed, seconds, counters, stop):
        self.name, self.seed, self.seconds, self.counters = (
            name, f"{seed}/{name}", seconds, counters
        )
        self.stop = stop
        self.base = ("--module-base", str(journey.MODULE_BASE + number))
        self.address = journey.machine_address(number)
        self.figures = {"lost": 0}

    def run(self):
        with Module(*self.base, log="warn", environment=KEEPS_NOTHING) as module:
            with QuietHost(os.open(module.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)) as host:
                host.expect("ready\r\n")
                host.type("ATE0\r\n")
                host.expect("OK\r\n")
                host.join()
                self.figures["start"] = module.status("VmRSS")
                descriptors = module.descriptors()
                self.begin = time.monotonic()
                self.end = self.begin + self.seconds
                sampler = threading.Thread(target=self.sample, args=(module,), daemon=True)
                sampler.start()
                getattr(self, self.name)(host)
                self.figures["seconds"] = time.monotonic() - self.begin
                sampler.join()
                self.figures["end"] = module.status("VmRSS")
                self.figures["processor"] = module.processor_seconds()
                deadline = time.monotonic() + PATIENCE
                while module.descriptors() != descriptors and time.monotonic() < deadline:
                    time.sleep(0.1)  # a connection that is being closed may linger
                self.figures["descriptors"] = len(descriptors), len(module.descriptors())
            self.figures["log"] = module.log()
        return self.figures

    def sample(self, module):
        time.sleep(min(60.0, WARM_UP * self.seconds))
        self.figures["warm"] = self.figures["most"] = module.status("VmRSS")
        while not self.is_over():
            time.sleep(min(1.0, max(0.0, self.end - time.monotonic())))
            self.figures["most"] = max(self.figures["most"], module.status("VmRSS"))

    def is_over(self):
        return self.stop.is_set() or time.monotonic() >= self.end

    def heard(self, count):
        self.counters[0] += count

    def arrived(self, count):
        self.counters[1] += count

    # passthrough ---------------------------------------------------------------------------------

    def passthrough(self, host):
        with Server() as server:
            host.connect(server.port)
            client = server.accept()
            client.setblocking(False)
            host.command("AT+CIPMODE=1")
            host.command("AT+CIPSEND", ">")
            self.both_ways(host.descriptor, client)
            time.sleep(0.1)
            host.type("+++")
            time.sleep(0.1)
            client.close()
            host.command("AT+CIPMODE=0", "OK\r\n")
            while b"STATUS:4" not in host.command("AT+CIPSTATUS"):
                time.sleep(0.05)

    def both_ways(self, host, client):
        """One thread with two ends, so that neither waits for the other."""
        typed, said = Stream(self.seed + "/host"), Stream(self.seed + "/peer")
        arrives, is_heard = Stream(self.seed + "/host"), Stream(self.seed + "/peer")
        while not self.is_over() or arrives.count < typed.count or is_heard.count < said.count:
            senders = [] if self.is_over() else [host, client]
            readable, writable, _ = select.select([host, client], senders, [], PATIENT)
            if not readable and not writable:
                raise AssertionError(f"nothing moves: {arrives.count} of {typed.count} bytes have"
                                     f" arrived, {is_heard.count} of {said.count} were heard")
            if host in readable:
                data = os.read(host, 65536)
                is_heard.compare(data)
                self.heard(len(data))
            if client in readable:
                data = client.recv(65536)
                arrives.compare(data)
                self.arrived(len(data))
            if host in writable:
                typed.skip(os.write(host, typed.peek(4096)))
            if client in writable:
                said.skip(client.send(said.peek(65536)))

    # links ---------------------------------------------------------------------------------------

    def links(self, host):
        port = free_port()
        host.command("AT+CIPMUX=1")
        host.command(f"AT+CIPSERVER=1,{port}")
        host.command("AT+CIPSTO=0")
        with Server() as server:
            clients = []
            for link in range(5):
                if link < 2:
                    host.command(f'AT+CIPSTART={link},"TCP","127.0.0.1",{server.port}', "OK\r\n")
                    clients.append(server.accept())
                else:
                    clients.append(socket.create_connection((self.address, port), PATIENCE))
                    host.expect(f"{link},CONNECT\r\n")
            self.aside(lambda: self.peers(clients), lambda: self.send_back(host, len(clients)))
        host.command("AT+CIPSERVER=0")

    def aside(self, work, main):
        """Runs `work` in a thread; its failure is raised here."""
        failures = []

        def run():
            try:
                work()
            except BaseException as failure:  # pylint: disable=broad-except
                failures.append(failure)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            main()
        except AssertionError:
            if failures:
                raise failures[0] from None
            raise
        thread.join(PATIENT)
        if failures:
            raise failures[0]

    def peers(self, clients):
        """Each peer sends the bytes of its seed, as its window allows, and compares the echo."""
        said = [Stream(f"{self.seed}/{link}") for link in range(len(clients))]
        back = [Stream(f"{self.seed}/{link}") for link in range(len(clients))]
        for client in clients:
            client.setblocking(False)
        while not self.is_over() or any(s.count > b.count for s, b in zip(said, back)):
            allowed = [client for client, s, b in zip(clients, said, back)
                       if s.count - b.count < WINDOW and not self.is_over()]
            readable, writable, _ = select.select(clients, allowed, [], PATIENT)
            if not readable and not writable:
                raise AssertionError(
                    f"nothing moves: {[(s.count, b.count) for s, b in zip(said, back)]}"
                )
            for client in readable:
                data = client.recv(65536)
                if not data:
                    raise AssertionError("a link was closed")
                back[clients.index(client)].compare(data)
                self.arrived(len(data))
            for client in writable:
                link = clients.index(client)
                room = WINDOW - (said[link].count - back[link].count)
                said[link].skip(client.send(said[link].peek(room)))
        for client in clients:
            client.close()

    def send_back(self, host, links):
        """Waits until all links are closed."""
        streams = [Stream(f"{self.seed}/{link}") for link in range(links)]
        waiting = [bytearray() for _ in range(links)]
        open_links = links

        def take(event):
            nonlocal open_links
            if isinstance(event, tuple):
                streams[event[0]].compare(event[1])
                self.heard(len(event[1]))
                waiting[event[0]] += event[1]
            elif event.endswith(b",CLOSED"):
                open_links -= 1
            elif event != b"OK":
                raise AssertionError(f"the module says {event}")

        while open_links > 0:
            link = max(range(links), key=lambda number: len(waiting[number]))
            if waiting[link]:
                data = bytes(waiting[link][:2048])
                del waiting[link][:len(data)]
                send_with(host, f"AT+CIPSEND={link},{len(data)}", data, take)
            else:
                take(host.next_event(PATIENT))

    # datagrams -----------------------------------------------------------------------------------

    def datagrams(self, host):
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(LOST_AFTER)
            its_port = peer.getsockname()[1]
            host.command(f'AT+CIPSTART="UDP","127.0.0.1",{its_port},{port},0', "OK\r\n")
            place = self.address, port
            self.aside(lambda: self.numbered(peer, place), lambda: self.return_datagrams(host))
        host.command("AT+CIPCLOSE")

    def datagram(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        return b"%012d" % number + chance.randbytes(chance.randrange(1460))

    def numbered(self, peer, module):
        """A few are in flight at a time, so that no buffer is ever full. One that is lost shows
        as the next one that comes, or as silence; one that comes late, twice or changed is a
        failure."""
        number, expected = 0, 0
        while not self.is_over() or expected < number:
            while not self.is_over() and number - expected < DATAGRAMS:
                peer.sendto(self.datagram(number), module)
                number += 1
            try:
                data = peer.recv(65536)
            except TimeoutError:
                self.figures["lost"] += number - expected
                expected = number
                continue
            came = int(data[:12])
            if not expected <= came < number or data != self.datagram(came):
                raise AssertionError(f"datagram {came} is not what was sent, or not {expected}")
            self.figures["lost"] += came - expected
            expected = came + 1
            self.arrived(len(data))
        for _ in range(5):
            peer.sendto(b"the end", module)

    def return_datagrams(self, host):
        waiting = []

        def take(event):
            if isinstance(event, tuple):
                if event[1] != b"the end" and event[1] != self.datagram(int(event[1][:12])):
                    raise AssertionError(f"the host hears {event[1][:40]}")
                self.heard(len(event[1]))
                waiting.append(event[1])

        while True:
            if not waiting:
                take(host.next_event(PATIENT))
            elif waiting[0] == b"the end":
                break
            else:
                data = waiting.pop(0)
                send_with(host, f"AT+CIPSEND={len(data)}", data, take)


# The host's side of the dialogue ------------------------------------------------------------------

class QuietHost(Host):
    """A host with the echo off."""

    def command(self, line, end=None):
        self.type(line + "\r\n")
        return self.expect(end) if end else self.answer()


def send_with(host, line, data, take):
    """Sends; what comes before the prompt and after the payload goes to `take`."""
    host.type(line + "\r\n")
    while (event := host.next_event(PATIENT)) != b"OK":
        take(event)
    host.expect("> ")
    host.type(data)
    for expected in (f"Recv {len(data)} bytes".encode(), b"SEND OK"):
        event = host.next_event(PATIENT)
        if event != expected:
            raise AssertionError(f"{event} instead of {expected}")


# All together -------------------------------------------------------------------------------------

def run_part(part, results):
    try:
        results.put((part.name, part.run(), None))
    except BaseException:  # pylint: disable=broad-except
        part.stop.set()
        results.put((part.name, part.figures, traceback.format_exc()))


def describe(name, counters, figures):
    seconds = figures["seconds"]
    rates = [f"{what} {count:,} bytes, {count / seconds / 1e6:.2f} MB/s" for what, count in
             (("to the host", counters[0]), ("to the network", counters[1]))]
    lost = f"; {figures['lost']} datagrams lost" if name == "datagrams" else ""
    print(f"{name}: {seconds:.0f} s; {'; '.join(rates)}{lost}")
    before, after = figures["descriptors"]
    print(f"  memory {figures['start']} kB at the start, {figures['warm']} after the warm-up, "
          f"{figures['most']} at most since, {figures['end']} at the end")
    print(f"  descriptors {before}, then {after}; processor {figures['processor']:.1f} s, "
          f"{100 * figures['processor'] / seconds:.0f} % of one", flush=True)


def complaints(figures):
    if figures["end"] - figures["warm"] > GROWTH:
        yield f"has grown by {figures['end'] - figures['warm']} kB since the warm-up"
    if figures["descriptors"][0] != figures["descriptors"][1]:
        yield "has not as many descriptors as before"
    if figures["log"]:
        yield "says:\n" + figures["log"]


def wait_for(parts, workers, results):
    """Yields each result as it comes, with progress on standard error. After a failure the others
    end soon."""
    done = 0
    begin = shown = time.monotonic()
    while done < len(workers):
        while not results.empty():
            yield results.get()
            done += 1
        time.sleep(0.2)
        if time.monotonic() - shown >= 10:
            shown = time.monotonic()
            counts = ", ".join(f"{part.name} {sum(part.counters) / 1e6:.0f} MB" for part in parts)
            print(f"{shown - begin:.0f} s: {counts}", file=sys.stderr, flush=True)
    for worker in workers:
        worker.join()


def main():
    reader = argparse.ArgumentParser(description="Full load with every byte checked.")
    reader.add_argument("minutes", type=float)
    program = os.environ.get("BFQ4004", os.path.join(ROOT, "build/release/bfq4004"))
    reader.add_argument("--program", default=program)
    reader.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = reader.parse_args()
    journey.PROGRAM = options.program
    print(f"{options.program}, {options.minutes:g} minutes, seed {options.seed}", flush=True)
    results = multiprocessing.Queue()
    stop = multiprocessing.Event()
    parts = [Part(name, number, options.seed, options.minutes * 60,
                  multiprocessing.Array("Q", 2, lock=False), stop)
             for number, name in enumerate(("passthrough", "links", "datagrams"))]
    workers = [multiprocessing.Process(target=run_part, args=(part, results)) for part in parts]
    for worker in workers:
        worker.start()
    failed = False
    for name, figures, failure in wait_for(parts, workers, results):
        counters = {part.name: list(part.counters) for part in parts}
        if failure:
            print(f"{name} failed:\n{failure}")
        else:
            describe(name, counters[name], figures)
        wrong = [] if failure else list(complaints(figures))
        for what in wrong:
            print(f"  {name} {what}")
        failed |= bool(failure) or bool(wrong)
    print("FAILED" if failed else "every byte was right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
