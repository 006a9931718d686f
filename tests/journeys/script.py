"""Reads the language of tests/transcripts (see its README.md), as far as a play outside the
simulated world needs it."""

import dataclasses
import re

BURST = 0.02  # seconds of silence that end a burst of typed bytes (dialect 5.1)


@dataclasses.dataclass
class Step:
    """A line, or several lines typed without a pause."""

    number: int
    kind: str  # type, expect, pass or act
    data: bytes = b""
    masked: bool = False  # {number} in it stands for digits
    seconds: float = 0.0
    words: tuple = ()


def unescaped(text):
    """The bytes of a text in quotation marks, with nothing behind it."""
    found = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', text)
    if found is None:
        raise ValueError(f"not a text: {text}")
    simple = {"r": b"\r", "n": b"\n", "t": b"\t", '"': b'"', "\\": b"\\"}
    parts = re.findall(r"\\x([0-9a-fA-F]{2})|\\(.)|([^\\]+)", found[1])
    return b"".join(
        bytes([int(h, 16)]) if h else simple[e] if e else p.encode() for h, e, p in parts
    )


def text_of(word):
    """A text in quotation marks, as people read it; UnicodeDecodeError where it is not UTF-8."""
    return unescaped(word).decode()


def seconds(word):
    number, unit = re.fullmatch(r"(\d+)(us|ms|s|min)", word).groups()
    return int(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}[unit]


def bytes_of(line):
    """What is typed or expected in a line that begins with > or <."""
    if line[1:2] == "=":
        return unescaped(line[line.index('"'):])
    return line[3 if line[1:2] == "?" else 2:].encode("latin-1") + b"\r\n"


def step_of(number, line):
    if line[0] == ">":
        return Step(number, "type", bytes_of(line))
    if line[0] == "<":
        return Step(number, "expect", bytes_of(line), masked=line[1:2] == "?")
    words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', line)
    if line[0] == "~":
        return Step(number, "pass", seconds=seconds(words[1]))
    return Step(number, "act", words=tuple(words))


def read(text):
    """The steps of a transcript. Consecutive times are merged, and so are expected lines. What is
    typed without 20 ms of silence in between, or while only `busy` can come, is one burst."""
    steps = []
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line and line[0] != "#"]
    for step in (step_of(number, line) for number, line in lines):
        last = steps[-1] if steps else None
        if last is not None and last.kind == step.kind == "pass":
            last.seconds += step.seconds
        elif step.kind == "type" and is_pause(last) and len(steps) > 1 and steps[-2].kind == "type":
            steps.pop()
            steps[-1].data += step.data
        elif step.kind == "type" and last is not None and last.kind == "type":
            last.data += step.data
        else:
            steps.append(step)
    return steps


def is_pause(step):
    return step is not None and step.kind == "pass" and step.seconds < BURST


def busy_bursts(steps):
    """Merges what is typed while a command runs into that command: the real network may finish it
    sooner."""
    joined = []
    for at, step in enumerate(steps):
        before = joined[-1:] + joined[-2:-1]
        waits = before and before[0].kind == "pass"
        first = (
            (before[1] if len(before) > 1 else None) if waits else (before[0] if before else None)
        )
        if (
            step.kind == "type"
            and first is not None
            and first.kind == "type"
            and meets_busy(steps[at + 1:])
        ):
            if waits:
                joined.pop()
            first.data += step.data
        else:
            joined.append(step)
    return joined


def meets_busy(following):
    for step in following:
        if step.kind != "expect":
            return False
        if b"busy " in step.data:
            return True
    return False
