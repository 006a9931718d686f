"""Plays a transcript of tests/transcripts against the built program: its lines at a real serial
port, its far hosts on the loopback network, its time as it passes.

Addresses, ports and names of the transcript stand for those of this machine, and the identity of
its module for that of the program's. Everything else must match byte for byte.
"""

import os
import re
import signal
import tempfile
import time

from far_hosts import LOCALHOST, FarHosts, usable_port
from journey import MODULE_BASE, PATIENCE, Module
from obstacles import LONGEST_WAIT
from script import BURST, unescaped
from world_file import WorldFile

NAME = "localhost"
SILENCE = 0.25  # seconds of silence that are checked where the transcript has longer ones
MARGIN = 0.05   # seconds added to every wait
STALL = 0.2     # seconds without output after which the remote hosts send
FIRST_LOCAL_PORT = 49152  # of links in the simulated world
# The identity of a transcript's module where the file does not set one, and how AT+GMR names it.
BURNT_IN = {
    "at-version": (b"AT version:", b"1.0.0.0(May 12 2020 00:00:00)"),
    "sdk-version": (b"SDK version:", b"2.2.1(bfq4004 0.1.0)"),
    "compile-time": (b"compile time:", b"Jan  1 2020 00:00:00"),
}
LISTS_LINKS = (b"+CIPSTATUS:", b"+CIPSTATE:")
SHOWS_PEERS = (*LISTS_LINKS, b"+CIPDOMAIN:", b"+LINK_CONN:", b"+CIPRECVDATA:", b"+CIPSNTPCFG:")
CLIENT = b"<client>"  # stands for the address of one, which is none that a transcript has
IN_WORLD_FILE = ("air", "delay", "station")
STARTS = 5  # attempts; the program may be ready before the host is attached


