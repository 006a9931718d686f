"""The remote hosts of a transcript as sockets of this machine, each at its own loopback address.

One thread serves them all, and the module's serial port with them: whoever waits for something
calls pump(). So what the kernel already knows, a connection or its end, is known before the next
line is played.
"""

import os
import select
import socket
import ssl
import struct
import subprocess
import tempfile

from journey import machine_address
from script import unescaped

LOCALHOST = "127.0.0.1"


def usable_port(port):
    """The port that the module's server or UDP link really has: the machine may refuse those below
    1024."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.80.255.254", port))
            return port
        except PermissionError:
            return port + 10000


def bound(kind, address, port):
    """A socket at that port or, where that is taken, at another. Always at another where the server
    of another play's module may need that port: at 127.0.0.1, and below 1024 everywhere, since no
    module takes a port that a service of this machine has."""
    for candidate in (0,) if address == LOCALHOST or port < 1024 else (port, 0):
        created = socket.socket(socket.AF_INET, kind)
        created.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            created.bind((address, candidate))
            return created
        except OSError:
            created.close()
            if candidate == 0:
                raise
    raise AssertionError


def server_context():
    """TLS with a certificate made for this server."""
    with tempfile.TemporaryDirectory(prefix="bfq-play-") as directory:
        key, certificate = os.path.join(directory, "key"), os.path.join(directory, "certificate")
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=far host"
            ],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


class Connection:
    """One TCP connection between a remote host and the module."""

    def __init__(self, peer, connected, module_port, context=None):
        self.peer, self.count, self.module_port = peer, 0, module_port
        self.socket = connected
        connected.setblocking(False)
        self.handshakes = context is not None
        if context is not None:
            self.socket = context.wrap_socket(
                connected, server_side=True, do_handshake_on_connect=False
            )

    def fileno(self):
        return self.socket.fileno()

    def serve(self):
        """Reads what has arrived; false at the end of the stream."""
        try:
            if self.handshakes:
                self.socket.do_handshake()
                self.handshakes = False
                self.peer.answer(self, self.peer.greeting)
            data = self.socket.recv(65536)
        except ssl.SSLWantReadError:
            return True
        except OSError as error:
            self.peer.was_reset = isinstance(error, ConnectionResetError)
            return False
        self.peer.was_reset = False
        self.take(data)
        return len(data) > 0

    def take(self, data):
        peer = self.peer
        peer.got += data
        before, self.count = self.count, self.count + len(data)

        def reached(mark):
            return mark is not None and before < mark <= self.count

        if peer.echoes:
            peer.answer(self, data)
        if reached(peer.reply_after):
            peer.answer(self, peer.reply)
        if reached(peer.resets_after) or reached(peer.closes_after):
            peer.answer(self, None, with_reset=reached(peer.resets_after))

    def send(self, data):
        if self.socket.send(data) != len(data):
            raise AssertionError(f"the machine does not take {data!r} for the module")

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Peer:
    """A port of a remote host, for TCP and for datagrams. Its greeting and its replies wait in
    `answers` until the play lets it send."""

    def __init__(self, address, port, answers, context=None):
        self.address, self.answers, self.context = address, answers, context
        self.listener = bound(socket.SOCK_STREAM, address, port)
        self.port = self.listener.getsockname()[1]
        self.datagrams = bound(socket.SOCK_DGRAM, address, self.port)
        self.connections, self.listens = [], False
        self.got, self.known = b"", []
        self.echoes, self.greeting, self.reply, self.reply_after = False, b"", b"", None
        self.closes_after = self.resets_after = None
        self.was_reset = False  # the module ended the last connection by a reset
        self.calls = False      # it has connected to the module's server

    def describe(self, words):
        words = list(words)
        self.listen("refuses" not in words)
        while words:
            word = words.pop(0)
            if word == "echoes":
                self.echoes = True
            elif word == "greets":
                self.greeting = unescaped(words.pop(0))
            elif word == "replies":
                self.reply = unescaped(words.pop(0))
                self.reply_after = self.reply_after or 1
            elif word == "after":
                self.reply_after = int(words.pop(0))
            elif word == "closes-after":
                self.closes_after = int(words.pop(0))
            elif word == "resets-after":
                self.resets_after = int(words.pop(0))
            elif word not in ("accepts", "reads", "refuses"):
                raise ValueError(f"a peer that {word}")

    def listen(self, wanted):
        if self.listens and not wanted:
            self.listener.close()
            self.listener = bound(socket.SOCK_STREAM, self.address, self.port)
        elif wanted and not self.listens:
            self.listener.listen()
        self.listens = wanted

    def sources(self):
        return [*([self.listener] if self.listens else []), self.datagrams, *self.connections]

    def serve(self, source):
        if source is self.listener:
            connected, module = source.accept()
            connection = Connection(self, connected, module[1], self.context)
            self.connections.append(connection)
            if not connection.handshakes:
                self.answer(connection, self.greeting)
        elif source is self.datagrams:
            data, sender = source.recvfrom(65536)
            self.got += data
            self.known = [sender]
            if self.echoes:
                self.answers.append(lambda: source.sendto(data, sender))
        elif source in self.connections and not source.serve():
            self.forget(source)

    def answer(self, connection, data, with_reset=False):
        """Sends it on that connection as soon as it may; None closes the connection."""

        def say():
            if connection in self.connections and data:
                connection.send(data)
            elif connection in self.connections and data is None:
                self.end_one(connection, with_reset)

        self.answers.append(say)

    def end_one(self, connection, with_reset):
        if with_reset:
            connection.reset()
        self.forget(connection)

    def forget(self, connection):
        self.connections.remove(connection)
        connection.socket.close()

    def call(self, module, port):
        """Connects to the server of the module at that address."""
        self.calls = True
        caller = bound(socket.SOCK_STREAM, self.address, 0)
        self.port = caller.getsockname()[1]
        try:
            caller.connect((module, usable_port(port)))
        except OSError:
            caller.close()
            raise
        self.connections.append(Connection(self, caller, port))

    def end(self, with_reset):
        for connection in list(self.connections):
            self.end_one(connection, with_reset)

    def close(self):
        self.end(False)
        self.listener.close()
        self.datagrams.close()


class FarHosts:
    """All remote hosts of one play, and where they find its module. `lane` is a number that no
    other play uses at the same time."""

    def __init__(self, lane):
        self.lane = lane
        self.module = machine_address(lane)
        self.addresses = {}  # of the transcript -> of this machine
        self.peers = {}      # (address, port) of the transcript -> Peer
        self.answers = []

    def address(self, simulated):
        if simulated not in self.addresses:
            self.addresses[simulated] = f"127.80.{self.lane}.{len(self.addresses) + 1}"
        return self.addresses[simulated]

    def add(self, place, context=None):
        self.peers[place] = Peer(self.address(place[0]), place[1], self.answers, context)
        return self.peers[place]

    def pump(self, extra, wait):
        """Serves whatever is ready, waiting at most that long for it. Returns whether anything was,
        and whether `extra`, a descriptor that is only polled, is readable."""
        by_source = {source: peer for peer in self.peers.values() for source in peer.sources()}
        watched = [*by_source, *([extra] if extra is not None else [])]
        ready, _, _ = select.select(watched, [], [], max(0.0, wait))
        for source in ready:
            if source is not extra:
                by_source[source].serve(source)
        return len(ready) > 0, extra in ready

    def settle(self):
        while self.pump(None, 0.0)[0]:
            pass

    def speak(self):
        """Sends all that waits; true when there was anything."""
        spoken = len(self.answers) > 0
        while self.answers:
            self.answers.pop(0)()
        return spoken

    def module_ports(self):
        """The ports that the module is connected from."""
        return sorted({c.module_port for peer in self.peers.values() for c in peer.connections})

    def close(self):
        for peer in self.peers.values():
            peer.close()
