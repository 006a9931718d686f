#!/usr/bin/python3
"""Checks that a release is hardened as tools/hardening.cmake means it: reads the program itself,
and the recorded command lines for what does not show in it.

  hardening_check.py BUILD                    a folder such as build/release
  hardening_check.py --self-test CXX OPTION...
                     builds a small program with these options, in which nothing may be missing,
                     and once more without each of them, which must be noticed
"""
import dataclasses
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
from typing import Callable

ROOT = pathlib.Path(__file__).resolve().parent.parent


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Program:
    """What readelf and objdump say of a program."""

    def __init__(self, path):
        self.headers = output_of("readelf", "-hlW", path)
        self.dynamic = output_of("readelf", "-dW", path)
        self.symbols = set(re.findall(r"\w+", output_of("readelf", "-W", "--dyn-syms", path)))
        self.code = output_of("objdump", "-d", "--no-show-raw-insn", path)

    def begins_with(self, function, instruction):
        return re.search(rf"<{function}>:\n\s+\w+:\s+{instruction}\b", self.code) is not None


@dataclasses.dataclass(frozen=True)
class Row:
    """An option, and how a program shows that it was built with it; None: by its command line."""

    option: str
    shows: Callable[[Program], bool] | None
    what: str
    machines: tuple = ()  # on which it shows; () for all
    only_sample: bool = False  # shows where a program happens to have such code


X86 = ("x86_64",)
ROWS = (
    Row("-D_FORTIFY_SOURCE=3", lambda p: "__strcpy_chk" in p.symbols,
        "no size is checked that is known only at run time", only_sample=True),
    Row("-D_FORTIFY_SOURCE=3",
        lambda p: any(re.fullmatch(r"__\w+_chk", s) for s in p.symbols),
        "no function of the C library is called by its checked form"),
    Row("-D_GLIBCXX_ASSERTIONS", lambda p: any("glibcxx_assert_fail" in s for s in p.symbols),
        "the C++ library asserts nothing"),
    Row("-fstack-protector-strong", lambda p: "__stack_chk_fail" in p.symbols,
        "no function has a canary"),
    Row("-fstack-clash-protection",
        lambda p: re.search(r"\sorq?\s+\$0x0,(0x[0-9a-f]+)?\(%rsp\)", p.code) is not None,
        "no large frame is probed page by page", X86),
    Row("-fcf-protection", lambda p: p.begins_with("main", "endbr64"),
        "main() is no landing place of an indirect jump", X86),
    Row("-ftrivial-auto-var-init=zero", None, "variables are not set to zero"),
    Row("-pie", lambda p: re.search(r"Type:\s+DYN", p.headers) is not None,
        "it is always at the same address"),
    Row("-Wl,-z,relro", lambda p: "GNU_RELRO" in p.headers, "its relocations stay writable"),
    Row("-Wl,-z,now", lambda p: re.search(r"BIND_NOW|Flags:.*\bNOW\b", p.dynamic) is not None,
        "functions are bound when they are first called"),
    Row("-Wl,-z,noexecstack",
        lambda p: re.search(r"GNU_STACK.* RW +0x", p.headers) is not None,
        "its stack can be executed"),
)
# What the start-up files of the C library do not have, no program can have: Debian 12 builds its
# own without.
MARKS = {"IBT": "-fcf-protection", "SHSTK": "-fcf-protection"}


def marks_of(path):
    """Of IBT and SHSTK those that a file says that all of its code is fit for."""
    notes = output_of("readelf", "-n", path)
    return {mark for mark in MARKS if re.search(rf"x86 feature:.*\b{mark}\b", notes)}


def problems_of_program(path, compiler, rows=ROWS):
    program = Program(path)
    for row in rows:
        fits = not row.machines or platform.machine() in row.machines
        if row.shows is not None and fits and not row.shows(program):
            yield f"{row.what} ({row.option})"
    start = output_of(compiler, "-print-file-name=Scrt1.o").strip()
    for mark in sorted(marks_of(start) - marks_of(path)):
        yield f"it is not marked as fit for {mark} ({MARKS[mark]})"


# --- a release ------------------------------------------------------------------------------------


def cached(build):
    text = (build / "CMakeCache.txt").read_text()
    return dict(re.findall(r"^(\w+):\w+=(.*)$", text, re.M))


