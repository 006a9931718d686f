"""A copy of the working tree, in which tools change the code and build it."""
import os
import pathlib
import shutil

NOT_COPIED = {".git", ".cache", "build", "__pycache__", "node_modules"}


def files_below(root):
    for folder, inner, files in os.walk(root):
        inner[:] = set(inner) - NOT_COPIED
        yield from (pathlib.Path(folder, name).relative_to(root) for name in files)


def copy_tree(root: pathlib.Path, copy: pathlib.Path):
    """Makes `copy` what the working tree at `root` is, without what is built. A file that is the
    same in both keeps its time, so that it isn't compiled again."""
    wanted = set(files_below(root))
    for name in wanted:
        there, here = copy / name, root / name
        if there.exists() and there.read_bytes() == here.read_bytes():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here, there)
    for name in set(files_below(copy)) - wanted:
        (copy / name).unlink()
