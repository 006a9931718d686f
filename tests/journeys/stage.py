"""Plays a transcript of tests/transcripts against the built program: the typed lines at a real serial
port, the peers on the loopback network, the time as it passes.

What has no counterpart outside the simulated world ends the play: the lines before it were played. Peers
and names of the transcript stand for sockets of this machine: where an address, a port or a name is part
of a command or an answer, the real one is put in its place. Time is what it is: silence is checked for a
moment only, and what is due may come later.
"""

import re
import select
import socket
import struct
import threading
import time

from journey import PATIENCE, wait_until

MACHINE = "127.0.0.1"
NAME = "localhost"
LONGEST_WAIT = 3.0  # seconds that a play may wait for what the transcript says takes that long
MOMENT = 0.05       # seconds of silence that are listened to where the transcript has longer ones


# --- the language of transcripts -----------------------------------------------------------------

def unescaped(text):
    """The bytes of a text in quotation marks; what follows it must be nothing."""
    found = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', text)
    if found is None:
        raise ValueError(f"not a text: {text}")
    simple = {"r": b"\r", "n": b"\n", "t": b"\t", '"': b'"', "\\": b"\\"}
    parts = re.findall(r"\\x([0-9a-fA-F]{2})|\\(.)|([^\\]+)", found[1])
    return b"".join(bytes([int(h, 16)]) if h else simple[e] if e else p.encode() for h, e, p in parts)


def words_of(line):
    return re.findall(r'"(?:[^"\\]|\\.)*"|\S+', line)


def seconds(word):
    number, unit = re.fullmatch(r"(\d+)(us|ms|s|min)", word).groups()
    return int(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}[unit]


def bytes_of(line):
    """What is typed or expected in a line that begins with > or <."""
    if line[1:2] == "=":
        return unescaped(line[3:])
    return line[3 if line[1:2] == "?" else 2:].encode() + b"\r\n"


# --- the network ---------------------------------------------------------------------------------

