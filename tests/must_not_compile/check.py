#!/usr/bin/python3
"""Compiles a source that must not compile, and then the same source completed, which must.

  check.py SOURCE COMPILER FLAG...
  check.py --self-test COMPILER FLAG...    proves that a case which shows nothing is noticed

A line of the source, "// error: TEXT", says what the compiler's errors must contain.
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def errors_of(source, command):
    """What the compiler has to say, "" where the source compiles."""
    done = subprocess.run(
        [*command, str(source)], capture_output=True, text=True, check=False, timeout=120
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def problem_of(source, command):
    """What is wrong with the case, "" where it shows what it should."""
    text = source.read_text()
    expected = re.search(r"^// error: (.+)$", text, re.M)
    if expected is None or "BFQ_COMPLETE" not in text:
        return "it needs a line `// error: TEXT`, and a part that depends on BFQ_COMPLETE"
    errors = errors_of(source, [*command, "-DBFQ_COMPLETE"])
    if errors:
        return "it does not compile where it is complete:\n" + errors
    errors = errors_of(source, command)
    if not errors:
        return "it compiles although it is incomplete"
    if expected[1] not in errors:
        return f"it fails for another reason than {expected[1]!r}:\n" + errors
    return ""


FAILS = 'static_assert(false, "here");\n'
FAILS_INCOMPLETE = f"#ifndef BFQ_COMPLETE\n{FAILS}#endif\n"
SELF_TEST = {  # a case -> what must be noticed about it
    "// error: here\n" + FAILS_INCOMPLETE: "",
    "// error: there\n" + FAILS_INCOMPLETE: "another reason",
    "// error: here\n// BFQ_COMPLETE\n" + FAILS: "where it is complete",
    "// error: here\n// BFQ_COMPLETE\n": "although it is incomplete",
    FAILS_INCOMPLETE: "needs a line",
    "// error: here\n" + FAILS: "needs a line",
}


def self_test(command):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "case.cpp"
        for text, expected in SELF_TEST.items():
            source.write_text(text)
            problem = problem_of(source, command)
            if expected not in problem or bool(expected) != bool(problem):
                failures += 1
                print(f"self-test: {text!r}: expected {expected!r}, got {problem!r}")
    print(f"must_not_compile --self-test: {len(SELF_TEST)} cases, {failures} failures")
    return 1 if failures else 0


def main():
    what, *command = sys.argv[1:]
    if what == "--self-test":
        return self_test(command)
    problem = problem_of(pathlib.Path(what), command)
    print(f"{what}: {problem or 'fails as it should, and compiles once it is complete'}")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
