"""The doors besides the PTY: TCP and standard input and output."""

import contextlib
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import tempfile
import time
import tty
import unittest

from journey import PROGRAM, Module, Server, TcpHost, free_port, run_program, wait_until

COMMAND = [PROGRAM, "run", "--state", "none", "--serial", "stdio", "--log", "off"]


class TcpDoor(unittest.TestCase):
    def test_all_hosts_see_the_output_and_any_may_type(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            with TcpHost(*place) as one, TcpHost(*place) as other:
                module.wait_for_log("has attached", 2)
                self.assertEqual(one.command("AT"), b"\r\nOK\r\n")
                self.assertEqual(other.expect("OK\r\n"), b"AT\r\r\n\r\nOK\r\n")
                other.close()
                module.wait_for_log("has detached")
                self.assertEqual(one.command("AT"), b"\r\nOK\r\n")

    def test_a_later_host_gets_nothing_old(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            for times in range(1, 11):
                with TcpHost(*place) as host:
                    host.type("AT+GMR\r\n" * 10)
                    host.expect("AT+GMR\r")
                module.wait_for_log("has detached", times)
            with TcpHost(*place) as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                self.assertEqual(host.seen, b"")

    def test_a_host_that_does_not_read_loses_bytes_only_where_another_reads(self):
        size = 4 * 1024 * 1024
        with Module(serial=["tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            with TcpHost(*place) as reader:
                reader.join()
                reader.connect(server.port)
                client = server.accept()
                with TcpHost(*place) as laggard:
                    module.wait_for_log("has attached", 2)
                    count = 0
                    client.setblocking(False)
                    sent = 0
                    while count < size:
                        wanted = [client] if sent < size else []
                        readable, writable, _ = select.select([reader.descriptor], wanted, [], 20)
                        self.assertTrue(readable or writable, "the reader is held up")
                        if writable:
                            sent += client.send(bytes(min(65536, size - sent)))
                        while readable and count < sent and len(part := self.one_piece(reader)):
                            count += part[0]
                    self.assertEqual(count, size)
                    module.wait_for_log("does not read: it loses bytes, since other hosts read on")
                    heard = len(laggard.take_all())
                    module.wait_for_log("bytes: it did not read")
                    lost = sum(
                        map(int, re.findall(r"lost (\d+) bytes: it did not read", module.log()))
                    )
                    self.assertGreater(lost, 0)
                    # What neither was heard nor lost are the heads of +IPD.
                    self.assertGreaterEqual(heard + lost + len(laggard.take_all()), size)
                client.close()
                reader.expect("CLOSED\r\n")

    def one_piece(self, reader):
        """The size of a +IPD, if one is there; waits only within one."""
        if not reader.seen and not select.select([reader.descriptor], [], [], 0)[0]:
            return ()
        return (len(reader.received()),)

    def test_serial_doors_together(self):
        directory_link = f"/tmp/bfq-journey-{os.getpid()}"
        with Module(serial=["tcp:0", f"pty:{directory_link}"]) as module:
            module.wait_for_log("bfq0 is ready")
            module.link = directory_link
            with module.host() as at_pty, TcpHost(*module.url("socket").groups()) as at_tcp:
                module.wait_for_log("has attached")
                self.assertEqual(at_pty.command("AT"), b"\r\nOK\r\n")
                self.assertEqual(at_tcp.expect("OK\r\n"), b"AT\r\r\n\r\nOK\r\n")

    def test_a_host_that_echoes_is_named_in_the_log(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                host.type("nonsense\r\n")
                while "lines that were typed are the module's own" not in module.log():
                    host.more()
                    host.type(host.take(len(host.seen)))
                host.type("\r\nATE0\r\n")
                host.expect("ATE0\r\r\n\r\nOK\r\n")
                self.assertEqual(module.log().count("the module's own"), 1)

    def test_a_port_in_use_is_refused_clearly(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, _, errors = run_program("run", "--state", "none", "--serial", f"tcp:{port}")
        self.assertEqual(status, 1)
        self.assertIn(f"cannot listen on 127.0.0.1:{port}", errors)

    def test_the_port_asked_for_is_the_port(self):
        port = free_port()
        with Module(serial=[f"tcp:127.0.0.1:{port}"]) as module:
            self.assertEqual(module.url("socket").groups(), ("127.0.0.1", str(port)))


class HalfClosedHosts(unittest.TestCase):
    """`printf … | socat` at each door: whoever types no more reads until it has been answered."""

    def setUp(self):
        path = f"/tmp/bfq-journey-{os.getpid()}.half"
        module = Module(serial=["tcp:0", "rfc2217:0", f"unix:{path}"], log="info")
        self.module = self.enterContext(module)
        module.wait_for_log("bfq0 is ready")
        self.doors = {
            "tcp": lambda: socket.create_connection(module.url("socket").groups(), 20),
            "rfc2217": lambda: socket.create_connection(module.url("rfc2217").groups(), 20),
            "unix": lambda: self.connect_unix(path),
        }

    @staticmethod
    def connect_unix(path):
        host = socket.socket(socket.AF_UNIX)
        host.settimeout(20)
        host.connect(path)
        return host

    def answer_at_each(self, typed):
        """What a host hears until the door closes; it never closes itself."""
        for name, connect in self.doors.items():
            with self.subTest(door=name), connect() as host:
                host.sendall(typed)
                host.shutdown(socket.SHUT_WR)
                heard = bytearray()
                while part := host.recv(65536):
                    heard += part
                yield bytes(heard)

    def test_a_short_answer(self):
        for heard in self.answer_at_each(b"AT\r\n"):
            self.assertTrue(heard.endswith(b"\r\n\r\nOK\r\n"), heard)

    def test_one_that_takes_its_time(self):
        for heard in self.answer_at_each(b"AT+CWLAP\r\n"):
            self.assertIn(b'"BFQ-LAB"', heard)
            self.assertTrue(heard.endswith(b"\r\n\r\nOK\r\n"), heard[-100:])

    def test_one_of_a_megabyte(self):
        times = 9000
        for heard in self.answer_at_each(b"ATE0\r\n" + b"AT+GMR\r\n" * times):
            self.assertGreater(len(heard), 1_000_000)
            self.assertEqual(heard.count(b"compile time"), times)
            self.assertTrue(heard.endswith(b"\r\nOK\r\n"), heard[-100:])

    def test_one_that_closes_is_gone_at_once(self):
        with self.doors["unix"]() as host:
            host.sendall(b"AT+CWLAP\r\n")
            host.recv(1)
        self.module.wait_for_log("has detached")
        self.assertNotIn("loses", self.module.log())


class Limits(unittest.TestCase):
    def test_a_door_takes_32_hosts_and_closes_on_the_next(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            with contextlib.ExitStack() as stack:
                hosts = [stack.enter_context(TcpHost(*place)) for _ in range(32)]
                module.wait_for_log("has attached", 32)
                with socket.create_connection(place, 20) as refused:
                    self.assertEqual(refused.recv(1), b"")
                module.wait_for_log("tcp: refused a host: 32 are attached")
                self.assertEqual(hosts[-1].command("AT"), b"\r\nOK\r\n")
                hosts[0].close()
                module.wait_for_log("has detached")
                with TcpHost(*place) as late:
                    self.assertEqual(late.command("AT"), b"\r\nOK\r\n")


class StandardInputAndOutput(unittest.TestCase):
    def run_with(self, stdin):
        return subprocess.run(COMMAND, input=stdin, capture_output=True, timeout=20, check=False)

    def start(self):
        pipe = subprocess.PIPE
        return subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)

    def test_it_ends_with_its_input_after_the_answers(self):
        done = self.run_with(b"ATE0\r\nAT+CWMODE_CUR?\r\n")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(
            done.stdout, b"\r\nready\r\nATE0\r\r\n\r\nOK\r\n+CWMODE_CUR:1\r\n\r\nOK\r\n"
        )
        self.assertIn(b"BFQ-LAB", done.stderr)

    def test_it_waits_for_a_command_under_way(self):
        done = self.run_with(b'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.endswith(b"WIFI GOT IP\r\n\r\nOK\r\n"), done.stdout)

    def test_files_are_input_and_output_too(self):
        with (
            open("/tmp/bfq-journey-input", "w+b") as stdin,
            open("/tmp/bfq-journey-output", "w+b") as stdout,
        ):
            os.unlink(stdin.name)
            os.unlink(stdout.name)
            stdin.write(b"AT\r\n")
            stdin.seek(0)
            quiet = subprocess.DEVNULL
            subprocess.run(
                COMMAND, stdin=stdin, stdout=stdout, stderr=quiet, timeout=20, check=True
            )
            stdout.seek(0)
            self.assertEqual(stdout.read(), b"\r\nready\r\nAT\r\r\n\r\nOK\r\n")

    def test_no_input_at_all(self):
        nothing = subprocess.DEVNULL
        done = subprocess.run(COMMAND, stdin=nothing, capture_output=True, timeout=20, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, b"\r\nready\r\n"))

    def test_a_payload_that_never_comes_is_not_waited_for(self):
        with Server() as server:
            process = self.start()
            said = b""
            for line, end in (
                (b'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"', b"GOT IP\r\n\r\nOK\r\n"),
                (b'AT+CIPSTART="TCP","127.0.0.1",%d' % server.port, b"CONNECT\r\n\r\nOK\r\n"),
                (b"AT+CIPSEND=5", b"> "),
            ):
                process.stdin.write(line + b"\r\n")
                process.stdin.flush()
                while not said.endswith(end):
                    part = os.read(process.stdout.fileno(), 4096)
                    self.assertTrue(part, said)
                    said += part
            process.stdin.close()
            self.assertEqual(process.wait(20), 0)
            process.stdout.close()

    def test_a_reader_that_goes_ends_it(self):
        process = self.start()
        process.stdout.close()
        wait_until(lambda: process.poll() is not None, "the end of a program that nobody hears")
        self.assertEqual(process.returncode, 0)
        process.stdin.close()


class Scripts(unittest.TestCase):
    """A script piped into standard input, whose lines wait for the answers."""

    SCRIPT = (b'ATE0\nAT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\n'.replace(b"\n", b"\r\n") +
              b"AT+RST\r\nATE0\r\nAT+CWLAP\r\nAT\r\n")

    def run_script(self, *arguments, script=SCRIPT):
        done = subprocess.run(
            [*COMMAND, *arguments], input=script, capture_output=True, timeout=30, check=True)
        return done.stdout

    def check(self, heard):
        self.assertNotIn(b"busy", heard)
        self.assertNotIn(b"ERROR", heard)
        self.assertIn(b"WIFI GOT IP\r\n\r\nOK\r\n", heard)
        self.assertIn(b'"BFQ-LAB"', heard)
        self.assertTrue(heard.endswith(b"\r\n\r\nOK\r\n\r\nOK\r\n"), heard)

    def test_without_it_the_module_is_busy(self):
        script = self.SCRIPT.replace(b"AT+RST", b"AT")
        self.assertIn(b"busy p...", self.run_script(script=script))

    def test_each_line_is_typed_when_the_one_before_has_been_answered(self):
        self.check(self.run_script("--wait", "answers"))

    def test_at_the_pace_of_the_uart(self):
        self.check(self.run_script("--wait", "answers", "--speed", "baud"))

    def test_it_takes_standard_input(self):
        status, _, errors = run_program("run", "--serial", "tcp:0", "--wait", "answers")
        self.assertEqual(status, 2)
        self.assertIn("--wait answers is for the door stdio", errors)


class Service(unittest.TestCase):
    def test_whoever_manages_services_is_told(self):
        path = f"/tmp/bfq-journey-{os.getpid()}.notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            self.addCleanup(os.unlink, path)
            manager.settimeout(20)
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as world:
                world.write('[[ap]]\nssid = "shed"\nsecurity = "open"\n')
                world.flush()
                environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"}
                with Module(world.name, environment=environment) as module:
                    self.assertEqual(manager.recv(100), b"READY=1")
                    for _ in range(3):
                        self.assertEqual(manager.recv(100), b"WATCHDOG=1")
                    module.process.send_signal(signal.SIGHUP)
                    heard = []
                    while b"READY=1" not in heard:
                        heard.append(manager.recv(100))
                    reloading = [text for text in heard if text.startswith(b"RELOADING=1\n")]
                    self.assertEqual(len(reloading), 1, heard)
                while (text := manager.recv(100)) == b"WATCHDOG=1":
                    pass
                self.assertEqual(text, b"STOPPING=1")


class FirstLines(unittest.TestCase):
    def test_only_what_can_work_is_suggested(self):
        with Module(serial=["tcp:0"]) as module:
            self.assertIn('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"', module.banner)
            self.assertIn('AT+CIPSTART="TCP","host.bfq.internal",8000', module.banner)
        with Module("--net", "deny=*", serial=["tcp:0"]) as module:
            self.assertIn("AT+CWJAP_CUR", module.banner)
            self.assertNotIn("AT+CIPSTART", module.banner)
        path = f"/tmp/bfq-journey-{os.getpid()}.first"
        with Module(serial=[f"unix:{path}"]) as module:
            line = f"socat - UNIX-CONNECT:{path},crlf"
            self.assertIn(f"    {line}\n", module.banner)
            module.wait_for_log("bfq0 is ready")
            done = subprocess.run(line.replace(" -", " -t3 -", 1).split(), input=b"AT\n",
                                  capture_output=True, timeout=20, check=True)
            self.assertTrue(done.stdout.endswith(b"\nOK\n"), done.stdout)

    def test_lines_that_end_with_cr_alone_are_named_in_the_log(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                for _ in range(5):
                    host.type("AT\r")
                module.wait_for_log("a host ends its lines with CR alone")
                host.type("\n")
                host.expect("OK\r\n")
                self.assertEqual(module.log().count("CR alone"), 1)


def catches(process, number):
    """Whether a process handles a signal itself."""
    status = pathlib.Path(f"/proc/{process}/status").read_text("ascii")
    return int(re.search(r"SigCgt:\t(\w+)", status)[1], 16) >> number - 1 & 1 == 1


@contextlib.contextmanager
def started(*command, **how):
    """The process, which does not outlive the test."""
    with subprocess.Popen(*command, **how) as process:
        try:
            yield process
        finally:
            process.kill()


class NobodyReads(unittest.TestCase):
    """Whatever does not take what the program prints: a signal ends it."""

    def end_of(self, process):
        begin = time.monotonic()
        process.terminate()
        process.wait(20)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(process.returncode, 0)

    def test_a_terminal_as_the_serial_port(self):
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        with started(COMMAND, stdin=slave, stdout=slave, stderr=subprocess.PIPE) as process:
            while b"AT+CIPSTART" not in process.stderr.readline():  # the banner's end
                pass
            typed = 0
            while typed < 1_000_000:  # until nothing moves any more
                if not select.select([], [master], [], 1)[1]:
                    break
                typed += os.write(master, b"AT+GMR\r\n" * 10)
            self.end_of(process)
            self.assertFalse(os.get_blocking(master))
            self.assertTrue(os.get_blocking(slave))  # others share it
        os.close(master)
        os.close(slave)

    def test_a_pipe_for_the_banner(self):
        read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(write_end, bytes(65536))
        os.set_blocking(write_end, True)
        command = [PROGRAM, "run", "--state", "none", "--serial", "tcp:0"]
        with started(command, stdout=write_end, stderr=subprocess.PIPE) as process:
            while b"bfq0 is ready" not in process.stderr.readline():
                pass
            self.end_of(process)
        os.close(read_end)
        os.close(write_end)

    def test_nothing_is_taken_for_a_standard_descriptor_that_was_closed(self):
        log = f"/tmp/bfq-journey-{os.getpid()}.link"
        line = f'exec "{PROGRAM}" run --state none --serial pty:{log} 0<&- 1>&- 2>&-'
        with started(["sh", "-c", line]) as process:
            wait_until(lambda: catches(process.pid, signal.SIGTERM), "a module that runs")
            self.assertTrue(os.path.islink(log))
            for number in range(3):
                self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{number}"), "/dev/null")
            self.end_of(process)


if __name__ == "__main__":
    unittest.main()
