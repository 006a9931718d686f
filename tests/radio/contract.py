"""The contract of radios (tests/contracts/radio_contract.cpp), tried on a real one."""

import socket
import subprocess
import tempfile
import unittest

from air import PATIENCE, SILENT, AccessPoint, Station

PROGRAM = "build/test/real_radio_contract"
PASSWORD = "secret88"  # what follows here is by tests/contracts/radio_under_test.h
LOSSES = ("goes", "changes_name", "changes_password", "changes_security", "changes_channel",
          "changes_network", "goes_out_of_hearing")
CHANNEL = 1  # of its own network, too: that would move to another one, and lose its stations
NEAR, FAR = -40, -70  # dBm


class Guest(Station):
    """A station that comes to the network of the radio under test, and goes."""

    # What a supplicant says of a network that it cannot join. It may miss one that is there.
    NOT_FOUND = "CTRL-EVENT-NETWORK-NOT-FOUND"
    FAILURES = ("CTRL-EVENT-AUTH-REJECT", "CTRL-EVENT-ASSOC-REJECT",
                "CTRL-EVENT-SSID-TEMP-DISABLED")
    MISSES = 3

    def __init__(self):
        super().__init__()
        self.control = self.begin()
        self.control.ask("SCAN_INTERVAL 1")

    def comes(self, *password):
        self.control.ask("REMOVE_NETWORK all")
        self.control.ask("BSS_FLUSH 0")
        number = self.control.ask("ADD_NETWORK").strip()
        for setting in ('ssid "own"', f'psk "{" ".join(password)}"', "scan_ssid 1",
                        "scan_freq 2412"):
            self.control.ask(f"SET_NETWORK {number} {setting}")
        self.control.forget_events()
        self.control.ask(f"SELECT_NETWORK {number}")
        event, misses = self.NOT_FOUND, 0
        while event == self.NOT_FOUND and misses < self.MISSES:
            event = self.control.event("CTRL-EVENT-CONNECTED", self.NOT_FOUND, *self.FAILURES)
            misses += 1
        return event == "CTRL-EVENT-CONNECTED"

    def goes(self):
        was_in = "wpa_state=COMPLETED" in self.control.ask("STATUS")
        self.control.ask("REMOVE_NETWORK all")
        self.run("ip", "address", "flush", "dev", self.interface)
        return was_in


class Air:
    """What the contract's program asks for."""

    def __init__(self, test):
        self.home = test.enterContext(AccessPoint(
            "home", PASSWORD, channel=CHANNEL, signal=NEAR, reply_delay=1))
        test.enterContext(AccessPoint("silent", PASSWORD, *SILENT, channel=6, dhcp=False))
        self.guests = [test.enterContext(Guest()) for _ in range(3)]
        self.is_lost = False

    def does(self, what):
        """Returns the answer."""
        name, _, rest = what.partition(" ")
        return getattr(self, name)(*rest.split(" ")) if rest else getattr(self, name)()

    def begin_again(self):
        for guest in self.guests:
            guest.goes()
        return self.restore()

    def lose(self, way):
        self.is_lost = True
        way = LOSSES[int(way)]
        if way == "goes_out_of_hearing":
            self.home.vanish()
            return "yes"
        self.home.control.ask("DISABLE")
        if way == "changes_password":
            self.home.control.ask("SET wpa_passphrase another8")
        if way == "changes_channel":
            self.home.control.ask("SET channel 11")
        if way != "goes":
            self.home.enable()
        return "yes"

    def restore(self):
        self.home.be_heard(NEAR)
        if not self.is_lost:
            return "yes"
        self.is_lost = False
        self.home.run("ip", "link", "set", self.home.interface, "up")
        self.home.control.ask("DISABLE")
        self.home.control.ask(f"SET wpa_passphrase {PASSWORD}")
        self.home.control.ask(f"SET channel {CHANNEL}")
        self.home.enable()
        return "yes"

    def weaken(self):
        self.home.be_heard(FAR)
        return "yes"

    def guest(self, number, what, *rest):
        guest = self.guests[int(number)]
        if what == "mac":
            return guest.mac
        return "yes" if getattr(guest, what)(*rest) else "no"

    def address(self, mac):
        [guest] = [each for each in self.guests if each.mac == mac]
        return guest.ask_for_address(tries=1, check=False) or "none"


class Contract(unittest.TestCase):
    """What holds for the simulated radio holds here."""

    def test_of_radios(self):
        self.try_it("*/Radio.*")

    def test_of_networks_of_their_own(self):
        self.try_it("*/OwnNetwork.*-*without_power*")

    def test_without_power(self):
        self.try_it("*without_power*")

    def try_it(self, tests):
        air = Air(self)
        path = tempfile.mktemp(prefix="bfq-air-")
        door = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        door.bind(path)
        door.listen()
        door.settimeout(0.2)  # between two looks at whether the program has ended
        self.program = self.enterContext(subprocess.Popen(
            [PROGRAM, "wlan0", path, f"--gtest_filter={tests}", "--gtest_color=no"]))
        try:
            while self.program.poll() is None:
                self.serve(door, air)
        finally:
            self.program.kill()
        self.assertEqual(self.program.returncode, 0)

    def serve(self, door, air):
        """One radio after the other."""
        try:
            client, _ = door.accept()
        except TimeoutError:
            return
        client.settimeout(PATIENCE)
        with client:
            while asked := client.recv(256).decode():
                client.send(air.does(asked).encode())
