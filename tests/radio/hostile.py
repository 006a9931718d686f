"""What a board may do to the program: things that are missing, blocked, or that hang."""

import hashlib
import os
import pathlib
import re
import signal
import subprocess
import unittest

from modules import JOINED, NOTHING, PASSWORD, join, processes, real_module, traces
from air import PATIENCE, AccessPoint, run, station_only_radio, wait_until
from journey import PROGRAM, run_program


class rfkill:  # pylint: disable=invalid-name
    """The radio of wlan0 is switched off within."""

    def __init__(self):
        [self.switch] = pathlib.Path("/sys/class/net/wlan0/phy80211").glob("rfkill*")

    def __enter__(self):
        (self.switch / "soft").write_text("1", encoding="ascii")

    def __exit__(self, *_):
        (self.switch / "soft").write_text("0", encoding="ascii")


def doctor(*arguments):
    """Its status, and what it says is missing."""
    status, told, _ = run_program("doctor", *arguments)
    return status, re.findall(r"^missing (.+?): ", told, re.M), told


class Hostile(unittest.TestCase):
    def test_a_supplicant_that_hangs_is_started_again(self):
        with AccessPoint("air-hang", PASSWORD), real_module() as module, \
                module.started_host() as host:
            self.assertEqual(join(host, "air-hang", PASSWORD), JOINED)
            [(_, pid)] = processes("wpa_supplicant")
            os.kill(pid, signal.SIGSTOP)
            host.type("AT+CWLAP\r\n")
            host.expect("WIFI DISCONNECT\r\n", PATIENCE)
            self.assertIn(b'"air-hang",', host.expect("OK\r\n"))
            self.assertIn("wpa_supplicant does not answer", module.log())
            host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n", PATIENCE)
            self.assertEqual(len(processes("wpa_supplicant")), 1)
        self.assertEqual(traces(), NOTHING)

    def test_passwords_of_64_characters(self):
        key = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), b"air-key", 4096, 32).hex()
        with AccessPoint("air-key", PASSWORD), real_module() as module, \
                module.started_host() as host:
            self.assertEqual(join(host, "air-key", "g" + key[1:]),
                             b"+CWJAP_CUR:2\r\n\r\nFAIL\r\n")
            self.assertEqual(join(host, "air-key", key), JOINED)

    def test_a_radio_that_is_switched_off_and_on_again(self):
        with AccessPoint("air-switch", PASSWORD), real_module() as module, \
                module.started_host() as host:
            self.assertEqual(join(host, "air-switch", PASSWORD), JOINED)
            with rfkill():
                host.expect("WIFI DISCONNECT\r\n", PATIENCE)
                self.assertEqual(host.command("AT+CWLAP"), b"\r\nERROR\r\n")
                self.assertIn("the driver does not scan", module.log())
                self.assertEqual(join(host, "air-switch", PASSWORD),
                                 b"+CWJAP_CUR:1\r\n\r\nFAIL\r\n")
                status, missing, _ = doctor("--radio", "wifi:wlan0")
                self.assertEqual(status, 1)
                self.assertIn("no rfkill switch blocks it", missing)
            self.assertEqual(join(host, "air-switch", PASSWORD), JOINED)

    def test_what_cannot_be_used_is_said(self):
        for radio, why in (("wifi:wlan77", "there is no interface wlan77"),
                           ("wifi:dummy0", "dummy0 is not a Wi-Fi interface"),
                           ("wifi:", "after wifi: comes an interface"),
                           ("wifi:wlan0,ctrl=here", "after the interface comes ,ctrl=DIRECTORY"),
                           ("air", "expected wifi:INTERFACE")):
            with self.subTest(radio):
                status, _, said = run_program("run", "--radio", radio)
                self.assertNotEqual(status, 0)
                self.assertIn(why, said)
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "run",
             "--radio", "wifi:wlan0", "--state", "none", "--control", "none"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a radio needs the capabilities CAP_NET_ADMIN and CAP_NET_RAW", done.stderr)
        self.assertEqual(traces(), NOTHING)

    def test_a_chip_that_cannot_be_an_access_point(self):
        with station_only_radio() as interface, AccessPoint("air-alone", PASSWORD), \
                real_module(interface=interface) as module, module.started_host() as host:
            host.command("AT+CWMODE_CUR=3")
            module.wait_for_log("the chip cannot be an access point")
            module.wait_for_log("there is no access point")
            self.assertEqual(join(host, "air-alone", PASSWORD), JOINED)
            _, missing, _ = doctor("--radio", f"wifi:{interface}")
            self.assertIn("its chip can be an access point beside that", missing)

    def test_the_doctor(self):
        status, missing, told = doctor("--radio", "wifi:wlan0",
                                       "--serial", "tty:/dev/ttyS1,115200")
        # No time server was ever heard of in this machine; all else is as it has to be.
        self.assertEqual((status, missing), (1, ["the clock is set by NTP"]), told)
        _, missing, _ = doctor("--radio", "wifi:wlan77", "--serial", "tty:/dev/ttyS77")
        self.assertIn("there is an interface wlan77", missing)
        self.assertIn("the serial port /dev/ttyS77 opens", missing)
        _, missing, _ = doctor("--radio", "wifi:dummy0")
        self.assertIn("dummy0 is a Wi-Fi interface", missing)


class Country(unittest.TestCase):
    """The rules of a country, which hold for the whole machine, and go with the program."""

    @staticmethod
    def now():
        return re.search(r"^global\ncountry (\w\w)", run("iw", "reg", "get"))[1]

    def test_it_holds_until_the_end(self):
        before = self.now()
        with real_module() as module, module.started_host() as host:
            for policy, country, rules in ((1, "DE", "DE"), (0, "CN", before), (1, "JP", "JP")):
                host.command(f'AT+CWCOUNTRY_CUR={policy},"{country}",1,13')
                wait_until(lambda rules=rules: self.now() == rules, rules)
            host.command("AT+RST", "ready\r\n")
            wait_until(lambda: self.now() == before, before)
            host.command('AT+CWCOUNTRY_CUR=1,"US",1,11')
            wait_until(lambda: self.now() == "US", "US")
        wait_until(lambda: self.now() == before, before)
