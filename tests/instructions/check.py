#!/usr/bin/python3
"""Counts the instructions that the core's hot paths take, by callgrind, and compares them with
budgets.txt: 3 % more is a failure, and so is 3 % less, as then the budget has to follow.

  check.py PROGRAM          PROGRAM is main.cpp, built with -O2
  check.py PROGRAM --write  writes the figures of today into budgets.txt
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BUDGETS = pathlib.Path(__file__).with_name("budgets.txt")
TIMES = 100  # kTimes of main.cpp
MARGIN = 0.03


def own_instructions(dump, program):
    """The path's name, and the instructions within the program itself: those of libraries depend on
    the processor, for which they choose their code."""
    name, total, within, call = "", 0, False, False
    for line in dump.read_text().splitlines():
        if trigger := re.match(r"desc: Trigger: Client Request: (.*)", line):
            name = trigger[1]
        elif line.startswith("ob="):
            within = line == "ob=" + program
        elif line.startswith("calls="):
            call = True
        elif cost := re.match(r"[+*\-\d]\S* (\d+)$", line):
            total += int(cost[1]) if within and not call else 0
            call = False
    return name, round(total / TIMES)


def measure(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "--quiet", "--tool=callgrind", "--compress-strings=no",
                        f"--callgrind-out-file={folder}/out", program], check=True)
        found = [own_instructions(dump, program) for dump in pathlib.Path(folder).iterdir()]
    return {name: count for name, count in found if name}


def read_budgets():
    rows = [line.rsplit(maxsplit=2) for line in BUDGETS.read_text().splitlines()
            if line and not line.startswith("#")]
    return {name: (int(budget), int(before)) for name, budget, before in rows}


def write_budgets(counts, budgets):
    comments = [line for line in BUDGETS.read_text().splitlines() if line.startswith("#")]
    rows = [f"{name:<46}{count:>8}{budgets.get(name, (0, count))[1]:>8}"
            for name, count in counts.items()]
    BUDGETS.write_text("\n".join([*comments, *rows]) + "\n")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    counts, budgets, wrong = measure(program), read_budgets(), False
    if "--write" in sys.argv:
        return write_budgets(counts, budgets)
    for name in sorted(counts.keys() | budgets.keys()):
        count, budget = counts.get(name, 0), budgets.get(name, (0, 0))[0]
        is_wrong = abs(count - budget) > MARGIN * budget
        wrong |= is_wrong
        print(f"{name}: {count} instructions, of {budget}{'  <--' if is_wrong else ''}")
    if wrong:
        sys.exit(f"What is marked is beyond {MARGIN:.0%} of its budget. Find out why; where it is "
                 "right, check.py --write writes the figures of today into budgets.txt.")


if __name__ == "__main__":
    main()
