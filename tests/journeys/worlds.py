"""Worlds: a module finds what the file says, also after the file has changed."""

import contextlib
import fcntl
import os
import pathlib
import pty
import re
import signal
import subprocess
import tempfile
import termios
import tomllib
import unittest

from journey import (
    PATIENCE, PROGRAM, Host, Module, Server, machine_address, run_program
)

WORLDS = pathlib.Path(__file__).parents[2] / "examples" / "worlds"
JOINED = b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n"


def escaped(text):
    """As a host types it between quotation marks (dialect 2)."""
    return re.sub(r'([\\",])', r"\\\1", text)


def access_points(world):
    with open(WORLDS / world, "rb") as file:
        return tomllib.load(file)["ap"]


@contextlib.contextmanager
def hosts(world, names, *arguments, state="none"):
    """The program with that world, and a host attached to each module."""
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        links = {name: os.path.join(directory, name) for name in names}
        doors = [f'--set=module.{name}.serial=["pty:{link}"]' for name, link in links.items()]
        module = stack.enter_context(Module(str(world), *doors, *arguments, serial=[], state=state))
        for name in names:
            module.wait_for_log(f"{name} is ready")
        yield module, [
            stack.enter_context(Host(os.open(links[name], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)))
            for name in names
        ]


class Examples(unittest.TestCase):
    def test_each_is_a_good_world(self):
        self.assertGreaterEqual(len(list(WORLDS.glob("*.toml"))), 3)
        for world in WORLDS.glob("*.toml"):
            self.assertEqual(run_program("lint", str(world))[0], 0, world)

    def test_the_default_world_can_be_edited(self):
        status, text, _ = run_program("world")
        self.assertEqual(status, 0)
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(text.replace('ssid = "BFQ-OPEN"', 'ssid = "mine"'))
            file.flush()
            with hosts(file.name, ["bfq0"]) as (_, [host]):
                self.assertEqual(host.command('AT+CWJAP_CUR="mine",""'), JOINED)

    def test_at_home_the_nearer_access_point_is_taken(self):
        home = WORLDS / "home.toml"
        for position, bssid, address in (("[2, 1]", "02:bf:44:12:00:01", "192.168.178.20"),
                                         ("[13, 3]", "02:bf:44:12:00:02", "192.168.178.201")):
            with hosts(home, ["lamp"], f"--set=module.lamp.position={position}") as (_, [host]):
                answer = host.command('AT+CWJAP_CUR="Hill Street 12","correct horse battery"')
                self.assertEqual(answer, JOINED)
                self.assertIn(bssid.encode(), host.command("AT+CWJAP_CUR?"))
                self.assertIn(address.encode(), host.command("AT+CIFSR"))

    def test_two_modules_meet(self):
        with hosts(WORLDS / "two_modules.toml", ["hub", "leaf"]) as (module, [hub, leaf]):
            for number, name in enumerate(("hub", "leaf")):
                self.assertRegex(
                    module.banner, f"module +{name} at {re.escape(machine_address(number))}\n"
                )
            self.assertEqual(hub.command("AT+CWMODE_CUR=2"), b"\r\nOK\r\n")
            self.assertEqual(hub.command('AT+CWSAP_CUR="hub","hub-4004-hub",5,3'), b"\r\nOK\r\n")
            self.assertEqual(leaf.command('AT+CWJAP_CUR="hub","hub-4004-hub"'), JOINED)
            hub.expect('+DIST_STA_IP:"02:bf:40:04:00:02","192.168.4.2"\r\n')
            self.assertEqual(
                hub.command("AT+CWLIF"), b"192.168.4.2,02:bf:40:04:00:02\r\n\r\nOK\r\n"
            )


