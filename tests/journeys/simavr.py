"""An ATmega328P in simavr, whose only UART is the module's, fetches a page and prints it."""

import os
import subprocess
import tempfile
import unittest

from journey import Module, web_server

EXAMPLE = os.path.join(os.path.dirname(__file__), "../../examples/arduino-simavr")
PAGE = b"A page of this test's own.\nIt has two lines.\n"


class Fetch(unittest.TestCase):
    def test_it_prints_the_page(self):
        with tempfile.TemporaryDirectory(prefix="bfq-avr-") as out, web_server(PAGE) as port:
            subprocess.run(["make", "-s", "-C", EXAMPLE, f"OUT={out}", f"PORT={port}"], check=True)
            with Module() as module:
                module.wait_for_log("bfq0 is ready")
                done = subprocess.run(
                    [f"{out}/runner", f"{out}/fetch.elf", module.link],
                    capture_output=True,
                    text=True,
                    timeout=120,
                    check=False,
                )
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "joined", done.stdout)
        self.assertEqual(lines[1], "HTTP/1.0 200 OK")
        self.assertEqual(lines[-3:], [*PAGE.decode().splitlines(), "done"])


if __name__ == "__main__":
    unittest.main()
