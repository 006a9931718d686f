"""Full load in both directions for a few seconds, by bench/full_load.py itself."""

import os
import subprocess
import sys
import unittest

from journey import PATIENCE, PROGRAM

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../bench")
sys.path.insert(0, BENCH)
from full_load import BLOCK, Stream  # noqa: E402

SECONDS = 6


class Load(unittest.TestCase):
    def test_every_byte_is_right(self):
        command = ["/usr/bin/python3", "-B", os.path.join(BENCH, "full_load.py"), str(SECONDS / 60),
                   "--program", PROGRAM]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS + 4 * PATIENCE, check=False
        )
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.endswith("every byte was right\n"))

    def test_a_wrong_byte_would_be_noticed(self):
        sent = Stream("a seed").peek(2 * BLOCK)
        for at in (0, BLOCK - 1, BLOCK, 2 * BLOCK - 1):
            wrong = bytearray(sent)
            wrong[at] ^= 1
            with self.assertRaisesRegex(AssertionError, f"byte {at} differs"):
                Stream("a seed").compare(bytes(wrong))
        Stream("a seed").compare(sent)


if __name__ == "__main__":
    unittest.main()