class Peer:
    """A TCP server on this machine that does what a `peer` line says."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind((MACHINE, 0))
        self.port = self.socket.getsockname()[1]
        self.lock = threading.Lock()
        self.connections = []
        self.got = b""
        self.echoes, self.greeting, self.reply, self.reply_after = False, b"", b"", None
        self.closes_after = self.resets_after = None
        self.listens = False

    def describe(self, words):
        refuses = False
        while words:
            word = words.pop(0)
            if word == "refuses":
                refuses = True
            elif word == "echoes":
                self.echoes = True
            elif word == "greets":
                self.greeting = unescaped(words.pop(0))
            elif word == "replies":
                self.reply = unescaped(words.pop(0))
            elif word == "after":
                self.reply_after = int(words.pop(0))
            elif word == "closes-after":
                self.closes_after = int(words.pop(0))
            elif word == "resets-after":
                self.resets_after = int(words.pop(0))
            elif word not in ("accepts", "reads"):
                raise ValueError(f"a peer that {word}")
        if not refuses and not self.listens:
            self.listens = True
            self.socket.listen()
            threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with self.lock:
                self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        count = 0
        try:
            connection.sendall(self.greeting)
            while data := connection.recv(65536):
                with self.lock:
                    self.got += data
                before, count = count, count + len(data)
                if self.echoes:
                    connection.sendall(data)
                if self.reply_after is not None and before < self.reply_after <= count:
                    connection.sendall(self.reply)
                if self.closes_after is not None and count >= self.closes_after:
                    break
                if self.resets_after is not None and count >= self.resets_after:
                    reset(connection)
                    break
        except OSError:
            pass  # the other side, or the transcript, has ended it
        self.forget(connection)

    def forget(self, connection):
        with self.lock:
            if connection in self.connections:
                self.connections.remove(connection)
        connection.close()

    def each(self, what):
        wait_until(lambda: self.connections, "a connection")
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            what(connection)

    def act(self, words):
        if words[0] == "sends":
            self.each(lambda c: c.sendall(unescaped(words[1])))
        elif words[0] == "closes":
            self.each(lambda c: c.shutdown(socket.SHUT_RDWR))
        elif words[0] == "resets":
            self.each(reset)
        elif words[0] == "got":
            wanted = unescaped(words[1])
            wait_until(lambda: self.got == wanted, f"{wanted!r} at the peer, which got {self.got!r}")
        else:
            self.describe(list(words))

    def close(self):
        if self.listens:
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in list(self.connections):
            self.forget(connection)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RD)  # wakes the thread that reads it, and it closes


# --- what cannot be mapped -----------------------------------------------------------------------

WORLD = {
    "air": "the air changes", "delay": "delays of the world", "network": "the network has whims",
    "client": "clients of the server", "station": "stations of the softAP", "host": "the host stops reading",
    "reset": "the reset line", "power": "the power-up is watched", "module": "another module is built",
}
TYPED = ((r'"UDP"', "datagrams"), (r'"SSL"', "TLS"), (r"^AT\+CIPSERVER=1", "clients of the server"))
SLOW = ("AT+CWJAP", "AT+CWLAP")  # what takes as long here as in the transcript


def playable(lines):
    """How many of the lines can be played, and why no more."""
    waited, typed_at, answered = 0.0, 0, True
    absent = {}  # what the transcript has added to its world and this one lacks -> the reason
    for at, line in enumerate(lines):
        words = words_of(line)
        if line[:1] == "~":
            waited += seconds(words[1])
        elif line[:1] == "<":
            answered = True
            if waited > LONGEST_WAIT:
                return typed_at, f"waits for {waited:.0f} s"
            waited = 0.0
        elif line[:1] == ">":
            if not answered and is_busy(lines[at + 1:]) and not lines[typed_at][2:].startswith(SLOW):
                return typed_at, "types while a command runs that the real network ends at once"
            if reason := cannot_type(line[2:], absent):
                return at, reason
            waited, typed_at, answered = 0.0, at, False
        elif line and line[0] != "#":
            if reason := cannot_act(words, waited, absent):
                return at, reason
    return len(lines), ""


def cannot_type(typed, absent):
    for pattern, reason in TYPED:
        if re.search(pattern, typed):
            return reason
    return next((reason for what, reason in absent.items() if what in typed), "")


def cannot_act(words, waited, absent):
    """Why this line cannot be played; what it adds to the world matters only where it is used."""
    if words[0] == "air" and words[1][0] == '"':
        absent.update({words[1]: "another access point", "AT+CWLAP": "another access point"})
        return ""
    if words[0] in WORLD:
        return WORLD[words[0]]
    if words[0] == "name" and words[-1] == "silent":
        absent[words[1]] = "a name server that never answers"
    elif words[0] == "peer" and "silent" in words:
        absent[f'"{words[1].split(":")[0]}"'] = "a peer that never answers"
    elif words[0] == "peer" and set(words) & {"stops", "datagram"}:
        return "a peer that does not read, or sends datagrams"
    elif words[0] == "peer" and words[2:3] == ["got"] and 0 < waited < 0.02:
        return "looks at single milliseconds"
    return ""


def is_busy(following):
    expected = []
    for line in following:
        if line[:1] != "<":
            break
        expected.append(line)
    return any("busy " in line for line in expected)


# --- the play ------------------------------------------------------------------------------------

class Play:
    """One transcript against one module, whose host is attached and has its echo off."""

    def __init__(self, host):
        self.host = host
        self.peers = {}  # ADDRESS:PORT of the transcript -> Peer
        self.names = []
        self.seen = b""
        self.expected = []  # (line number, pattern)

    def run(self, lines):
        try:
            for number, line in enumerate(lines, 1):
                self.number = number
                self.step(line)
            self.number += 1
            self.compare()
            self.listen(MOMENT)
            if self.seen:
                raise AssertionError(f"at the end came, unexpected, {self.seen!r}")
        finally:
            for peer in self.peers.values():
                peer.close()

    def step(self, line):
        if not line or line[0] == "#":
            return
        if line[0] == "<":
            self.expected.append((self.number, self.pattern(line)))
            return
        if line[0] == "~":
            self.listen(min(seconds(words_of(line)[1]) + 0.01, MOMENT + 0.01))
            return
        self.compare()
        if line[0] == ">":
            data = bytes_of(line)
            self.host.type(self.substituted(data) if data.startswith(b"AT") else data)
        else:
            self.act(words_of(line))

    def act(self, words):
        if words[-1] == "silent" or words[0] == "air":
            return  # the play ends before it is used
        if words[0] == "name":
            self.names.append(words[1].strip('"'))
            return
        assert words[0] == "peer", words
        if words[1] not in self.peers:
            self.peers[words[1]] = Peer()
            self.peers[words[1]].describe(words[2:])
        else:
            self.peers[words[1]].act(words[2:] or ["accepts"])

    # What differs here ---------------------------------------------------------------------------

    def substituted(self, data):
        text = data.decode("latin-1")
        for name in self.names:
            text = text.replace(f'"{name}"', f'"{NAME}"')
        for place, peer in self.peers.items():
            address, port = place.split(":")
            text = re.sub(rf'(",\s*){port}(?!\d)', rf"\g<1>{peer.port}", text)
            text = text.replace(address, MACHINE)
        return text.encode("latin-1")

    def pattern(self, line):
        """A regular expression for what a line expects."""
        data = bytes_of(line)
        text = data if data.startswith(b"\r\n+IPD") else self.substituted(data)
        wanted = re.escape(text)
        if line[1:2] == "?":
            wanted = wanted.replace(re.escape(b"{number}"), rb"\d+")
        for mine, any_of_its_kind in MASKS:
            wanted = re.sub(mine, any_of_its_kind, wanted)
        return wanted

    # The output ----------------------------------------------------------------------------------

    def listen(self, duration):
        """Reads what comes meanwhile."""
        deadline = time.monotonic() + duration
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self.host.descriptor], [], [], left)
            if ready:
                self.read_more(deadline)

    def read_more(self, deadline):
        self.host.more(deadline)
        self.seen, self.host.seen = self.seen + self.host.seen, b""

    def compare(self):
        """All that is expected must come, and nothing else."""
        deadline = time.monotonic() + PATIENCE
        for number, pattern in self.expected:
            while (found := re.match(pattern, self.seen, re.S)) is None:
                if not may_become(self.seen, pattern) or time.monotonic() > deadline:
                    raise AssertionError(f"line {number}: want {pattern!r}, got {self.seen!r}")
                self.read_more(deadline)
            self.seen = self.seen[found.end():]
        self.expected = []
        if self.seen:
            raise AssertionError(f"before line {self.number} came, unexpected, {self.seen!r}")


# What is this module's own: where it was built, when, and how it is called.
MASKS = (
    (rb"(?<=MAC,\")[0-9a-f:]{17}", rb"[0-9a-f:]{17}"),
    (rb"(?<=SDK\\ version:)[^\r\\]*(?:\\.[^\r\\]*)*?(?=\\\r)", rb"[^\r]*"),
    (rb"(?<=compile\\ time:)[^\r\\]*(?:\\.[^\r\\]*)*?(?=\\\r)", rb"[^\r]*"),
)


def may_become(seen, pattern):
    """Whether more bytes may still make it match: a wrong byte ends the wait at once."""
    literal = re.split(rb"(?<!\\)[\[]|\\d", pattern)[0]
    start = re.sub(rb"\\(.)", rb"\1", literal, flags=re.S)
    return seen.startswith(start) or start.startswith(seen)
