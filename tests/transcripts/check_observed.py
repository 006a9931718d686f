#!/usr/bin/env python3
"""Checks the table of what was observed against the files that replay it: check_observed.py TABLE
PROGRAM, where PROGRAM --commands prints the names of the commands that exist."""
import pathlib
import re
import subprocess
import sys

KINDS = {"replayed", "masked", "later", "not ours"}
# The transcripts that exist, so that a lost row is noticed.
SEEN = [f"T{n}" for n in (
    "1 2 3 5 7 8 9 10 11 12 14 15 17 18 19 22 23 24 25 26 28 29 30 31 32 33 34 36 37 38 39 40 "
    "41 42 43 44 45 47 48 49 51 53 54 55 57 58").split()]
SEEN += ["P1", "P2", "P3", "P4", "P6", "P8", "P9", "P11", "P13", "P14"]
SEEN += [f"E{n}" for n in "1 2 3 4 6 7 9 11 12 13 15 16 18 19 20 21".split()]


def rows_of(table):
    for line in table.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[TPE]\d+", cells[0]):
            yield cells


def faults_of(folder, cells, commands):
    if len(cells) != 4:
        return [f"{cells[0]}: wants four cells"]
    seen, kind, file, note = cells
    faults = []
    if kind not in KINDS:
        faults.append(f"{seen}: what is '{kind}'?")
    if (kind in {"replayed", "masked"}) != bool(file):
        faults.append(f"{seen}: a file belongs to what is replayed or masked, and to nothing else")
    if file and file != f"observed/{seen}.at":
        faults.append(f"{seen}: its file is observed/{seen}.at")
    if file and not (folder / file).exists():
        faults.append(f"{seen}: there is no {file}")
    if (kind == "replayed") == bool(note):
        faults.append(f"{seen}: a note says what is masked, what it waits for, or the rule")
    if kind == "not ours" and not re.search("dialect|personalities", note):
        faults.append(f"{seen}: the rule is missing")
    if kind == "later" and not late(note, commands):
        faults.append(f"{seen}: every command that it waits for is here: {note}")
    for name in re.findall(r"\b[a-z_]+\.at\b", note):
        if not (folder / name).exists():
            faults.append(f"{seen}: there is no {name}")
    return faults


def late(note, commands):
    """True when one of the commands before the note has no row in the table of commands yet."""
    names = [name.strip() for name in note.split(";")[0].split(",")]
    return bool(names) and any(name not in commands for name in names)


def main():
    table = pathlib.Path(sys.argv[1])
    listing = subprocess.run(
        [sys.argv[2], "--commands"], check=True, capture_output=True, text=True
    ).stdout
    commands = {name.lstrip("+") for name in listing.split()}
    rows = list(rows_of(table))
    faults = [fault for cells in rows for fault in faults_of(table.parent, cells, commands)]
    if [cells[0] for cells in rows] != SEEN:
        faults.append("the rows are not those of the transcripts that exist, in their order")
    with_file = {cells[2] for cells in rows}
    for file in sorted((table.parent / "observed").glob("*.at")):
        if f"observed/{file.name}" not in with_file:
            faults.append(f"{file.name} has no row")
    print("\n".join(faults) or f"{len(rows)} transcripts are accounted for")
    return bool(faults)


sys.exit(main())