class Office(unittest.TestCase):
    """22 networks, with every name that has ever caused trouble."""

    def setUp(self):
        self.access_points = access_points("office.toml")
        self.stack = contextlib.ExitStack()
        self.module, [self.host] = self.stack.enter_context(hosts(WORLDS / "office.toml", ["desk"]))
        self.addCleanup(self.stack.close)

    def scan(self, arguments="", mask=6):
        """What AT+CWLAP lists, one tuple for each access point; by default of ssid and rssi."""
        self.assertEqual(self.host.command(f"AT+CWLAPOPT=1,{mask}"), b"\r\nOK\r\n")
        lines = self.host.command("AT+CWLAP" + arguments).decode().split("\r\n")
        self.assertEqual(lines[-3:], ["", "OK", ""])
        for line in lines[:-3]:
            self.assertTrue(line.startswith("+CWLAP:(") and line.endswith(")"), line)
        return [line[len("+CWLAP:("):-1] for line in lines[:-3]]

    def test_the_banner_stays_short(self):
        self.assertEqual(len(re.findall(r"channel \d+", self.module.banner)), 8)
        self.assertIn("\n  and 14 more\n", self.module.banner)
        self.assertIn("office.toml\n", self.module.banner)

    def test_it_is_scanned_sorted_and_masked(self):
        def name(ap):
            return "" if ap.get("hidden") else ap["ssid"]

        strongest_first = sorted(self.access_points, key=lambda ap: -ap["rssi"])
        self.assertEqual(len(strongest_first), 22)
        self.assertEqual(self.scan(), [f'"{name(ap)}",{ap["rssi"]}' for ap in strongest_first])
        self.assertEqual(self.scan(mask=4), [str(ap["rssi"]) for ap in strongest_first])
        ecn = {"open": 0, "wep": 1, "wpa": 2, "wpa2": 3, "wpa/wpa2": 4, "wpa2-enterprise": 5}
        self.assertEqual(self.scan(mask=1 + 8 + 16),
                         [f'{ecn[ap.get("security", "wpa2")]},"{ap["bssid"]}",{ap["channel"]}'
                          for ap in strongest_first])

    def test_a_scan_is_filtered(self):
        self.assertEqual(
            self.scan('="BFQ-OFFICE"'), [f'"BFQ-OFFICE",{rssi}' for rssi in (-48, -55, -71)]
        )
        self.assertEqual(self.scan('="BFQ-OFFICE",,6'), ['"BFQ-OFFICE",-55'])
        self.assertEqual(self.scan('=,"02:bf:44:0f:00:0f"'), ['"a,b"c\\d",-57'])
        self.assertEqual(self.scan("=,,13", mask=16), ["13", "13", "13"])
        for ap in self.access_points:
            if ap["ssid"] != "BFQ-OFFICE":  # hidden ones answer to their name too
                found = self.scan(f'="{escaped(ap["ssid"])}"')
                self.assertEqual(found, [f'"{ap["ssid"]}",{ap["rssi"]}'])
        self.assertEqual(self.scan('="nobody"'), [])

    def test_every_name_and_password_can_be_typed(self):
        for ap in self.access_points:
            if ap.get("security") == "wpa2-enterprise":
                continue
            name, password = escaped(ap["ssid"]), escaped(ap.get("password", ""))
            typed = f'AT+CWJAP_CUR="{name}","{password}","{ap["bssid"]}"'
            answer = self.host.command(typed)
            self.assertTrue(answer.endswith(JOINED), (typed, answer))
            self.assertEqual(
                self.host.command("AT+CWJAP_CUR?").decode(),
                f'+CWJAP_CUR:"{ap["ssid"]}","{ap["bssid"]}",{ap["channel"]},{ap["rssi"]}\r\n'
                "\r\nOK\r\n",
            )

    def test_of_several_the_strongest_is_joined(self):
        self.assertEqual(self.host.command('AT+CWJAP_CUR="BFQ-OFFICE","office-4004"'), JOINED)
        self.assertIn(b'"02:bf:44:0f:00:01",1,-48', self.host.command("AT+CWJAP_CUR?"))

    def test_some_refuse(self):
        for arguments, number in (
            ('"Staff","whatever"', 4),
            ('"BFQ-OFFICE","office-4005"', 2),
            ('"Old Printer","print",,1', 4),
            ('"Visitors\\, please","",,1', 4),
            ('"Visitors, pleas",""', 3),
        ):
            self.assertEqual(self.host.command(f"AT+CWJAP_CUR={arguments}"),
                             f"+CWJAP_CUR:{number}\r\n\r\nFAIL\r\n".encode(), arguments)


WORLD = """
[[module]]
name = "bfq0"
[[ap]]
ssid = "garden"
password = "s3cret-leaf"
channel = 3
rssi = -40
bssid = "02:bf:44:00:00:77"
subnet = "10.50.1.0/24"
"""
WITHOUT = '[[module]]\nname = "bfq0"\n'


