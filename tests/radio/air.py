"""The air around the program in the virtual machine: simulated radios (mac80211_hwsim), each in a
network of its own, so that what its peers send goes through the air and not through the kernel.

Nothing here sleeps to let something happen: each wait is for something, with a deadline.
"""

import contextlib
import ctypes
import os
import pathlib
import re
import socket
import struct
import subprocess
import tempfile
import time

CLONE_NEWNET = 0x40000000
PATIENCE = 90.0  # seconds; the machine is emulated


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_until(is_so, what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not (found := is_so()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.05)  # between two polls, never instead of one
    return found


class Place:
    """A network of its own, with a radio in it."""

    free = list(range(6, 1, -1))  # the first two are the program's

    def __init__(self):
        self.radio = Place.free.pop()
        self.name = f"air{self.radio}"
        self.interface = f"wlan{self.radio}"
        self.children = []
        run("ip", "netns", "add", self.name)
        run("iw", "phy", f"phy{self.radio}", "set", "netns", "name", self.name)
        self.run("ip", "link", "set", "lo", "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        self.end_children()
        # The radio comes back to where it was first.
        self.run("iw", "phy", f"phy{self.radio}", "set", "netns", "1")
        run("ip", "netns", "del", self.name)
        Place.free.append(self.radio)

    def end_children(self):
        for child in self.children:
            child.kill()
            child.wait()
        self.children = []

    def run(self, *command, check=True):
        return run("ip", "netns", "exec", self.name, *command, check=check)

    def start(self, *command, **how):
        child = subprocess.Popen(["ip", "netns", "exec", self.name, *command], **how)
        self.children.append(child)
        return child

    @contextlib.contextmanager
    def inside(self):
        """Sockets made within are those of this network."""
        with open("/proc/self/ns/net", "rb") as here, \
                open(f"/run/netns/{self.name}", "rb") as there:
            set_namespace(there)
            try:
                yield
            finally:
                set_namespace(here)


def set_namespace(namespace):
    """os.setns(), which Python has from 3.12 on."""
    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def station_only_radio():
    """A radio whose chip can be no more than a station; yields its interface."""
    new_radio, station, its_modes = 4, 1 << 2, 23  # by the kernel's mac80211_hwsim.h
    before = set(os.listdir("/sys/class/net"))
    family = generic_family("MAC80211_HWSIM")
    destroy_on_close = struct.pack("=HH", 4, 16)
    with generic_netlink() as netlink:
        answer = ask_netlink(netlink, family, new_radio,
                             struct.pack("=HHI", 8, its_modes, station) + destroy_on_close)
        assert answer >= 0, os.strerror(-answer)
        [interface] = wait_until(lambda: set(os.listdir("/sys/class/net")) - before, "a radio")
        yield interface


def generic_netlink():
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    netlink.bind((0, 0))
    return netlink


def generic_family(name):
    get_family, its_name, its_number = 3, 2, 1
    data = name.encode() + b"\0"
    data = struct.pack("=HH", 4 + len(data), its_name) + data + b"\0" * (-len(data) % 4)
    with generic_netlink() as netlink:
        netlink.send(struct.pack("=IHHIIBBH", 20 + len(data), 16, 1, 0, 0, get_family, 1, 0) + data)
        answer = netlink.recv(65536)[20:]
    while answer:
        size, kind = struct.unpack_from("=HH", answer)
        if kind == its_number:
            return struct.unpack_from("=H", answer, 4)[0]
        answer = answer[size + -size % 4:]
    raise AssertionError(f"there is no {name}")


def ask_netlink(netlink, family, command, attributes):
    """Returns what the kernel makes of it: an error as a negative number."""
    acknowledge = 1 | 4
    netlink.send(struct.pack("=IHHIIBBH", 20 + len(attributes), family, acknowledge, 0, 0,
                             command, 1, 0) + attributes)
    return struct.unpack_from("=i", netlink.recv(65536), 16)[0]


class AccessPoint(Place):
    """hostapd with a DHCP server behind it: 10.9.N.1/24 for radio N."""

    def __init__(self, ssid, passphrase="", *lines, channel=6, dhcp=True, raw=False, signal=None,
                 network=None, last=2):
        """With `raw`, `ssid` is hexadecimal digits; `signal` is how it is heard, in dBm; `network`
        is in place of 10.9.N, and then the addresses to have are those from .2 to `last`."""
        super().__init__()
        self.key = "ssid2" if raw else "ssid"
        self.directory = tempfile.mkdtemp(prefix="bfq-air-")
        self.ssid, self.passphrase, self.channel, self.lines = ssid, passphrase, channel, lines
        self.address = f"{network or f'10.9.{self.radio}'}.1"
        self.pool = f"2,{{0}}.{last}" if network else "20,{0}.99"
        if signal is not None:
            path = f"/sys/kernel/debug/ieee80211/phy{self.radio}/hwsim/rx_rssi"
            power = 20  # dBm, of the sender, which the kernel adds
            pathlib.Path(path).write_text(str((signal - power) % 2**64), encoding="ascii")
        self.open(*lines)
        self.run("ip", "address", "add", f"{self.address}/24", "dev", self.interface)
        if dhcp:
            self.serve()

    def open(self, *lines):
        config = [f"interface={self.interface}", "driver=nl80211", f"{self.key}={self.ssid}",
                  "hw_mode=g", "ieee80211n=1", "wmm_enabled=1", f"channel={self.channel}",
                  f"ctrl_interface={self.directory}/control", *lines]
        if self.passphrase and not any(line.startswith("wpa=") for line in lines):
            config += ["wpa=2", "wpa_key_mgmt=WPA-PSK", "rsn_pairwise=CCMP"]
        if self.passphrase and not any(line.startswith("sae_password=") for line in lines):
            config += [f"wpa_passphrase={self.passphrase}"]
        path = f"{self.directory}/hostapd.conf"
        pathlib.Path(path).write_text("\n".join(config) + "\n", encoding="utf-8")
        self.log = f"{self.directory}/hostapd.log"
        self.hostapd = self.start("hostapd", "-t", "-f", self.log, path)
        wait_until(lambda: "AP-ENABLED" in self.said(), f"the access point {self.ssid}")

    def said(self):
        with contextlib.suppress(FileNotFoundError):
            return pathlib.Path(self.log).read_text(encoding="utf-8", errors="replace")
        return ""

    def serve(self):
        net = self.address.rpartition(".")[0]
        self.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root",
                   f"--interface={self.interface}", "--bind-interfaces", "--no-ping", "--no-hosts",
                   "--no-resolv", f"--address=/peer.test/{self.address}", "--pid-file=",
                   f"--dhcp-range={net}.{self.pool.format(net)},1h",
                   f"--dhcp-leasefile={self.directory}/leases",
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        """Says good-bye and falls silent."""
        self.hostapd.terminate()
        self.hostapd.wait()

    def begin_again(self):
        self.open(*self.lines)

    def vanish(self):
        """Falls silent without a word."""
        self.run("ip", "link", "set", self.interface, "down")

    @property
    def bssid(self):
        return re.search(r"ether (\S+)", self.run("ip", "link", "show", self.interface))[1]


class Station(Place):
    """wpa_supplicant, which joins an access point, and an address by DHCP."""

    def join(self, ssid, passphrase=""):
        directory = tempfile.mkdtemp(prefix="bfq-air-")
        key = f'psk="{passphrase}"' if passphrase else "key_mgmt=NONE"
        path = f"{directory}/wpa.conf"
        pathlib.Path(path).write_text(
            f'ctrl_interface={directory}/control\np2p_disabled=1\n'
            f'network={{\nssid="{ssid}"\nscan_ssid=1\n{key}\nscan_freq=2412 2437 2462\n}}\n',
            encoding="utf-8")
        self.control = f"{directory}/control"
        self.start("wpa_supplicant", "-i", self.interface, "-D", "nl80211", "-c", path,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: "wpa_state=COMPLETED" in self.status(), f"an association with {ssid}")

    def status(self):
        return self.run("wpa_cli", "-p", self.control, "-i", self.interface, "status", check=False)

    def ask_for_address(self):
        """By busybox's client, whose script this writes the answer to the interface itself."""
        script = tempfile.mktemp(prefix="bfq-dhcp-")
        pathlib.Path(script).write_text(
            '#!/bin/sh\n'
            '[ "$1" = bound ] && ip address replace $ip/$mask dev $interface\nexit 0\n',
            encoding="ascii")
        os.chmod(script, 0o755)
        self.run("udhcpc", "-q", "-n", "-f", "-t", "10", "-T", "2", "-i", self.interface,
                 "-s", script)
        return self.address()

    def address(self):
        found = re.search(r"inet (\S+)/", self.run("ip", "-4", "address", "show", self.interface))
        return found and found[1]
