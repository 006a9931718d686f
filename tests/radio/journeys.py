"""The journeys of the virtual machine: tests/radio/vm.py runs this in it."""

import subprocess
import sys
import unittest

sys.path.insert(0, "tests/journeys")

# pylint: disable=wrong-import-position
from air import AccessPoint, Station
from journey import Module, Server


class Ground(unittest.TestCase):
    """What everything else stands on."""

    def test_the_program_runs_in_the_machine(self):
        with Server() as server, Module() as module, module.started_host() as host:
            host.join()
            host.connect(server.port)
            self.assertEqual(host.send(b"hello"), b"\r\nSEND OK\r\n")
            with server.accept() as client:
                self.assertEqual(client.recv(5), b"hello")

    def test_a_peer_joins_an_access_point_through_the_air(self):
        with AccessPoint("air-ground", "ground-88") as ap, Station() as station:
            station.join("air-ground", "ground-88")
            self.assertRegex(station.ask_for_address(), r"^10\.9\.\d+\.\d+$")
            done = station.run("busybox", "ping", "-c", "1", "-W", "20", ap.address)
            self.assertIn(" 0% packet loss", done)


if __name__ == "__main__":
    print(subprocess.run(["uname", "-r"], capture_output=True, text=True, check=True).stdout)
    unittest.main(verbosity=2)
