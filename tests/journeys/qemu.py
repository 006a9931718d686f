"""A QEMU guest, a Cortex-M3 whose UART is the module's, over each of QEMU's backends."""

import os
import subprocess
import tempfile
import unittest

from journey import Module

EXAMPLE = os.path.join(os.path.dirname(__file__), "../../examples/qemu-cortex-m")
QEMU = ["qemu-system-arm", "-M", "mps2-an385", "-display", "none", "-monitor", "none",
        "-semihosting-config", "enable=on,target=native"]


class Guest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="bfq-guest-")
        cls.addClassCleanup(cls.directory.cleanup)
        subprocess.run(["make", "-s", "-C", EXAMPLE, f"OUT={cls.directory.name}"], check=True)

    def check(self, module, *serial):
        module.wait_for_log("bfq0 is ready")
        guest = os.path.join(self.directory.name, "guest.elf")
        done = subprocess.run(
            [*QEMU, "-kernel", guest, *serial],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr  # semihosting writes to standard error
        self.assertIn("all answers are as expected", said)
        self.assertEqual(done.returncode, 0, said)

    def test_at_a_tcp_server(self):
        with Module(serial=["tcp:0"]) as module:
            self.check(module, "-serial", "tcp:" + ":".join(module.url("socket").groups()))

    def test_at_a_socket_in_the_file_system(self):
        path = os.path.join(self.directory.name, "socket")
        with Module(serial=[f"unix:{path}"]) as module:
            self.check(module, "-serial", f"unix:{path}")

    def test_at_a_pty(self):
        with Module() as module:
            device = f"serial,id=module,path={module.link}"
            self.check(module, "-chardev", device, "-serial", "chardev:module")

    def test_at_the_pace_of_the_uart(self):
        with Module("--speed", "baud", serial=["tcp:0"]) as module:
            self.check(module, "-serial", "tcp:" + ":".join(module.url("socket").groups()))


if __name__ == "__main__":
    unittest.main()
