"""What journeys share: the program, a host at its serial port, and servers to talk to.

Nothing here sleeps to let something happen: each wait is for something, with a deadline.
"""

import atexit
import contextlib
import glob
import http.server
import ipaddress
import itertools
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time

# BFQ_PROGRAM is for whoever runs them by CTest with another build than the one that they belong to.
PROGRAM = os.environ.get("BFQ_PROGRAM") or os.environ.get("BFQ4004", "build/test/bfq4004")
# Control sockets of programs that were not told where stand here, and nowhere else.
os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="bfq-runtime-")
atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
# Memory that AddressSanitizer keeps back would look like growth.
ENVIRONMENT = {
    **os.environ,
    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1",
}
# Journeys run in parallel: each has its own module addresses and server ports.
MODULE_BASE = int(os.environ.get("MODULE_BASE", "0"))
OWN_PORTS = itertools.cycle(range(10500 + MODULE_BASE, 10600 + MODULE_BASE))
# Seconds; generous, as a loaded machine with sanitizers is slow.
PATIENCE = float(os.environ.get("BFQ_PATIENCE", "20"))


class Module:
    """The program, running with its own link and state; `environment` is added to ours."""

    def __init__(
        self, *arguments, serial=None, state="none", log="debug", through=(), environment=None,
        log_path=None
    ):
        self.directory = tempfile.mkdtemp(prefix="bfq-journey-")
        self.link = os.path.join(self.directory, "serial")
        doors = serial if serial is not None else [f"pty:{self.link}"]
        command = [*through, PROGRAM, "run", "--state", state, "--log", log]
        for door in doors:
            command += ["--serial", door]
        self.log_path = log_path or os.path.join(self.directory, "log")
        if "--module-base" not in arguments:
            command += ["--module-base", str(MODULE_BASE)]
        with open(self.log_path, "wb") as errors:
            self.process = subprocess.Popen(
                command + list(arguments), stdout=subprocess.PIPE, stderr=errors,
                env={**ENVIRONMENT, **(environment or {})})
        self.banner = ""
        self.is_attacked = False  # its sandbox is expected to refuse system calls

    def __enter__(self):
        self.read_banner()
        return self

    def __exit__(self, failed, *_):
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        if failed or status != 0:
            print(self.log()[-20000:])
        refused = re.findall(r"refused the system call \w+", self.log())
        shutil.rmtree(self.directory)
        if not failed and status != 0:
            raise AssertionError(f"the program ended with status {status}")
        if not failed and refused and not self.is_attacked:
            raise AssertionError(f"the sandbox has {refused}")

    def read_banner(self):
        """Returns once all doors are open; the banner ends with what may be typed."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(r"type\n(    .+\n)+\n$", self.banner):
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            data = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not data:
                raise AssertionError("no banner; the log says:\n" + self.log())
            self.banner += data.decode()

    def log(self):
        """What it has logged by now, also where a thread of its is about to write that."""
        wait_until(lambda: not self.writes_log(), "the log to be written")
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def writes_log(self):
        """True while a thread that copies to or from a file is not at rest."""
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                with open(path, encoding="ascii") as stat:
                    if re.search(r" \(relay\) [RD] ", stat.read()):
                        return True
        return False

    def wait_for_log(self, text, times=1):
        wait_until(lambda: self.log().count(text) >= times, f"{text!r} in the log")

    def ends(self):
        """How many connections their peers have ended, one way or another."""
        log = self.log()
        return log.count(" has closed\n") + log.count(" is lost: ")

    @property
    def pts(self):
        return re.search(r"/dev/pts/\d+", self.banner).group()

    def url(self, scheme):
        return re.search(scheme + r"://(\S+):(\d+)", self.banner)

    def status(self, field):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{field}:\s+(\d+)", status.read(), re.M).group(1))

    def wait_until_it_rests(self):
        """Until it has not woken up for half a second: it waits for its host, or for a peer."""
        idle = -1

        def rests():
            nonlocal idle
            time.sleep(0.5)
            idle, before = self.status("voluntary_ctxt_switches"), idle
            return idle - before <= 1

        wait_until(rests, "a module that rests")

    def descriptors(self):
        """The numbers of its open file descriptors."""
        return sorted(int(name) for name in os.listdir(f"/proc/{self.process.pid}/fd"))

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def host(self):
        return Host(os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))

    def started_host(self):
        """A host whose module is ready; `ready` may have been printed before the host attached."""
        self.wait_for_log("bfq0 is ready")
        return self.host()


class Host:
    """A host at the serial port, with what was read but not expected yet."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.seen = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None

    def type(self, data):
        data = data.encode() if isinstance(data, str) else data
        while data:  # as long as it takes, as long as something moves
            _, ready, _ = select.select([], [self.descriptor], [], PATIENCE)
            if not ready:
                raise AssertionError(f"the module does not take {data[:40]!r}")
            data = data[os.write(self.descriptor, data):]

    def more(self, deadline=None):
        deadline = deadline or time.monotonic() + PATIENCE
        ready, _, _ = select.select(
            [self.descriptor], [], [], max(0.0, deadline - time.monotonic())
        )
        try:
            data = os.read(self.descriptor, 65536) if ready else b""
        except BlockingIOError:
            return  # readiness was a hint: a PTY's data may have been flushed meanwhile
        if not data:
            raise AssertionError(f"nothing more came after {self.seen[-200:]!r}")
        self.seen += data

    def expect(self, end, patience=PATIENCE):
        """Reads everything up to and including `end`."""
        end = end.encode() if isinstance(end, str) else end
        deadline = time.monotonic() + patience
        while end not in self.seen:
            self.more(deadline)
        at = self.seen.index(end) + len(end)
        taken, self.seen = self.seen[:at], self.seen[at:]
        return taken

    def take(self, count):
        while len(self.seen) < count:
            self.more()
        taken, self.seen = self.seen[:count], self.seen[count:]
        return taken

    def take_all(self):
        """Reads what is there already."""
        while select.select([self.descriptor], [], [], 0)[0]:
            self.more()
        return self.take(len(self.seen))

    echoed_end = "\r\r\n"  # "\r\n" with the personality esp-at-2

    def answer_to_one_of(self, line):
        """Types the line until it is answered with OK; what came before that is forgotten."""
        def answered():
            self.type(line)
            self.more()
            return b"\r\nOK\r\n" in self.seen

        wait_until(answered, "an answer")
        self.expect("\r\nOK\r\n")

    def command(self, line, end=None):
        """Types a line; returns its answer, without the echo."""
        self.type(line + "\r\n")
        self.expect(line + self.echoed_end)
        return self.expect(end) if end else self.answer()

    def answer(self):
        """Reads up to the first result code."""
        answer = b""
        while not re.search(rb"(^|\r\n)(OK|ERROR|FAIL)\r\n$", answer):
            answer += self.expect(b"\r\n")
        return answer

    def join(self):
        answer = self.command('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"')
        assert answer == b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n", answer

    def connect(self, port, address="127.0.0.1"):
        answer = self.command(f'AT+CIPSTART="TCP","{address}",{port}')
        assert answer == b"CONNECT\r\n\r\nOK\r\n", answer

    def send(self, payload):
        assert self.command(f"AT+CIPSEND={len(payload)}", "> ") == b"\r\nOK\r\n> "
        self.type(payload)
        self.expect(f"\r\nRecv {len(payload)} bytes\r\n")
        return self.expect("\r\n") + self.expect("\r\n")

    def received(self):
        """The data of one +IPD; b"" for CLOSED."""
        head = self.expect(b"\r\n")
        if head == b"CLOSED\r\n":
            return b""
        assert head == b"\r\n", head
        count = int(re.fullmatch(rb"\+IPD,(\d+):", self.expect(b":")).group(1))
        return self.take(count)

    def next_event(self, patience=PATIENCE):
        """Link and data of a +IPD, or a line. (Where links have no numbers, the link is 0.)"""
        line = self.expect("\r\n", patience)
        if line != b"\r\n":
            return line.rstrip()
        while len(self.seen) < len("+IPD,"):
            self.more()
        if not self.seen.startswith(b"+IPD,"):
            return self.expect("\r\n").rstrip()
        *link, count = self.expect(":")[len("+IPD,"):-1].split(b",")
        return int(link[0]) if link else 0, self.take(int(count))

    def received_until_closed(self):
        parts = []
        while part := self.received():
            parts.append(part)
        return b"".join(parts)


