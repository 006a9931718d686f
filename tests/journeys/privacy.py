"""Who looks over a shoulder, lists processes or finds a core dump sees no password."""

import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import threading
import unittest

from journey import ENVIRONMENT, MODULE_BASE, PROGRAM, Module, run_program

SECRET = "gate,house\"4004"
WORLD = """
[[ap]]
ssid = "garden"
password = "s3cret-leaf"
"""
JOINED = b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n"


def file_of(test, content, name="file"):
    directory = tempfile.TemporaryDirectory(prefix="bfq-privacy-")
    test.addCleanup(directory.cleanup)
    path = os.path.join(directory.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    return path


def join(host, ssid, password):
    typed = password.replace("\\", "\\\\").replace('"', '\\"').replace(",", "\\,")
    return host.command(f'AT+CWJAP_CUR="{ssid}","{typed}"')


class Banner(unittest.TestCase):
    def test_shows_what_readme_publishes(self):
        with Module() as module:
            self.assertIn('    AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\n', module.banner)
            self.assertRegex(module.banner, r"\n  BFQ-WPA +legacy-lab-4004 +wpa/wpa2,")
            self.assertRegex(module.banner, r"\n  BFQ-OPEN +- +open,")

    def test_shows_no_password_of_a_file(self):
        with Module(file_of(self, WORLD, "world.toml")) as module:
            self.assertRegex(module.banner, r"\n  garden +… +wpa2,")
            self.assertIn('    AT+CWJAP_CUR="garden","…"\n', module.banner)
            self.assertNotIn("s3cret", module.banner + module.log())

    def test_shows_no_password_that_was_set(self):
        with Module("--set=ap.BFQ-LAB.password=s3cret-leaf") as module:
            self.assertRegex(module.banner, r"\n  BFQ-LAB +… +wpa2,")
            self.assertIn('    AT+CWJAP_CUR="BFQ-LAB","…"\n', module.banner)
            self.assertIn("legacy-lab-4004", module.banner)
            self.assertNotIn("s3cret", module.banner + module.log())


class SetFromAFile(unittest.TestCase):
    def test_the_password_is_what_the_file_holds(self):
        for end in ("", "\n", "\r\n"):
            path = file_of(self, SECRET + end)
            with (
                Module(f"--set=ap.BFQ-LAB.password=@{path}") as module,
                module.started_host() as host,
            ):
                with open(f"/proc/{module.process.pid}/cmdline", "rb") as words:
                    self.assertNotIn(SECRET.encode(), words.read())
                self.assertEqual(join(host, "BFQ-LAB", SECRET), JOINED)
                self.assertNotIn(SECRET, module.banner + module.log())

    def test_a_pipe_is_read_once_and_holds_after_sighup(self):
        world = file_of(self, WORLD, "world.toml")
        pipe = os.path.join(os.path.dirname(world), "pipe")
        os.mkfifo(pipe)
        writes = threading.Thread(target=lambda: pathlib.Path(pipe).write_text("from-a-pipe"))
        writes.start()
        with Module(world, f"--set=ap.garden.password=@{pipe}") as module:
            writes.join()
            with module.started_host() as host:
                module.process.send_signal(signal.SIGHUP)
                module.wait_for_log("is read again")
                self.assertEqual(join(host, "garden", "from-a-pipe"), JOINED)

    def test_errors_do_not_show_it(self):
        status, _, errors = run_program("lint", file_of(self, WORLD, "world.toml"),
                                        f"--set=ap.garden.password=@{file_of(self, 's3cret!')}")
        self.assertEqual(status, 2)
        self.assertIn("ap.garden.password: it has 7 bytes", errors)
        self.assertNotIn("s3cret!", errors)

    def test_a_file_that_cannot_be_read_is_a_mistake(self):
        given = "ap.garden.password=@/nowhere/secret"
        status, _, errors = run_program("lint", file_of(self, WORLD, "world.toml"), "--set", given)
        self.assertEqual(status, 2)
        self.assertIn(f"--set '{given}': /nowhere/secret: No such file", errors)


class CoreDumps(unittest.TestCase):
    def test_there_are_none(self):
        if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
            self.skipTest("core dumps are forbidden for all programs here")
        directory = tempfile.TemporaryDirectory(prefix="bfq-privacy-")
        self.addCleanup(directory.cleanup)
        highest = resource.getrlimit(resource.RLIMIT_CORE)[1]
        options = ENVIRONMENT["ASAN_OPTIONS"] + ":disable_coredump=0"
        command = [os.path.abspath(PROGRAM), "run", "--state", "none", "--serial", "pty",
                   "--module-base", str(MODULE_BASE)]
        with subprocess.Popen(
            ["prlimit", f"--core={highest}:{highest}", *command], cwd=directory.name,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**ENVIRONMENT, "ASAN_OPTIONS": options},
        ) as program:
            while b"AT+CIPSTART" not in program.stdout.readline():
                pass
            program.send_signal(signal.SIGQUIT)
            _, status = os.waitpid(program.pid, 0)
            program.returncode = -signal.SIGQUIT
        self.assertEqual(os.WTERMSIG(status), signal.SIGQUIT)
        self.assertFalse(os.WCOREDUMP(status), "there is a core dump, and passwords in it")
        self.assertEqual(os.listdir(directory.name), [])


if __name__ == "__main__":
    unittest.main()
