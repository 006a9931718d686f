#!/usr/bin/python3
"""Puts what the program knows of its own rows into the pages that people read: the keys of a world
file into docs/worlds.md, commands and events of the control channel into docs/control.md.

  world_docs.py PROGRAM [ROOT]          writes them
  world_docs.py --check PROGRAM [ROOT]  fails when they are stale
"""
import pathlib
import subprocess
import sys

# page, what its generated part is called, and what prints it
PAGES = [
    ("worlds.md", "the keys", ["world", "--keys"]),
    ("control.md", "the reference", ["ctl", "--reference"]),
]


def with_generated(old, what, text):
    begin, end = f"<!-- {what}: written by ./dev docs -->\n", f"<!-- end of {what} -->\n"
    head, rest = old.split(begin)
    return head + begin + "\n" + text + "\n" + end + rest.split(end)[1]


def main(arguments):
    check = arguments[:1] == ["--check"]
    program, *root = arguments[1:] if check else arguments
    docs = pathlib.Path(root[0] if root else pathlib.Path(__file__).parents[1]) / "docs"
    stale = 0
    for name, what, command in PAGES:
        page = docs / name
        text = subprocess.run(
            [program, *command], check=True, capture_output=True, text=True
        ).stdout
        old = page.read_text(encoding="utf-8")
        new = with_generated(old, what, text)
        if new == old:
            continue
        if check:
            print(f"{page}: {what}: stale; ./dev docs writes it")
            stale = 1
        else:
            page.write_text(new, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
