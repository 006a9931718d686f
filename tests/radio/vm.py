#!/usr/bin/python3 -B
"""Runs a command in a virtual machine whose kernel simulates Wi-Fi radios (mac80211_hwsim).

    tests/radio/vm.py COMMAND...

The machine has a kernel of its own, and this one's files: read through 9p, with the packages of
build/radio/root laid over them, and changed in memory only. The command runs as root in the root of
the tree; its output is ours, and so is its status. Two of its serial ports (16550s), /dev/ttyS1 and
/dev/ttyS2, are wired to each other. Status 77: there is no such machine here.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path.cwd()
PACKAGES = TREE / "build/radio/root"
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "ccm", "gcm", "cmac", "ctr",
           "mac80211_hwsim", "dummy")
RADIOS = 8
MINUTES = 14
MEMORY = 2560  # MiB; the sanitized programs and their shadows are the largest part

INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1
while read module; do
  options=
  [ $module = mac80211_hwsim.ko ] && options=radios=%(radios)d
  /bin/busybox insmod /modules/$module $options || echo "cannot load $module"
done < /modules/order
for tag in tree packages; do
  /bin/busybox mount -t 9p \
    -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 $tag /$tag
done
/bin/busybox mount -t tmpfs -o mode=755 memory /memory
/bin/busybox mkdir /memory/upper /memory/work
/bin/busybox mount -t overlay \
  -o lowerdir=/packages:/tree,upperdir=/memory/upper,workdir=/memory/work overlay /root
cd /root
for kind in proc sysfs:sys devtmpfs:dev devpts:dev/pts debugfs:sys/kernel/debug; do
  /bin/busybox mkdir -p /root/${kind##*:}
  /bin/busybox mount -t ${kind%%:*} ${kind%%:*} /root/${kind##*:}
done
for place in tmp run run/lock dev/shm; do
  /bin/busybox mkdir -p /root/$place
  /bin/busybox mount -t tmpfs -o mode=1777 memory /root/$place
done
/bin/busybox chroot /root /bin/sh -c 'cd %(tree)s && . /proc/self/fd/9' 9</command
echo "BFQ-STATUS $?"
/bin/busybox poweroff -f
"""


def name_of(module):
    found = [*PACKAGES.glob(f"lib/modules/*/kernel/**/{module}.ko"),
             *PACKAGES.glob(f"lib/modules/*/kernel/**/{module.replace('_', '-')}.ko")]
    return found[0] if found else None  # else it is built in


def needed_by(module, order):
    """Appends the module, behind all that it depends on."""
    path = name_of(module)
    if path is None or path in order:
        return
    depends = re.search(rb"\0?depends=([^\0]*)\0", path.read_bytes())[1].decode()
    for other in filter(None, depends.split(",")):
        needed_by(other, order)
    order.append(path)


def entry(name, mode, data=b""):
    """A file of a cpio archive in the format `newc`."""
    name = name.encode() + b"\0"
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def word(text):
    return "'" + text.replace("'", "'\\''") + "'"


def initial_files(command, environment):
    order = []
    for module in MODULES:
        needed_by(module, order)
    folder, program = 0o040755, 0o100755
    files = [entry(name, folder) for name in
             ("bin", "dev", "proc", "sys", "tree", "packages", "memory", "root", "modules", "lib",
              "lib/firmware")]
    files.append(entry("bin/busybox", program, (PACKAGES / "bin/busybox").read_bytes()))
    settings = {"radios": RADIOS, "tree": TREE}
    files.append(entry("init", program, (INIT % settings).encode()))
    line = " ".join([f"{name}={word(value)}" for name, value in environment.items()] +
                    [word(argument) for argument in command])
    files.append(entry("command", program, f"ip link set lo up; exec env {line}\n".encode()))
    files += [entry(f"modules/{path.name}", program, path.read_bytes()) for path in order]
    files.append(entry("modules/order", program,
                       "".join(f"{path.name}\n" for path in order).encode()))
    for name in ("regulatory.db", "regulatory.db.p7s"):
        files.append(entry(f"lib/firmware/{name}", program,
                           (PACKAGES / "lib/firmware" / name).read_bytes()))
    return b"".join(files) + entry("TRAILER!!!", 0)


def start(directory, command):
    environment = {name: value for name, value in os.environ.items()
                   if name.startswith(("BFQ", "ASAN", "UBSAN"))}
    environment |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    (directory / "initrd").write_bytes(initial_files(command, environment))
    kernel = next(PACKAGES.glob("boot/vmlinuz-*"))
    return subprocess.Popen(
        ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,tb-size=128",
         "-cpu", "max", "-smp", "1", "-m", str(MEMORY), "-nodefaults", "-display", "none",
         "-no-reboot", "-kernel", str(kernel), "-initrd", str(directory / "initrd"),
         "-append", "console=ttyS0 panic=-1 quiet no_timer_check nowatchdog",
         "-serial", f"file:{directory}/console",
         "-chardev", f"socket,id=uart,path={directory}/uart,server=on,wait=off",
         "-serial", "chardev:uart",
         "-chardev", f"socket,id=host,path={directory}/uart", "-serial", "chardev:host",
         "-fsdev", "local,id=tree,path=/,security_model=none,readonly=on,multidevs=remap",
         "-device", "virtio-9p-pci,fsdev=tree,mount_tag=tree",
         "-fsdev", f"local,id=packages,path={PACKAGES},security_model=none,readonly=on",
         "-device", "virtio-9p-pci,fsdev=packages,mount_tag=packages"])


def follow(console, machine, deadline):
    """Copies what the machine prints; returns the status that it ends with, or None."""
    rest = b""
    while True:
        ended = machine.poll() is not None or time.monotonic() > deadline
        lines, end, rest = (rest + console.read()).rpartition(b"\n")
        if found := re.search(rb"^BFQ-STATUS (\d+)\r?$", lines, re.M):
            lines = lines[:found.start()]
        # Whole lines, as another machine may print beside this one.
        sys.stdout.buffer.write((lines + end).replace(b"\r\n", b"\n"))
        sys.stdout.flush()
        if found:
            return int(found[1])
        if ended:
            return None
        time.sleep(0.1)  # a file cannot be waited for


def main():
    if not shutil.which("qemu-system-x86_64") or not PACKAGES.is_dir():
        print("skipped: needs qemu-system-x86_64, and what tests/radio/unpack.py unpacks")
        return 77
    directory = pathlib.Path(tempfile.mkdtemp(prefix="bfq-vm-"))
    (directory / "console").touch()
    machine = start(directory, sys.argv[1:])
    try:
        with open(directory / "console", "rb") as console:
            status = follow(console, machine, time.monotonic() + 60 * MINUTES)
    finally:
        machine.kill()
        machine.wait()
        shutil.rmtree(directory)
    if status is None:
        print(f"the virtual machine has ended, or {MINUTES} minutes have passed, without a status")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
