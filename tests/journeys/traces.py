"""A trace of the running program, and what tshark and sigrok-cli make of it: the bytes of the wire
and of each link, as their ends have seen them."""

import json
import os
import socket
import ssl
import stat
import subprocess
import tempfile
import threading
import unittest

from journey import Host, Module, Server, run_program

PASSWORD = b'"bfq4004-lab"'
SECRET = b"what TLS protects, and nobody else should see"
CHECKS = [word for check in ("ip", "tcp", "udp") for word in ("-o", f"{check}.check_checksum:TRUE")]


class RecordingHost(Host):
    """A host that remembers all that it has typed and read."""

    def __init__(self, module):
        super().__init__(os.open(module.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        self.typed, self.read = b"", b""

    def type(self, data):
        self.typed += data.encode() if isinstance(data, str) else data
        super().type(data)

    def more(self, deadline=None):
        before = len(self.seen)
        super().more(deadline)
        self.read += self.seen[before:]

    def exchange(self, line, end="\r\nOK\r\n"):
        self.type(line + "\r\n")
        self.expect(end)

    def send_by(self, link, payload):
        self.exchange(f"AT+CIPSEND={link},{len(payload)}", "\r\nOK\r\n> ")
        self.type(payload)
        self.expect("SEND OK\r\n")


def masked(data):
    return data.replace(PASSWORD, b"*" * len(PASSWORD)).replace(SECRET, bytes(len(SECRET)))


def tool(*command, allowed=(0,)):
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode in allowed, (command, done.returncode, done.stderr.decode())
    return done.stdout


def tls_server(folder):
    """A TLS server with a certificate of its own."""
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    tool("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Converted(unittest.TestCase):
    """One session, traced, and converted into each format."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bfq-traces-")
        cls.there, cls.back = os.urandom(3000), os.urandom(5000)
        cls.datagrams = b"a datagram there", b"and one back"
        cls.path = cls.name("all.trace")
        context = tls_server(cls.folder.name)
        with (
            Module("--trace", cls.path, "--journal", cls.name("all.journal")) as module,
            Server() as server,
            Server() as tls,
        ):
            module.wait_for_log("bfq0 is ready")
            with RecordingHost(module) as host:
                cls.live(host, server, tls, context)
                cls.typed, cls.read = masked(host.typed), masked(host.read)
            cls.ports = server.port, tls.port
        for extension in ("pcapng", "cast", "vcd", "jsonl"):
            for source in ("trace", "journal"):
                cls.convert(cls.name(f"all.{source}"), cls.name(f"{source}.{extension}"))

    @classmethod
    def convert(cls, *words):
        status, _, errors = run_program("trace", "convert", *words)
        assert (status, errors) == (0, ""), errors

    @classmethod
    def live(cls, host, server, tls, context):
        host.exchange('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"')
        host.exchange("AT+CWAUTOCONN=0")
        host.exchange("AT+CIPMUX=1")
        host.exchange(f'AT+CIPSTART=0,"TCP","localhost",{server.port}')
        client = server.accept()
        host.send_by(0, cls.there[:2000])
        host.send_by(0, cls.there[2000:])
        client.sendall(cls.back)
        got = b""
        while len(got) < len(cls.back):
            link, data = host.next_event()
            assert link == 0
            got += data
        host.exchange("AT+CIPCLOSE=0", "0,CLOSED\r\n\r\nOK\r\n")
        client.close()
        with Peer() as peer:
            host.exchange(f'AT+CIPSTART=1,"UDP","127.0.0.1",{peer.port}')
            host.send_by(1, cls.datagrams[0])
            peer.answer(cls.datagrams[1])
            assert host.next_event() == (1, cls.datagrams[1])
        cls.protected(host, tls, context)
        assert got == cls.back

    @classmethod
    def protected(cls, host, tls, context):
        clients = []

        def welcome():
            clients.append(context.wrap_socket(tls.accept(), server_side=True))
            clients[0].sendall(SECRET)

        thread = threading.Thread(target=welcome)
        thread.start()
        host.exchange(f'AT+CIPSTART=2,"SSL","localhost",{tls.port}')
        thread.join()
        assert host.next_event() == (2, SECRET)
        host.send_by(2, SECRET)
        assert clients[0].recv(100) == SECRET
        clients[0].close()
        host.expect("2,CLOSED\r\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def name(cls, file):
        return os.path.join(cls.folder.name, file)

    def events(self):
        with open(self.path, encoding="ascii") as lines:
            return [json.loads(line) for line in lines]

    def test_a_trace_is_the_events_as_lines_and_its_owners_alone(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        events = self.events()
        self.assertEqual([events[0]["event"], events[0]["part"]], ["trace", 1])
        numbers = [event["number"] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        join = next(e for e in events if e["event"] == "answered" and "CWJAP" in e["command"])
        self.assertEqual([join["command"], join["lines"], join["result"]],
                         ['AT+CWJAP_CUR="BFQ-LAB",***', ["WIFI CONNECTED", "WIFI GOT IP"], "OK"])
        self.assertGreater(join["duration"], 100_000)
        self.assertIn("ready", [e["line"] for e in events if e["event"] == "unsolicited"])
        asked = {e["message"] for e in events if e["event"] == "asked"}
        told = {e["message"] for e in events if e["event"] == "told"}
        self.assertLessEqual({"radio::Join", "net::Resolve", "net::Open", "flash::Program"}, asked)
        self.assertLessEqual({"radio::Joined", "net::Resolved", "net::Opened", "flash::Done"}, told)

    def test_it_holds_no_password_and_nothing_that_tls_protects(self):
        for source in ("all.trace", "journal.jsonl"):
            with open(self.name(source), "rb") as file:
                content = file.read()
            for secret in (PASSWORD.strip(b'"'), SECRET):
                self.assertNotIn(secret, content)
                self.assertNotIn(secret.hex().encode(), content)

    def test_a_journal_shows_its_secrets_where_that_is_asked_for(self):
        out = self.name("open.jsonl")
        self.convert("--secrets", self.name("all.journal"), out)
        with open(out, "rb") as file:
            content = file.read()
        self.assertIn(PASSWORD.hex().encode(), content)
        self.assertIn(SECRET.hex().encode(), content)

    def test_what_exists_is_not_replaced_and_the_name_says_the_format(self):
        status, _, errors = run_program("trace", "convert", self.path, self.name("trace.vcd"))
        self.assertEqual(status, 1)
        self.assertIn("exists", errors)
        status, _, errors = run_program("trace", "convert", self.path, self.name("all.txt"))
        self.assertEqual(status, 2)
        self.assertIn(".pcapng", errors)

    def follow(self, file, stream):
        """The bytes of a stream: from the module, and to it."""
        lines = tool("tshark", "-r", file, "-q", "-z", f"follow,tcp,raw,{stream}").decode()
        sides = b"", b""
        body = lines.split("Node 1:")[1].splitlines()[1:-1]
        sides = ["".join(line for line in body if not line.startswith("\t")),
                 "".join(line[1:] for line in body if line.startswith("\t"))]
        return [bytes.fromhex(side) for side in sides]

    def test_tshark_gives_back_the_bytes_of_each_link(self):
        for source in ("trace", "journal"):
            file = self.name(f"{source}.pcapng")
            self.assertEqual(self.follow(file, 0), [self.there, self.back], source)
            self.assertEqual(self.follow(file, 1), 2 * [bytes(len(SECRET))], source)
            datagrams = tool("tshark", "-r", file, "-Y", "udp", "-T", "fields", "-e", "udp.payload")
            self.assertEqual([bytes.fromhex(line) for line in datagrams.decode().split()],
                             list(self.datagrams))

    def test_tshark_has_nothing_to_say_against_it(self):
        for source in ("trace", "journal"):
            file = self.name(f"{source}.pcapng")
            wrong = tool("tshark", "-r", file, *CHECKS, "-Y",
                         "tcp.analysis.flags or ip.checksum.status == 0 or _ws.malformed or "
                         "tcp.checksum.status == 0 or udp.checksum.status == 0")
            self.assertEqual(wrong, b"", source)
            ends = tool("tshark", "-r", file, "-Y", "tcp.flags.syn == 1 or tcp.flags.fin == 1")
            self.assertEqual(ends.count(b"\n"), 8, ends)

    def test_tshark_reads_the_serial_line(self):
        for source in ("trace", "journal"):
            rows = tool("tshark", "-r", self.name(f"{source}.pcapng"), "-Y", "rtacser", "-T",
                        "fields", "-e", "rtacser.eventtype", "-e", "data.data")
            sides = {1: b"", 2: b""}
            for row in rows.decode().splitlines():
                kind, data = row.split("\t")
                sides[int(kind, 0)] += bytes.fromhex(data)
            self.assertEqual(sides[2], self.typed, source)
            self.assertTrue(sides[1].endswith(self.read), source)

    def test_sigrok_gives_back_the_bytes_of_the_wire(self):
        for source in ("trace", "journal"):
            file = self.name(f"{source}.vcd")
            for line, data in (("rx", self.typed), ("tx", self.read)):
                got = tool("sigrok-cli", "-I", "vcd", "-i", file, "-P",
                           f"uart:rx={line}:baudrate=115200", "-B", "uart=rx")
                self.assertEqual(got[-len(data):], data, (source, line))
                before = got[:-len(data)]
                self.assertIn(before, (b"", b"\r\nready\r\n"), (source, line))
        with open(self.name("trace.vcd"), encoding="ascii") as file:
            content = file.read()
        self.assertIn("--speed fast", content)
        self.assertRegex(content, r"(?s)1o\n.*1j\n.*0j\n1J\n.*1a\n")

    def test_a_terminal_player_shows_what_was_read(self):
        with open(self.name("trace.cast"), encoding="ascii") as file:
            header, *events = [json.loads(line) for line in file]
        self.assertEqual(header["version"], 2)
        times = [event[0] for event in events]
        self.assertEqual(times, sorted(times))
        shown = "".join(text for _, kind, text in events if kind == "o")
        self.assertIn("AT+CIPMUX=1\r\r\n\r\nOK\r\n", shown)
        self.assertIn("AT+CIPMUX=1\r\n", "".join(text for _, kind, text in events if kind == "i"))


class Peer:
    """A UDP peer."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def answer(self, data):
        _, sender = self.socket.recvfrom(2000)
        self.socket.sendto(data, sender)


class Files(unittest.TestCase):
    def test_a_trace_that_becomes_too_long_is_begun_anew(self):
        with tempfile.TemporaryDirectory(prefix="bfq-traces-") as folder:
            path = os.path.join(folder, "long.trace")
            with Module("--trace", path, "--trace-size", "64K") as module:
                with module.started_host() as host:
                    for _ in range(200):
                        host.command("AT+GMR")
            parts = []
            for file in (path + ".1", path):
                self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
                self.assertLessEqual(os.stat(file).st_size, 64 * 1024)
                with open(file, encoding="ascii") as lines:
                    events = [json.loads(line) for line in lines]
                self.assertEqual(events[0]["event"], "trace")
                parts.append((events[0]["part"], events[1]["number"], events[-1]["number"]))
            (first, _, last), (second, begin, _) = parts
            self.assertEqual([second, begin], [first + 1, last + 1])
            self.assertGreater(first, 1)

    def test_a_file_that_is_no_trace_is_not_replaced(self):
        with tempfile.TemporaryDirectory(prefix="bfq-traces-") as folder:
            path = os.path.join(folder, "mine.txt")
            with open(path, "w", encoding="ascii") as file:
                file.write("my own notes")
            status, _, errors = run_program("run", "--state", "none", "--trace", path, "--serial",
                                            "stdio")
            self.assertEqual(status, 1)
            self.assertRegex(errors, "exists and is no trace")
            with open(path, encoding="ascii") as file:
                self.assertEqual(file.read(), "my own notes")

    def test_it_needs_no_control_socket_and_runs_in_the_sandbox(self):
        with tempfile.TemporaryDirectory(prefix="bfq-traces-") as folder:
            path = os.path.join(folder, "a.trace")
            with Module("--trace", path, "--control", "none") as module:
                with module.started_host() as host:
                    host.command("AT")
            with open(path, encoding="ascii") as lines:
                answers = [json.loads(line) for line in lines if '"answered"' in line]
            self.assertEqual([[e["command"], e["result"]] for e in answers], [["AT", "OK"]])

    def test_damaged_ones_are_refused_by_their_line(self):
        with tempfile.TemporaryDirectory(prefix="bfq-traces-") as folder:
            path = os.path.join(folder, "bad.trace")
            for line in ('{"event":"wire","time":1,"number":1,"module":"a","direction":"to_host"}',
                         "[]", '{"time":1}', "no JSON"):
                with open(path, "w", encoding="ascii") as file:
                    file.write('{"event":"trace","time":0,"number":1,"version":"1","part":1,'
                               f'"epoch":0,"modules":[],"paced":[]}}\n{line}\n')
                out = os.path.join(folder, "a.vcd")
                status, _, errors = run_program("trace", "convert", path, out)
                self.assertEqual(status, 1, line)
                self.assertRegex(errors, "line 2 is no record of a trace")


if __name__ == "__main__":
    unittest.main()