def options_of(cache):
    """Those of ROWS that the compiler has, as CMake has found; GCC on x86-64 has them all."""
    has_all = platform.machine() in X86 and "clang" not in cache["CMAKE_CXX_COMPILER"]
    wanted = []
    for option in dict.fromkeys(row.option for row in ROWS if row.option[:2] in ("-D", "-f")):
        name = "BFQ_HAS" + re.sub(r"\W", "_", option)
        if option == "-D_FORTIFY_SOURCE=3":
            name = "BFQ_FORTIFY_3"
        elif option == "-ftrivial-auto-var-init=zero":  # not where the compiler does it wrongly
            if cache.get("BFQ_ZEROES_ONLY_PADDING"):
                wanted.append(option)
            else:
                print(f"hardening: this compiler loses data with {option}")
            continue
        elif option.startswith("-D"):
            wanted.append(option)
            continue
        if has_all or cache.get(name):
            wanted.append(option)
        else:
            print(f"hardening: this compiler does not have {option}")
    return wanted


def problems_of_commands(build, options):
    """Options that a source of ours was compiled without. (Some are united, in `build`.)"""
    commands = json.loads((build / "compile_commands.json").read_text())
    folders = {ROOT / "src", build.resolve()}
    ours = [c for c in commands if folders & set(pathlib.Path(c["file"]).parents)]
    if not ours:
        yield "no command line of a source in src/ is recorded"
    for command in ours:
        for option in sorted(set(options) - set(command["command"].split())):
            yield f"{command['file']} is compiled without {option}"


def check(build):
    cache = cached(build)
    options = options_of(cache)
    rows = [row for row in ROWS if not row.only_sample
            and (row.option in options or row.option[:2] not in ("-D", "-f"))]
    problems = [
        *problems_of_program(build / "bfq4004", cache["CMAKE_CXX_COMPILER"], rows),
        *problems_of_commands(build, options),
    ]
    for problem in problems:
        print(f"hardening: {problem}")
    print(f"hardening: {len(rows)} properties of {build / 'bfq4004'}, {len(problems)} problems")
    return 1 if problems else 0


# --- the self-test --------------------------------------------------------------------------------

SAMPLE = """
#include <cstdlib>
#include <cstring>
#include <vector>
char* volatile kept;
int main(int count, char** arguments) {
  char frame[100'000];  // probed, and with a canary
  kept = frame;
  kept[count] = 1;
  char* const copy = static_cast<char*>(std::malloc(static_cast<unsigned>(count)));
  kept = std::strcpy(copy, arguments[0]);
  std::vector<int> numbers(static_cast<unsigned>(count));
  return numbers[std::strlen(kept)];
}
"""
# What an option is replaced by, so that a program shows that it is missing.
WITHOUT = {
    "-D_FORTIFY_SOURCE=3": "-D_FORTIFY_SOURCE=2",
    "-fstack-protector-strong": "-fno-stack-protector",
    "-fstack-clash-protection": "-fno-stack-clash-protection",
    "-fcf-protection": "-fcf-protection=none",
    "-pie": "-no-pie",
    "-Wl,-z,relro": "-Wl,-z,norelro",
    "-Wl,-z,now": "-Wl,-z,lazy",
    "-Wl,-z,noexecstack": "-Wl,-z,execstack",
}


def self_test(compiler, options):
    failures = 0
    options = [option.replace("LINKER:", "-Wl,") for option in options] + ["-pie"]
    shown = [row for row in ROWS if row.shows is not None and row.option in options
             and (not row.machines or platform.machine() in row.machines)]
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "a.cpp", pathlib.Path(folder) / "a"
        source.write_text(SAMPLE)

        def found(used):
            output_of(compiler, "-std=c++20", "-O2", "-w", "-fPIE", *used, source, "-o", program)
            return list(problems_of_program(program, compiler, shown))

        if problems := found(options):
            failures += 1
            print(f"self-test: with all options: {problems}")
        for row in {row.option: row for row in shown}.values():
            others = [WITHOUT.get(o, "-w") if o == row.option else o for o in options]
            problems = found(others)
            if not any(row.option in problem for problem in problems):
                failures += 1
                print(f"self-test: without {row.option}: {problems}")
    print(f"hardening_check --self-test: {len(shown)} rows, {failures} failures")
    return 1 if failures or not shown else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--self-test"] and len(sys.argv) > 3:
        sys.exit(self_test(sys.argv[2], sys.argv[3:]))
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(check(pathlib.Path(sys.argv[1]).resolve()))
