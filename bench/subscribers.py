#!/usr/bin/python3
"""What subscribers of the control channel cost a module that passes bulk data through.

  bench/subscribers.py [--rounds N] [--subscribers N] [--door tcp|pty]

with BFQ4004, or build/release/bfq4004. Module, host and peer are on one core; the subscribers, to
the topics state and exchange, are on the other one, and half of them do not read. What counts is
the processor time of the module and its ends for each byte, of each the best round; the goal is
1.05. (At a PTY the rounds differ by more than that, as README.md says.)
"""
import argparse
import contextlib
import json
import multiprocessing
import os
import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from pace import BYTES, Bench, blocking, build_tools, started_host  # noqa: E402
from journey import Module, Server, free_port, run_program  # noqa: E402

GOAL = 1.05


def subscribe(path, count, ready, end):
    """A process of its own: every other one of them never reads."""
    os.sched_setaffinity(0, {1 % os.cpu_count()})
    clients = []
    for _ in range(count):
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        wanted = {"command": "subscribe", "arguments": {"topics": ["state", "exchange"]}}
        client.sendall(json.dumps(wanted).encode() + b"\n")
        clients.append(client)
    readers = clients[::2]
    for client in readers:
        client.recv(4096)
        client.setblocking(False)
    ready.set()
    while not end.wait(0.05):
        for client in readers:
            with contextlib.suppress(BlockingIOError):
                while client.recv(65536):
                    pass


def control_path():
    folder = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "bfq4004"
    return str(next(folder.glob("*.sock")))


@contextlib.contextmanager
def subscribers(count):
    ready, end = multiprocessing.Event(), multiprocessing.Event()
    process = multiprocessing.Process(target=subscribe, args=(control_path(), count, ready, end))
    if count > 0:
        process.start()
        ready.wait(20)
    try:
        yield
    finally:
        end.set()
        if count > 0:
            process.join()


def one_round(bench, work, door, count):
    port = free_port() if door == "tcp" else None
    serial = [f"tcp:{port}"] if port is not None else None
    with Module(log="info", serial=serial) as module, Server() as server:
        os.sched_setaffinity(module.process.pid, {0})
        with started_host(module, port) as host, subscribers(count):
            host.join()
            host.connect(server.port)
            with server.accept() as peer:
                peer.setblocking(True)
                host.command("AT+CIPMODE=1")
                host.command("AT+CIPSEND", ">")
                taken = bench.host(module.process.pid, work, blocking(host.descriptor),
                                   peer.fileno())
            if count > 0 and run_program("ctl", "program")[0] != 0:
                raise AssertionError("the control channel does not answer")
            return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--door", default="tcp", choices=("tcp", "pty"))
    parser.add_argument("--subscribers", type=int, default=100)
    options = parser.parse_args()
    is_met = True
    with tempfile.TemporaryDirectory() as folder:
        build_tools(pathlib.Path(folder))
        bench = Bench(pathlib.Path(folder), 1)
        for work in ("up", "down"):
            without, with_all = [], []
            for _ in range(options.rounds):
                without.append(one_round(bench, work, options.door, 0))
                with_all.append(one_round(bench, work, options.door, options.subscribers))
            ratio = min(with_all) / min(without)
            is_met &= ratio <= GOAL
            print(f"passthrough {work}, {BYTES / 1e6:.0f} MB: {min(without):.3f} ns a byte; with "
                  f"{options.subscribers} subscribers {min(with_all):.3f}: {ratio:.3f}", flush=True)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
