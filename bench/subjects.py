"""What is measured in turn: the module, the floor and socat, each between a door and its peers.

Each is started as a context and stays for some rounds; a Subject is what a round needs of it.
"""
import contextlib
import dataclasses
import os
import pathlib
import socket
import subprocess
import sys
import tty

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("BFQ4004", str(ROOT / "build/release/bfq4004"))
sys.path.insert(0, str(ROOT / "tests/journeys"))
from journey import Host, Module, Server, free_port  # noqa: E402

FLOORS = ("module", "host", "baud", "duplex")
# As the module has them on purpose: src/daemon/sockets/client_socket.cpp.
SEND_BUFFER, SEGMENT, TIMESTAMPS = 16 * 1024, 1460, 12


@dataclasses.dataclass
class Subject:
    process: int
    door: int
    peers: list[int]

    def used(self):
        """Nanoseconds of processor time of all its threads."""
        return sum(int(path.read_text().split()[0])
                   for path in pathlib.Path(f"/proc/{self.process}/task").glob("*/schedstat"))


def build_floors(folder):
    for name in FLOORS:
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", folder / name,
                        ROOT / f"bench/floor/{name}.c"], check=True)


def on_core(core, cores):
    return ("taskset", "-c", str(core % cores))


# --- pairs of descriptors ----------------------------------------------------------------------


@contextlib.contextmanager
def closed(*descriptors):
    try:
        yield descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


@contextlib.contextmanager
def door_pair(kind):
    """The host's end and the module's: a terminal and its master, or an accepted connection."""
    if kind == "pty":
        master, slave = os.openpty()
        tty.setraw(slave)
        ends = slave, master
    else:
        ends = connection(lambda socket: None)
    with closed(*ends):
        yield ends


@contextlib.contextmanager
def peer_pair():
    """The peer's end and the module's, which has the options of a module's socket."""
    def set_up(end):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    module, peer = connection(set_up)
    with closed(peer, module) as ends:
        yield ends


def connection(set_up):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        set_up(client)
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        for end in (client, accepted):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client.detach(), accepted.detach()


# --- subjects ----------------------------------------------------------------------------------


@contextlib.contextmanager
def running(command, descriptors):
    process = subprocess.Popen(command, pass_fds=descriptors)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


class Subjects:
    """Starts them for a work (rows.Work) at a kind of door."""

    def __init__(self, tools, cores):
        self.tools, self.cores = tools, cores

    @contextlib.contextmanager
    def floor(self, work, kind):
        with contextlib.ExitStack() as stack:
            door, module_door = stack.enter_context(door_pair(kind))
            pairs = [stack.enter_context(peer_pair()) for _ in range(work.links)]
            inner = [module_door, *(module for _, module in pairs)]
            size = [str(work.size)] if work.floor == "send" else []
            process = stack.enter_context(running(
                [*on_core(0, self.cores), self.tools / "module", work.floor, *map(str, inner),
                 *size], inner))
            yield Subject(process, door, [peer for peer, _ in pairs])

    def gatherer(self, work, kind):
        return self.floor(dataclasses.replace(work, floor="gather"), kind)

    def segmented(self, work, kind):
        """socat whose writes are those of the module, which an Ethernet could carry."""
        return self.socat(work, kind, "-b", str(SEGMENT - TIMESTAMPS))

    @contextlib.contextmanager
    def socat(self, _work, kind, *options):
        with contextlib.ExitStack() as stack:
            door, module_door = stack.enter_context(door_pair(kind))
            peer, module_peer = stack.enter_context(peer_pair())
            process = stack.enter_context(running(
                [*on_core(0, self.cores), "socat", *options, f"FD:{module_door}",
                 f"FD:{module_peer}"], [module_door, module_peer]))
            yield Subject(process, door, [peer])

    @contextlib.contextmanager
    def module(self, work, kind, *arguments):
        port = free_port()
        serial = [f"tcp:{port}"] if kind == "tcp" else None
        with contextlib.ExitStack() as stack:
            module = stack.enter_context(Module(*arguments, log="info", serial=serial,
                                                through=on_core(0, self.cores)))
            server = stack.enter_context(Server())
            host = stack.enter_context(started_host(module, port if kind == "tcp" else None))
            peers = [] if work.host == "at" else linked(host, server, work, stack)
            os.set_blocking(host.descriptor, True)
            yield Subject(module.process.pid, host.descriptor, peers)

    def round(self, subject, key, work):
        """Nanoseconds of processor time that both ends take for one time, or for one byte."""
        before = subject.used()
        ends = host_arguments(subject, key, work)
        host = subprocess.run([*on_core(1, self.cores), self.tools / "host", *map(str, ends)],
                              check=True, stdout=subprocess.PIPE,
                              pass_fds=[subject.door, *subject.peers])
        return (subject.used() - before + int(host.stdout)) / work.per_round()


def host_arguments(subject, key, work):
    door, peers = subject.door, subject.peers
    if work.host == "flow":
        ends = [peers[0], door] if key == "up" else [door, *peers]
        return ["flow", work.times, *ends]
    size = [work.size] if work.host in {"send", "recv"} else []
    return [work.host, work.times, *size, door, *peers[:1]]


@contextlib.contextmanager
def started_host(module, port):
    if port is None:
        with module.started_host() as host:
            yield host
        return
    module.wait_for_log("bfq0 is ready")
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with Host(client.detach()) as host:
        yield host


def linked(host, server, work, stack):
    """Joins, and connects as many links as the work has; returns the peers."""
    host.join()
    if work.links > 1:
        host.command("AT+CIPMUX=1")
    peers = []
    for link in range(work.links):
        number = f"{link}," if work.links > 1 else ""
        host.command(f'AT+CIPSTART={number}"TCP","127.0.0.1",{server.port}')
        peers.append(stack.enter_context(server.accept()))
        peers[-1].setblocking(True)
        peers[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if work.is_through:
        host.command("AT+CIPMODE=1")
        host.command("AT+CIPSEND", ">")
    return [peer.fileno() for peer in peers]
