#!/usr/bin/python3
"""Changes the durations, counts and limits of the core, one at a time: a test must notice.

  mutate.py [--sample COUNT] [NAME...]

NAME: only mutants whose name contains it (a constant, a file, a parameter). A run that was stopped
goes on where it was, as long as the tree is the same. --sample tries COUNT mutants only, the same
ones as long as they are there. The whole table is written to build/mutate/table.txt.

A mutant is a number that is 10 % larger or smaller (by at least 1). The core and its transcripts,
conformance and unit tests are rebuilt with it, and one of them must fail; a mutant that doesn't
compile was noticed by the compiler. One that survives must stand in survivors.txt with its reason;
an unlisted survivor, and a line there that no longer holds, fail this command.
"""
import concurrent.futures
import dataclasses
import hashlib
import os
import pathlib
import queue
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from scratch_tree import copy_tree  # noqa: E402  (found by the line above)
from tidy import TOKEN  # noqa: E402

SCRATCH = ROOT / "build" / "mutate"
RESULTS, TABLE = SCRATCH / "results.txt", SCRATCH / "table.txt"
SURVIVORS = HERE / "survivors.txt"
ROOMS = ("base", "at", "settings", "module", "commands", "sim")
TESTS = ("base_test", "at_test", "settings_test", "conformance_test", "sim_test", "transcripts")

# Sizes of memory: what is larger than needed shows nowhere, and what is too small is a CHECK.
CAPACITIES = {"kFields", "kUartOutput", "kReplyReserve", "kUrcs", "kRequestsOfOneInput",
              "kRequests", "kLongestLine", "kIpdHeader", "kLargestRecord", "kMostDigits",
              "kRemembered", "kMostSteps"}

NUMBER = r"-?\d[\d']*"
PATTERNS = [  # each with the number as its last group, or its last two
    re.compile(rf"\b({NUMBER})(?=(?:us|ms|s|min|h)\b)"),
    re.compile(rf"\bconstexpr\s+(?:std::)?(?:size_t|u?int\w*|unsigned|auto)\s+\w+ = ({NUMBER})\b"),
    re.compile(rf"\b(?:between|length)\(({NUMBER}), ({NUMBER})\)"),
    re.compile(rf"\b\w+(?:_s|_minutes|_ms|_stations|_clients|channel|baud)\w* = ({NUMBER})\b"),
]


@dataclasses.dataclass(frozen=True)
class Mutant:
    file: str
    begin: int
    end: int
    old: str
    new: str
    name: str  # what survivors.txt calls it


def blanked(source):
    """The source with comments and string literals blanked out, each character at its place."""
    def blank(token):
        return re.sub(r"[^\n]", " ", token[0])
    return TOKEN.sub(blank, source)


def label(source, code, begin):
    """Names a number by its statement, without line numbers, so that the name lasts."""
    start = code.rfind("\n", 0, begin) + 1
    end = code.find("\n", begin)
    line = source[start:end if end >= 0 else None]
    constant = re.search(r"\b(k[A-Z]\w*) = ", line)
    if constant:
        return constant[1]
    quoted = re.search(r'"([^"]+)"', line)
    if quoted and re.search(r"param<|between\(|length\(", line):
        return quoted[1]
    return " ".join(line.split("//")[0].split())[:60]