class Play:
    """One transcript and one module. `lane` is a number that no other play has at the same time: of
    the module's addresses on this machine, and of its remote hosts'."""

    def __init__(self, steps, lane, burnt_in, context, options=()):
        self.steps, self.burnt_in, self.context = steps, burnt_in, context
        self.options = ("--module-base", str(MODULE_BASE + lane), *options)
        self.simulated = {what: text for what, (_, text) in BURNT_IN.items()}
        self.hosts = FarHosts(lane)
        self.module = self.host = None
        self.state = tempfile.TemporaryDirectory(prefix="bfq-play-")
        self.world = WorldFile(os.path.join(self.state.name, "world.toml"))
        self.readings = 0
        self.seeks = False  # an access point that has come back is only found by a scan
        self.expected, self.seen, self.reads = [], b"", True
        self.names, self.mentioned, self.datagram_ports = {}, set(), []
        self.typed_at, self.since_typed, self.number = 0.0, 0.0, 0
        self.tls_places = set()
        self.personality = "bfq4004"
        for step in steps:
            self.learn(step)
        if self.personality != "bfq4004":
            self.world.soft_ap["ssid"] = "ESP_040001"

    def learn(self, step):
        """Collects what must be known before the first step is played."""
        if step.kind == "type":
            for address, port in (re.findall(rb'"SSL",\s*"([0-9.]+)",\s*(\d+)', step.data)
                                  + re.findall(rb'"([0-9.]+)",(\d+),"SSL"', step.data)):
                self.tls_places.add((address.decode(), int(port)))
            for address in re.findall(rb'"(127\.\d+\.\d+\.\d+)"', step.data):
                self.hosts.address(address.decode())
        elif step.kind == "act" and step.words[0] == "name":
            name, address = step.words[1].strip('"'), step.words[2]
            self.names[name] = address
            self.hosts.addresses[address] = LOCALHOST
        elif step.kind == "act" and step.words[0] == "personality":
            if self.personality not in step.words:
                self.personality = step.words[1]
        elif step.kind == "act" and step.words[:2] == ("module", "station-mac"):
            self.world.module["station_mac"] = step.words[2]
        elif step.kind == "act" and step.words[:2] == ("module", "radio"):
            self.world.module["radio"] = step.words[2]
        elif step.kind == "act" and step.words[0] == "module":
            self.simulated[step.words[1]] = unescaped(step.words[2])

    # The program ---------------------------------------------------------------------------------

    def unknown_names(self):
        typed = b"".join(step.data for step in self.steps if step.kind == "type")
        found = set(re.findall(rb'"((?=[^"]*[a-z])[a-z0-9.-]+\.[a-z]+)"', typed))
        names = {name.decode() for name in found if b".." not in name}
        return sorted(names - set(self.names) - {NAME})

    def power_on(self, echo):
        """Returns with a host that will read `ready` or, with its echo off, has read it."""
        self.power_off()
        policy = (
            f"allow=127.0.0.0/8,{NAME};deny={','.join([*self.unknown_names(), 'nobody.invalid'])}"
        )
        self.world.write()
        self.readings = 0
        for _ in range(STARTS):
            self.module = Module("--net", policy, "--personality", self.personality,
                                 *self.options, self.world.path, state=self.state.name)
            self.module.__enter__()
            if not echo:
                self.host = self.module.started_host()
                if self.personality == "esp-at-2":
                    self.host.echoed_end = "\r\n"
                mode = b"+CWMODE" if self.personality == "esp-at-2" else b"+CWMODE_CUR"
                if mode + b":1\r\n" not in self.host.command(f"AT{mode.decode()}?"):
                    assert self.host.command(f"AT{mode.decode()}=1") == b"\r\nOK\r\n"
                assert self.host.command("ATE0") == b"\r\nOK\r\n"
                return
            self.host = self.module.host()
            if "is ready" not in self.module.log():
                return
            self.power_off()
        raise AssertionError("the program is always ready before anybody can listen")

    def power_off(self):
        if self.host is not None:
            self.host.close()
        if self.module is not None:
            self.module.__exit__(None, None, None)
        self.host = self.module = None

    # The play ------------------------------------------------------------------------------------

    def run(self):
        try:
            for at, step in enumerate(self.steps):
                self.number = step.number
                following = self.steps[at + 1] if at + 1 < len(self.steps) else None
                self.play(step, following)
            self.compare()
            self.listen(MARGIN)
            self.nothing_more()
        except Exception as error:
            raise AssertionError(f"line {self.number}: {error!r}") from error
        finally:
            self.hosts.close()
            try:
                self.power_off()
            finally:
                self.state.cleanup()

    def play(self, step, following):
        if step.kind == "act" and step.words[0] in ("module", "personality"):
            return
        if step.kind == "act" and step.words[0] in IN_WORLD_FILE and self.module is None:
            self.world.change(step.words)
            return
        if self.module is None:
            self.power_on(echo=step.words[:1] == ("power",))
            if step.words[:1] == ("power",):
                return
        if step.kind == "expect":
            self.expected.append(step)
            return
        # What is due later may have arrived already.
        silent = following is None or following.kind != "expect"
        self.compare(alone=step.kind != "pass" or silent)
        if step.kind == "type":
            self.type(step.data)
        elif step.kind == "pass":
            self.since_typed += step.seconds
            if step.seconds >= BURST:
                self.hosts.speak()
            if step.seconds >= BURST and silent:
                self.listen(min(step.seconds, LONGEST_WAIT if self.seeks else SILENCE) + MARGIN)
        else:
            self.hosts.settle()
            self.act(step.words)
            self.hosts.settle()
            if following is not None and following.kind == "act":
                # Of two pieces of a stream, the first is read before the second comes.
                self.listen(MARGIN)

    def type(self, data):
        self.datagram_ports += [
            int(port) for port in re.findall(rb'"UDP",\s*"[^"]*",\s*\d+,\s*(\d+)', data)
        ]
        self.world.look_at(data)
        self.mentioned.update(re.findall(rb'"(\d+\.\d+\.\d+\.\d+)"', data))
        self.host.type(self.here(data) if b"AT" in data else data)
        self.typed_at, self.since_typed = time.monotonic(), 0.0

    def act(self, words):
        kind, arguments = words[0], words[1:]
        if kind in IN_WORLD_FILE:
            self.world.change(words)
            self.world.write()
            self.seeks = "regains" in words
            self.readings += 1
            self.module.process.send_signal(signal.SIGHUP)
            self.module.wait_for_log("is read again", self.readings)
        elif kind == "reset":
            self.power_on(echo=True)
        elif kind == "host":
            self.reads = arguments[0] == "reads"
        elif kind == "client":
            self.client(self.place(arguments[0]), int(arguments[1]), "in-vain" in arguments)
        elif kind == "peer":
            self.peer(self.place(arguments[0]), arguments[1:])
        elif kind != "name":
            raise ValueError(f"what is {kind}?")

    @staticmethod
    def place(word):
        address, port = word.split(":")
        return address, int(port)

    def client(self, place, port, in_vain):
        if place not in self.hosts.peers:
            self.hosts.add(place)
        try:
            self.hosts.peers[place].call(self.hosts.module, port)
        except ConnectionRefusedError:
            if not in_vain:
                raise
            return
        if in_vain:
            raise AssertionError(f"somebody listens on port {port}")

    def peer(self, place, words):
        peer = self.hosts.peers.get(place)
        if peer is None:
            peer = self.hosts.add(place, self.context() if place in self.tls_places else None)
            peer.describe(words)
        elif words[0] == "sends":
            for connection in peer.connections:
                connection.send(unescaped(words[1]))
        elif words[0] == "datagram":
            self.datagram(peer, unescaped(words[1]))
        elif words[0] in ("closes", "resets"):
            peer.end(words[0] == "resets")
        elif words[0] == "was-reset":
            self.was_reset(peer)
        elif words[0] == "got":
            self.got(peer, unescaped(words[1]))
        else:
            peer.describe(words)

    def datagram(self, peer, data):
        """Sends one to every UDP link of the module."""
        known = {(self.hosts.module, usable_port(port)) for port in self.datagram_ports}
        for known_peer in known or peer.known:
            peer.datagrams.sendto(data, known_peer)

    def was_reset(self, peer):
        deadline = time.monotonic() + PATIENCE
        while not peer.was_reset:
            if time.monotonic() > deadline:
                raise AssertionError("the module has not reset the connection")
            self.hosts.pump(None, 0.1)

    def got(self, peer, wanted):
        deadline = time.monotonic() + PATIENCE
        while peer.got != wanted:
            late = time.monotonic() - self.typed_at > BURST * 3 / 4
            if self.since_typed < BURST and late and peer.got.startswith(wanted):
                return  # this machine was too slow to look within the 20 ms
            if not wanted.startswith(peer.got) or time.monotonic() > deadline:
                raise AssertionError(f"the peer got {peer.got!r}, not {wanted!r}")
            self.hosts.pump(None, 0.1)

    # What differs here ---------------------------------------------------------------------------

    def here(self, data):
        """The same text with the passwords, names, addresses and ports of this machine."""
        data = self.world.padded(data)
        for name, address in self.names.items():
            typed = re.escape(re.sub(r'([\\",])', r"\\\1", name).encode())
            for (of, port), peer in self.hosts.peers.items():
                if of == address:
                    data = re.sub(rb'"%b"(,\s*)%d(?!\d)' % (typed, port),
                                  rb'"%b"\g<1>%d' % (NAME.encode(), peer.port), data)
            data = re.sub(b'"%b"' % typed, b'"%b"' % NAME.encode(), data)
        for (address, port), peer in self.hosts.peers.items():
            data = re.sub(rb'(?<![\d.])(%b"?,\s*)%d(?!\d)' % (re.escape(address.encode()), port),
                          rb"\g<1>%d" % peer.port, data)
        for address, alias in self.hosts.addresses.items():
            data = re.sub(
                rb"(?<![\d.])%b(?![\d.])" % re.escape(address.encode()), alias.encode(), data
            )
        return data

    def as_shown(self, data):
        """The same for output of the module, which shows an unknown peer as 127.0.0.1, and each
        client of its server."""
        for (address, port), peer in self.hosts.peers.items():
            if peer.calls:
                data = re.sub(rb'(?<![\d.])%b("?,)%d(?!\d)' % (re.escape(address.encode()), port),
                              rb"%b\g<1>%d" % (CLIENT, peer.port), data)
        told = self.hosts.addresses
        unmentioned = {a for a in told if a.encode() not in self.mentioned} - set(
            self.names.values()
        )
        strangers = dict.fromkeys(unmentioned, LOCALHOST)
        self.hosts.addresses = {**told, **strangers}
        try:
            return self.here(data).replace(CLIENT, LOCALHOST.encode())
        finally:
            self.hosts.addresses = told

    def pattern(self, step):
        """A regular expression for what a line expects."""
        data = step.data
        for what, (label, _) in BURNT_IN.items():
            data = data.replace(label + self.simulated[what], label + self.burnt_in[label])
        if data.startswith(b"compile time("):  # of the firmware that it names, and of the program
            data = data.replace(self.simulated["compile-time"], self.burnt_in[b"compile time:"])
        if data.startswith(SHOWS_PEERS):
            data = self.as_shown(data)
        data = re.sub(rb"AT\+CIP(START|SEND|DOMAIN)=[^\r]*", lambda echo: self.here(echo[0]), data)
        data = re.sub(rb"\+IPD,[^:]*:", lambda found: self.as_shown(found[0]), data)
        wanted = re.escape(data)
        wanted = re.sub(rb"^\\\+PING:\d+", rb"\+PING:\\d+", wanted)  # the network's own time
        if data.startswith(LISTS_LINKS):
            ports = b"|".join(b"%d" % port for port in self.hosts.module_ports())
            wanted = re.sub(rb",%d(?=,)" % FIRST_LOCAL_PORT, b",(?:%b)" % ports, wanted)
        return wanted.replace(re.escape(b"{number}"), rb"\d+") if step.masked else wanted

    # The output ----------------------------------------------------------------------------------

    def listen(self, duration):
        deadline = time.monotonic() + duration
        while (left := deadline - time.monotonic()) > 0:
            self.read_more(left)

    def read_more(self, wait):
        """Reads what comes within that time, while the remote hosts are served; false when nothing
        came."""
        any_came, readable = self.hosts.pump(self.host.descriptor if self.reads else None, wait)
        if readable:
            self.seen += os.read(self.host.descriptor, 65536)
        return any_came

    def compare(self, alone=True):
        """Everything that is expected must come and, where `alone` asks for it, nothing else."""
        deadline = time.monotonic() + PATIENCE + 10
        for step in self.expected:
            self.hosts.settle()
            pattern = self.pattern(step)
            while (found := re.match(pattern, self.seen, re.S)) is None:
                if not may_become(self.seen, pattern) or time.monotonic() > deadline:
                    raise AssertionError(f"line {step.number}: want {pattern!r}, got {self.seen!r}")
                if not self.read_more(STALL):
                    self.hosts.speak()
            self.seen = self.seen[found.end():]
        self.expected = []
        if alone:
            self.nothing_more()

    def nothing_more(self):
        if self.seen:
            raise AssertionError(f"before line {self.number} came, unexpected, {self.seen!r}")


def may_become(seen, pattern):
    """Whether more bytes could still make it match: a wrong byte ends the wait at once."""
    literal = re.split(rb"(?<!\\)\(\?:|\\d", pattern)[0]
    start = re.sub(rb"\\(.)", rb"\1", literal, flags=re.S)
    return seen.startswith(start) or start.startswith(seen)
