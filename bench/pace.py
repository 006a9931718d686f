#!/usr/bin/python3
"""How fast a module is, beside the least program that does the same work (floor/module.c).

  bench/pace.py [--rounds N] [--cores 1|2] [--json FILE] [ROW...]

with BFQ4004, or build/release/bfq4004. Module and floor take turns. What counts is the processor
time of both ends, and each ratio is of the best rounds, so that what else the machine does counts
for little (README.md). Of times, less is better; of throughput, more.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import resource
import socket
import subprocess
import sys
import tempfile
import tty

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("BFQ4004", str(ROOT / "build/release/bfq4004"))
sys.path.insert(0, str(ROOT / "tests/journeys"))
from journey import Host, Module, Server, free_port  # noqa: E402

TIMES = 5000
BYTES = 20_000_000

# Name, what is done, at which door, and the wanted ratio: of times at most, of throughput at least.
ROWS = [
    ("AT to OK, PTY", "at", "pty", 1.10),
    ("AT to OK, TCP door", "at", "tcp", 1.10),
    ("CIPSEND=1 to SEND OK, PTY", "send", "pty", 1.15),
    ("CIPSEND=1 to SEND OK, TCP door", "send", "tcp", 1.15),
    ("passthrough up, PTY", "up", "pty", 0.95),
    ("passthrough down, PTY", "down", "pty", 0.95),
    ("passthrough up, TCP door", "up", "tcp", 0.95),
    ("passthrough down, TCP door", "down", "tcp", 0.95),
    ("+IPD in bulk, PTY", "ipd", "pty", 0.95),
    ("+IPD in bulk, TCP door", "ipd", "tcp", 0.95),
]
FLOORS = {"at": "at", "send": "send", "up": "pass", "down": "pass", "ipd": "ipd"}
FLOWS = {"up", "down", "ipd"}


class Bench:
    def __init__(self, tools, cores):
        self.tools, self.cores = tools, cores

    def on_core(self, core):
        return lambda: os.sched_setaffinity(0, {core % self.cores})

    def host(self, process, work, door, peer):
        """Nanoseconds of processor time that both ends take for one time, or for one byte."""
        before = used_by(process), resource.getrusage(resource.RUSAGE_CHILDREN)
        if work in FLOWS:
            ends = (door, peer) if work == "up" else (peer, door)
            arguments = ["flow", *map(str, ends), str(BYTES)]
        else:
            arguments = [work, str(door), str(TIMES)]
        subprocess.run([self.tools / "host", *arguments], check=True,
                       pass_fds=[door, *([peer] if peer is not None else [])],
                       preexec_fn=self.on_core(1))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        of_host = (after.ru_utime + after.ru_stime - before[1].ru_utime - before[1].ru_stime) * 1e9
        return (used_by(process) - before[0] + of_host) / (BYTES if work in FLOWS else TIMES)

    def floor(self, work, kind):
        with contextlib.ExitStack() as stack:
            door, module_door = stack.enter_context(pair(kind))
            peer, module_peer = stack.enter_context(pair("tcp"))
            process = subprocess.Popen(
                [self.tools / "module", FLOORS[work], str(module_door), str(module_peer)],
                pass_fds=[module_door, module_peer], preexec_fn=self.on_core(0))
            try:
                return self.host(process.pid, work, door, peer)
            finally:
                process.kill()
                process.wait()

    def module(self, work, kind):
        port = free_port()
        serial = [f"tcp:{port}"] if kind == "tcp" else None
        with Module(log="info", serial=serial) as module, Server() as server:
            os.sched_setaffinity(module.process.pid, {0})
            with started_host(module, port if kind == "tcp" else None) as host:
                if work == "at":
                    return self.host(module.process.pid, work, blocking(host.descriptor), None)
                host.join()
                host.connect(server.port)
                with server.accept() as peer:
                    peer.setblocking(True)
                    if work in {"up", "down"}:
                        host.command("AT+CIPMODE=1")
                        host.command("AT+CIPSEND", ">")
                    return self.host(module.process.pid, work, blocking(host.descriptor),
                                     peer.fileno())


def used_by(process):
    """Its processor time, in nanoseconds."""
    return int(pathlib.Path(f"/proc/{process}/schedstat").read_text().split()[0])


def blocking(descriptor):
    os.set_blocking(descriptor, True)
    return descriptor


@contextlib.contextmanager
def started_host(module, port):
    if port is None:
        with module.started_host() as host:
            yield host
        return
    module.wait_for_log("bfq0 is ready")
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with Host(connection.detach()) as host:
        yield host


@contextlib.contextmanager
def pair(kind):
    """Two ends that are connected: a terminal and its master, or a TCP connection."""
    if kind == "pty":
        master, slave = os.openpty()
        tty.setraw(slave)
        ends = [slave, master]
    else:
        with socket.create_server(("127.0.0.1", 0)) as server:
            first = socket.create_connection(server.getsockname())
            second, _ = server.accept()
        for end in (first, second):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ends = [first.detach(), second.detach()]
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def build_tools(folder):
    for name in ("module", "host"):
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", folder / name,
                        ROOT / f"bench/floor/{name}.c"], check=True)


def shown(work, value):
    return f"{1000 / value:8.1f} MB/s" if work in FLOWS else f"{value / 1000:8.2f} us  "


def measure(bench, row, rounds):
    name, work, kind, wanted = row
    module, floor = [], []
    for _ in range(rounds):
        module.append(bench.module(work, kind))
        floor.append(bench.floor(work, kind))
    ratio = min(module) / min(floor)
    reached = 1 / ratio if work in FLOWS else ratio
    is_met = reached >= wanted if work in FLOWS else reached <= wanted
    print(f"{name:32}{shown(work, min(module))}{shown(work, min(floor))}{reached:8.2f}"
          f"{wanted:8.2f}  {'' if is_met else 'short'}", flush=True)
    return {"row": name, "module_ns": module, "floor_ns": floor, "reached": reached,
            "wanted": wanted, "is_met": is_met}


def memory():
    with Module(log="info") as module, module.started_host() as host:
        host.command("AT")
        status = pathlib.Path(f"/proc/{module.process.pid}/status").read_text()
        return {key: int(re.search(rf"{key}:\s+(\d+)", status)[1]) for key in ("VmRSS", "RssAnon")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cores", type=int, default=1, choices=(1, 2))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("rows", nargs="*", help="words that a row's name has; all rows without")
    options = parser.parse_args()
    rows = [row for row in ROWS
            if not options.rows or any(word in row[0] for word in options.rows)]
    print(f"{platform.node()}, load {os.getloadavg()[0]:.1f}, both ends on {options.cores} "
          f"core(s), best of {options.rounds}")
    print(f"{'':32}{'module':>13}{'floor':>13}{'reached':>8}{'wanted':>8}")
    with tempfile.TemporaryDirectory() as folder:
        build_tools(pathlib.Path(folder))
        bench = Bench(pathlib.Path(folder), options.cores)
        results = [measure(bench, row, options.rounds) for row in rows]
    used = memory()
    print(f"memory of one module: {used['VmRSS']} kB resident (wanted 8192), {used['RssAnon']} kB "
          "anonymous (wanted 1024)")
    if options.json:
        options.json.write_text(json.dumps({"machine": platform.node(), "rows": results,
                                            "memory": used}, indent=1) + "\n")


if __name__ == "__main__":
    main()
