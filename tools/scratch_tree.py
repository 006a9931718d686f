"""A copy of the working tree, in which tools change the code and build it."""
import pathlib
import shutil
import subprocess


def copy_tree(root: pathlib.Path, copy: pathlib.Path):
    """Makes `copy` what the working tree at `root` is: the files that git knows or would take. One
    that is the same in both keeps its time, so that it isn't compiled again."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, text=True,
                            capture_output=True, check=True).stdout
    for name in filter(None, listed.split("\n")):
        there, here = copy / name, root / name
        if not here.is_file():
            continue
        if there.exists() and there.read_bytes() == here.read_bytes():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here, there)
