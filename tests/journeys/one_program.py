"""The program as a process: its command line, what it leaves behind, what it uses when idle."""

import os
import re
import signal
import stat
import subprocess
import tempfile
import time
import unittest

from journey import PROGRAM, Module, Server, run_program, wait_until


STATE = (".", "bfq0.flash", "bfq0.lock")


class CommandLine(unittest.TestCase):
    def test_usage_errors_end_with_2_and_say_what_to_do(self):
        for arguments, hint in (
            ([], "subcommand"),
            (["fly"], "--help"),
            (["run", "--serial", "pigeon:home"], "no such door"),
            (["run", "--serial", "pty:"], "path after"),
            (["run", "--serial", "tcp:"], "port"),
            (["run", "--serial", "tcp:65536"], "port"),
            (["run", "--serial", "tcp:nowhere.test:80"], "address"),
            (["run", "--serial", "stdio", "--serial", "stdio"], "only one standard input"),
            (["run", "nowhere.toml"], "nowhere.toml: No such file"),
            (["lint"], "WORLD.toml is required"),
            (["lint"], "bfq4004 lint --help tells what there is"),
            (["commands", "--personality", "none"], "bfq4004 commands --help tells what there is"),
            (["frobnicate"], "bfq4004 --help tells what there is"),
            (["lint", "/dev/null", "--set", "module.bfq0.sped=fast"], "is it speed?"),
            (
                ["run", "--set", "ap.BFQ-LAB.rssi=-200"],
                "--set 'ap.BFQ-LAB.rssi=-200': ap.BFQ-LAB.rssi",
            ),
            (["run", "--speed", "warp"], "speed"),
            (["run", "--log", "loud"], "log"),
            (["run", "--net", "deny=10.0.0.0/99"], "--net deny: '10.0.0.0/99'"),
            (["run", "--what"], "--what"),
            (["commands", "CWJAB_CUR"], "near it are AT+CWJAP_CUR"),
            (["commands", "frobnicate"], "bfq4004 commands --personality bfq4004 lists them all"),
        ):
            status, _, errors = run_program(*arguments)
            self.assertEqual(status, 2, (arguments, errors))
            self.assertIn(hint, errors, arguments)

    def test_failures_end_with_1(self):
        status, _, errors = run_program("run", "--state", "/proc/nothing", "--serial", "tcp:0")
        self.assertEqual(status, 1, errors)
        self.assertIn("/proc/nothing", errors)

    def test_version_and_help(self):
        for arguments in (["--version"], ["run", "--version"]):
            status, output, _ = run_program(*arguments)
            self.assertEqual(status, 0)
            self.assertRegex(output, r"^bfq4004 \d+\.\d+\.\d+\n$")
        for arguments in (["--help"], ["run", "--help"]):
            status, output, _ = run_program(*arguments)
            self.assertEqual(status, 0)
        self.assertIn("--serial", output)

    def test_commands_are_told_about(self):
        status, output, _ = run_program("commands")
        self.assertEqual(status, 0)
        self.assertRegex(output, r"\n  AT\+CWJAP_CUR +Join an access point")
        self.assertRegex(output, r"\n  AT +See whether")
        for name in ("AT+CWJAP_CUR", "+CWJAP_CUR", "cwjap_cur"):
            status, page, _ = run_program("commands", name)
            self.assertEqual(status, 0)
            self.assertTrue(page.startswith("AT+CWJAP_CUR\n"), page)
            self.assertIn("AT+CWJAP_CUR=<ssid>,<pwd>[,<bssid>[,<pci_en>]]", page)
            self.assertIn("  2: wrong password\n", page)


