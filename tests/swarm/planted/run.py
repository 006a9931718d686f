#!/usr/bin/python3
"""Plants one bug at a time in a copy of the tree, and expects the swarm to find it.

  run.py [SEEDS] [NAME...]    with so many seeds (20000) at most; NAME: these patches only
  run.py --apply              only checks that each patch applies

A patch that no longer applies, or whose bug is not found, is a failure.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from scratch_tree import copy_tree  # noqa: E402  (found by the line above)

SCRATCH = ROOT / "build" / "planted"
CORES = int(os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or os.cpu_count() or 1)
WORKERS = min(CORES, 2)
JOBS = max(CORES // WORKERS, 1)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


class Workshop:
    """A copy of the tree with a build of its own."""

    def __init__(self, number):
        self.tree, self.build = SCRATCH / f"tree-{number}", SCRATCH / f"build-{number}"

    def restore(self):
        copy_tree(ROOT, self.tree)

    def make(self):
        """What is wrong with the tree as it is, or nothing: the swarm is built then."""
        if not (self.build / "build.ninja").exists():
            options = ["-DCMAKE_BUILD_TYPE=Release", "-DBFQ_TESTS=ON"]
            done = run("cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", *options)
            if done.returncode != 0:
                return done.stdout + done.stderr
        done = run("ninja", f"-j{JOBS}", "-C", self.build, "swarm_fast")
        errors = [line[:300] for line in done.stdout.split("\n") if "error" in line]
        return "" if done.returncode == 0 else "\n".join(errors) or done.stdout[-1000:]

    def swarm(self, *arguments):
        return run(self.build / "swarm_fast", *arguments, cwd=self.build)

    def prepare(self):
        self.restore()
        failure = self.make()
        if not failure and self.swarm("200").returncode != 0:
            failure = "the swarm fails without any planted bug: see ./dev swarm"
        if failure:
            sys.exit(failure)

    def apply(self, patch, *options):
        # Hides the repository around it, so that git takes paths as they are.
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(SCRATCH)}
        done = run("git", "apply", *options, patch, cwd=self.tree, env=environment)
        return done.returncode == 0

    def try_patch(self, patch, seeds):
        """Whether the swarm found that bug, and how, in words."""
        if not self.apply(patch):
            return False, "no longer applies"
        try:
            failure = self.make()
            if failure:
                return False, "does not compile:\n" + failure
            done = self.swarm("--some", str(seeds))
            found = re.search(r"^seed (\d+): (.*)$", done.stdout, re.M)
            if done.returncode == 0 or not found:
                return False, f"not found with {seeds} seeds"
            return True, f"seed {found.group(1)}: {found.group(2)[:90]}"
        finally:
            self.restore()


def try_all(patches, seeds):
    """How many were missed. What one patch changes is compiled again for the next one, too, so
    those that change the same files follow each other: of two workshops each begins at an end."""
    left, lock = collections.deque(sorted(patches, key=changed_files)), threading.Lock()
    shops = [Workshop(number) for number in range(min(WORKERS, len(patches)))]
    missed = []

    def work(shop, take):
        while True:
            with lock:
                if not left:
                    return
                patch = take()
            well, what = shop.try_patch(patch, seeds)
            with lock:
                missed.extend([] if well else [patch])
                print(f"{'found ' if well else 'MISSED'}  {patch.stem:28} {what}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(len(shops)) as pool:
        list(pool.map(Workshop.prepare, shops))
        list(pool.map(work, shops, (left.popleft, left.pop)))
    return len(missed)


def changed_files(patch):
    return re.findall(r"^\+\+\+ b/(.*)$", patch.read_text("utf-8"), re.M)


def check_all():
    if shutil.which("git") is None:
        print("skipped: git is not installed")
        return 77
    shop = Workshop(0)
    shop.restore()
    stale = [patch.stem for patch in sorted(HERE.glob("*.patch"))
             if not shop.apply(patch, "--check")]
    print("no longer apply: " + ", ".join(stale) if stale else "all patches apply")
    return 1 if stale else 0


def main():
    arguments = sys.argv[1:]
    if arguments == ["--apply"]:
        return check_all()
    seeds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 20000
    patches = [p for p in sorted(HERE.glob("*.patch")) if not arguments or p.stem in arguments]
    if not patches:
        sys.exit("there is no such patch")
    missed = try_all(patches, seeds)
    print(f"{len(patches)} planted bugs, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
