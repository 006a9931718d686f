"""When the machine runs out: a full disk, a read-only state, no file descriptor left."""

import contextlib
import fcntl
import functools
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
import unittest

import journey
from hosts_come_and_go import heads_of_later_hosts
from journey import PATIENCE, Module, Server, TcpHost, free_port, machine_address, wait_until
from serial_doors import Wired
from settings import answers

MODULE = machine_address()
MODE_3 = b"+CWMODE_DEF:3\r\n\r\nOK\r\n"
FIRST_SLOT = 2048
PAGES = 4  # of the small disk; the file takes one
FILL_UP = 'head -c 100000 /dev/zero > "$0/filler" 2>/dev/null'


@functools.lru_cache
def way_to_mount():
    """The command that gives a program its own file systems; None where that is not permitted."""
    for way in (["unshare", "-Ur", "-m"], ["unshare", "-m"]):
        mount = [*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        tried = subprocess.run(mount, capture_output=True, check=False)
        if tried.returncode == 0:
            return way
    return None


class SmallDisk(unittest.TestCase):
    """The state is on a disk of four pages that the program alone sees; we reach it through
    /proc."""

    def setUp(self):
        if way_to_mount() is None:
            self.skipTest("neither user namespaces nor root to mount a small disk; "
                          "settings.py has RLIMIT_FSIZE, which anybody can set")
        directory = tempfile.TemporaryDirectory(prefix="bfq-disk-")
        self.addCleanup(directory.cleanup)
        self.state = directory.name

    def module(self, prepare):
        mount = f'mount -t tmpfs -o size={PAGES * 4096},mode=700 tmpfs "$0"'
        script = f'{mount} && {{ {prepare}; }}; exec "$@"'
        return Module(state=self.state, through=[*way_to_mount(), "sh", "-c", script, self.state])

    def inside(self, module, name):
        return f"/proc/{module.process.pid}/root{self.state}/{name}"

    def fill_up(self, module):
        with (
            open(self.inside(module, "filler"), "wb", buffering=0) as filler,
            self.assertRaises(OSError),
        ):
            while True:
                filler.write(bytes(1024))

    def look_after_a_restart(self, flash):
        with tempfile.TemporaryDirectory(prefix="bfq-copy-") as copy:
            with open(os.path.join(copy, "bfq0.flash"), "wb") as file:
                file.write(flash)
            with Module(state=copy) as module, module.started_host() as host:
                self.assertEqual(host.command("AT+CWMODE_DEF?"), MODE_3)
                self.assertNotIn("damaged", module.log())

    def test_full_from_the_start(self):
        with self.module(FILL_UP) as module, module.started_host() as host:
            flash = os.path.join(self.state, "bfq0.flash")
            self.assertIn(f"cannot write {flash}: No space left on device", module.log())
            self.assertIn(
                f"until {flash} can be written, commands that store something answer ERROR",
                module.log(),
            )
            for _ in range(2):
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
                self.assertEqual(host.command("AT+CWMODE_CUR?"), b"+CWMODE_CUR:1\r\n\r\nOK\r\n")
            # No half file.
            self.assertEqual(os.listdir(self.inside(module, "")), ["bfq0.lock", "filler"])
            host.join()  # everything else works
            os.unlink(self.inside(module, "filler"))
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
            with open(self.inside(module, "bfq0.flash"), "rb") as file:
                stored = file.read()
        self.look_after_a_restart(stored)

    def test_full_while_it_runs(self):
        with self.module("true") as module, module.started_host() as host:
            self.fill_up(module)
            # The file has its blocks already.
            self.assertEqual(host.command("AT+CWMODE_DEF=2"), b"\r\nOK\r\n")
            # Keeps its blocks in use.
            with open(self.inside(module, "bfq0.flash"), "rb"):
                os.unlink(self.inside(module, "bfq0.flash"))
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
            self.assertEqual(host.command("AT+CWMODE_DEF?"), MODE_3.replace(b"3", b"2"))
            module.wait_for_log("No space left on device")
            os.unlink(self.inside(module, "filler"))
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
            with open(self.inside(module, "bfq0.flash"), "rb") as file:
                stored = file.read()
        self.look_after_a_restart(stored)

    def test_a_state_that_is_read_only(self):
        with Module(state=self.state) as module, module.started_host() as host:
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
        stored = os.path.join(self.state, "bfq0.flash")
        with tempfile.NamedTemporaryFile(prefix="bfq-copy-") as copy:
            shutil.copy(stored, copy.name)
            prepare = f'cat {copy.name} > "$0/bfq0.flash"; mount -o remount,bind,ro "$0"'
            with self.module(prepare) as module, module.started_host() as host:
                self.assertIn("Read-only file system: what the module is to remember cannot be "
                              "stored, and such commands answer ERROR", module.log())
                # What was stored is still there.
                self.assertEqual(host.command("AT+CWMODE_DEF?"), MODE_3)
                self.assertEqual(host.command("AT+CWMODE_DEF=1"), b"\r\nERROR\r\n")
                self.assertEqual(host.command("AT+CWMODE_DEF?"), MODE_3)
                self.assertEqual(host.command("AT+CWMODE_CUR=1"), b"\r\nOK\r\n")
                host.join()


class DiskThatRefuses(unittest.TestCase):
    """What any user can set: no file may be written beyond a size."""

    def test_it_writes_again_when_the_disk_takes_it(self):
        with tempfile.TemporaryDirectory(prefix="bfq-state-") as state:
            flash = os.path.join(state, "bfq0.flash")
            with Module(state=state, log="warn") as module:  # as the limit applies to the log too
                wait_until(lambda: os.path.exists(flash), "the flash file")
                with module.host() as host:
                    wait_until(lambda: answers(host), "a module that is ready")
                    self.write_with_and_without_limit(module, host)
            with Module(state=state) as module, module.started_host() as host:
                self.assertEqual(host.command("AT+CWMODE_DEF?"), MODE_3)

    def write_with_and_without_limit(self, module, host):
        limit(module, resource.RLIMIT_FSIZE, FIRST_SLOT)
        self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
        self.assertIn("File too large", module.log())
        limit(module, resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
        self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")


def limit(module, what, most):
    """Sets the soft limit, which may be raised again."""
    _, hard = resource.prlimit(module.process.pid, what)
    resource.prlimit(module.process.pid, what, (most, hard))


class NoDescriptorLeft(unittest.TestCase):
    def exhaust(self, module):
        """From here on the program cannot open anything: the limit is its highest descriptor plus
        one."""
        taken = module.descriptors()
        first_free = next(number for number in range(len(taken) + 1) if number not in taken)
        self.assertEqual(first_free, len(taken), "a hole among the descriptors")
        limit(module, resource.RLIMIT_NOFILE, first_free)

    def relieve(self, module):
        limit(module, resource.RLIMIT_NOFILE, 256)

    def look_whether_it_spins(self, module):
        """Two seconds of trying cost next to nothing, and the log stays readable."""
        before, logged = module.processor_seconds(), len(module.log().splitlines())
        time.sleep(2)
        self.assertLess(module.processor_seconds() - before, 0.2)
        self.assertLess(len(module.log().splitlines()) - logged, 10)

    def test_commands_that_need_one_fail_and_the_others_work(self):
        with (tempfile.TemporaryDirectory() as state, Module(state=state) as module,
              module.started_host() as host, Server() as server):
            host.join()
            before = module.descriptors()
            self.exhaust(module)
            for transport in ("TCP", "SSL"):
                answer = host.command(f'AT+CIPSTART="{transport}","127.0.0.1",{server.port}')
                self.assertEqual(answer, b"CONNECT FAIL\r\n\r\nERROR\r\n", transport)
            module.wait_for_log("cannot connect to 127.0.0.1", 2)
            answer = host.command('AT+CIPSTART="UDP","127.0.0.1",5000')
            self.assertEqual(answer, b"CONNECT FAIL\r\n\r\nERROR\r\n")
            self.assertEqual(host.command('AT+CIPDOMAIN="far.test"'), b"DNS Fail\r\n\r\nERROR\r\n")
            self.assertIn(b"127.0.0.1", host.command('AT+CIPDOMAIN="localhost"'))
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
            self.assertEqual(host.command("AT+CIPMUX=1"), b"\r\nOK\r\n")
            port = free_port()
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nERROR\r\n")
            self.assertGreaterEqual(module.log().count("Too many open files"), 4)
            self.relieve(module)
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nOK\r\n")
            self.assertEqual(host.command("AT+CIPSERVER=0"), b"\r\nOK\r\n")
            self.assertEqual(host.command("AT+CIPMUX=0"), b"\r\nOK\r\n")
            self.assertIn(b"127.0.0.1", host.command('AT+CIPDOMAIN="localhost"'))
            host.connect(server.port)
            server.accept().close()
            host.expect("CLOSED\r\n")
            wait_until(lambda: module.descriptors() == before, f"the descriptors {before}")

    def test_who_comes_meanwhile_waits_and_costs_nothing(self):
        port = free_port()
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            with TcpHost(*place) as host:
                host.join()
                host.command("AT+CIPMUX=1")
                self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nOK\r\n")
                self.exhaust(module)
                with (
                    socket.create_connection((MODULE, port), PATIENCE) as client,
                    TcpHost(*place) as second,
                ):
                    client.sendall(b"I have come")
                    module.wait_for_log("server: cannot accept a client: Too many open files")
                    module.wait_for_log("cannot accept a serial host: Too many open files")
                    self.look_whether_it_spins(module)
                    self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                    self.relieve(module)
                    host.expect("0,CONNECT\r\n")
                    self.assertTrue(host.expect(":I have come").endswith(b"+IPD,0,11:I have come"))
                    module.wait_for_log("has attached", 2)
                    second.type("AT\r\n")
                    second.expect("OK\r\n")

    def test_a_new_host_still_gets_nothing_of_its_predecessor(self):
        with Module() as module, Server() as server:
            host = module.started_host()
            host.join()
            host.connect(server.port)
            client = server.accept()
            self.exhaust(module)
            for head in heads_of_later_hosts(module, host, client, 10):
                self.assertTrue(head == b"" or head.startswith(b"\r\n+IPD,"), head[:40])
            client.close()

    def test_a_datagram_to_far_away_fails_clearly(self):
        """That takes a socket of its own, opened with the first."""
        with Module() as module, module.started_host() as host:
            host.join()
            host.command('AT+CIPSTART="UDP","192.0.2.1",9', "CONNECT\r\n\r\nOK\r\n")
            self.exhaust(module)
            self.assertEqual(host.send(b"far away"), b"\r\nSEND FAIL\r\n")
            module.wait_for_log("cannot send to 192.0.2.1:9: Too many open files")

    def test_a_port_that_its_host_has_locked_is_replaced_later(self):
        """As a user who, unlike root, may not open it all the same."""
        drop = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
        with Module(through=drop if os.geteuid() == 0 else ()) as module:
            with module.started_host() as host:
                fcntl.ioctl(host.descriptor, termios.TIOCEXCL)
                self.exhaust(module)
            module.wait_for_log("Too many open files; hosts cannot attach until that is possible")
            self.look_whether_it_spins(module)
            self.relieve(module)
            module.wait_for_log("the serial port is now /dev/pts/")
            with module.host() as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_a_device_that_comes_meanwhile_is_opened_later(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            with Module(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log("bfq0 is ready")
                wired.unplug()
                module.wait_for_log("is gone (unplugged?)")
                wait_until(
                    lambda: "anon_inode:inotify" in targets(module), "a watch for the device"
                )
                self.exhaust(module)
                wired.plug_in()
                module.wait_for_log("Too many open files; it is opened as soon as that has changed")
                self.relieve(module)
                module.wait_for_log(f"host {wired.ends[0]} has attached", 2)
                with wired.host() as host:
                    wait_until(lambda: answers(host), "an answer")

    def test_a_world_that_cannot_be_read_again_stays_as_it_was(self):
        with tempfile.NamedTemporaryFile(prefix="bfq-world-", suffix=".toml") as world:
            world.write(journey.run_program("world")[1].encode())
            world.flush()
            with Module(world.name) as module, module.started_host() as host:
                self.exhaust(module)
                module.process.send_signal(signal.SIGHUP)
                module.wait_for_log("Too many open files")
                host.join()


def targets(module):
    """What the program's file descriptors refer to; those closed meanwhile are left out."""
    found = []
    place = f"/proc/{module.process.pid}/fd"
    for name in os.listdir(place):
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(os.path.join(place, name)))
    return found


class NobodyTakesTheLog(unittest.TestCase):
    @contextlib.contextmanager
    def module(self, *options, log, banner=subprocess.DEVNULL):
        """A process whose log goes there, and its host."""
        with tempfile.TemporaryDirectory(prefix="bfq-log-") as directory:
            link = os.path.join(directory, "serial")
            command = [journey.PROGRAM, "run", "--state", "none", "--serial", f"pty:{link}"]
            process = subprocess.Popen([*command, *options], stdout=banner, stderr=log)
            try:
                wait_until(lambda: os.path.exists(link), "the link")
                with journey.Host(os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)) as host:
                    wait_until(lambda: answers(host), "a module that is ready")
                    yield process, host
            finally:
                process.kill()
                process.wait(PATIENCE)

    def assert_ends(self, process):
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_full_disk_under_the_log_is_not_the_modules_concern(self):
        with open("/dev/full", "wb") as full:
            with self.module(log=full, banner=full) as (process, host):
                host.join()
                self.assert_ends(process)

    def test_a_pipe_that_nobody_reads_holds_nothing_up(self):
        reader, writer = os.pipe()
        with self.module("--log", "trace", log=writer) as (process, host):
            os.close(writer)
            for _ in range(3000):  # a pipe holds 64 KiB
                host.command("AT")
            self.assert_ends(process)
        log = b""
        while part := os.read(reader, 65536):
            log += part
        os.close(reader)
        self.assertLess(len(log), 200_000)

    def test_what_was_dropped_is_counted_for_who_reads_again(self):
        reader, writer = os.pipe()
        with self.module("--log", "trace", log=writer) as (process, host):
            os.close(writer)
            for _ in range(3000):
                host.command("AT")
            os.read(reader, 65536)
            host.command("AT")
            log = os.read(reader, 65536)
            self.assert_ends(process)
        os.close(reader)
        self.assertRegex(log, rb"\d{3,} lines of the log were dropped")

    def test_control_characters_reach_no_terminal(self):
        hostile = "\x1b[2J\x07\u009b31m"
        world = f'[[ap]]\nssid = "{hostile}"\nsecurity = "open"\n'.encode("unicode_escape")
        with tempfile.NamedTemporaryFile(suffix=".toml") as file, tempfile.TemporaryFile() as said:
            file.write(world.replace(b"\\x", b"\\u00").replace(b"\\n", b"\n"))
            file.flush()
            with self.module(file.name, log=said, banner=said) as (process, host):
                host.command(f'AT+CWJAP_CUR="{hostile}",""', b"OK")
                host.type(b'AT+CIPSTART="TCP","a\x1b]0;title\x07",80\r\n')
                host.expect(b"ERROR")
                self.assert_ends(process)
            said.seek(0)
            output = said.read()
        self.assertIn(rb"\x1b[2J", output)
        for byte in (0x00, 0x07, 0x1B):
            self.assertNotIn(byte, output)
        self.assertNotIn("\u009b".encode(), output)


if __name__ == "__main__":
    unittest.main()