EVENTS = """
[[ap]]
ssid = "garden"
password = "s3cret-leaf"
wps = true
[[event]]
pin = { number = 4, level = "high" }
[[event]]
after = "2s"
pin = { number = 4, level = "low" }
[[event]]
after = "4s"
pin = { number = 4, level = "high" }
[[event]]
after = "4s"
wps = { ssid = "garden" }
"""


ANALOG = """
[[module]]
name = "bfq0"
personality = "esp8266-1.7"
[[event]]
analog = { value = 512 }
"""


PHONE = """
[[ap]]
ssid = "garden"
password = "s3cret-leaf"
[[module]]
name = "bfq0"
personality = "esp8266-1.7"
[[event]]
after = "1s"
phone = { ssid = "garden", password = "s3cret-leaf", method = "airkiss" }
"""
TWO = """
[[ap]]
ssid = "garden"
password = "s3cret-leaf"
[[ap]]
ssid = "field"
password = "s3cret-leaf"
[[module]]
name = "bfq0"
personality = "esp8266-1.7"
[[module]]
name = "bfq1"
personality = "esp8266-1.7"
"""


class Events(unittest.TestCase):
    """What happens by itself: a pin wakes the module, and a button lets it in."""

    def test_the_analog_input_reads_what_the_world_says(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(ANALOG)
            file.flush()
            with hosts(file.name, ["bfq0"]) as (module, [host]):
                module.wait_for_log("the analog input reads 512")
                self.assertEqual(host.command("AT+SYSADC?"), b"+SYSADC:512\r\n\r\nOK\r\n")

    def test_a_phone_sends_a_network(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(PHONE)
            file.flush()
            with hosts(file.name, ["bfq0"]) as (module, [host]):
                self.assertEqual(host.command("AT+CWMODE_CUR=1"), b"\r\nOK\r\n")
                self.assertEqual(host.command("AT+CWSTARTSMART=2"), b"\r\nOK\r\n")
                self.assertEqual(host.expect("smartconfig connected wifi\r\n"),
                                 b"smartconfig type:AIRKISS\r\nSmart get wifi info\r\n"
                                 b"ssid:garden\r\npassword:s3cret-leaf\r\n"
                                 b"WIFI CONNECTED\r\nWIFI GOT IP\r\n"
                                 b"smartconfig connected wifi\r\n")
                self.assertIn('a phone sends the network "garden"', module.log())
                self.assertNotIn("s3cret-leaf", module.log())

    def test_modules_of_one_network_find_each_other_by_name(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(TWO)
            file.flush()
            with hosts(file.name, ["bfq0", "bfq1"]) as (_, [one, other]):
                for host in one, other:
                    self.assertEqual(host.command("AT+CWMODE_CUR=1"), b"\r\nOK\r\n")
                    self.assertEqual(host.command('AT+CWJAP_CUR="garden","s3cret-leaf"'), JOINED)
                asked = 'AT+CIPDOMAIN="coop.local"'
                self.assertEqual(other.command(asked), b"DNS Fail\r\n\r\nERROR\r\n")
                self.assertEqual(one.command('AT+MDNS=1,"coop","_http",80'), b"\r\nOK\r\n")
                for host in one, other:
                    self.assertEqual(host.command(asked),
                                     b"+CIPDOMAIN:10.44.1.2\r\n\r\nOK\r\n")
                self.assertIn(b"WIFI GOT IP",
                              other.command('AT+CWJAP_CUR="field","s3cret-leaf"'))
                self.assertEqual(other.command(asked), b"DNS Fail\r\n\r\nERROR\r\n")
                self.assertEqual(one.command("AT+MDNS=0"), b"\r\nOK\r\n")
                self.assertEqual(one.command(asked), b"DNS Fail\r\n\r\nERROR\r\n")

    def test_a_module_sleeps_is_woken_and_pairs(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(EVENTS)
            file.flush()
            with hosts(file.name, ["bfq0"]) as (module, [host]):
                self.assertEqual(host.command("AT+SYSGPIOREAD=4"),
                                 b"+SYSGPIOREAD:4,0,1\r\n\r\nOK\r\n")
                self.assertEqual(host.command("AT+WAKEUPGPIO=1,4,1"), b"\r\nOK\r\n")
                self.assertEqual(host.command("AT+SLEEP=1"), b"\r\nOK\r\n")
                module.wait_for_log("pin 4 is held low")
                with self.assertRaises(AssertionError):  # it falls asleep, and hears nothing
                    host.expect("never", 0.5)
                host.type("AT+CWMODE_CUR=2\r\n")
                module.wait_for_log("pin 4 is held high", 2)
                module.wait_for_log('"garden" (02:bf:44:00:00:01): its WPS button is pressed')
                self.assertEqual(host.command("AT+CWMODE_CUR?"), b"+CWMODE_CUR:1\r\n\r\nOK\r\n")
                self.assertEqual(host.command("AT+WPS=1"), b"\r\nOK\r\n")
                host.expect("wps success,connecting ap ...\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n")

    def test_deep_sleep_ends_with_a_start(self):
        with Module() as module, module.started_host() as host:
            self.assertEqual(host.command("AT+GSLP=700"), b"700\r\n\r\nOK\r\n")
            host.type("AT\r\n")
            self.assertEqual(host.expect("ready\r\n"), b"\r\nready\r\n")
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")


class Changes(unittest.TestCase):
    """Changes the file and sends SIGHUP."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        directory = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.world = pathlib.Path(directory) / "world.toml"
        self.world.write_text(WORLD)

    def start(self, *arguments):
        self.module, [host] = self.stack.enter_context(hosts(self.world, ["bfq0"], *arguments))
        return host

    def read_again(self, text, last="is read again"):
        before = self.module.log().count(last)
        self.world.write_text(text)
        self.module.process.send_signal(signal.SIGHUP)
        self.module.wait_for_log(last, before + 1)

    def join(self, host):
        self.assertEqual(host.command('AT+CWJAP_CUR="garden","s3cret-leaf"'), JOINED)

    def test_an_access_point_goes_under_open_links_and_comes_back_with_another_subnet(self):
        with Server() as server:
            host = self.start()
            self.join(host)
            self.assertIn(b'"10.50.1.2"', host.command("AT+CIFSR"))
            host.command("AT+CIPMUX=1")
            for link in (0, 3):
                self.assertEqual(
                    host.command(f'AT+CIPSTART={link},"TCP","127.0.0.1",{server.port}'),
                    f"{link},CONNECT\r\n\r\nOK\r\n".encode(),
                )
            clients = [server.accept(), server.accept()]
            self.read_again(WITHOUT)
            self.assertEqual(
                host.expect("3,CLOSED\r\n"), b"WIFI DISCONNECT\r\n0,CLOSED\r\n3,CLOSED\r\n"
            )
            for client in clients:
                with client:
                    self.assertEqual(client.recv(1), b"")
            self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:5\r\n\r\nOK\r\n")
            self.assertEqual(host.command("AT+CWJAP_CUR?"), b"No AP\r\n\r\nOK\r\n")
            self.read_again(WORLD.replace("10.50.1.0", "10.60.1.0"))
            self.assertEqual(host.expect("WIFI GOT IP\r\n"), b"WIFI CONNECTED\r\nWIFI GOT IP\r\n")
            self.assertIn(b'"10.60.1.2"', host.command("AT+CIFSR"))
        self.assertIn('access point "garden" (02:bf:44:00:00:77) goes\n', self.module.log())
        self.assertIn('access point "garden" (02:bf:44:00:00:77) comes\n', self.module.log())

    def test_another_subnet_ends_the_association_and_another_signal_does_not(self):
        host = self.start()
        self.join(host)
        self.read_again(WORLD.replace("-40", "-60"))
        self.assertIn("(02:bf:44:00:00:77): rssi changed\n", self.module.log())
        self.assertIn(b'"garden",-60,', host.command("AT+CWLAP"))
        self.read_again(WORLD.replace("10.50.1.0", "10.60.1.0"))
        self.assertIn("(02:bf:44:00:00:77): rssi, subnet changed\n", self.module.log())
        self.assertEqual(host.expect("WIFI GOT IP\r\n"),
                         b"WIFI DISCONNECT\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n")
        self.assertIn(b'"10.60.1.2"', host.command("AT+CIFSR"))

    def test_a_broken_file_changes_nothing_and_is_reported(self):
        host = self.start()
        self.join(host)
        self.read_again(WITHOUT + "[[ap]]\nssid = 7\nchannel = 99\n", "nothing has changed")
        for line, words in (
            (4, "ap.1.ssid: 7 is not allowed"),
            (5, "ap.1.channel: 99 is not allowed"),
        ):
            self.assertRegex(self.module.log(), rf"world\.toml:{line}:\d+: {re.escape(words)}")
        self.read_again("[[ap", "nothing has changed")
        self.world.unlink()
        self.module.process.send_signal(signal.SIGHUP)
        self.module.wait_for_log("world.toml: No such file or directory")
        self.assertIn(b'"garden"', host.command("AT+CWJAP_CUR?"))

    def test_overrides_stay_in_force(self):
        host = self.start("--set=ap.garden.rssi=-77")
        self.join(host)
        self.read_again(WORLD.replace("channel = 3", "channel = 3\nwps = true"))
        self.assertIn(b",3,-77\r\n", host.command("AT+CWJAP_CUR?"))
        self.assertIn("(02:bf:44:00:00:77): wps changed\n", self.module.log())

    def test_what_takes_a_restart_is_told(self):
        self.start()
        self.read_again(WORLD + '[[module]]\nname = "other"\n[net]\ndeny = ["*:25"]\n')
        for part in ("module other", "[net]"):
            told = f"{part} is not what it was at the start: that takes a restart\n"
            self.assertIn(told, self.module.log())
        self.read_again(WORLD.replace('name = "bfq0"', 'name = "bfq0"\nspeed = "fast"'))
        self.assertIn("module bfq0 is not what it was at the start", self.module.log())


class Program(unittest.TestCase):
    def test_without_a_file_there_is_nothing_to_read_again(self):
        with Module() as module, module.started_host() as host:
            module.process.send_signal(signal.SIGHUP)
            module.wait_for_log("SIGHUP: there is no world file that could be read again")
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_it_ends_with_its_terminal(self):
        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        master, slave = pty.openpty()
        program = subprocess.Popen(
            [PROGRAM, "run", "--state", "none", "--serial", "tcp:0"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=take_terminal,
        )
        os.close(slave)
        seen = b""
        while b"is ready" not in seen:
            seen += os.read(master, 4096)
        os.close(master)
        self.assertEqual(program.wait(PATIENCE), 0)

    def test_each_module_has_a_state_of_its_own_or_none(self):
        with tempfile.TemporaryDirectory() as directory:
            world = pathlib.Path(directory) / "world.toml"
            world.write_text(
                "".join(f'[[module]]\nname = "{name}"\n' for name in ("left", "right", "none"))
                + "state = false\n"
            )
            state = os.path.join(directory, "state")
            for stored in (b"1", b"3"):
                names = ["left", "right", "none"]
                with hosts(world, names, state=state) as (_, [left, right, none]):
                    for host in (left, right, none):
                        value = b"1" if host is not left else stored
                        answer = host.command("AT+CWMODE_DEF?")
                        self.assertEqual(answer, b"+CWMODE_DEF:%s\r\n\r\nOK\r\n" % value)
                    self.assertEqual(left.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                    self.assertEqual(none.command("AT+CWMODE_DEF=2"), b"\r\nOK\r\n")
            flashes = [name for name in os.listdir(state) if name.endswith(".flash")]
            self.assertEqual(sorted(flashes), ["left.flash", "right.flash"])

    def test_addresses_are_those_of_the_world(self):
        macs = ("--set=module.bfq0.station_mac=02:aa:00:00:00:01",
                "--set=module.bfq0.ap_mac=06:aa:00:00:00:01")
        with Module(*macs) as module, module.started_host() as host:
            host.command("AT+CWMODE_CUR=3")
            answer = host.command("AT+CIFSR")
            self.assertIn(b'+CIFSR:STAMAC,"02:aa:00:00:00:01"', answer)
            self.assertIn(b'+CIFSR:APMAC,"06:aa:00:00:00:01"', answer)

    def test_serial_is_for_one_module(self):
        status, _, errors = run_program(
            "run", str(WORLDS / "two_modules.toml"), "--serial", "tcp:0"
        )
        self.assertEqual(status, 2)
        self.assertIn("the world has 2 modules; write their doors into the file", errors)

    def test_lint_tells_everything_at_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write('[[ap]]\nssid = "x"\npassword = "short"\n[[module]]\nspeeed = "fast"\n')
            file.flush()
            status, _, errors = run_program("lint", file.name)
            self.assertEqual(status, 2)
            self.assertIn(f"{file.name}:3:12: ap.x.password: it has 5 bytes; ", errors)
            self.assertIn(
                f"{file.name}:5:1: module.bfq0.speeed: there is no such key; is it speed?\n", errors
            )
            self.assertEqual(run_program("run", file.name)[2], errors)


if __name__ == "__main__":
    unittest.main()
