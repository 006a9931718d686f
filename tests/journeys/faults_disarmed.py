"""Each test of faults.py fails where its fault is armed and never comes."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import unittest

import faults
from journey import MODULE_BASE

FILE = pathlib.Path(__file__).with_name("faults.py")
AT_ONCE = 8  # they mostly wait in vain


def outcome(numbered):
    """Of one test, the last line that it prints: OK, or FAILED and why."""
    number, name = numbered
    environment = {**os.environ, "BFQ_DISARMED": "1", "BFQ_PATIENCE": "3",
                   "MODULE_BASE": str(MODULE_BASE + number)}
    command = [sys.executable, "-B", FILE, f"Faults.{name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return done.stderr.splitlines()[-1], done.stderr


class Disarmed(unittest.TestCase):
    def test_nothing_passes(self):
        names = unittest.defaultTestLoader.getTestCaseNames(faults.Faults)
        self.assertGreater(len(names), 30)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for name, (last, errors) in zip(names, pool.map(outcome, enumerate(names))):
                with self.subTest(name):
                    self.assertIn("FAILED", last, errors)
                    self.assertNotIn("in setUp", errors)


if __name__ == "__main__":
    unittest.main()
