"""Each fault, at a real PTY: what its row in docs/control.md says that the host sees."""

import contextlib
import json
import os
import socket
import time
import unittest

from journey import Module, run_program, wait_until

JOIN = 'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n'
# Set by faults_disarmed.py: what is armed never comes.
DISARMED = "BFQ_DISARMED" in os.environ
WHEN = ("after=", "typed=", "printed=", "nth=", "times=", "probability=")


def ctl(*words):
    status, output, errors = run_program("ctl", "--json", *words)
    if status != 0:
        raise AssertionError(errors)
    return json.loads(output)["return"]


def arm(fault, *words):
    if DISARMED:
        words = [*(word for word in words if not word.startswith(WHEN)), "after=1h"]
    return str(ctl("fault", "arm", f"fault={fault}", *words)["id"])


class Faults(unittest.TestCase):
    """One test for each fault, named after it; without the fault each of them fails, which
    faults_disarmed.py sees."""

    def setUp(self):
        module = Module()
        self.module = self.enterContext(module) if hasattr(self, "enterContext") else None
        if self.module is None:
            self.module = module.__enter__()
            self.addCleanup(module.__exit__, None, None, None)
        self.host = self.module.started_host()
        self.addCleanup(self.host.close)

    def join(self):
        self.host.type(JOIN)
        self.host.expect("WIFI GOT IP\r\n\r\nOK\r\n")

    @contextlib.contextmanager
    def link(self):
        self.join()
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.host.type(f'AT+CIPSTART="TCP","127.0.0.1",{port}\r\n')
            self.host.expect("CONNECT\r\n\r\nOK\r\n")
            peer, _ = server.accept()
            with peer:
                peer.settimeout(20)
                yield peer

    def fired(self, fault):
        return sum(each["fired"] for each in ctl("fault", "list")["faults"]
                   if each["fault"] == fault)

    def test_ap_down(self):
        self.join()
        arm("ap-down", "ssid=BFQ-LAB", "time=300ms")
        self.host.expect("WIFI DISCONNECT\r\n")
        self.host.expect("WIFI GOT IP\r\n")

    def test_ap_return(self):
        self.join()
        arm("ap-return", "ssid=BFQ-LAB", "time=300ms")
        self.host.expect("WIFI DISCONNECT\r\n")
        self.host.expect("WIFI GOT IP\r\n")
        self.assertIn(b"02:bf:44:00:00:81", self.host.command("AT+CWJAP_CUR?"))

    def test_rssi(self):
        self.join()
        arm("rssi", "ssid=BFQ-LAB", "rssi=-77")
        ctl("wait", "event=fault", "since=0")
        self.assertIn(b",-77", self.host.command("AT+CWJAP_CUR?"))

    def test_rssi_is_all_that_changes_back(self):
        def lab():
            return next(ap for ap in ctl("world", "show")["ap"] if ap["ssid"] == "BFQ-LAB")

        arm("rssi", "ssid=BFQ-LAB", "rssi=-77", "time=300ms")
        ctl("wait", "event=fault", "since=0")
        ctl("ap", "change", "name=BFQ-LAB", "wps=true")
        wait_until(lambda: lab()["rssi"] == -42, "the signal to come back")
        self.assertTrue(lab()["wps"])

    def test_wrong_password(self):
        arm("wrong-password")
        self.host.type(JOIN)
        self.host.expect(":2\r\n\r\nFAIL\r\n")
        self.join()

    def test_join_refused(self):
        arm("join-refused", "typed=CWJAP", "nth=2")
        self.join()
        self.host.type(JOIN)
        self.host.expect(":4\r\n\r\nFAIL\r\n")
        self.join()

    def test_dhcp_delay(self):
        arm("dhcp-delay", "time=1500ms")
        began = time.monotonic()
        self.host.type(JOIN)
        self.host.expect("WIFI CONNECTED\r\n")
        self.host.expect("WIFI GOT IP\r\n\r\nOK\r\n")
        self.assertGreater(time.monotonic() - began, 1.4)

    def test_dns_fail(self):
        self.join()
        arm("dns-fail")
        self.host.type('AT+CIPDOMAIN="localhost"\r\n')
        self.host.expect("DNS Fail\r\n\r\nERROR\r\n")
        self.host.type('AT+CIPDOMAIN="localhost"\r\n')
        self.host.expect("127.0.0.1")

    def test_dns_delay(self):
        self.join()
        arm("dns-delay", "time=1500ms")
        began = time.monotonic()
        self.host.type('AT+CIPDOMAIN="localhost"\r\n')
        self.host.expect("127.0.0.1")
        self.assertGreater(time.monotonic() - began, 1.4)

    def test_tls_no_memory(self):
        self.join()
        arm("tls-no-memory")
        with socket.create_server(("127.0.0.1", 0)) as server:  # which never answers a handshake
            self.host.type(f'AT+CIPSTART="SSL","127.0.0.1",{server.getsockname()[1]}\r\n')
            self.host.expect("ERROR\r\n", patience=5)

    def test_reset(self):
        at = str(ctl("program") and self.at())
        arm("reset")
        event = ctl("wait", "event=ready", f"since={at}")["event"]
        self.assertEqual(event["reason"], "external")
        self.host.expect("ready\r\n")

    def test_watchdog(self):
        at = self.at()
        arm("watchdog", "after=200ms")
        event = ctl("wait", "event=ready", f"since={at}")["event"]
        self.assertEqual(event["reason"], "watchdog")

    def at(self):
        return run_program("ctl", "--at", "program")[1].strip()

    def test_brownout(self):
        arm("brownout")
        seen = self.host.expect("ready\r\n")
        noise = seen.replace(b"\r\nready\r\n", b"")
        self.assertGreater(len(noise), 10, seen)  # at 115200 baud what was sent at 74880
        self.assertNotIn(b"cause", noise)

    def test_uart_drop(self):
        arm("uart-drop", "direction=to_module", "times=1")
        self.host.type("AT+CWMODE_CUR?\r\n")
        self.host.expect("ERROR\r\n")  # T+CWMODE_CUR? is no command
        self.host.command("AT+CWMODE_CUR?")
        arm("uart-drop", "direction=to_host", "times=2")
        self.host.type("AT\r\n")
        self.assertEqual(self.host.expect("OK\r\n"), b"\r\r\n\r\nOK\r\n")

    def test_uart_corrupt(self):
        arm("uart-corrupt", "direction=to_host", "times=2")
        self.host.type("AT\r\n")
        seen = self.host.expect("\r\r\n\r\nOK\r\n")
        self.assertEqual(len(seen), len(b"AT\r\r\n\r\nOK\r\n"))
        self.assertEqual(sum(bin(a ^ b).count("1") for a, b in zip(seen, b"AT")), 2)

    def test_uart_stall(self):
        began = time.monotonic()
        arm("uart-stall", "time=1500ms")
        ctl("wait", "event=fault", "since=0")
        self.host.command("AT")
        self.assertGreater(time.monotonic() - began, 1.5)

    def test_close_in_send(self):
        with self.link():
            arm("close-in-send")
            self.host.type("AT+CIPSEND=5\r\n")
            self.host.expect("> ")
            ctl("wait", "event=fault", "since=0")
            self.host.type("hello")
            self.host.expect("Recv 5 bytes\r\n\r\nERROR\r\nCLOSED\r\n")

    def test_reset_peer(self):
        with self.link() as peer:
            arm("reset-peer")
            self.host.expect("CLOSED\r\n")
            self.assertRaises(ConnectionResetError, peer.recv, 1)

    def test_blackhole(self):
        with self.link() as peer:
            began = time.monotonic()
            arm("blackhole", "time=1500ms")
            ctl("wait", "event=fault", "since=0")
            peer.sendall(b"hello")
            self.host.expect("+IPD,5:hello")
            self.assertGreater(time.monotonic() - began, 1.4)

    def came(self):
        """Once the last fault that was armed has come."""
        ctl("wait", "event=fault", "since=0")

    def send(self, payload):
        self.host.type(f"AT+CIPSEND={len(payload)}\r\n")
        self.host.expect("> ")
        self.host.type(payload)
        self.host.expect(f"Recv {len(payload)} bytes\r\n")

    def test_dhcp_new_address(self):
        self.join()
        before = self.host.command("AT+CIPSTA_CUR?")
        self.host.command("AT+CWQAP")
        arm("dhcp-new-address")
        self.join()
        self.assertNotEqual(self.host.command("AT+CIPSTA_CUR?").split(b'"')[1],
                            before.split(b'"')[1])

    def test_busy_for(self):
        arm("busy-for", "time=1500ms")
        self.came()
        began = time.monotonic()
        self.host.type("AT\r\n")
        self.host.expect("busy p...\r\n")
        self.assertEqual(ctl("status")["modules"][0]["activity"], "idle")
        while time.monotonic() < began + 1.6:
            self.host.type("AT\r\n")
            time.sleep(0.1)
        self.host.expect("\r\nOK\r\n")

    def test_send_ok_late(self):
        with self.link() as peer:
            arm("send-ok-late", "time=1500ms")
            began = time.monotonic()
            self.send("hello")
            self.assertEqual(peer.recv(5), b"hello")
            self.assertNotIn(b"SEND OK", self.host.seen)
            self.host.expect("\r\nSEND OK\r\n")
            self.assertGreater(time.monotonic() - began, 1.4)

    def test_send_fail_after_ok(self):
        with self.link() as peer:
            arm("send-fail-after-ok")
            self.came()
            self.send("hello")
            self.host.expect("\r\nSEND OK\r\n\r\nSEND FAIL\r\n")
            self.assertEqual(peer.recv(5), b"hello")

    def test_ipd_in_reply(self):
        with self.link() as peer:
            arm("ipd-in-reply", "time=30s")
            self.came()
            peer.sendall(b"hello")
            self.host.type("AT+CIPMODE?\r\n")
            said = self.host.expect("\r\nOK\r\n")
            self.assertEqual(said, b"AT+CIPMODE?\r\r\n+IPD,5:hello\r\n+CIPMODE:0\r\n\r\nOK\r\n")

    def test_late_closed(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            start = f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}\r\n'
            self.join()
            self.host.type(start)
            self.host.expect("CONNECT\r\n\r\nOK\r\n")
            arm("late-closed")
            self.came()
            server.accept()[0].close()
            ctl("wait", "event=link_closed", "since=0")
            self.host.type(start)
            said = self.host.expect("\r\nOK\r\n")
            self.assertNotIn(b"CLOSED", said)
            self.host.expect("CLOSED\r\n")
            peer, _ = server.accept()
            with peer:
                self.send("hello")
                self.host.expect("\r\nSEND OK\r\n")
                self.assertEqual(peer.recv(5), b"hello")

    def test_escape_missed(self):
        with self.link() as peer:
            self.host.command("AT+CIPMODE=1")
            self.host.type("AT+CIPSEND\r\n")
            self.host.expect("\r\n>")
            arm("escape-missed")
            self.came()
            time.sleep(0.1)
            self.host.type("+++")
            self.assertEqual(peer.recv(3), b"+++")
            time.sleep(0.1)
            self.host.type("+++")
            ctl("wait", "state=idle")
            self.assertIn(b"OK", self.host.command("AT"))

    def test_latency(self):
        with self.link() as peer:
            arm("latency", "time=1500ms")
            began = time.monotonic()
            peer.sendall(b"hello")
            self.host.expect("+IPD,5:hello")
            self.assertGreater(time.monotonic() - began, 1.4)

    def test_jitter(self):
        with self.link() as peer:
            arm("jitter", "time=400ms", "times=0")
            late = []
            for _ in range(12):
                began = time.monotonic()
                peer.sendall(b"hello")
                self.host.expect("+IPD,5:hello")
                late.append(time.monotonic() - began)
            self.assertGreater(sum(late), 1.0)
            self.assertGreater(max(late) - min(late), 0.1)

    def test_bandwidth(self):
        with self.link() as peer:
            arm("bandwidth", "rate=1000", "times=0")
            began = time.monotonic()
            for _ in range(3):
                peer.sendall(b"x" * 500)
            while self.host.seen.count(b"x") < 1500:
                self.host.more()
            self.assertGreater(time.monotonic() - began, 1.4)

    def test_slice(self):
        with self.link() as peer:
            arm("slice", "bytes=3", "times=0")
            peer.sendall(b"hello")
            self.host.expect("\r\n+IPD,3:hel\r\n+IPD,2:lo")

    def test_limit_bytes(self):
        with self.link() as peer:
            arm("limit-bytes", "bytes=3")
            peer.sendall(b"hello")
            self.host.expect("\r\n+IPD,3:helCLOSED\r\n")

    def test_flash_fail(self):
        arm("flash-fail", "times=0")
        self.assertIn(b"ERROR", self.host.command("AT+CWMODE_DEF=3"))
        ctl("fault", "disarm", "id=1")
        self.assertIn(b"OK", self.host.command("AT+CWMODE_DEF=3"))


