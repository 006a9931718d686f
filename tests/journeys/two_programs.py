"""Two programs that claim the same thing: the second says what is in the way, and the first is not
disturbed."""

import os
import subprocess
import tempfile
import time
import unittest

from journey import (
    ENVIRONMENT, PATIENCE, PROGRAM, Host, Module, Server, TcpHost, UnixHost, run_program, wait_until
)



class Contest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="bfq-contest-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.link, self.socket, self.state = (os.path.join(self.directory, name)
                                              for name in ("serial", "socket", "state"))

    def first(self):
        doors = [f"pty:{self.link}", f"unix:{self.socket}", "tcp:0", "rfc2217:0"]
        return Module(serial=doors, state=self.state, log="info")

    def rivals(self, module):
        """What a second program is told to use, and what it must say."""
        raw, telnet = (module.url(scheme).group(2) for scheme in ("socket", "rfc2217"))
        return {
            ("none", f"pty:{self.link}"):
                f"{self.link} belongs to a module that is running; stop it, or choose another "
                "link with --serial pty:LINK",
            ("none", f"unix:{self.socket}"):
                f"--serial unix:{self.socket}: the socket belongs to a program that is running; "
                "stop that, or choose another path",
            ("none", f"tcp:{raw}"):
                f"--serial tcp: cannot listen on 127.0.0.1:{raw}: Address already in use; choose "
                "another port, or tcp:0 for a free one",
            ("none", f"rfc2217:{telnet}"):
                f"--serial rfc2217: cannot listen on 127.0.0.1:{telnet}: Address already in use; "
                "choose another port, or rfc2217:0 for a free one",
            (self.state, "tcp:0"):
                f"the state in {self.state} belongs to a module that is running; stop it, or "
                "choose another with --state DIR or --state none",
        }

    def test_each_thing_that_one_alone_can_have(self):
        with self.first() as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                host.join()
                host.connect(server.port)
                client = server.accept()
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                self.assertEqual(host.command("AT+CIPSEND=10", "> "), b"\r\nOK\r\n> ")
                host.type("half ")
                before, logged = self.everything(), module.log()
                for (state, door), complaint in self.rivals(module).items():
                    # With a link of its own, to show that it removes that again.
                    spare = os.path.join(self.directory, "spare")
                    status, output, errors = run_program(
                        "run", "--state", state, "--serial", f"pty:{spare}", "--serial", door,
                        "--log", "off"
                    )
                    self.assertEqual(
                        (status, output, errors), (1, "", f"bfq4004: {complaint}\n"), door
                    )
                self.assertEqual(self.everything(), before)
                self.assertEqual(module.log(), logged)
                host.type("whole")
                host.expect("SEND OK\r\n")
                self.assertEqual(client.recv(100), b"half whole")
                self.assertEqual(host.command("AT+CWMODE_DEF=1"), b"\r\nOK\r\n")
                client.close()
                host.expect("CLOSED\r\n")
                terminal = os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
                for other, echo in (
                    (UnixHost(self.socket), "AT\r\r\n"),
                    # Telnet without BINARY: a CR that no LF follows is sent as CR NUL.
                    (TcpHost(*module.url("rfc2217").groups()), "AT\r\0\r\n"),
                    (Host(terminal), "AT\r\r\n"),
                ):
                    with other:
                        other.type("AT\r\n")
                        other.expect(echo + "\r\nOK\r\n")

    def everything(self):
        """What is in the directory, by name and type."""
        seen = {}
        for place, _, names in os.walk(self.directory):
            for name in names:
                path = os.path.join(place, name)
                about = os.lstat(path)
                seen[path] = about.st_ino, about.st_mode, about.st_size, about.st_mtime_ns
        return seen

    def test_many_at_the_same_moment(self):
        """One gets everything; the others end without having taken anything."""
        command = [PROGRAM, "run", "--state", self.state, "--serial", f"pty:{self.link}"]
        quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
        for _ in range(5):
            rivals = [
                subprocess.Popen(command, stdout=quiet, stderr=pipe, env=ENVIRONMENT)
                for _ in range(6)
            ]
            wait_until(
                lambda rivals=rivals: sum(r.poll() is not None for r in rivals) >= 5, "five losers"
            )
            losers = [rival for rival in rivals if rival.poll() is not None]
            [winner] = [rival for rival in rivals if rival not in losers]
            for loser in losers:
                self.assertEqual(loser.returncode, 1)
                self.assertIn(b"belongs to a module that is running", loser.stderr.read())
                loser.stderr.close()
            wait_until(lambda: os.path.exists(self.link), "the link")
            with Host(os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)) as host:
                wait_until(lambda host=host: self.answers(host), "a module that answers")
                self.assertEqual(host.command("AT+CWMODE_DEF=2"), b"\r\nOK\r\n")
                self.assertEqual(host.command("AT+CWMODE_DEF=1"), b"\r\nOK\r\n")
            winner.terminate()
            self.assertEqual(winner.wait(PATIENCE), 0)
            winner.stderr.close()
            self.assertFalse(os.path.lexists(self.link))

    def answers(self, host):
        host.type("AT\r\n")
        time.sleep(0.05)
        return host.take_all().endswith(b"OK\r\n")


if __name__ == "__main__":
    unittest.main()
