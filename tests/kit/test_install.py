"""The package as users install it: from Debian's setuptools, into a virtual environment."""

import os
import pathlib
import shutil
import subprocess
import venv

ROOT = pathlib.Path(__file__).parents[2]
# Says where it comes from, and that types and the plugin came along.
LOOK = """
import bfq4004, importlib.metadata, pathlib
folder = pathlib.Path(bfq4004.__file__).parent
assert (folder / "py.typed").exists()
print(folder)
print(importlib.metadata.version("bfq4004"))
"""
A_TEST = "def test_it(bfq_module): assert bfq_module.status()['power']\n"


def test_it_is_installed_and_works(tmp_path):
    source, place = tmp_path / "source", tmp_path / "venv"
    shutil.copytree(ROOT / "python", source, ignore=shutil.ignore_patterns("__pycache__"))
    venv.create(place, system_site_packages=True)  # pip is the system's
    python = place / "bin/python"

    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command):
        done = subprocess.run([python, *command], capture_output=True, text=True, check=False,
                              cwd=tmp_path, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-build-isolation",
        "--no-deps", "--no-index", "--no-compile", str(source))
    folder, version = run("-c", LOOK).split()
    assert pathlib.Path(folder).is_relative_to(place), folder
    cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    assert f"VERSION {version} " in cmake or f"VERSION {version}\n" in cmake, version
    (tmp_path / "test_it.py").write_text(A_TEST, encoding="utf-8")
    said = run("-m", "pytest", "-p", "no:cacheprovider", "-q", str(tmp_path / "test_it.py"))
    assert "1 passed" in said, said
