#!/usr/bin/python3 -B
"""Downloads the packages of the column `guest` in tools/packages.txt and unpacks them in
build/radio/root. They are for the virtual machine: none is installed, and no script of theirs runs.

Ends with status 77 where they are not there and cannot be had.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

HOME = pathlib.Path("build/radio")
ROOT = HOME / "root"
STAMP = HOME / "packages"
# Of Debian 12, where these are links: what is unpacked lies where it does on such a system.
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib"}


def wanted():
    lines = pathlib.Path("tools/packages.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return [row[0] for row in rows if row[1] == "guest"]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def kernel():
    """The package that linux-image-amd64 stands for now."""
    return re.search(r"Depends: (linux-image-\S+)", output("apt-cache", "depends",
                                                            "linux-image-amd64"))[1]


def download(packages):
    folder = HOME / "debs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for package in packages:
        name = kernel() if package == "linux-image-amd64" else package
        subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.deb"))


def unpack(archives):
    shutil.rmtree(ROOT, ignore_errors=True)
    (ROOT / "usr").mkdir(parents=True)
    for name, target in LINKS.items():
        (ROOT / target).mkdir(parents=True)
        (ROOT / name).symlink_to(target)
    for archive in archives:
        tree = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", ROOT,
                        "--exclude=./usr/share/doc", "--exclude=./usr/share/man"],
                       stdin=tree.stdout, check=True)
        if tree.wait() != 0:
            raise subprocess.CalledProcessError(tree.returncode, "dpkg-deb")
    # What the package's script would choose.
    firmware = ROOT / "lib/firmware"
    for name in ("regulatory.db", "regulatory.db.p7s"):
        chosen = firmware / name
        chosen.unlink(missing_ok=True)
        shutil.copy(firmware / f"{name}-debian", chosen)


def main():
    packages = wanted()
    if STAMP.exists() and STAMP.read_text(encoding="ascii").split() == packages:
        return 0
    if os.environ.get("BFQ_NO_INSTALL") == "1":
        print("skipped: the packages of the virtual machine are not there, and BFQ_NO_INSTALL=1")
        return 77
    try:
        archives = download(packages)
    except (OSError, TypeError, subprocess.CalledProcessError) as error:
        print(f"skipped: cannot download the packages of the virtual machine: {error}")
        return 77
    unpack(archives)
    STAMP.write_text("\n".join(packages) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