class Links(unittest.TestCase):
    def test_signals_end_it_within_a_second_and_nothing_is_left(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Module() as module:
                self.assertTrue(os.path.islink(module.link))
                before = time.monotonic()
                module.process.send_signal(number)
                self.assertEqual(module.process.wait(20), 0)
                self.assertLess(time.monotonic() - before, 1.0)
                self.assertEqual(os.listdir(module.directory), ["log"])

    def test_a_link_of_a_running_module_is_not_taken(self):
        with Module() as module:
            status, _, errors = run_program(
                "run", "--state", "none", "--serial", f"pty:{module.link}"
            )
            self.assertEqual(status, 1)
            self.assertIn("belongs to a module that is running", errors)
            self.assertEqual(os.readlink(module.link), module.pts)
            with module.started_host() as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_a_link_that_a_crash_left_is_replaced(self):
        with tempfile.TemporaryDirectory() as directory:
            link = os.path.join(directory, "serial")
            crashed = subprocess.Popen(
                [PROGRAM, "run", "--state", "none", "--serial", f"pty:{link}"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            wait_until(lambda: os.path.islink(link), "a link")
            crashed.kill()
            crashed.wait()
            self.assertTrue(os.path.islink(link))
            with Module(serial=[f"pty:{link}"]) as module:
                self.assertEqual(os.readlink(link), module.pts)
            self.assertEqual(os.listdir(directory), [])

    def test_what_is_not_ours_is_left_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            link = os.path.join(directory, "serial")
            os.symlink("/dev/null", link)
            self.assertEqual(run_program("run", "--state", "none", "--serial", f"pty:{link}")[0], 1)
            self.assertEqual(os.readlink(link), "/dev/null")
            os.unlink(link)
            with open(link, "w", encoding="ascii") as file:
                file.write("mine")
            status, _, errors = run_program("run", "--state", "none", "--serial", f"pty:{link}")
            self.assertEqual(status, 1)
            self.assertIn("is not ours", errors)
            with open(link, encoding="ascii") as file:
                self.assertEqual(file.read(), "mine")


class State(unittest.TestCase):
    def test_it_is_the_users_own_and_belongs_to_one_module(self):
        with tempfile.TemporaryDirectory() as home:
            os.environ["XDG_STATE_HOME"] = home
            try:
                directory = os.path.join(home, "bfq4004")
                with Module(state=directory) as module:
                    self.assertEqual(stat.S_IMODE(os.stat(directory).st_mode), 0o700)
                    flash = os.path.join(directory, "bfq0.flash")
                    self.assertEqual(stat.S_IMODE(os.stat(flash).st_mode), 0o600)
                    status, _, errors = run_program("run", "--serial", "tcp:0")
                    self.assertEqual(status, 1)
                    self.assertIn("belongs to a module that is running", errors)
                    self.assertIn(directory, module.banner)
                with Module(state=directory):
                    pass
            finally:
                del os.environ["XDG_STATE_HOME"]


@unittest.skipUnless(os.geteuid() == 0, "needs root, as sudo gives it")
class Sudo(unittest.TestCase):
    def test_everything_belongs_to_who_called(self):
        with tempfile.TemporaryDirectory() as home:
            os.chmod(home, 0o755)
            link, state = os.path.join(home, "serial"), os.path.join(home, "state")
            caller = {"SUDO_UID": "65534", "SUDO_GID": "65534"}
            with Module(serial=[f"pty:{link}"], state=state, environment=caller) as module:
                for path in (link, module.pts, *(os.path.join(state, name) for name in STATE)):
                    self.assertEqual(os.lstat(path).st_uid, 65534, path)


class Idle(unittest.TestCase):
    def test_an_idle_module_never_wakes_up(self):
        with Module() as module, module.started_host() as host, Server() as server:
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            host.join()
            host.connect(server.port)  # it had 20 s for that
            self.look_at(module)
            host.close()
            module.wait_for_log("no host has")
            self.look_at(module)

    def look_at(self, module):
        """Sleeps, because idle seconds are what is measured."""
        before = module.status("voluntary_ctxt_switches")
        time.sleep(3)
        after = module.status("voluntary_ctxt_switches")
        # One for falling asleep, where the first reading came too early.
        self.assertLessEqual(after - before, 1)
        self.assertEqual(armed_timers(module.process.pid), [])


def armed_timers(process):
    """The timers of the program that are still armed (proc(5), fdinfo)."""
    armed = []
    for name in os.listdir(f"/proc/{process}/fdinfo"):
        with open(f"/proc/{process}/fdinfo/{name}", encoding="ascii") as file:
            found = re.search(r"it_value: \((\d+), (\d+)\)", file.read())
        if found and found.groups() != ("0", "0"):
            armed.append(found.group())
    return armed


if __name__ == "__main__":
    unittest.main()
