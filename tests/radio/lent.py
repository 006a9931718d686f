"""A wpa_supplicant of the machine, which the module has the use of for a while."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

from air import PATIENCE, AccessPoint, Station, run, wait_until
from modules import JOINED, NOTHING, PASSWORD, join, processes, real_module, traces

CONFIGURATION = f"""ctrl_interface=%s
p2p_disabled=1
network={{
ssid="air-theirs"
psk="{PASSWORD}"
scan_freq=2437
}}
network={{
ssid="air-asleep"
psk="{PASSWORD}"
disabled=1
}}
"""


class Lent(unittest.TestCase):
    def setUp(self):
        self.ap = self.enterContext(AccessPoint("air-theirs", PASSWORD))
        self.other = self.enterContext(AccessPoint("air-ours", PASSWORD, channel=1))
        self.control = tempfile.mkdtemp(prefix="bfq-lent-")
        path = pathlib.Path(self.control, "configuration")
        path.write_text(CONFIGURATION % self.control, encoding="ascii")
        self.machine = subprocess.Popen(
            ["wpa_supplicant", "-i", "wlan0", "-D", "nl80211", "-c", path],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end_of_it)
        self.wait_until_it_is_at_home()

    def end_of_it(self):
        self.machine.terminate()
        self.machine.wait()
        run("ip", "link", "set", "wlan0", "down")
        self.assertEqual(traces(), NOTHING)

    def ask(self, *what):
        return run("wpa_cli", "-p", self.control, "-i", "wlan0", *what, check=False)

    def wait_until_it_is_at_home(self):
        wait_until(lambda: re.search("^wpa_state=COMPLETED$", self.ask("status"), re.M)
                   and "\nssid=air-theirs\n" in self.ask("status"), "the machine to be joined")

    def networks(self):
        return re.findall(r"^(\d+)\t(\S+)\tany\t(?:\[CURRENT\])?(\S*)$",
                          self.ask("list_networks"), re.M)

    def module(self):
        return real_module(interface=f"wlan0,ctrl={self.control}")

    def test_it_has_back_what_it_had(self):
        before = self.networks()
        self.assertEqual(before, [("0", "air-theirs", ""), ("1", "air-asleep", "[DISABLED]")])
        with Station() as station, self.module() as module, module.started_host() as host:
            self.assertEqual(join(host, "air-ours", PASSWORD), JOINED)
            self.assertEqual(len(self.networks()), 2)  # and ours, which names its access point
            self.assertRegex(host.command(f'AT+PING="{self.other.address}"'), rb"\+\d+\r\n\r\nOK")
            # A network of its own is that of another wpa_supplicant, which is ours.
            host.command("AT+CWMODE_CUR=3")
            host.command(f'AT+CWSAP_CUR="air-own","{PASSWORD}",1,3')
            station.join("air-own", PASSWORD)
            host.expect("+STA_CONNECTED:", PATIENCE)
        self.assertEqual(self.networks(), before)
        self.wait_until_it_is_at_home()
        self.assertEqual(processes("wpa_supplicant"), [("wpa_supplicant", self.machine.pid)])

    def test_it_has_it_back_where_the_process_with_its_rights_is_killed(self):
        before = self.networks()
        with self.module() as module, module.started_host() as host:
            self.assertEqual(join(host, "air-ours", PASSWORD), JOINED)
            [(_, helper)] = processes("bfq4004-radio")
            os.kill(helper, signal.SIGKILL)
            host.expect("WIFI DISCONNECT\r\n", PATIENCE)
            module.wait_for_log("the radio's process is gone")
            wait_until(lambda: not processes("bfq4004-keeper"), "the last of them to end")
            self.assertEqual(self.networks(), before)
            self.wait_until_it_is_at_home()

    def test_it_has_it_back_from_one_that_is_killed(self):
        before = self.networks()
        module = self.module()
        module.read_banner()
        with module.started_host() as host:
            self.assertEqual(join(host, "air-ours", PASSWORD), JOINED)
            module.process.kill()
            module.process.wait()
            module.process.stdout.close()
        wait_until(lambda: not processes("bfq4004-radio"), "the helper to end")
        self.assertEqual(self.networks(), before)
        self.wait_until_it_is_at_home()
