#!/usr/bin/python3
"""Many modules in one process: their start, their memory, hosts, joins, and what a command costs.

  bench/many.py [--most N] [--json FILE]
  bench/many.py --baud N [--fifo BYTES]

with BFQ4004, or build/release/bfq4004. Each row is measured with 1, 10, 100, ... modules, up to N
(10000): what it costs each should not grow with their number. --baud: N modules at 115200 baud, all
of them in transparent transmission in both directions at once, each byte compared.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import resource
import selectors
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("BFQ4004", str(ROOT / "build/release/bfq4004"))
PATIENCE = 300
COMMANDS = 20_000
WORLD = """
[[ap]]
ssid = "many"
security = "open"
subnet = "10.0.0.0/8"
[[module]]
count = {count}
serial = ["unix:{folder}/{{}}"]
{more}
"""
BYTES_PER_SECOND = 11520  # of 115200 baud
SECONDS = 10


class Fleet:
    """So many modules, each with a door at a Unix socket; ready when this is made."""

    def __init__(self, count, more=""):
        # Where sockets are, which is no disk.
        self.count, self.folder = count, tempfile.mkdtemp(prefix="bfq-many-", dir="/dev/shm")
        world = pathlib.Path(self.folder, "world.toml")
        world.write_text(WORLD.format(count=count, folder=self.folder, more=more))
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notices.bind(f"{self.folder}/notices")
        notices.settimeout(PATIENCE)
        began = time.monotonic()
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--state", "none", "--control", "none", "--log", "warn", world],
            stdout=subprocess.DEVNULL, stderr=self.log,
            env={**os.environ, "NOTIFY_SOCKET": f"{self.folder}/notices"})
        while b"READY=1" not in notices.recv(4096):
            pass
        self.start = time.monotonic() - began
        notices.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()
        said = pathlib.Path(self.folder, "log").read_text("utf-8")
        if self.process.returncode != 0 or said:
            print(f"ended with {self.process.returncode}: {said[-2000:]}")
        subprocess.run(["rm", "-r", self.folder], check=True)

    def host(self, number):
        host = socket.socket(socket.AF_UNIX)
        host.connect(f"{self.folder}/{number}")
        return host

    def kilobytes(self, what):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.search(rf"{what}:\s+(\d+)", status)[1])

    def seconds(self):
        """Processor time."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def all_answer(hosts, line, answer):
    """Types the line at each host and waits until each has been told the answer, or an error."""
    selector = selectors.DefaultSelector()
    for host in hosts:
        host.sendall(line)
        selector.register(host, selectors.EVENT_READ, bytearray())
    left, deadline = len(hosts), time.monotonic() + PATIENCE
    while left:
        if time.monotonic() > deadline:
            raise SystemExit(f"{left} of {len(hosts)} did not answer {line!r}")
        for key, _ in selector.select(1):
            key.data.extend(key.fileobj.recv(65536))
            if b"ERROR" in key.data or b"FAIL" in key.data:
                raise SystemExit(f"{line!r} was answered {bytes(key.data)!r}")
            if answer in key.data:
                selector.unregister(key.fileobj)
                left -= 1
    selector.close()


def cost_of_commands(fleet, hosts):
    """Microseconds of processor time for each AT, in turn at each of the hosts."""
    before = fleet.seconds()
    for number in range(COMMANDS):
        host = hosts[number * 7919 % len(hosts)]
        host.sendall(b"AT\r\n")
        while not host.recv(4096).endswith(b"OK\r\n"):
            pass
    return (fleet.seconds() - before) / COMMANDS * 1e6


def measure(count, base):
    with Fleet(count) as fleet, contextlib.ExitStack() as stack:
        time.sleep(1)  # each starts 200 ms after the program
        row = {"modules": count, "start_s": round(fleet.start, 3),
               "kb_each": round((fleet.kilobytes("VmRSS") - base) / count, 1),
               "descriptors_each": round(fleet.descriptors() / count, 2)}
        hosts = [stack.enter_context(fleet.host(number)) for number in range(min(count, 9000))]
        all_answer(hosts, b"AT\r\n", b"OK\r\n")
        row["us_per_command"] = round(cost_of_commands(fleet, hosts), 2)
        began, used = time.monotonic(), fleet.seconds()
        all_answer(hosts, b'AT+CWJAP_CUR="many",""\r\n', b"OK\r\n")
        row["join_s"] = round(time.monotonic() - began, 2)
        row["us_per_join"] = round((fleet.seconds() - used) / len(hosts) * 1e6, 1)
        row["kb_each_joined"] = round((fleet.kilobytes("VmRSS") - base) / count, 1)
        row["descriptors_with_hosts"] = fleet.descriptors()
        return row


def connected(fleet, server):
    """A host and a peer of each module, in transparent transmission."""
    hosts = [fleet.host(number) for number in range(fleet.count)]
    time.sleep(1)  # each starts 200 ms after the program
    port = server.getsockname()[1]
    all_answer(hosts, b'AT+CWJAP_CUR="many",""\r\n', b"OK\r\n")
    peers = []
    for host in hosts:
        all_answer([host], b'AT+CIPSTART="TCP","host.bfq.internal",%d\r\n' % port, b"OK\r\n")
        peers.append(server.accept()[0])
    all_answer(hosts, b"AT+CIPMODE=1\r\n", b"OK\r\n")
    all_answer(hosts, b"AT+CIPSEND\r\n", b">")
    return hosts, peers


def measure_baud(count, fifo):
    """How much of what the lines carry came through, and what it took."""
    more = f'speed = "baud"\nfifo = {{ rx = {fifo}, host = {fifo} }}'
    with tempfile.TemporaryDirectory() as folder, Fleet(count, more) as fleet, \
            socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        subprocess.run(["cc", "-O2", "-o", f"{folder}/duplex", ROOT / "bench/floor/duplex.c"],
                       check=True)
        ends = [end for pair in zip(*connected(fleet, server)) for end in pair]
        for end in ends:  # else it fills buffers of megabytes first, and reads nothing meanwhile
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        numbers = [str(end.fileno()) for end in ends]
        used, began = fleet.seconds(), time.monotonic()
        done = subprocess.run([f"{folder}/duplex", str(SECONDS), *numbers], capture_output=True,
                              text=True, check=True, pass_fds=[end.fileno() for end in ends])
        took = time.monotonic() - began
        rows = [list(map(int, line.split())) for line in done.stdout.splitlines()]
        print(json.dumps({
            "modules": count, "fifo": fifo, "cores": round((fleet.seconds() - used) / took, 2),
            **{f"{way}_{name}": round(pick(row[at] for row in rows) / SECONDS / BYTES_PER_SECOND, 4)
               for at, way in enumerate(("up", "down"))
               for name, pick in (("least", min), ("most", max))},
            "wrong_bytes": sum(row[2] for row in rows)}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--baud", type=int, metavar="N")
    parser.add_argument("--fifo", type=int, default=4096)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{platform.node()}, load {os.getloadavg()[0]:.1f}, {hard} descriptors a process")
    if options.baud:
        return measure_baud(options.baud, options.fifo)
    with Fleet(1) as fleet:
        base = fleet.kilobytes("VmRSS")
    rows, count = [], 1
    while count <= options.most:
        rows.append(measure(count, base))
        print(json.dumps(rows[-1]), flush=True)
        count *= 10
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
