#!/usr/bin/python3
"""What stands in the way of the rows that are short: where the module spends its time, and its
system calls beside the floor's.

  bench/profiles.py [JSON]     build/bench/bench.json without; the profiles are added to it

with BFQ4004, or build/release/bfq4004, which must not be stripped. perf and strace attach to it, so
this is for root.
"""
import contextlib
import dataclasses
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import many
from fleet import PROGRAM, Fleet, all_answer
from rows import PACE, WORKS
from subjects import ROOT, Subjects, build_floors

LINES, LEAST_SHARE = 8, 1.5
LONGER = 5  # than a round of the measurement
COUNT = 10_000  # modules


WAITS_S = (0.5, 2, 8)  # until a tool is attached, of which it says nothing


@contextlib.contextmanager
def tracing(command, wait):
    """Runs a tool beside us until it is interrupted."""
    tool = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(wait)
    try:
        yield
    finally:
        tool.send_signal(signal.SIGINT)
        tool.communicate()


def hot(path):
    """The kernel's share in percent, and the functions that take most: share and name."""
    report = subprocess.run(
        ["perf", "report", "-i", path, "--stdio", "--no-children", "-g", "none", "-F",
         "overhead,dso,symbol"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        check=True)
    lines = re.findall(r"^ +([\d.]+)% +(\S+) +\[(.)\] (.+?) *$", report.stdout, re.M)
    kernel = sum(float(share) for share, _, kind, _ in lines if kind == "k")
    return {"kernel_percent": round(kernel), "functions": [
        [float(share), ("" if kind == "." else "kernel: ") + short(name)]
        for share, _, kind, name in lines[:LINES] if float(share) >= LEAST_SHARE]}


def short(name):
    """Without arguments and their types, which take lines."""
    name = name.replace("(anonymous namespace)::", "")
    while (shorter := re.sub(r"<[^<>]*>|\([^()]*\)", "", name)) != name:
        name = shorter
    return name.strip()[:60]


def profiled(process, act):
    with tempfile.TemporaryDirectory() as folder:
        for wait in WAITS_S:
            with tracing(["perf", "record", "-e", "cpu-clock", "-F", "4000", "-p", str(process),
                          "-o", f"{folder}/data"], wait):
                act()
            found = hot(f"{folder}/data")
            if found["functions"]:
                break
    return found


def system_calls(process, act, operations):
    """How many of each for one operation."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "calls")
        for wait in WAITS_S:
            with tracing(["strace", "-c", "-f", "-o", path, "-p", str(process)], wait):
                act()
            calls = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$",
                               path.read_text(), re.M)
            if calls:
                break
    found = {name: round(int(count) / operations, 2) for count, name in calls if name != "total"}
    return {name: each for name, each in found.items() if each >= 0.05}


def of_pace(subjects, row):
    """A row beside the floor."""
    work = WORKS[row.work]
    longer = dataclasses.replace(work, times=work.times * LONGER)
    # Bytes of a flow are counted as pieces of 1,460.
    operations = work.times if work.host != "flow" else work.times / 1460
    found = {}
    for name in ("module", "floor"):
        with getattr(subjects, name)(work, row.door) as subject:
            def act(work, subject=subject):
                return subjects.round(subject, row.work, work)
            if name == "module":
                found |= profiled(subject.process, lambda act=act: act(longer))
            found[f"calls_of_{name}"] = system_calls(
                subject.process, lambda act=act: act(work), operations)
    return found


def of_many():
    """Starts and joins of 10,000, and commands at them."""
    many.with_all_descriptors()
    found = {"start_many": of_start()}
    with Fleet(COUNT) as fleet:
        process = fleet.process.pid
        time.sleep(many.BOOT_S)
        with many.hosts_of(fleet, range(many.MOST_HOSTS)) as hosts:
            all_answer(hosts, b"AT\r\n", b"OK\r\n")
            found["command_flat"] = profiled(
                process, lambda: many.cost_of_commands(hosts, fleet.seconds))
            found["joins_linear"] = profiled(
                process, lambda: all_answer(hosts, many.JOIN, b"OK\r\n"))
    return found


def of_start():
    """perf starts the program."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "program")
        script.write_text("#!/bin/sh\nexec perf record -q -e cpu-clock -F 4000 "
                          f"-o {folder}/data -- {PROGRAM} \"$@\"\n")
        script.chmod(0o755)
        # perf ends by the signal that it was sent.
        with contextlib.suppress(AssertionError), Fleet(COUNT, program=script):
            pass
        return hot(f"{folder}/data")


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench/bench.json")
    kept = json.loads(path.read_text("utf-8"))
    short_rows = {row["row"]["key"] for table in kept["tables"].values() for row in table
                  if row["verdict"] == "short"}
    profiles = {}
    with tempfile.TemporaryDirectory() as folder:
        build_floors(pathlib.Path(folder))
        subjects = Subjects(pathlib.Path(folder), 1)
        for row in PACE:
            if row.key in short_rows and row.beside == "floor":
                print(row.name, flush=True)
                profiles[row.key] = of_pace(subjects, row)
    if short_rows & {"command_flat", "joins_linear", "joins", "start_many"}:
        print("10,000 modules", flush=True)
        profiles |= of_many()
    kept["profiles"] = profiles
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
