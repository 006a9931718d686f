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
RADIOS = 8  # wlan0 to wlan7
# An access point that never answers: it asks who may come in where nobody is to be asked.
SILENT = ("macaddr_acl=2", "own_ip_addr=127.0.0.1", "auth_server_addr=127.0.0.1",
          "auth_server_shared_secret=x")
# One that has a button to be paired by.
WITH_BUTTON = ("wps_state=2", "eap_server=1", "config_methods=virtual_push_button")


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


class Control:
    """A control socket of wpa_supplicant or hostapd. That is a file, and so the same in all
    networks."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.bind(tempfile.mktemp(prefix="bfq-control-"))
        wait_until(lambda: self.connects_to(path), path)
        self.events = []
        self.ask("ATTACH")

    def connects_to(self, path):
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            self.socket.connect(str(path))
            return True
        return False

    def ask(self, command):
        self.socket.send(command.encode())
        while (said := self.said()).startswith("<"):
            self.events.append(said)
        return said

    def said(self):
        return self.socket.recv(65536).decode("utf-8", "replace")

    def forget_events(self):
        self.events = []

    def event(self, *names):
        """The first of these to come."""
        while True:
            while self.events:
                said = self.events.pop(0).partition(">")[2]
                if found := [name for name in names if said.startswith(name)]:
                    return found[0]
            self.events.append(self.said())

    def close(self):
        path = self.socket.getsockname()
        self.socket.close()
        os.unlink(path)


def phy_of(interface):
    return pathlib.Path(f"/sys/class/net/{interface}/phy80211").resolve().name


class Place:
    """A network of its own, with a radio in it."""

    free = list(range(RADIOS - 1, 1, -1))  # the first two are the program's

    def __init__(self):
        self.radio = Place.free.pop()
        self.name = f"air{self.radio}"
        self.interface = f"wlan{self.radio}"
        self.phy = phy_of(self.interface)
        self.children = []
        run("ip", "netns", "add", self.name)
        run("iw", "phy", self.phy, "set", "netns", "name", self.name)
        self.run("ip", "link", "set", "lo", "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        self.end_children()
        # The radio comes back to where it was first.
        self.run("iw", "phy", self.phy, "set", "netns", str(os.getpid()))
        run("ip", "netns", "del", self.name)
        Place.free.append(self.radio)

    @property
    def mac(self):
        return re.search(r"ether (\S+)", self.run("ip", "link", "show", self.interface))[1]

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


def new_radio(netlink, attributes=b""):
    command = 4  # by the kernel's mac80211_hwsim.h
    answer = ask_netlink(netlink, generic_family("MAC80211_HWSIM"), command, attributes)
    assert answer >= 0, os.strerror(-answer)


def make_radios():
    """All of them, in a network that has none yet: they hear those of no other."""
    with generic_netlink() as netlink:
        for _ in range(RADIOS):
            new_radio(netlink)


@contextlib.contextmanager
def station_only_radio():
    """A radio whose chip can be no more than a station; yields its interface."""
    station, its_modes = 1 << 2, 23
    before = set(os.listdir("/sys/class/net"))
    destroy_on_close = struct.pack("=HH", 4, 16)
    with generic_netlink() as netlink:
        new_radio(netlink, struct.pack("=HHI", 8, its_modes, station) + destroy_on_close)
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
                 network=None, last=2, reply_delay=0):
        """With `raw`, `ssid` is hexadecimal digits; `signal` is how it is heard, in dBm; `network`
        is in place of 10.9.N, and then the addresses to have are those from .2 to `last`. The DHCP
        server takes `reply_delay` seconds to answer."""
        super().__init__()
        self.key = "ssid2" if raw else "ssid"
        self.directory = tempfile.mkdtemp(prefix="bfq-air-")
        self.ssid, self.passphrase, self.channel, self.lines = ssid, passphrase, channel, lines
        self.address = f"{network or f'10.9.{self.radio}'}.1"
        self.pool = f"2,{{0}}.{last}" if network else "20,{0}.99"
        if signal is not None:
            self.be_heard(signal)
        self.open(*lines)
        self.run("ip", "address", "add", f"{self.address}/24", "dev", self.interface)
        if dhcp:
            self.serve(reply_delay)

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
        self.control = Control(f"{self.directory}/control/{self.interface}")

    def said(self):
        with contextlib.suppress(FileNotFoundError):
            return pathlib.Path(self.log).read_text(encoding="utf-8", errors="replace")
        return ""

    def serve(self, reply_delay):
        net = self.address.rpartition(".")[0]
        self.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root",
                   f"--interface={self.interface}", "--bind-interfaces", "--no-ping", "--no-hosts",
                   "--no-resolv", f"--address=/peer.test/{self.address}", "--pid-file=",
                   f"--dhcp-range={net}.{self.pool.format(net)},1h",
                   f"--dhcp-leasefile={self.directory}/leases",
                   f"--dhcp-reply-delay={reply_delay}",
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

    def enable(self):
        """After a DISABLE."""
        self.control.forget_events()
        self.control.ask("ENABLE")
        self.control.event("AP-ENABLED")

    def press_button(self):
        assert self.control.ask("WPS_PBC").startswith("OK")

    def be_heard(self, signal):
        path = f"/sys/kernel/debug/ieee80211/{self.phy}/hwsim/rx_rssi"
        power = 20  # dBm, of the sender, which the kernel adds
        pathlib.Path(path).write_text(str((signal - power) % 2**64), encoding="ascii")

    @property
    def bssid(self):
        return self.mac


class Station(Place):
    """wpa_supplicant, which joins an access point, and an address by DHCP."""

    def begin(self, networks=""):
        """Starts wpa_supplicant, and returns what controls it."""
        directory = tempfile.mkdtemp(prefix="bfq-air-")
        path = f"{directory}/wpa.conf"
        pathlib.Path(path).write_text(
            f"ctrl_interface={directory}/control\np2p_disabled=1\n{networks}", encoding="utf-8")
        self.start("wpa_supplicant", "-i", self.interface, "-D", "nl80211", "-c", path,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return Control(f"{directory}/control/{self.interface}")

    def join(self, ssid, passphrase=""):
        key = f'psk="{passphrase}"' if passphrase else "key_mgmt=NONE"
        self.control = self.begin(
            f'network={{\nssid="{ssid}"\nscan_ssid=1\n{key}\nscan_freq=2412 2437 2462\n}}\n')
        wait_until(lambda: "wpa_state=COMPLETED" in self.status(), f"an association with {ssid}")

    def status(self):
        return self.control.ask("STATUS")

    def ask_for_address(self, tries=10, check=True):
        """By busybox's client, whose script this writes the answer to the interface itself."""
        script = tempfile.mktemp(prefix="bfq-dhcp-")
        pathlib.Path(script).write_text(
            '#!/bin/sh\n'
            '[ "$1" = bound ] && ip address replace $ip/$mask dev $interface\nexit 0\n',
            encoding="ascii")
        os.chmod(script, 0o755)
        self.run("udhcpc", "-q", "-n", "-f", "-t", str(tries), "-T", "2", "-i", self.interface,
                 "-s", script, check=check)
        return self.address()

    def address(self):
        found = re.search(r"inet (\S+)/", self.run("ip", "-4", "address", "show", self.interface))
        return found and found[1]
