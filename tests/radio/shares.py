"""Journeys side by side in one virtual machine: most of their time is waiting.

Each share of them is a process with directories of its own for what is temporary. The first has the
network of the machine and its radios; each other one a network of its own, with radios that hear
each other and nobody else. (There wpa_supplicant does not find its rfkill switch, since those of
radios in other networks lead nowhere.)
"""

import os
import subprocess
import sys
import threading

from air import make_radios, run

# What a process of a share sees: /sys is that of its network, by `ip netns exec`.
GROUND = """set -e
[ -e /sys/kernel/debug/ieee80211 ] || mount -t debugfs debug /sys/kernel/debug
for place in /tmp /run; do mount -t tmpfs share $place; done
mkdir /run/lock
ip link set lo up
[ -e /sys/class/net/dummy0 ] || ip link add dummy0 type dummy
exec "$@"
"""


def is_one():
    """Whether this process is that of a share; then it has its radios from now on."""
    if "BFQ_SHARE" not in os.environ:
        return False
    if not os.path.exists("/sys/class/net/wlan0"):
        make_radios()
    return True


def start(name, arguments, is_first):
    into = ["unshare", "--mount"]
    if not is_first:
        network = f"share-{name.replace(' ', '-')}"
        run("ip", "netns", "add", network)
        into = ["ip", "netns", "exec", network]
    return subprocess.Popen(
        [*into, "sh", "-c", GROUND, "sh", sys.executable, "-B", sys.argv[0], *arguments],
        env=os.environ | {"BFQ_SHARE": name}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def tell(name, process):
    for line in process.stdout:
        sys.stdout.buffer.write(f"{name}| ".encode() + line)
        sys.stdout.flush()


def run_all(shares):
    """Each of them has a name, and the tests that it runs. Returns how many have failed."""
    processes = {name: start(name, tests, number == 0)
                 for number, (name, tests) in enumerate(shares.items())}
    readers = [threading.Thread(target=tell, args=pair) for pair in processes.items()]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return sum(process.wait() != 0 for process in processes.values())
