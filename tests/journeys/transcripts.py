"""Plays tests/transcripts against the built program at a PTY, byte for byte. A file with a line
that needs the simulated world is left out, and the kind of that line is printed."""

import collections
import concurrent.futures
import contextlib
import functools
import pathlib
import queue
import re
import sys
import threading
import unittest

from far_hosts import server_context
from journey import Module
from obstacles import SIMULATED, obstacle, time_needed
from play import BURNT_IN, Play
from script import busy_bursts, read

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "transcripts"
LEAST_PLAYED = 110
AT_ONCE = 12  # programs; they mostly wait
# What a module is reached at by the whole machine, at 127.0.0.1 too: one program at a time has it.
PORT_OF_THE_MODULE = re.compile(rb'AT\+CIPSERVER=1(?:,(\d+))?|"UDP",\s*"[^"]*",\s*\d+,\s*(\d+)')
USUAL_SERVER_PORT = 333


def burnt_in():
    """What AT+GMR answers in this program."""
    with Module() as module, module.started_host() as host:
        answer = host.command("AT+GMR")
        return {
            label: re.search(label + rb"([^\r]*)\r\n", answer)[1] for label, _ in BURNT_IN.values()
        }


class Transcripts(unittest.TestCase):
    def test_the_program_says_the_same(self):
        skipped, plays = collections.defaultdict(list), []
        for file in chosen():
            steps = busy_bursts(read(file.read_text("latin-1")))
            name = str(file.relative_to(FOLDER))
            if reason := obstacle(steps):
                skipped[reason].append(name)
            else:
                plays.append((name, steps))
        plays.sort(key=lambda play: -time_needed(play[1]))
        failures = play_all(plays)
        report(len(plays), skipped)
        for name, failure in failures:
            with self.subTest(name):
                self.fail(failure)
        if len(sys.argv) == 1:
            self.assertGreaterEqual(len(plays), LEAST_PLAYED)


def chosen():
    """All transcripts, or those named on the command line."""
    files = sorted(FOLDER.rglob("*.at"))
    return [f for f in files if len(sys.argv) == 1 or str(f.relative_to(FOLDER)) in sys.argv[1:]]


def ports_of_the_module(steps):
    typed = b"\n".join(step.data for step in steps if step.kind == "type")
    found = PORT_OF_THE_MODULE.finditer(typed)
    return {int(match[1] or match[2] or USUAL_SERVER_PORT) for match in found}


def play_all(plays, options=()):
    """Those that failed, and how; `options` are further arguments of the program."""
    context = functools.cache(server_context)
    identity = burnt_in()
    taken = collections.defaultdict(threading.Lock)
    lanes = queue.SimpleQueue()
    for lane in range(AT_ONCE):
        lanes.put(lane)

    def play(named):
        name, steps = named
        with contextlib.ExitStack() as ports:
            for port in sorted(ports_of_the_module(steps)):
                ports.enter_context(taken[port])
            lane = lanes.get()
            try:
                Play(steps, lane, identity, context, options).run()
            except Exception as error:  # pylint: disable=broad-exception-caught
                return name, str(error)
            finally:
                lanes.put(lane)
        return None

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return [failure for failure in pool.map(play, plays) if failure is not None]


def report(played, skipped):
    print(f"{played} transcripts played, {sum(map(len, skipped.values()))} left out:")
    for reason, names in sorted(skipped.items()):
        why = SIMULATED.get(tuple(reason.split()), "")
        print(
            f"  {len(names):3} for `{reason}`{': ' + why if why else ''}\n      {' '.join(names)}"
        )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
