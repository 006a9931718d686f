"""Files as another user or a failing disk may leave them: none hangs the program, is written
through, or is taken for ours."""

import json
import os
import signal
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from floods import Push
from journey import (
    ENVIRONMENT, PATIENCE, PROGRAM, Host, Module, TcpHost, run_program, wait_until
)
from serial_doors import Wired
from settings import answers

OTHER_USER = 4004
HELD_DISK = os.environ.get("BFQ_HELD_DISK", "build/test/libheld_disk.so")
WORLD = '[[module]]\nname = "bfq0"\n[[ap]]\nssid = "garden"\nsecurity = "open"\n'
ROOT_ONLY = unittest.skipUnless(os.geteuid() == 0, "only root can act for two users")


def write(path, content):
    with open(path, "w", encoding="ascii") as file:
        file.write(content)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


class InDirectory(unittest.TestCase):
    """A directory of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="bfq-hostile-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def run_to_its_end(self, *arguments):
        status, _, errors = run_program("run", *arguments)
        self.assertEqual(status, 1)
        return errors


class HostileFiles(InDirectory):
    def test_the_lock_of_another_program_stays(self):
        write(self.path("poetry.lock"), "[[package]]\n")
        for door in ("pty", "unix"):
            errors = self.run_to_its_end(
                "--state", "none", "--serial", f"{door}:{self.path('poetry')}")
            self.assertIn(f"{self.path('poetry.lock')} exists and is no lock file of ours", errors)
            self.assertEqual(read(self.path("poetry.lock")), "[[package]]\n")
        os.truncate(self.path("poetry.lock"), 0)
        with Module(serial=[f"pty:{self.path('poetry')}"]) as module:
            module.wait_for_log("is ready")
        self.assertEqual(os.listdir(self.directory), ["poetry.lock"])
        self.assertEqual(read(self.path("poetry.lock")), "")

    def test_a_journal_that_cannot_be_written_is_a_failure(self):
        command = ["prlimit", "--fsize=2000", PROGRAM, "run", "--state", "none",
                   "--serial", "stdio", "--journal", self.path("all.journal")]
        done = subprocess.run(command, input=b"AT\r\n" * 300, capture_output=True, check=False,
                              env=ENVIRONMENT, timeout=PATIENCE)
        self.assertIn(b"it ends here, and the module goes on", done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_more_modules_than_file_descriptors(self):
        for door in (f"unix:{self.path('{}')}", "tcp:0", "rfc2217:0", f"pty:{self.path('{}')}"):
            with self.subTest(door):
                world = f'[[module]]\ncount = 500\nname = "m{{}}"\nserial = ["{door}"]\n'
                write(self.path("many.toml"), world)
                command = ["prlimit", "--nofile=200", PROGRAM, "run", "--state", "none",
                           self.path("many.toml")]
                done = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT,
                                      timeout=PATIENCE)
                self.assertIn(b"200 file descriptors are too few for 500 modules", done.stderr)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(os.listdir(self.directory), ["many.toml"])

    def test_an_empty_policy_is_none(self):
        for policy in ("", ";"):
            status, _, errors = run_program("run", "--state", "none", "--net", policy)
            self.assertEqual(status, 2)
            self.assertIn(f"--net '{policy}': expected allow=", errors)

    def test_what_replaces_a_lock_meanwhile_stays(self):
        with Module(serial=[f"pty:{self.path('pty')}"]) as module:
            module.wait_for_log("is ready")
            os.remove(self.path("pty.lock"))
            write(self.path("pty.lock"), "[[package]]\n")
        self.assertEqual(os.listdir(self.directory), ["pty.lock"])

    def test_an_inherited_mask_does_not_shut_us_out(self):
        for _ in range(2):
            command = [PROGRAM, "run", "--state", self.path("a/state"), "--serial", "stdio"]
            done = subprocess.run(command, input=b"AT+CWMODE_DEF=2\r\n", capture_output=True,
                                  umask=0o777, check=True, env=ENVIRONMENT, timeout=PATIENCE)
            self.assertIn(b"\r\nOK\r\n", done.stdout)
            for path, mode in (("a/state", 0o700), ("a/state/bfq0.flash", 0o600)):
                self.assertEqual(stat.S_IMODE(os.stat(self.path(path)).st_mode), mode)

    def test_a_state_directory_of_everybody_is_named(self):
        os.mkdir(self.path("open"))
        os.chmod(self.path("open"), 0o777)
        with Module(state=self.path("open")) as module:
            module.wait_for_log(f"chmod go-w {self.path('open')}")
        os.chmod(self.path("open"), 0o700)
        with Module(state=self.path("open")) as module:
            self.assertNotIn("others may remove", module.log())

    def test_what_is_to_be_typed_is_no_other_command(self):
        link = self.path("a b;touch c")
        with Module(serial=[f"pty:{link}"]) as module:
            self.assertIn(f"--omap crcrlf '{link}'\n", module.banner)
        with Module(serial=[f"unix:{link},mode=600"]) as module:
            self.assertIn(f"socat - 'UNIX-CONNECT:{link},crlf'\n", module.banner)
        write(self.path("w.toml"), WORLD.replace("garden", "g\\n    id"))
        with Module(self.path("w.toml")) as module:
            self.assertNotIn("\n    id", module.banner)

    def test_a_fifo_in_the_place_of_a_lock(self):
        os.mkfifo(self.path("serial.lock"))
        errors = self.run_to_its_end("--state", "none", "--serial", f"pty:{self.path('serial')}")
        self.assertIn("serial.lock is not a regular file", errors)

    def lock_of(self, wired):
        name = os.path.realpath(wired.ends[0]).removeprefix("/dev/").replace("/", "_")
        lock = f"/var/lock/LCK..{name}"
        self.addCleanup(lambda: os.path.exists(lock) and os.unlink(lock))
        return lock

    def test_a_fifo_in_the_place_of_a_devices_lock(self):
        with Wired(self.directory) as wired:
            os.mkfifo(self.lock_of(wired))
            errors = self.run_to_its_end("--state", "none", "--serial", f"tty:{wired.ends[0]}")
            self.assertIn("is not a regular file; remove it", errors)

    def test_a_lock_names_no_process_that_cannot_be(self):
        for text in ("4294967297\n", "18446744073709551617\n", "-1\n"):  # modulo 2^32: 1, 1, -1
            with Wired(self.directory) as wired:
                write(self.lock_of(wired), text)
                with Module(serial=[f"tty:{wired.ends[0]}"]) as module:
                    module.wait_for_log("has attached")
                    with wired.host() as host:
                        module.wait_for_log("bfq0 is ready")
                        self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_a_world_that_is_a_pipe_is_read_once(self):
        world = self.path("world.toml")
        os.mkfifo(world)
        writes = threading.Thread(target=write, args=(world, WORLD))
        writes.start()
        with Module(world) as module, module.started_host() as host:
            writes.join()
            self.assertIn("garden", module.banner)
            for times in (1, 2):
                module.process.send_signal(signal.SIGHUP)
                module.wait_for_log(
                    f"SIGHUP: nothing has changed: {world}: this is not a regular file", times)
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_what_is_waited_for_is_said(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        for arguments in (["run", fifo], ["run", "--set", f"ap.BFQ-LAB.password=@{fifo}"],
                          ["lint", fifo], ["replay", fifo]):
            with self.subTest(arguments), subprocess.Popen(
                    [PROGRAM, *arguments], stderr=subprocess.PIPE, text=True) as process:
                self.assertEqual(process.stderr.readline(), f"bfq4004: waiting for {fifo}: this is "
                                 "no file, and nobody writes to it\n")
                process.terminate()
                self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)

    def test_what_is_too_long_is_named_with_its_size(self):
        path = self.path("long")
        write(path, "")
        for size, limit, status, arguments in (
                ((1 << 30) + 1, 1 << 30, 1, ["replay", path]),
                ((1 << 20) + 1, 1 << 20, 2, ["lint", path]),
                ((1 << 20) + 1, 1 << 20, 2, ["run", path])):
            with self.subTest(arguments):
                os.truncate(path, size)
                ended, _, errors = run_program(*arguments)
                self.assertEqual(ended, status)
                self.assertIn(f"{path}: this has {size} bytes; the limit is {limit}", errors)

    def test_a_symbolic_link_in_place_of_a_file_of_ours_is_called_that(self):
        for name in ("bfq0.flash", "bfq0.lock", "journal"):
            os.symlink("/dev/null", self.path(name))
        what = "it is a symbolic link, which is not followed here; put the file itself in its place"
        errors = self.run_to_its_end("--state", "none", "--journal", self.path("journal"))
        self.assertIn(f"cannot make the journal {self.path('journal')}: {what}", errors)
        with Module(state=self.directory) as module:
            module.wait_for_log(f"cannot open the lock file {self.path('bfq0.lock')}: {what}")
            module.wait_for_log(f"cannot open {self.path('bfq0.flash')}: {what}")

    def test_sighups_are_one_while_the_world_is_read(self):
        world = self.path("world.toml")
        write(world, WORLD + "".join(
            f'[[ap]]\nssid = "net-{n}"\nsecurity = "open"\n' for n in range(150)))
        with Module(world) as module, module.started_host() as host:
            end = time.monotonic() + 2
            while time.monotonic() < end:
                module.process.send_signal(signal.SIGHUP)
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            before = time.monotonic()
            module.process.terminate()
            module.process.wait(PATIENCE)
            self.assertLess(time.monotonic() - before, 2)
            self.assertIn(module.log().count("is read again"), range(1, 16))

    def test_what_others_may_write_to_is_refused(self):
        with Module(state=self.directory) as module:
            module.wait_for_log("is ready")
        flash = self.path("bfq0.flash")
        os.chmod(flash, 0o666)
        errors = self.run_to_its_end("--state", self.directory, "--serial", "pty")
        self.assertIn(f"and mode 0666: others may write to it; remove it, or, if you trust what it "
                      f"holds: chmod go-w {flash}", errors)
        os.chmod(flash, 0o600)
        journal = self.path("all.journal")
        write(journal, "")
        os.chmod(journal, 0o622)
        errors = self.run_to_its_end("--state", "none", "--serial", "pty", "--journal", journal)
        self.assertIn("and mode 0622: others may write to it", errors)

    @ROOT_ONLY
    def test_what_belongs_to_somebody_else_is_refused(self):
        with Module(state=self.directory) as module:
            module.wait_for_log("is ready")
        flash = self.path("bfq0.flash")
        os.chown(flash, OTHER_USER, OTHER_USER)
        errors = self.run_to_its_end("--state", self.directory, "--serial", "pty")
        self.assertIn(f"{flash} has owner {OTHER_USER} and mode 0600: it belongs to somebody else",
                      errors)
        self.assertIn(f"chown root {flash}", errors)
        os.chown(self.directory, OTHER_USER, OTHER_USER)  # root acts for him
        with Module(state=self.directory) as module:
            module.wait_for_log("is ready")

    def test_a_hard_link_is_not_written_through(self):
        with Module(state=self.directory) as module:
            module.wait_for_log("is ready")
        precious, flash = self.path("precious"), self.path("bfq0.flash")
        write(precious, "precious")
        os.link(precious, flash + ".new")
        os.unlink(flash)
        with Module(state=self.directory) as module, module.started_host() as host:
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
        self.assertEqual(read(precious), "precious")
        self.assertEqual(stat.S_IMODE(os.stat(flash).st_mode), 0o600)

    @ROOT_ONLY
    def test_without_a_thread_what_stores_something_answers_error(self):
        os.chown(self.directory, OTHER_USER, OTHER_USER)
        # The program may lie in a directory that is closed to others, such as /root.
        finds = "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"
        user = f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups", *finds
        options = ENVIRONMENT["ASAN_OPTIONS"] + ":detect_leaks=0"  # which takes a thread
        with Module(serial=["tcp:0"], state=self.directory,
                    through=["setpriv", *user, "prlimit", "--nproc=1"],
                    environment={"ASAN_OPTIONS": options}) as module:
            module.wait_for_log("bfq0 is ready")
            self.assertIn("bfq0: cannot start the thread that writes files: Resource temporarily "
                          "unavailable; commands that store something answer ERROR", module.log())
            with TcpHost(*module.url("socket").groups()) as host:
                for _ in range(2):
                    self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
                    self.assertEqual(host.command("AT+CWMODE_CUR=3"), b"\r\nOK\r\n")


class HeldDisk(InDirectory):
    """A disk that does not answer while the file `hold` exists."""

    def environment(self):
        options = ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
        return {**ENVIRONMENT, "LD_PRELOAD": os.path.abspath(HELD_DISK),
                "BFQ_HELD": self.directory, "ASAN_OPTIONS": options}

    def module(self, *arguments, **more):
        return Module(*arguments, environment=self.environment(), **more)

    def hold(self):
        write(self.path("hold"), "")

    def let_go(self):
        os.unlink(self.path("hold"))

    def begin_to_store(self, host):
        host.type(b"AT+CWMODE_DEF=3\r\n")
        host.expect("AT+CWMODE_DEF=3\r\r\n")

    def end_within(self, module, seconds, status):
        before = time.monotonic()
        module.process.terminate()
        self.assertEqual(module.process.wait(PATIENCE), status)
        self.assertLess(time.monotonic() - before, seconds)

    def says_ok(self, host):
        host.type("AT\r\n")
        return host.expect("\r\nOK\r\n")

    def test_what_is_stored_when_it_answers_again(self):
        with self.module(state=self.directory) as module, module.started_host() as host:
            self.hold()
            self.begin_to_store(host)
            host.type(b"AT\r\n")
            host.expect("busy p...\r\n")  # the loop goes on
            self.let_go()
            host.expect("\r\nOK\r\n")

    def test_sigterm_ends_a_start_that_waits_for_it(self):
        self.hold()
        module = self.module(state=self.directory)
        wait_until(lambda: os.path.exists(self.path("bfq0.flash.new")), "a new flash file")
        module.process.terminate()
        self.assertEqual(module.process.wait(PATIENCE), -signal.SIGTERM)
        self.end(module)

    def end(self, module):
        """Removes what is left of a program that has ended with another status than 0."""
        module.process.returncode = 0
        module.__exit__(None)

    def test_sigterm_waits_five_seconds_for_it(self):
        module = self.module(state=self.directory)
        module.read_banner()
        with module.started_host() as host:
            self.hold()
            self.begin_to_store(host)
            self.end_within(module, 7, 1)
        self.assertIn("what bfq0 is to remember was not stored: the disk has not answered for 5 s",
                      module.log())
        self.assertFalse(os.path.lexists(module.link))
        self.end(module)
        self.let_go()
        with Module(state=self.directory) as after, after.started_host() as host:
            self.assertEqual(host.command("AT+CWMODE_DEF?"), b"+CWMODE_DEF:1\r\n\r\nOK\r\n")

    def test_a_world_that_is_read_again_does_not_hold_the_module_up(self):
        world = self.path("world.toml")
        write(world, WORLD)
        with self.module(world) as module, module.started_host() as host:
            self.hold()
            module.process.send_signal(signal.SIGHUP)
            for _ in range(3):
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            self.assertNotIn("is read again", module.log())
            self.let_go()
            module.wait_for_log("is read again")

    def test_a_journal_does_not_hold_the_module_up(self):
        journal = self.path("all.journal")
        with self.module("--journal", journal) as module, module.started_host() as host:
            self.assertEqual(host.command("ATE0"), b"\r\nOK\r\n")
            self.hold()
            host.type("AT\r\n")
            host.expect("\r\nOK\r\n")
            typed = Push(host.descriptor, b"x" * (2 * 1024 * 1024) + b"\r\n")
            module.wait_for_log(f"the disk does not keep up with the journal {journal}: "
                                "it ends here, and the module goes on")
            wait_until(lambda: typed.sent == len(typed.data), "all is typed")
            host.type("AT\r\n")
            host.expect("\r\nOK\r\n")
            self.let_go()
            module.process.terminate()
            self.assertEqual(module.process.wait(PATIENCE), 1, "what is asked for is not all there")
            module.process.returncode = 0
        self.assertEqual(run_program("replay", journal)[0], 0)

    def test_a_trace_does_not_hold_the_module_up_and_counts_what_it_lacks(self):
        trace = self.path("all.trace")
        with self.module("--trace", trace) as module, module.started_host() as host:
            self.assertEqual(host.command("ATE0"), b"\r\nOK\r\n")
            self.hold()
            for _ in range(30):
                host.type(b"AT\r\n" * 300)
                host.expect(b"\r\nOK\r\n" * 300)
            self.let_go()
            wait_until(lambda: self.says_ok(host) and '"lost"' in read(trace), "the count")
        events = [json.loads(line) for line in read(trace).splitlines()]
        lost = sum(event["count"] for event in events if event["event"] == "lost")
        told = sum(event["event"] != "lost" for event in events)
        self.assertGreater(lost, 1000)
        self.assertEqual(told + lost, events[-1]["number"])

    def test_a_log_does_not_hold_the_module_up(self):
        with self.module(log_path=self.path("log")) as module, module.started_host() as host:
            self.hold()
            for _ in range(3):
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            self.assertEqual(module.log().count("> AT"), 0)
            self.let_go()
            module.wait_for_log("> AT", 3)
            self.assertNotIn("were dropped", module.log())

    def test_lines_that_a_log_has_no_room_for_are_dropped_and_counted(self):
        with self.module(log_path=self.path("log")) as module, module.started_host() as host:
            self.assertEqual(host.command("ATE0"), b"\r\nOK\r\n")
            self.hold()
            for _ in range(150):  # 3 MiB; what it answers fits into the PTY
                host.type(b"AT\r\n" * 300)
                host.expect(b"\r\nOK\r\n" * 300)
            self.let_go()
            wait_until(lambda: self.says_ok(host) and "were dropped" in module.log(), "the count")
            self.assertRegex(module.log(), r"\n\d{4,} lines of the log were dropped: standard "
                                           r"error did not take them\n")

    def test_sigterm_waits_five_seconds_for_a_log(self):
        with self.module(log_path=self.path("log")) as module, module.started_host() as host:
            self.hold()
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            self.end_within(module, 7, 0)  # a log is not what was asked for
            self.assertFalse(os.path.lexists(module.link))

    def test_several_that_do_not_answer_do_not_add_up(self):
        module = self.module(state=self.directory, log_path=self.path("log"))
        module.read_banner()
        with module.started_host() as host:
            self.hold()
            self.begin_to_store(host)
            self.end_within(module, 8, 1)
        self.end(module)

    def test_neither_does_standard_output(self):
        for door, status in (("pty", 0), ("stdio", 1)):  # the banner, and what was asked for
            with self.subTest(door), open(self.path("out"), "wb") as out:
                self.hold()
                process = subprocess.Popen(
                    [PROGRAM, "run", "--state", "none", "--serial", door], stdin=subprocess.PIPE,
                    stdout=out, stderr=subprocess.PIPE,
                    env=self.environment())
                while b"bfq0 is ready" not in process.stderr.readline():
                    pass
                before = time.monotonic()
                process.terminate()
                _, errors = process.communicate(timeout=PATIENCE)
                self.assertLess(time.monotonic() - before, 7)
                self.assertEqual(process.returncode, status)
                self.assertEqual(b"standard output is not all there: the disk has not answered for "
                                 b"5 s" in errors, status == 1)
                self.let_go()

    def test_the_log_and_the_banner_in_one_file_do_not_add_up(self):
        with open(self.path("out"), "wb") as out, tempfile.TemporaryDirectory() as elsewhere:
            self.hold()
            link = os.path.join(elsewhere, "serial")
            process = subprocess.Popen([PROGRAM, "run", "--state", "none", "--serial",
                                        f"pty:{link}"], stdout=out, stderr=out,
                                       env=self.environment())
            wait_until(lambda: os.path.exists(link), "the link")
            with Host(os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)) as host:
                wait_until(lambda: answers(host), "a module that is ready")
            before = time.monotonic()
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertLess(time.monotonic() - before, 8)

    def test_standard_output_on_a_full_disk_is_a_failure(self):
        with open(self.path("in"), "wb") as file:
            file.write(b"AT\r\n" * 1000)
        with open(self.path("in"), "rb") as typed, open(self.path("out"), "wb") as out:
            done = subprocess.run(
                ["prlimit", "--fsize=2000", PROGRAM, "run", "--state", "none", "--serial", "stdio"],
                stdin=typed, stdout=out, stderr=subprocess.PIPE, check=False, env=ENVIRONMENT,
                timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output is not all there: File too large", done.stderr)

    def test_standard_input_and_output_may_be_files(self):
        with open(self.path("in"), "wb") as file:
            file.write(b"ATE0\r\n" + b"AT\r\n" * 20_000)
        with open(self.path("in"), "rb") as typed, open(self.path("out"), "wb") as out:
            done = subprocess.run([PROGRAM, "run", "--state", "none", "--serial", "stdio"],
                                  stdin=typed, stdout=out, stderr=out, check=False,
                                  env=ENVIRONMENT, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(read(self.path("out")).count("OK\n"), 20_001)


class OutOfMemory(InDirectory):
    def test_one_line_and_the_state_is_intact(self):
        with open(PROGRAM, "rb") as program:
            if b"libasan" in program.read():
                self.skipTest("AddressSanitizer has an end of its own")
        world = os.path.join(self.directory, "air.toml")
        write(world, WORLD)
        state = os.path.join(self.directory, "state")
        with Module(world, serial=["tcp:0"], state=state) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
            size = module.status("VmData") * 1024
            os.system(f"prlimit --pid {module.process.pid} --data={size}:{size}")
            write(world, "".join(f"k{n:05}=1\n" for n in range(95_000)))  # a world of 1 MiB at most
            module.process.send_signal(signal.SIGHUP)
            module.process.wait(PATIENCE)
            self.assertEqual(module.process.returncode, 1)
            self.assertEqual(module.log().count("out of memory"), 1)
            self.assertTrue(module.log().endswith("bfq4004: out of memory\n"))
            module.process.returncode = 0
        with Module(state=state) as after, after.started_host() as host:
            self.assertEqual(host.command("AT+CWMODE_DEF?"), b"+CWMODE_DEF:3\r\n\r\nOK\r\n")


if __name__ == "__main__":
    unittest.main()
