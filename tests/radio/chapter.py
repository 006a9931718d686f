"""Plays transcripts of the Wi-Fi chapter with a real radio, in an air like the simulated one."""

import contextlib
import pathlib
import re
import time
import unittest

from modules import JOINED, join, real_module
from air import SILENT, AccessPoint, run, wait_until
from script import busy_bursts, read

FOLDER = pathlib.Path("tests/transcripts")
# All that say nothing of an air that changes, or of far hosts: journeys.py has such of its own.
PLAYED = ("cifsr", "cipap", "cipsta", "cipdns_arguments", "cwdhcp", "cwdhcps", "cwjap_cur",
          "cwjap_cur_failures", "cwjap_cur_open", "cwjap_def_failures", "cwlap_filters",
          "cwmode_cur", "cwsap", "ping_arguments")
CORP = ("ieee8021x=1", "wpa=2", "wpa_key_mgmt=WPA-EAP", "rsn_pairwise=CCMP",
        "own_ip_addr=127.0.0.1", "auth_server_addr=127.0.0.1", "auth_server_shared_secret=x")
LONGEST = 20.0  # seconds, of a command: a join is given up on after 15
# What a real radio says in place of what stands in a transcript, by file and line, and why.
BY_TKIP = rb"\+CWLAP:\(4,\"BFQ-WPA\",-71,\"02:bf:44:00:00:04\",3,0,0,5,3,7,0\)\r\n\r\nOK\r\n"
DIFFERENCES = {
    # The key of the group is for the weaker cipher, as every station has to read it.
    ("cwlap_filters", 3): BY_TKIP,
    ("cwlap_filters", 12): BY_TKIP,
    ("cwlap_filters", 17): BY_TKIP,
}
# An address that is set or asked for anew is there a moment later, not at once.
LATER = re.compile(rb"AT\+CIPSTA(_CUR)?\?\r\n")


def access_points():
    """Those of the simulated air."""
    def mac(number):
        return f"bssid=02:bf:44:00:00:0{number}"

    yield AccessPoint("BFQ-LAB", "bfq4004-lab", mac(1), channel=6, signal=-42, network="10.44.1")
    yield AccessPoint("BFQ-OPEN", "", mac(2), channel=1, signal=-58, network="10.44.2", last=3)
    yield AccessPoint("BFQ-HIDDEN", "hidden-lab-4004", mac(3), "ignore_broadcast_ssid=1",
                      channel=11, signal=-63, network="10.44.3")
    yield AccessPoint("BFQ-WPA", "legacy-lab-4004", mac(4), "wpa=3", "wpa_key_mgmt=WPA-PSK",
                      "wpa_pairwise=TKIP CCMP", "rsn_pairwise=TKIP CCMP", channel=3, signal=-71,
                      network="10.44.4")
    yield AccessPoint("BFQ-SILENT", "silent-lab-4004", mac(6), *SILENT, channel=4, signal=-77,
                      dhcp=False)
    yield AccessPoint("BFQ-CORP", "", mac(5), *CORP, channel=9, signal=-66, network="10.44.5")


def exchanges(steps):
    """What is typed, and what is expected of that, as a pattern; with the line."""
    found = []
    for step in steps:
        if step.kind == "type":
            found.append((step.number, step.data, b""))
        elif step.kind == "expect":
            number, typed, expected = found.pop()
            pattern = re.escape(step.data)
            if step.masked:
                pattern = pattern.replace(rb"\{number\}", rb"\d+")
            found.append((number, typed, expected + pattern))
        elif step.kind == "act" and step.words[0] != "personality":
            raise ValueError(f"line {step.number}: {step.words} cannot be played")
    return found


class Chapter(unittest.TestCase):
    """The words are those of the simulated radio."""

    @classmethod
    def setUpClass(cls):
        for access_point in access_points():
            cls.enterClassContext(access_point)
        # As the module of a transcript has it.
        before = re.search(r"ether (\S+)", run("ip", "link", "show", "wlan0"))[1]
        run("ip", "link", "set", "wlan0", "address", "02:bf:40:04:00:01")
        cls.addClassCleanup(run, "ip", "link", "set", "wlan0", "address", before)

    def test_transcripts_beside_a_module_that_rests(self):
        with self.resting(), real_module() as module, module.started_host() as host:
            for name in PLAYED:
                begun = time.monotonic()
                with self.subTest(name):
                    host.type("AT+RESTORE\r\n")
                    host.expect("\r\nready\r\n")
                    host.command("ATE0")
                    self.play(name, host)
                print(f"    {name}: {time.monotonic() - begun:.1f} s", flush=True)

    @contextlib.contextmanager
    def resting(self):
        """Meanwhile another module is joined, for a minute at least, and wakes up twice at most in
        each."""
        minute = 60.0
        with real_module("--module-base", "1", interface="wlan1") as module, \
                module.started_host() as host:
            self.assertEqual(join(host, "BFQ-OPEN"), JOINED)
            module.wait_until_it_rests()
            begun, before = time.monotonic(), module.status("voluntary_ctxt_switches")
            yield
            time.sleep(max(0.0, begun + minute - time.monotonic()))  # that is what is measured
            passed = time.monotonic() - begun
            woken = module.status("voluntary_ctxt_switches") - before
            self.assertLessEqual(woken, 2 * passed / minute)

    def play(self, name, host):
        steps = busy_bursts(read((FOLDER / f"{name}.at").read_text("latin-1")))
        for line, typed, pattern in exchanges(steps):
            pattern = DIFFERENCES.get((name, line), pattern)
            if LATER.match(typed):
                wait_until(lambda typed=typed, pattern=pattern: re.fullmatch(
                    pattern, self.answer(host, typed, rb"(?s:.*)OK\r\n")), f"{name} {line}")
                continue
            got = self.answer(host, typed, pattern)
            self.assertRegex(got, rb"\A(?:" + pattern + rb")\Z", f"line {line}: {typed!r}")

    @staticmethod
    def answer(host, typed, pattern):
        """What comes of it, until it is what was expected or is long in coming."""
        host.type(typed)
        deadline = time.monotonic() + LONGEST
        with contextlib.suppress(AssertionError):
            while not re.fullmatch(pattern, host.seen):
                host.more(deadline)
        return host.take(len(host.seen))
