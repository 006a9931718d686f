"""What the module remembers over restarts, kills and bad disks, and what its serial port shows."""

import array
import fcntl
import os
import resource
import signal
import tempfile
import termios
import time
import unittest

from journey import Module, wait_until

SLOT = 2048
TCGETS2 = 0x802C542A
BOTHER, CBAUD = 0o010000, 0o010017


class StateOfOnesOwn(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="bfq-state-")
        self.addCleanup(self.directory.cleanup)
        self.state = self.directory.name
        self.flash = os.path.join(self.state, "bfq0.flash")

    def module(self, **more):
        return Module(state=self.state, **more)

    def read(self, path=None):
        with open(path or self.flash, "rb") as file:
            return file.read()

    def write(self, data):
        with open(self.flash, "wb") as file:
            file.write(data)


def kill(module):
    """Kills the program without warning."""
    module.process.kill()
    module.process.wait()
    module.process.returncode = 0  # as intended


class Restarts(StateOfOnesOwn):
    def test_what_is_stored_survives_the_program(self):
        stored = {
            "AT+CWMODE_DEF=3": ("AT+CWMODE_DEF?", b"+CWMODE_DEF:3\r\n"),
            'AT+CWSAP_DEF="mine","password1",11,3': (
                "AT+CWSAP_DEF?", b'+CWSAP_DEF:"mine","password1",11,3,4,0\r\n'),
            "AT+UART_DEF=9600,8,1,0,0": ("AT+UART_DEF?", b"+UART_DEF:9600,8,1,0,0\r\n"),
            "AT+CWAUTOCONN=0": ("AT+CWAUTOCONN?", b"+CWAUTOCONN:0\r\n"),
        }
        for _ in range(2):  # the second time nothing is written
            with self.module() as module, module.started_host() as host:
                for command in stored:
                    self.assertEqual(host.command(command), b"\r\nOK\r\n")
                before = self.read()
            self.assertEqual(self.read(), before)
        with self.module() as module, module.started_host() as host:
            for query, answer in stored.values():
                self.assertTrue(host.command(query).startswith(answer), query)
            self.assertEqual(host.command("AT+RESTORE"), b"\r\nOK\r\n")
            host.expect("ready\r\n")
        with self.module() as module, module.started_host() as host:
            self.assertIn(b"+CWMODE_DEF:1\r\n", host.command("AT+CWMODE_DEF?"))

    def test_a_restart_right_behind_a_write(self):
        with self.module() as module, module.started_host() as host:
            mode = 1
            for i in range(10):
                mode = mode % 3 + 1
                host.type(f"AT+CWMODE_DEF={mode}\r\nAT+RST\r\n")
                host.expect("ready\r\n")
                answer = host.command("AT+CWMODE_CUR?")
                # Stored or not, as AT+RST ends what runs; but flash and the value in use agree.
                self.assertEqual(
                    answer.replace(b"_CUR", b"_DEF"), host.command("AT+CWMODE_DEF?"), i
                )

    def test_forty_kills_in_the_middle_of_writes(self):
        settled = 1
        for i in range(40):
            with self.module(log="info") as module, module.started_host() as host:
                answer = host.command("AT+CWMODE_DEF?") if i else b"+CWMODE_DEF:1\r\n"
                mode = int(answer[len("+CWMODE_DEF:"):][:1])
                self.assertIn(mode, (settled, settled % 3 + 1), i)
                self.assertNotIn("damaged", module.log())
                until = time.monotonic() + 0.003 * (i % 13)  # at another moment each time
                while True:
                    following = mode % 3 + 1
                    host.type(f"AT+CWMODE_DEF={following}\r\n")
                    if time.monotonic() >= until:
                        break
                    host.answer()
                    mode = following
                kill(module)
                settled = mode

    def test_a_damaged_file_is_set_aside_and_named(self):
        with self.module() as module, module.started_host() as host:
            host.command("AT+CWMODE_DEF=2")
            host.command("AT+CWAUTOCONN=0")
        damaged = bytearray(self.read())
        for slot in (0, SLOT):
            damaged[slot + 16] ^= 0x55  # in the UART's entry
        self.write(damaged)
        with self.module() as module, module.started_host() as host:
            log = module.log()
            self.assertIn(
                f"{self.flash} is damaged; saved: mode, network, automatic join, softAP,", log
            )
            self.assertIn(f"the damaged file is now {self.flash}.damaged-1", log)
            self.assertEqual(self.read(self.flash + ".damaged-1"), bytes(damaged))
            self.assertIn(b"+CWMODE_DEF:2\r\n", host.command("AT+CWMODE_DEF?"))
            self.assertIn(b"+CWAUTOCONN:0\r\n", host.command("AT+CWAUTOCONN?"))
            kill(module)
        # What was saved is stored again.
        with self.module() as module, module.started_host() as host:
            self.assertNotIn("damaged", module.log())
            self.assertIn(b"+CWMODE_DEF:2\r\n", host.command("AT+CWMODE_DEF?"))
        self.write(b"not a flash at all")
        with self.module() as module, module.started_host() as host:
            self.assertIn("has 18 bytes instead of 4096; saved: nothing", module.log())
            self.assertEqual(self.read(self.flash + ".damaged-2"), b"not a flash at all")
            self.assertIn(b"+CWMODE_DEF:1\r\n", host.command("AT+CWMODE_DEF?"))

    def test_a_disk_that_takes_nothing(self):
        with self.module(log="warn") as module:
            wait_until(lambda: os.path.exists(self.flash), "the flash file")
            with module.host() as host:
                wait_until(lambda: answers(host), "a module that is ready")
                # No file may grow beyond its first slot, or be written there.
                resource.prlimit(module.process.pid, resource.RLIMIT_FSIZE, (SLOT, SLOT))
                for _ in range(2):
                    self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
                for query in ("AT+CWMODE_CUR?", "AT+CWMODE_DEF?"):
                    self.assertIn(b":1\r\n", host.command(query))
                self.assertIn("File too large", module.log())
        with self.module() as module, module.started_host() as host:
            self.assertIn(b"+CWMODE_DEF:1\r\n", host.command("AT+CWMODE_DEF?"))

    def test_a_directory_where_nothing_can_be_written(self):
        os.mkdir(self.flash + ".new")  # as permissions do not stop root
        with self.module() as module, module.started_host() as host:
            self.assertIn(f"cannot write {self.flash}: {self.flash}.new: it is a directory, where "
                          "a file is expected; remove it, or choose another path", module.log())
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nERROR\r\n")
            self.assertIn(b"+CWMODE_DEF:1\r\n", host.command("AT+CWMODE_DEF?"))
            self.assertEqual(host.command("AT+CWMODE_CUR=3"), b"\r\nOK\r\n")
            os.rmdir(self.flash + ".new")
            self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
        with self.module() as module, module.started_host() as host:
            self.assertIn(b"+CWMODE_DEF:3\r\n", host.command("AT+CWMODE_DEF?"))

    def test_without_a_state_all_is_forgotten(self):
        for _ in range(2):
            with Module() as module, module.started_host() as host:
                self.assertIn(b"+CWMODE_DEF:1\r\n", host.command("AT+CWMODE_DEF?"))
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                host.command("AT+RST")
                host.expect("ready\r\n")
                self.assertIn(b"+CWMODE_DEF:3\r\n", host.command("AT+CWMODE_DEF?"))


