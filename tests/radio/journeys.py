"""The journeys of the virtual machine: tests/radio/vm.py runs this in it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import tty
import unittest

import shares
from air import PATIENCE, WITH_BUTTON, AccessPoint, Place, Station, run, wait_until
from modules import (
    JOINED, NOTHING, PASSWORD, join, megabyte_each_way, own_address, processes, real_module, traces)
from chapter import Chapter
from confined import Confined
from contract import Contract
from hostile import Country, Hostile  # they are run with those of this file
from lent import Lent
from journey import Host, Module, Server, receive


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
        with AccessPoint("air-ground", PASSWORD) as ap, Station() as station:
            station.join("air-ground", PASSWORD)
            self.assertRegex(station.ask_for_address(), r"^10\.9\.\d+\.\d+$")
            done = station.run("busybox", "ping", "-c", "1", "-W", "20", ap.address)
            self.assertIn(" 0% packet loss", done)


class Joining(unittest.TestCase):
    """Of networks with each kind of protection."""

    def test_each_protection_and_each_failure(self):
        sae = ("wpa=2", "wpa_key_mgmt=SAE", "rsn_pairwise=CCMP", "ieee80211w=2",
               f"sae_password={PASSWORD}")
        with AccessPoint("air-two", PASSWORD) as two, AccessPoint("air-open", channel=1) as free, \
                AccessPoint("air-three", PASSWORD, *sae, channel=11) as three, \
                real_module() as module, module.started_host() as host:
            for ap, password in ((two, PASSWORD), (free, ""), (three, PASSWORD)):
                with self.subTest(ap.ssid):
                    self.assertEqual(join(host, ap.ssid, password), JOINED)
                    self.assertTrue(own_address(host).startswith(ap.address[:-1]))
                    self.assertIn(f'"{ap.ssid}","{ap.bssid}",{ap.channel},-'.encode(),
                                  host.command("AT+CWJAP_CUR?"))
                    self.assertEqual(host.command("AT+CWQAP"), b"\r\nOK\r\n")
                    host.expect("WIFI DISCONNECT\r\n")
            for ssid, password, failure in (("air-two", "not-this-88", 2),
                                            ("air-three", "not-this-88", 2),
                                            ("air-two", "short", 2), ("air-none", PASSWORD, 3)):
                with self.subTest(f"{ssid} {password}"):
                    self.assertEqual(join(host, ssid, password),
                                     f"+CWJAP_CUR:{failure}\r\n\r\nFAIL\r\n".encode())
            listed = host.command("AT+CWLAP")
            for security, ap in ((3, two), (0, free), (3, three)):
                line = rf'\+CWLAP:\({security},"{ap.ssid}",-\d+,"{ap.bssid}",{ap.channel},'
                self.assertRegex(listed.decode(), line)
        self.assertEqual(traces(), NOTHING)


    def test_an_access_point_whose_button_is_pressed(self):
        with AccessPoint("air-button", PASSWORD, *WITH_BUTTON) as ap, \
                AccessPoint("air-other", PASSWORD, *WITH_BUTTON, channel=1) as other, \
                real_module() as module, module.started_host() as host:
            self.assertRegex(host.command("AT+CWLAP"), rb'"air-button",.*,1\)\r\n')
            self.assertEqual(host.command("AT+WPS=1"), b"\r\nOK\r\n")
            ap.press_button()
            host.expect("wps success,connecting ap ...\r\n", PATIENCE)
            host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n", PATIENCE)
            self.assertIn(b'"air-button"', host.command("AT+CWJAP_CUR?"))
            # Of two buttons, neither may be meant.
            ap.press_button()
            other.press_button()
            self.assertEqual(host.command("AT+WPS=1"), b"\r\nOK\r\n")
            host.expect("WIFI DISCONNECT\r\n")
            host.expect("wps fail\r\n", PATIENCE)
            # One that is not waited for any longer.
            self.assertEqual(host.command("AT+WPS=1"), b"\r\nOK\r\n")
            self.assertEqual(host.command("AT+WPS=0"), b"\r\nOK\r\n")
            self.assertEqual(join(host, "air-other", PASSWORD), JOINED)
        self.assertEqual(traces(), NOTHING)

    def test_a_hidden_network_whose_name_is_any_bytes(self):
        name = "a\\,b c".encode() + bytes(range(0x80, 0x9a))
        with AccessPoint(name.hex(), PASSWORD, "ignore_broadcast_ssid=1", raw=True), \
                real_module() as module, module.started_host() as host:
            host.type(b'AT+CWJAP_CUR="' + name.replace(b"\\", b"\\\\").replace(b",", b"\\,") +
                      f'","{PASSWORD}"\r\n'.encode())
            host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n", PATIENCE)


class Joined(unittest.TestCase):
    """What a module does on a real network."""

    @classmethod
    def setUpClass(cls):
        cls.ap = cls.enterClassContext(AccessPoint("air-home", PASSWORD))
        with cls.ap.inside():
            cls.server = cls.enterClassContext(Server("0.0.0.0"))

    def setUp(self):
        self.module = self.enterContext(real_module())
        self.host = self.enterContext(self.module.started_host())
        self.assertEqual(join(self.host, "air-home", PASSWORD), JOINED)

    def connect(self):
        self.host.connect(self.server.port, self.ap.address)
        return self.enterContext(self.server.accept())

    def test_a_megabyte_each_way(self):
        megabyte_each_way(self.host, self.connect())

    def test_names_pings_and_datagrams(self):
        self.assertEqual(self.host.command('AT+CIPDOMAIN="peer.test"'),
                         f"+CIPDOMAIN:{self.ap.address}\r\n\r\nOK\r\n".encode())
        self.assertRegex(self.host.command(f'AT+PING="{self.ap.address}"'), rb"^\+\d+\r\n\r\nOK")
        self.assertIn(b"DNS Fail", self.host.command('AT+CIPDOMAIN="host.bfq.internal"'))
        with self.ap.inside():
            peer = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            peer.bind(("0.0.0.0", 4004))
        peer.settimeout(PATIENCE)
        self.host.command(f'AT+CIPSTART="UDP","{self.ap.address}",4004,333', "OK\r\n")
        self.assertEqual(self.host.send(b"ask"), b"\r\nSEND OK\r\n")
        data, module = peer.recvfrom(100)
        self.assertEqual((data, module), (b"ask", (own_address(self.host), 333)))
        peer.sendto(b"answer", module)
        self.assertEqual(self.host.received(), b"answer")

    def test_another_station_of_its_network(self):
        with Station() as station:
            station.join("air-home", PASSWORD)
            there, here = station.ask_for_address(), own_address(self.host)
            self.host.command("AT+CIPMUX=1")
            self.host.command("AT+CIPSERVER=1")
            self.host.command(f'AT+CIPSTART=4,"UDP","{there}",4004,333', "OK\r\n")
            with station.inside():
                peer = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                peer.bind(("0.0.0.0", 4004))
                client = self.enterContext(socket.create_connection((here, 333), PATIENCE))
            self.host.expect("0,CONNECT\r\n", PATIENCE)
            client.sendall(b"page")
            self.assertEqual(self.host.next_event(PATIENCE), (0, b"page"))
            peer.settimeout(PATIENCE)
            peer.sendto(b"ask", (here, 333))
            self.assertEqual(self.host.next_event(PATIENCE), (4, b"ask"))
            self.host.command("AT+CIPSEND=4,6", "> ")
            self.host.type(b"answer")
            self.assertEqual(peer.recvfrom(100), (b"answer", (here, 333)))

    def test_routes_of_the_machine_stay_as_they_are(self):
        # One interface of the machine is on a network of the same numbers, and its way out.
        run("ip", "link", "add", "cable", "type", "dummy")
        self.addCleanup(run, "ip", "link", "del", "cable")
        run("ip", "address", "add", self.ap.address.rpartition(".")[0] + ".77/24", "dev", "cable")
        run("ip", "link", "set", "cable", "up")
        run("ip", "route", "add", "default", "dev", "cable")
        before = run("ip", "route"), run("ip", "route", "get", "198.51.100.1")
        self.assertEqual(self.host.command("AT+CWQAP"), b"\r\nOK\r\n")
        self.host.expect("WIFI DISCONNECT\r\n", PATIENCE)
        self.assertEqual(join(self.host, "air-home", PASSWORD), JOINED)
        self.assertEqual((run("ip", "route"), run("ip", "route", "get", "198.51.100.1")), before)
        self.connect()

    def test_who_is_on_its_network_gets_in_and_nobody_else_does(self):
        self.host.command("AT+CIPMUX=1")
        self.host.command("AT+CIPSERVER=1")
        address = own_address(self.host)
        # The kernel takes the machine's own connection, and the module, which hears nothing of it,
        # ends it at once.
        with contextlib.suppress(ConnectionResetError), \
                socket.create_connection((address, 333), PATIENCE) as machine:
            self.assertEqual(machine.recv(1), b"")
        with self.ap.inside():
            peer = socket.create_connection((address, 333), PATIENCE)
        with peer:
            self.host.expect("0,CONNECT\r\n")
            peer.sendall(b"page")
            self.assertEqual(self.host.next_event(PATIENCE), (0, b"page"))
        self.host.expect("0,CLOSED\r\n")

    def test_it_does_not_reach_the_machine_that_it_runs_in(self):
        with Server("0.0.0.0") as inside:
            for address in ("127.0.0.1", "127.64.0.1", own_address(self.host)):
                answer = self.host.command(f'AT+CIPSTART="TCP","{address}",{inside.port}',
                                           "CLOSED\r\n")
                self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n")

    def test_an_access_point_that_goes_and_comes_back(self):
        peer = self.connect()
        self.ap.stop()
        self.host.expect("WIFI DISCONNECT\r\nCLOSED\r\n", PATIENCE)
        self.ap.begin_again()
        self.host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n", PATIENCE)
        peer.close()
        self.connect()

    def test_its_own_programs_come_back(self):
        for name, loses in (("wpa_supplicant", True), ("udhcpc", False)):
            with self.subTest(name):
                [(_, pid)] = processes(name)
                os.kill(pid, signal.SIGKILL)
                if loses:
                    self.host.expect("WIFI DISCONNECT\r\n", PATIENCE)
                    self.host.expect("WIFI GOT IP\r\n", PATIENCE)
                wait_until(lambda name=name, pid=pid: [p for _, p in processes(name) if p != pid],
                           f"another {name}")
        self.connect()


class Start(unittest.TestCase):
    """What is asked of a module whose wpa_supplicant is not there yet."""

    def setUp(self):
        """In place of wpa_supplicant: one that waits to be let go before it becomes that."""
        program, real, waits = "/usr/sbin/wpa_supplicant", "/tmp/supplicant", "/tmp/waits"
        self.door = "/tmp/supplicant-door"
        os.mkfifo(self.door)
        shutil.copy(program, real)
        with open(waits, "w", encoding="ascii") as script:
            script.write(f'#!/bin/sh\nread word < {self.door}\nexec {real} "$@"\n')
        os.chmod(waits, 0o755)
        run("mount", "--bind", waits, program)  # which the other shares do not see
        self.addCleanup(os.unlink, self.door)
        self.addCleanup(run, "umount", program)

    def let_go(self):
        with open(self.door, "w", encoding="ascii") as door:
            door.write("go\n")

    def test_what_is_asked_before_it_waits_for_it(self):
        with AccessPoint("air-early", PASSWORD), real_module() as module, \
                module.started_host() as host:
            host.type(f'AT+CWJAP_CUR="air-early","{PASSWORD}"\r\n')
            host.expect("\r\r\n")
            self.assertEqual(host.command("AT", "\r\n"), b"busy p...\r\n")
            self.let_go()
            self.assertEqual(host.answer(), JOINED)
            # The same with a scan, and one that dies before it has answered anything.
            [(_, pid)] = processes("supplicant")
            os.kill(pid, signal.SIGKILL)
            host.expect("WIFI DISCONNECT\r\n", PATIENCE)
            host.type("AT+CWLAP\r\n")
            host.expect("\r\r\n")
            [(_, pid)] = wait_until(lambda: processes("wpa_supplicant"), "another one")
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: [p for _, p in processes("wpa_supplicant") if p != pid], "a third")
            self.let_go()
            self.assertIn(b'"air-early",', host.expect("OK\r\n"))
            host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n", PATIENCE)
        self.assertEqual(traces(), NOTHING)


class Silence(unittest.TestCase):
    """An access point that falls silent without a word."""

    def test_the_silence_of_an_access_point_is_a_loss(self):
        with AccessPoint("air-lost", PASSWORD) as ap, real_module() as module, \
                module.started_host() as host:
            self.assertEqual(join(host, "air-lost", PASSWORD), JOINED)
            ap.vanish()
            host.expect("WIFI DISCONNECT\r\n", PATIENCE)


class Control(unittest.TestCase):
    """What is of the simulated air alone is refused; the rest works."""

    def test_what_a_real_radio_has_and_has_not(self):
        path = "/tmp/bfq-radio-control"
        with real_module(control=f"unix:{path}") as module, module.started_host(), \
                socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(path)
            lines = client.makefile("rb")

            def ask(command, **arguments):
                client.sendall(json.dumps({"id": 1, "command": command,
                                           "arguments": arguments}).encode() + b"\n")
                while "event" in (line := json.loads(lines.readline())):
                    pass
                return line

            for command, arguments, error in (
                    ("world.show", {}, "not_with_this_radio"),
                    ("ap.add", {"ssid": "other"}, "not_with_this_radio"),
                    ("station.join", {"ssid": "other"}, "not_with_this_radio"),
                    ("module.move", {"to": [0, 0]}, "not_with_this_radio"),
                    ("fault.arm", {"fault": "ap-down"}, "not_with_this_radio"),
                    ("fault.arm", {"fault": "rssi", "rssi": -80}, "not_with_this_radio"),
                    ("fault.arm", {"fault": "dns-fail"}, None),
                    ("status", {}, None), ("reset", {}, None)):
                with self.subTest(command):
                    self.assertEqual(ask(command, **arguments).get("error", {}).get("code"), error)
            lines.close()


class End(unittest.TestCase):
    """However the program ends, nothing of it is left."""

    def test_a_program_that_is_killed_leaves_nothing(self):
        with AccessPoint("air-end", PASSWORD):
            module = real_module()
            module.read_banner()
            with module.started_host() as host:
                self.assertEqual(join(host, "air-end", PASSWORD), JOINED)
                self.assertNotEqual(traces(), NOTHING)
                module.process.kill()
                module.process.wait()
                module.process.stdout.close()
            wait_until(lambda: traces() == NOTHING, "nothing to be left")

    def test_a_radio_s_process_that_is_killed_leaves_nothing(self):
        with AccessPoint("air-end", PASSWORD, channel=11), real_module() as module, \
                module.started_host() as host:
            host.command("AT+CWMODE_CUR=3")
            self.assertEqual(join(host, "air-end", PASSWORD), JOINED)
            module.wait_for_log("access point is open on 2462 MHz")
            [(_, helper)] = processes("bfq4004-radio")
            os.kill(helper, signal.SIGKILL)
            host.expect("WIFI DISCONNECT\r\n", PATIENCE)
            program = [("bfq4004", module.process.pid)]
            wait_until(lambda: traces() == NOTHING | {"processes": program}, "nothing to be left")
            self.assertEqual(join(host, "air-end", PASSWORD), b"+CWJAP_CUR:1\r\n\r\nFAIL\r\n")


class Doors(unittest.TestCase):
    """The module as a board has it: at a UART, as a service."""

    def test_at_a_16550_as_a_user_with_three_capabilities(self):
        rights = "+net_admin,+net_raw,+net_bind_service"
        through = ("setpriv", "--reuid=65534", "--regid=65534", "--groups=20,65534",
                   f"--bounding-set=-all,{rights}", f"--inh-caps=-all,{rights}",
                   f"--ambient-caps=-all,{rights}", "--no-new-privs")
        for device in ("/dev/ttyS1", "/dev/ttyS2"):
            os.chown(device, 0, 20)
            os.chmod(device, 0o660)
        with AccessPoint("air-uart", PASSWORD) as ap:
            self.serve_page(ap)
            module = real_module(serial=["tty:/dev/ttyS1,115200,crtscts"], through=through)
            with module, self.uart("/dev/ttyS2") as host:
                module.wait_for_log("bfq0 is ready")
                self.first_session(host, ap.address)
        self.assertEqual(traces(), NOTHING)

    @staticmethod
    def serve_page(ap):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bfq-page-"))
        (folder / "index.html").write_text("Hello from this machine.\n", encoding="ascii")
        ap.start(sys.executable, "-u", "-m", "http.server", "8000", "--directory", folder,
                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def answers():
            with contextlib.suppress(ConnectionRefusedError), ap.inside():
                socket.create_connection((ap.address, 8000)).close()
                return True
            return False
        wait_until(answers, "the page")

    def first_session(self, host, server):
        """That of the README, but for names and addresses."""
        self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
        self.assertEqual(join(host, "air-uart", PASSWORD), JOINED)
        self.assertTrue(own_address(host).startswith(server.rpartition(".")[0]))
        self.assertEqual(host.command(f'AT+CIPSTART="TCP","{server}",8000'),
                         b"CONNECT\r\n\r\nOK\r\n")
        self.assertEqual(host.send(b"GET / HTTP/1.0\r\n\r\n"), b"\r\nSEND OK\r\n")
        host.expect(":HTTP/1.0 200 OK\r\n", PATIENCE)
        host.expect("Hello from this machine.\nCLOSED\r\n", PATIENCE)
        self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:4\r\n\r\nOK\r\n")

    @staticmethod
    def uart(device):
        descriptor = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(descriptor)
        settings = termios.tcgetattr(descriptor)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
        return Host(descriptor)


class SoftAp(unittest.TestCase):
    """The module's own network."""

    def test_a_client_gets_an_address_and_fetches_a_page(self):
        with Station() as station, real_module() as module, module.started_host() as host:
            host.command("AT+CWMODE_CUR=2")
            host.command(f'AT+CWSAP_CUR="air-own","{PASSWORD}",6,3')
            host.command("AT+CIPMUX=1")
            host.command("AT+CIPSERVER=1,80")
            station.join("air-own", PASSWORD)
            host.expect("+STA_CONNECTED:", PATIENCE)
            address = station.ask_for_address()
            host.expect("+DIST_STA_IP:", PATIENCE)
            self.assertIn(address.encode(), host.command("AT+CWLIF"))
            with station.inside():
                browser = socket.create_connection(("192.168.4.1", 80), PATIENCE)
            with browser:
                browser.sendall(b"GET / HTTP/1.0\r\n\r\n")
                host.expect("GET / HTTP/1.0\r\n\r\n", PATIENCE)
                host.command("AT+CIPSEND=0,5", "> ")
                host.type(b"hello")
                self.assertEqual(receive(browser, 5), b"hello")
            station.end_children()
            host.expect("+STA_DISCONNECTED:", PATIENCE)
        self.assertEqual(traces(), NOTHING)

    def test_a_station_and_a_network_of_its_own_at_once(self):
        with AccessPoint("air-both", PASSWORD, channel=11) as ap, Station() as station, \
                real_module() as module, module.started_host() as host:
            host.command("AT+CWMODE_CUR=3")
            host.command(f'AT+CWSAP_CUR="air-own","{PASSWORD}",6,3')
            module.wait_for_log("access point is open on 2437 MHz")
            self.assertEqual(join(host, "air-both", PASSWORD), JOINED)
            module.wait_for_log("access point is open on 2462 MHz")  # it has but one channel
            shown = host.command("AT+CIFSR").decode()
            own, other = re.findall(r'MAC,"(\S+)"', shown)
            self.assertNotEqual(own, other)
            self.assertIn(f"link/ether {own}", run("ip", "link", "show", "wlan0ap"))
            station.join("air-own", PASSWORD)
            self.assertIn(f"bssid={own}\n", station.status())
            host.expect("+STA_CONNECTED:", PATIENCE)
            station.ask_for_address()
            host.expect("+DIST_STA_IP:", PATIENCE)
            for address in (ap.address, station.address()):
                self.assertRegex(host.command(f'AT+PING="{address}"'), rb"\+\d+\r\n\r\nOK")
            # With the mode, the network of its own goes, and the other one stays.
            self.assertEqual(host.command("AT+CWMODE_CUR=1"), b"\r\nOK\r\n")
            wait_until(lambda: not traces()["interfaces"], "an interface to go")
            self.assertRegex(host.command(f'AT+PING="{ap.address}"'), rb"\+\d+\r\n\r\nOK")
        self.assertEqual(traces(), NOTHING)

    def test_two_modules_meet_in_it(self):
        with Place() as there, real_module() as one, one.started_host() as host:
            host.command("AT+CWMODE_CUR=2")
            host.command(f'AT+CWSAP_CUR="air-pair","{PASSWORD}",1,3')
            host.command("AT+CIPMUX=1")
            host.command("AT+CIPSERVER=1")
            through = ("ip", "netns", "exec", there.name)
            other = real_module("--module-base", "1", interface=there.interface, through=through)
            with other, other.started_host() as guest:
                one.wait_for_log("access point is open")
                self.assertEqual(join(guest, "air-pair", PASSWORD), JOINED)
                host.expect("+DIST_STA_IP:", PATIENCE)
                guest.connect(333, "192.168.4.1")
                host.expect("0,CONNECT\r\n", PATIENCE)
                self.assertEqual(guest.send(b"hello"), b"\r\nSEND OK\r\n")
                self.assertEqual(host.next_event(PATIENCE), (0, b"hello"))


