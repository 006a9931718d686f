"""The program with a real radio, in its sandbox: the release, by tests/suites/release, and the
sanitized program, by tests/suites/radio.
"""

import re
import unittest

from modules import (
    JOINED, NOTHING, PASSWORD, join, megabyte_each_way, processes, real_module, traces)
from air import PATIENCE, AccessPoint, Station
from journey import Server

NET_BIND_SERVICE, NET_ADMIN, NET_RAW = 1 << 10, 1 << 12, 1 << 13


def rights(pid):
    """Its capabilities, and whether system calls of its are filtered."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = file.read()
    return (int(re.search(r"^CapPrm:\s+(\w+)", status, re.M)[1], 16),
            re.search(r"^Seccomp:\s+(\d)", status, re.M)[1] == "2")


class Confined(unittest.TestCase):
    def test_a_station_and_a_network_of_its_own_within_the_sandbox(self):
        with AccessPoint("air-sandbox", PASSWORD, channel=11) as ap, Station() as station, \
                real_module(sandbox=True) as module, module.started_host() as host:
            with ap.inside():
                server = self.enterContext(Server("0.0.0.0"))
            held, is_filtered = rights(module.process.pid)
            self.assertTrue(is_filtered)
            self.assertEqual(held & NET_ADMIN, 0)  # NET_RAW is for pings, by this kernel
            [(_, helper)] = processes("bfq4004-radio")
            self.assertEqual(rights(helper)[0], NET_BIND_SERVICE | NET_ADMIN | NET_RAW)
            host.command("AT+CWMODE_CUR=3")
            host.command(f'AT+CWSAP_CUR="air-own","{PASSWORD}",6,3')
            self.assertEqual(join(host, "air-sandbox", PASSWORD), JOINED)
            self.assertIn(b'"air-sandbox",', host.command("AT+CWLAP"))
            module.wait_for_log("access point is open on 2462 MHz")
            station.join("air-own", PASSWORD)
            host.expect("+STA_CONNECTED:", PATIENCE)
            station.ask_for_address()
            host.expect("+DIST_STA_IP:", PATIENCE)
            host.connect(server.port, ap.address)
            with server.accept() as peer:
                megabyte_each_way(host, peer)
        self.assertEqual(traces(), NOTHING)


if __name__ == "__main__":
    unittest.main(verbosity=2)
