#!/usr/bin/python3
"""Runs the linters that are not ours.

  lint.py layout [--mend]    clang-format: C++ is laid out as .clang-format says
  lint.py shell              shellcheck: the shell scripts

The status is 77, "skipped" for CTest, where the linter is missing or is not the one that the
sources follow.
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLANG_FORMAT = "14"  # other versions format some lines differently
SKIPPED = 77


def skip(why):
    print("skipped: " + why)
    return SKIPPED


def layout(mend):
    if shutil.which("clang-format") is None:
        return skip("clang-format is not installed")
    version = subprocess.run(
        ["clang-format", "--version"], capture_output=True, text=True, check=True
    ).stdout
    if f"version {CLANG_FORMAT}." not in version:
        return skip(f"the layout is that of clang-format {CLANG_FORMAT}; this is {version.strip()}")
    code = [path for folder in ("src", "tests", "tools") for path in (ROOT / folder).rglob("*")
            if path.suffix in {".h", ".cpp"}]
    if mend:
        return subprocess.run(["clang-format", "-i", *code], check=False).returncode
    done = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", *code], capture_output=True, text=True, check=False
    )
    # One line for each file is enough, as one command fixes them all.
    files = collections.Counter(re.findall(r"^(.+?):\d+:\d+: error", done.stderr, re.M))
    for path, times in sorted(files.items()):
        print(f"{pathlib.Path(path).relative_to(ROOT)}: laid out differently at {times} places")
    if done.returncode != 0:
        print("./dev format fixes it" if files else done.stderr)
    return done.returncode


def is_shell_script(path):
    with path.open("rb") as file:
        return re.match(rb"#!/bin/(ba)?sh\b", file.read(20)) is not None


def shell():
    if shutil.which("shellcheck") is None:
        return skip("shellcheck is not installed")
    places = [path for folder in ("tests", "tools", "bench", "examples")
              for path in (ROOT / folder).rglob("*")]
    scripts = [path for path in [ROOT / "dev", ROOT / ".ci/run", *places]
               if path.is_file() and is_shell_script(path)]
    print(f"shellcheck: {len(scripts)} scripts")
    return subprocess.run(["shellcheck", *scripts], check=False).returncode


def main():
    match sys.argv[1:]:
        case ["layout"]:
            return layout(mend=False)
        case ["layout", "--mend"]:
            return layout(mend=True)
        case ["shell"]:
            return shell()
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
