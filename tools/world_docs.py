#!/usr/bin/python3
"""Puts the keys of a world file, as the program knows them, into docs/worlds.md.

  world_docs.py PROGRAM [ROOT]          writes them
  world_docs.py --check PROGRAM [ROOT]  fails when they are stale
"""
import pathlib
import subprocess
import sys

BEGIN = "<!-- the keys: written by ./dev docs -->\n"
END = "<!-- end of the keys -->\n"


def main(arguments):
    check = arguments[:1] == ["--check"]
    program, *root = arguments[1:] if check else arguments
    page = (
        pathlib.Path(root[0] if root else pathlib.Path(__file__).parents[1]) / "docs" / "worlds.md"
    )
    keys = subprocess.run(
        [program, "world", "--keys"], check=True, capture_output=True, text=True
    ).stdout
    old = page.read_text(encoding="utf-8")
    head, rest = old.split(BEGIN)
    new = head + BEGIN + "\n" + keys + "\n" + END + rest.split(END)[1]
    if new == old:
        return 0
    if check:
        print(f"{page}: the keys are stale; ./dev docs writes them")
        return 1
    page.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
