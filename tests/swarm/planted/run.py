#!/usr/bin/python3
"""Plants one bug at a time in a copy of the tree, and expects the swarm to find it.

  run.py [SEEDS] [NAME...]    with so many seeds (20000) at most; NAME: these patches only
  run.py --apply              only checks that each patch applies

A patch that no longer applies, or whose bug is not found, is a failure.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from scratch_tree import copy_tree  # noqa: E402  (found by the line above)

SCRATCH = ROOT / "build" / "planted"
TREE, BUILD = SCRATCH / "tree", SCRATCH / "build"


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def build():
    if not (BUILD / "build.ninja").exists():
        options = ["-DCMAKE_BUILD_TYPE=Release", "-DBFQ_TESTS=ON"]
        done = run("cmake", "-S", TREE, "-B", BUILD, "-G", "Ninja", *options)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
    done = run("ninja", "-C", BUILD, "swarm_fast")
    errors = [line[:300] for line in done.stdout.split("\n") if "error" in line]
    return "" if done.returncode == 0 else "\n".join(errors) or done.stdout[-1000:]


def apply(patch, *options):
    # Hides the repository around it, so that git takes paths as they are.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(SCRATCH)}
    return run("git", "apply", *options, patch, cwd=TREE, env=environment).returncode == 0


def try_patch(patch, seeds):
    """Whether the swarm found that bug, and how, in words."""
    if not apply(patch):
        return False, "no longer applies"
    try:
        failure = build()
        if failure:
            return False, "does not compile:\n" + failure
        done = run(BUILD / "swarm_fast", "--some", str(seeds), cwd=SCRATCH)
        found = re.search(r"^seed (\d+): (.*)$", done.stdout, re.M)
        if done.returncode == 0 or not found:
            return False, f"not found with {seeds} seeds"
        return True, f"seed {found.group(1)}: {found.group(2)[:90]}"
    finally:
        copy_tree(ROOT, TREE)


def check_all():
    if shutil.which("git") is None:
        print("skipped: git is not installed")
        return 77
    copy_tree(ROOT, TREE)
    stale = [patch.stem for patch in sorted(HERE.glob("*.patch")) if not apply(patch, "--check")]
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
    copy_tree(ROOT, TREE)
    failure = build()
    if failure:
        sys.exit(failure)
    if run(BUILD / "swarm_fast", "200", cwd=SCRATCH).returncode != 0:
        sys.exit("the swarm fails without any planted bug: see ./dev swarm")
    missed = 0
    for patch in patches:
        well, what = try_patch(patch, seeds)
        missed += not well
        print(f"{'found ' if well else 'MISSED'}  {patch.stem:28} {what}", flush=True)
    print(f"{len(patches)} planted bugs, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
