"""Plays tests/drivers, what well-known drivers were seen to send, by the built program at the rate
of its UART, at which drivers are to be tested."""

import pathlib
import unittest

from obstacles import obstacle
from script import busy_bursts, read
from transcripts import play_all

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "drivers"


class Drivers(unittest.TestCase):
    def test_each_hears_the_same_at_the_rate_of_its_uart(self):
        plays = []
        for file in sorted(FOLDER.glob("*.at")):
            steps = busy_bursts(read(file.read_text("latin-1")))
            self.assertEqual(obstacle(steps), "", file.name)
            plays.append((file.name, steps))
        self.assertGreater(len(plays), 0)
        for name, failure in play_all(plays, ("--speed", "baud")):
            with self.subTest(name):
                self.fail(failure)


if __name__ == "__main__":
    unittest.main()