def changed(number):
    value = int(number.replace("'", ""))
    by = max(1, abs(value) // 10)
    return [str(value + by)] + ([str(value - by)] if value >= by else [])


def mutants_of(path):
    source = path.read_text()
    code = blanked(source)
    name = path.relative_to(ROOT).as_posix()
    spots = {}
    for pattern in PATTERNS:
        for hit in pattern.finditer(code):
            for group in range(1, (pattern.groups or 1) + 1):
                spots[hit.span(group)] = hit.group(group)
    seen = {}
    for (begin, end), number in sorted(spots.items()):
        what = label(source, code, begin)
        if what in CAPACITIES:
            continue
        for new in changed(number):
            full = f"{name.removeprefix('src/')} {what}: {number} -> {new}"
            seen[full] = seen.get(full, 0) + 1
            if seen[full] > 1:
                full += f" (number {seen[full]})"
            yield Mutant(name, begin, end, number, new, full)


def all_mutants():
    for room in ROOMS:
        for path in sorted((ROOT / "src" / room).glob("*")):
            if path.suffix in {".h", ".cpp"} and not path.name.endswith("_test.cpp"):
                yield from mutants_of(path)


def rank(mutant):
    """Its place in a random order that a new mutant elsewhere does not change."""
    return hashlib.sha256(mutant.name.encode()).digest()


class Workshop:
    """A copy of the tree with a build of its own."""

    def __init__(self, number, jobs):
        self.tree, self.build = SCRATCH / f"tree-{number}", SCRATCH / f"build-{number}"
        self.jobs = jobs

    def prepare(self):
        copy_tree(ROOT, self.tree)
        if not (self.build / "build.ninja").exists():
            done = subprocess.run(
                ["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DBFQ_TESTS=ON",
                 "-DBFQ_UNITE=ON", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1"],
                capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(done.stdout + done.stderr)
        failure = self.notice()
        if failure:
            sys.exit(f"the tree fails without any mutant: {failure}")

    def notice(self):
        """What notices that something is wrong with this tree, or nothing."""
        done = subprocess.run(["ninja", f"-j{self.jobs}", "-C", self.build, *TESTS],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            error = re.search(r"error: (.*)", done.stdout)
            return "the compiler: " + (error[1][:80] if error else done.stdout[-200:])
        for test in TESTS:
            arguments = [self.tree / "tests/transcripts"] if test == "transcripts" else []
            try:
                done = subprocess.run([self.build / test, *arguments], capture_output=True,
                                      text=True, timeout=120, check=False, cwd=self.build)
            except subprocess.TimeoutExpired:
                return f"{test}: it does not end"
            if done.returncode != 0:
                failed = re.search(r"FAILED\s+\] (\S+)|(\S+\.at)\b", done.stdout + done.stderr)
                who = pathlib.Path(failed[1] or failed[2]).name if failed else "it fails"
                return f"{test}: {who}"
        return ""

    def try_one(self, mutant):
        path = self.tree / mutant.file
        source = path.read_text()
        assert source[mutant.begin:mutant.end] == mutant.old
        path.write_text(source[:mutant.begin] + mutant.new + source[mutant.end:])
        try:
            return self.notice()
        finally:
            path.write_text(source)


def tree_hash():
    """Of all that decides a result."""
    digest = hashlib.sha256()
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".h", ".cpp", ".at"}:
                digest.update(path.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def results_so_far(tree):
    if not RESULTS.exists():
        return {}
    head, *lines = RESULTS.read_text().splitlines() or [""]
    if head != tree:
        RESULTS.unlink()
        return {}
    return dict(line.split("\t", 1) for line in lines)


def try_all(mutants):
    """Name -> who noticed it. Results are kept as they come, so that a stopped run goes on."""
    tree = tree_hash()
    results = results_so_far(tree)
    if not RESULTS.exists():
        RESULTS.write_text(tree + "\n")
    left = [m for m in mutants if m.name not in results]
    workshops, lock = queue.SimpleQueue(), threading.Lock()
    cores = int(os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or os.cpu_count() or 1)
    # A workshop takes as long to set up as ten mutants.
    workers = min(len(left) // 10 + 1, cores)

    def one(mutant):
        workshop = workshops.get()
        started = time.monotonic()
        try:
            noticed = workshop.try_one(mutant)
        finally:
            workshops.put(workshop)
        with lock:
            results[mutant.name] = noticed
            with RESULTS.open("a") as file:
                file.write(f"{mutant.name}\t{noticed}\n")
            print(f"{'noticed ' if noticed else 'SURVIVED'} {mutant.name}"
                  f" ({noticed or 'by nobody'}, {time.monotonic() - started:.0f} s)", flush=True)

    with concurrent.futures.ThreadPoolExecutor(workers or 1) as pool:
        shops = [Workshop(number, max(cores // workers, 1)) for number in range(workers)]
        list(pool.map(Workshop.prepare, shops))
        for shop in shops:
            workshops.put(shop)
        list(pool.map(one, left))
    return {m.name: results[m.name] for m in mutants}


def listed_survivors():
    """Name -> reason, as survivors.txt has them: one a line, `NAME: OLD -> NEW | reason`."""
    listed = {}
    for number, line in enumerate(SURVIVORS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, bar, reason = (part.strip() for part in line.partition(" | "))
        if not bar or not reason:
            sys.exit(f"{SURVIVORS}:{number}: there is no ' | ' with a reason behind it")
        listed[name] = reason
    return listed


def judge(results, every):
    """The number of complaints, each printed."""
    listed = listed_survivors()
    complaints = [f"no test notices: {name}" for name, noticed in results.items()
                  if not noticed and name not in listed]
    complaints += [f"survivors.txt: noticed by {results[name]}: {name}" for name in listed
                   if results.get(name)]
    complaints += [f"survivors.txt: there is no such mutant: {name}" for name in listed
                   if name not in every]
    for complaint in complaints:
        print(complaint)
    return len(complaints)


def main():
    names = sys.argv[1:]
    sample = None
    if names[:1] == ["--sample"]:
        sample, names = int(names[1]), names[2:]
    every = list(all_mutants())
    mutants = [m for m in every if not names or any(name in m.name for name in names)]
    if not mutants:
        sys.exit("there is no such mutant")
    if sample:
        mutants = sorted(mutants, key=rank)[:sample]
    SCRATCH.mkdir(parents=True, exist_ok=True)
    results = try_all(mutants)
    TABLE.write_text("".join(f"{noticed or '-':60} {name}\n" for name, noticed in results.items()))
    complaints = judge(results, {m.name for m in every})
    survived = sum(not noticed for noticed in results.values())
    print(f"{len(results)} mutants of {len(every)}, {len(results) - survived} noticed, {survived}"
          f" survived, {complaints} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