class Arming(unittest.TestCase):
    def test_each_fault_has_its_test(self):
        with Module():
            names = [kind["name"].replace("-", "_") for kind in ctl("fault", "list")["kinds"]]
        for name in names:
            self.assertTrue(hasattr(Faults, f"test_{name}"), name)

    def test_a_journal_replays_with_its_faults(self):
        path = os.path.join(os.environ["XDG_RUNTIME_DIR"], "journal")
        with Module("--journal", path) as module, module.started_host() as host:
            arm("busy-for", "time=1500ms")
            ctl("wait", "event=fault", "since=0")
            host.type("AT\r\n")
            host.expect("busy p...\r\n")
            host.answer_to_one_of("AT\r\n")
            host.join()
            with socket.create_server(("127.0.0.1", 0)) as server:
                host.connect(server.getsockname()[1])
                peer, _ = server.accept()
                with peer:
                    arm("send-fail-after-ok")
                    arm("ipd-in-reply", "time=30s")
                    arm("late-closed")
                    ctl("fault", "list")
                    host.type("AT+CIPSEND=2\r\n")
                    host.expect("> ")
                    host.type("hi")
                    host.expect("SEND FAIL\r\n")
                    peer.sendall(b"hello")
                    host.type("AT\r\n")
                    host.expect("+IPD,5:hello")
                    host.expect("OK\r\n")
                ctl("wait", "event=link_closed", "since=0")
                host.connect(server.getsockname()[1])
                host.expect("CLOSED\r\n")
            arm("watchdog")
            host.expect("ready\r\n")
        status, dialogue, errors = run_program("replay", path)
        self.assertEqual(status, 0, errors)
        self.assertIn("the same bytes", errors)
        for said in ("busy p...", "SEND FAIL", "+IPD,5:hello", "CLOSED"):
            self.assertIn(said, dialogue)

    def test_chance_is_the_seed_s(self):
        def lost(seed):
            world = f"seed = {seed}\n[[ap]]\nssid = \"a\"\nsecurity = \"open\"\n"
            with Module(*self.world(world + FAULTY)) as module, module.started_host() as host:
                host.type("x" * 200)
                ctl("wait", "event=fault", "since=0")
                host.type("\r\n" * 8)  # some of these are lost too
                return host.expect("ERROR\r\n").count(b"x")

        one = lost(1)
        self.assertTrue(0 < one < 200, one)
        self.assertEqual(lost(1), one)
        self.assertEqual(len({lost(2), lost(3), lost(4), one}) > 1, True)

    def world(self, text):
        path = os.path.join(os.environ["XDG_RUNTIME_DIR"], f"{time.monotonic_ns()}.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.addCleanup(os.unlink, path)
        return [path]

    def test_mistakes_are_named(self):
        with Module():
            for words, hint in ((["fault=ap-up"], "is not allowed"),
                                (["fault=reset", "rssi=-5"], "has no such argument"),
                                (["fault=reset", "nth=2"], "belongs to typed or printed"),
                                (["fault=reset", "after=1s", "typed=AT"], "write one of these"),
                                (["fault=uart-drop", "probability=2"], "a number from 0 to 1")):
                status, _, errors = run_program("ctl", "fault", "arm", *words)
                self.assertEqual(status, 2, errors)
                self.assertIn(hint, errors)
            status, _, errors = run_program("ctl", "fault", "fire", "id=7")
            self.assertEqual(status, 1, errors)

    def test_what_has_no_power_is_let_be(self):
        with Module() as module, module.started_host():
            waits = arm("busy-for", "typed=AT+GMR")
            ctl("power", "off")
            for words in (["arm", "fault=reset"], ["fire", f"id={waits}"]):
                status, _, errors = run_program("ctl", "fault", *words)
                self.assertEqual(status, 1, errors)
                self.assertIn("has no power", errors)
            late = arm("watchdog", "after=50ms")
            wait_until(lambda: self.listed(late) == (False, 0), "the time of the fault")
            self.assertEqual(self.listed(waits), (True, 0))
            down = arm("ap-down", "ssid=BFQ-LAB")  # the air is there
            wait_until(lambda: self.listed(down) == (False, 1), "the access point to go")

    def test_what_has_no_connection_is_let_be(self):
        with Module() as module, module.started_host() as host:
            host.join()
            for kind in ("reset-peer", "blackhole"):
                status, _, errors = run_program("ctl", "fault", "arm", f"fault={kind}")
                self.assertEqual(status, 1, errors)
                self.assertIn("has no open connection with number 0", errors)
            late = arm("reset-peer", "after=50ms")
            ctl("wait", "state=idle")
            wait_until(lambda: self.listed(late) == (False, 0), "the time of the fault")

    def test_an_access_point_that_has_gone_is_let_be(self):
        with Module():
            ctl("ap", "add", "ssid=gone", "security=open")
            late = arm("rssi", "ssid=gone", "rssi=-70", "after=3s")
            ctl("ap", "remove", "name=gone")
            wait_until(lambda: self.listed(late) == (False, 0), "the time of the fault")

    def test_a_program_that_does_not_run_is_waited_for(self):
        with Module() as module, module.started_host() as host:
            ctl("power", "off")
            drops = arm("uart-drop", "direction=to_module")
            host.type("AT\r\n")  # a byte that no module takes is none that was lost
            ctl("wait", "state=off")
            at = run_program("ctl", "--at", "power", "on")[1].strip()
            busy = arm("busy-for", "time=1ms")
            ctl("wait", "event=fault", f"since={at}")
            self.assertEqual(self.listed(busy), (False, 1))
            ready = ctl("wait", "event=ready", f"since={at}")["event"]["number"]
            self.assertLess(ready, ctl("wait", "event=fault", f"since={at}")["event"]["number"])
            host.expect("ready\r\n")
            self.assertEqual(self.listed(drops), (True, 0))

    def test_a_connection_s_bytes_do_not_count_for_the_next(self):
        with Module() as module, module.started_host() as host:
            host.join()
            arm("limit-bytes", "bytes=3")
            with socket.create_server(("127.0.0.1", 0)) as server:
                for data in (b"ab", b"cdef"):
                    host.connect(server.getsockname()[1])
                    peer, _ = server.accept()
                    with peer:
                        peer.sendall(data)
                        self.assertEqual(host.received(), data[:3])
                    host.expect("CLOSED\r\n")

    def listed(self, number):
        """Whether that fault is armed, and how often it came."""
        fault = next(fault for fault in ctl("fault", "list")["faults"]
                     if fault["id"] == int(number))
        return fault["armed"], fault["fired"]

    def test_a_fault_is_fired_and_disarmed(self):
        with Module() as module, module.started_host() as host:
            one = arm("reset", "typed=never typed")
            other = arm("dns-fail", "after=1h")
            never = arm("reset", "probability=0")
            ctl("fault", "disarm", f"id={other}")
            ctl("fault", "fire", f"id={one}")
            ctl("wait", "event=fault", "since=0")
            host.expect("ready\r\n")
            listed = {fault["id"]: fault for fault in ctl("fault", "list")["faults"]}
            self.assertEqual([listed[int(one)][key] for key in ("armed", "fired")], [False, 1])
            for its in (other, never):
                self.assertEqual([listed[int(its)][key] for key in ("armed", "fired")], [False, 0])


FAULTY = '[[module]]\nname = "bfq0"\n[[fault]]\nfault = "uart-drop"\nprobability = 0.2\ntimes = 0\n'

if __name__ == "__main__":
    unittest.main()