class Timed(unittest.TextTestResult):
    """Tells of each test how long it took."""

    def startTest(self, test):
        self.begun = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.stream.writeln(f"    {time.monotonic() - self.begun:.1f} s")


# What runs side by side, in one machine or in two: each share takes about as long as the others.
MACHINES = {
    "one": {
        "hostile": ["Hostile", "Doors", "Ground", "End", "Start", "Country"],
        "own": ["Contract.test_of_networks_of_their_own"],
        "power": ["Contract.test_without_power"],
    },
    "two": {
        "chapter": ["Chapter", "Silence", "Lent"],
        "joined": ["Joined", "Joining", "Control"],
        "contract": ["Contract.test_of_radios", "SoftAp", "Confined"],
    },
}
ALL = {name: tests for machine in MACHINES.values() for name, tests in machine.items()}


class Shares(unittest.TestCase):
    def test_each_class_is_in_one(self):
        listed = {test.partition(".")[0] for tests in ALL.values() for test in tests}
        here = {name for name, thing in globals().items()
                if isinstance(thing, type) and issubclass(thing, unittest.TestCase)}
        self.assertEqual(here - listed, {"Shares"})


def main():
    """The arguments are a machine of these, or tests, or nothing for all."""
    tests = sys.argv[1:]
    if not shares.is_one():
        named = {"radio": tests} if tests else ALL
        return shares.run_all(MACHINES.get(" ".join(tests), named))
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Timed)
    program = unittest.main(argv=[*sys.argv, "Shares"], exit=False, testRunner=runner)
    return not program.result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
