"""The transcripts of tests/transcripts, played by the built program at a PTY, byte for byte. Those that
need the simulated world are played as far as they don't, and are listed with the reason."""

import collections
import pathlib
import re
import unittest

from journey import Module
from stage import NAME, Play, playable

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "transcripts"
LEAST_WHOLE, LEAST_LINES = 30, 900  # fewer than this, and the journey has lost its way

# What a whole play would be wrong about, for reasons that no line of the transcript shows.
ELSEWHERE = {
}


def names_in(files):
    """The names that transcripts look up. None exists, but for those that a play puts in their place."""
    names = set()
    for file in files:
        for line in file.read_text("latin-1").splitlines():
            if re.match(r"> AT\+CIP(START|DOMAIN)=", line):
                names |= set(re.findall(r'"((?=[^"]*[a-z])[a-z0-9.-]+)"', line))
    return sorted(names - {NAME})


class Transcripts(unittest.TestCase):
    def test_the_program_says_the_same(self):
        files = sorted(FOLDER.rglob("*.at"))
        policy = f"allow=127.0.0.0/8,{NAME};deny={','.join(names_in(files))}"
        played, partly, not_played = [], collections.defaultdict(list), collections.defaultdict(list)
        count = 0
        for file in files:
            lines = file.read_text("latin-1").splitlines()
            name = str(file.relative_to(FOLDER))
            end, reason = (0, ELSEWHERE[name]) if name in ELSEWHERE else playable(lines)
            if not any(line.startswith(">") for line in lines[:end]):
                not_played[reason].append(name)
                continue
            with self.subTest(name), Module("--net", policy) as module, module.started_host() as host:
                self.assertEqual(host.command("ATE0"), b"\r\nOK\r\n")
                Play(host).run(lines[:end])
                count += sum(line.startswith(">") for line in lines[:end])
                (played if end == len(lines) else partly[reason]).append(name)
        report(played, partly, not_played, count)
        self.assertGreaterEqual(len(played), LEAST_WHOLE)
        self.assertGreaterEqual(count, LEAST_LINES)


def report(played, partly, not_played, count):
    print(f"{len(played)} transcripts played whole, {sum(map(len, partly.values()))} up to a point,"
          f" {sum(map(len, not_played.values()))} not at all; {count} lines typed")
    for title, files in (("played up to a point", partly), ("not played", not_played)):
        for reason, names in sorted(files.items()):
            print(f"  {title}: {reason}: {' '.join(names)}")


if __name__ == "__main__":
    unittest.main()