class TcpHost(Host):
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, int(port)), PATIENCE)
        self.socket.setblocking(False)
        super().__init__(self.socket.fileno())

    def close(self):
        self.socket.close()
        self.descriptor = None


class UnixHost(Host):
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.setblocking(False)
        super().__init__(self.socket.fileno())

    def close(self):
        self.socket.close()
        self.descriptor = None


class Server:
    """A TCP server; the test handles its clients itself."""

    def __init__(self, address="127.0.0.1"):
        self.listener = socket.create_server((address, 0))
        self.listener.settimeout(PATIENCE)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        client, self.peer = self.listener.accept()
        client.settimeout(PATIENCE)
        return client


@contextlib.contextmanager
def web_server(body):
    """Python's http.server with one page; yields its port."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def receive(client, count):
    """Receives that many bytes from a connection, or fewer where it ends."""
    data = bytearray()
    while len(data) < count and (part := client.recv(65536)):
        data += part
    return bytes(data)


def wait_until(is_so, what):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)  # between two polls, never instead of one


def machine_address(number=0):
    """Where programs of this machine find the module of that number."""
    return str(ipaddress.IPv4Address("127.64.0.1") + MODULE_BASE + number)


def timer_of(port):
    """The timer that the kernel runs for the module's connection from that port, and its seconds;
    02 is keep-alive (proc(5)). None where there is no such connection."""
    place = socket.inet_aton(machine_address())[::-1].hex().upper() + f":{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        for columns in map(str.split, table):
            if columns[1] == place:
                kind, _, ticks = columns[5].partition(":")
                return kind, int(ticks, 16) / os.sysconf("SC_CLK_TCK")
    return None


def free_port():
    """A port of this machine on which nobody listens and that nobody else is given."""
    for port in itertools.islice(OWN_PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise AssertionError("all ports of this journey are taken")


def run_program(*arguments):
    """Runs the program to its end; returns exit status, standard output and standard error."""
    command = [PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout, done.stderr