def answers(host):
    host.type("AT\r\n")
    try:
        host.expect("OK\r\n", patience=0.2)
        return True
    except AssertionError:
        return False


class SerialFormat(unittest.TestCase):
    def rate(self, host):
        """The rate and the flags, also where the rate has no code of its own."""
        settings = array.array("I", [0] * 11)
        fcntl.ioctl(host.descriptor, TCGETS2, settings)
        return settings[10], settings[2]

    def test_the_pty_shows_it_and_changes_no_byte(self):
        with Module() as module:
            host = module.started_host()
            self.assertEqual(self.rate(host)[0], 115200)
            formats = {"9600,8,1,0,0": (9600, termios.B9600, 0),
                       "921600,7,3,2,0": (921600, termios.B921600, 1),
                       "250000,5,2,1,0": (250000, BOTHER, 1), "74880,8,1,0,3": (74880, BOTHER, 0)}
            before = 115200
            for times, (set_to, (baud, code, two_stop_bits)) in enumerate(formats.items(), 1):
                self.assertEqual(host.command("AT+UART_CUR=" + set_to), b"\r\nOK\r\n")
                self.assertEqual(self.rate(host)[0], before)  # the host's own, while it is there
                host.close()
                module.wait_for_log("no host has", times)
                host = module.host()
                self.assertEqual(self.rate(host)[0], baud)
                before = baud
                flags = self.rate(host)[1]
                self.assertEqual(flags & CBAUD, code)
                self.assertEqual(bool(flags & termios.CSTOPB), bool(two_stop_bits))
                # A PTY has 8 bits and no parity, whatever the module is set to.
                self.assertEqual(flags & (termios.CSIZE | termios.PARENB), termios.CS8)
                self.assertEqual(
                    host.command("AT+UART_CUR?"), f"+UART_CUR:{set_to}\r\n\r\nOK\r\n".encode()
                )
                odd = bytes(range(128, 256))
                host.type(odd)  # echoed, every bit of it
                self.assertIn(odd, host.expect(odd))
                host.type("\r\n")
                host.answer()
            self.assertIn("UART: 115200 8N1 -> 9600 8N1", module.log())
            self.assertIn("UART: 9600 8N1 -> 921600 7E2", module.log())
            self.assertIn("-> 74880 8N1 RTS/CTS", module.log())
            host.command("AT+RST")
            host.expect("ready\r\n")
            host.close()
            module.wait_for_log("no host has", len(formats) + 1)
            with module.host() as host:
                self.assertEqual(self.rate(host)[0], 115200)

    def test_the_stored_format_holds_from_the_start(self):
        with tempfile.TemporaryDirectory() as state:
            with Module(state=state) as module, module.started_host() as host:
                self.assertEqual(host.command("AT+UART_DEF=57600,8,1,0,0"), b"\r\nOK\r\n")
            for _ in range(2):  # the second time by a host that does not wait for `ready`
                with Module(state=state) as module, module.host() as host:
                    self.assertEqual(termios.tcgetattr(host.descriptor)[5], termios.B57600)
                    module.wait_for_log("UART: 115200 8N1 -> 57600 8N1")


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    unittest.main()
