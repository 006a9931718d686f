#!/usr/bin/python3
"""How fast it is, beside what: the two tables, and build/bench/bench.json.

  bench/run.py [--cores 1|2] [--json FILE] [--only pace|alone|many] [WORD...]

with BFQ4004, or build/release/bfq4004. WORDs choose rows of the pace by their names. README.md says
how to read what is printed.
"""
import argparse
import pathlib
import tempfile

import alone
import many
import pace
import report
from rows import BAUD, MANY, MOST
from subjects import ROOT, Subjects, build_floors


def printed(results):
    for result in results:
        print(report.text_of(result), flush=True)
        yield result


def one_module(subjects, options):
    results = []
    if options.only in (None, "pace"):
        results += printed(pace.measure_all(subjects, options.words))
    if options.only in (None, "alone") and not options.words:
        results += printed(alone.measure_all(subjects))
    return results


def many_modules(tools):
    results, points = many.measure_all(tools)
    assert [result["row"] for result in results] == \
        [*MOST, *MANY, *(kind.row for kind in BAUD)], "rows that were not measured"
    return list(printed(results)), points


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=1, choices=(1, 2))
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "build/bench/bench.json")
    parser.add_argument("--only", choices=("pace", "alone", "many"))
    parser.add_argument("words", nargs="*")
    return parser.parse_args()


def main():
    options, about = arguments(), report.machine()
    print(f"{about['name']}, {about['processor']}, {about['cores']} cores, load {about['load']}, "
          f"{about['when']}; both ends on {options.cores} core(s)\n")
    print(report.heading())
    tables, curves = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        tools = pathlib.Path(folder)
        build_floors(tools)
        subjects = Subjects(tools, options.cores)
        tables["one"] = one_module(subjects, options)
        if options.only is None and not options.words:
            curves["sizes"] = pace.sweep(subjects)
        if options.only in (None, "many") and not options.words:
            print()
            tables["many"], curves["numbers"] = many_modules(tools)
    report.save(options.json, about, tables, curves)
    verdicts = [report.verdict(result) for table in tables.values() for result in table]
    print(f"\n{verdicts.count('met')} met, {verdicts.count('short')} short; load "
          f"{report.machine()['load']}; all of it in {options.json}")


if __name__ == "__main__":
    main()
