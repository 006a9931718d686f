"""The program in its sandbox: what it needs after its start works, and nothing else does."""

import glob
import os
import re
import signal
import socket
import tempfile
import unittest

from journey import (
    ENVIRONMENT,
    PATIENCE,
    Module,
    Server,
    TcpHost,
    machine_address,
    wait_until,
)
from serial_doors import Wired
from settings import answers

# The leak check of AddressSanitizer starts a process at the end, which the sandbox refuses; and the
# library of the attacks is loaded before its own.
QUIET = {"ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"] +
         ":detect_leaks=0:verify_asan_link_order=0"}
IN_FORCE = "sandbox: in force"
NET_BIND_SERVICE, NET_RAW, DAC_OVERRIDE, FOWNER = 1 << 10, 1 << 13, 1 << 1, 1 << 3
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    ALWAYS = NET_BIND_SERVICE
except PermissionError:  # AT+PING needs a raw one
    ALWAYS = NET_BIND_SERVICE | NET_RAW
TAKEN_OVER = os.environ.get("BFQ_TAKEN_OVER", "build/test/libtaken_over.so")
IS_ROOT = os.geteuid() == 0

# What is refused by a rule for its arguments or its call, and what by a rule for files.
NOT_PERMITTED = (
    "clone", "execve", "ptrace", "socket", "packets", "protocol", "kill", "fcntl", "signal",
    "mmap", "setuid", "chmod"
)
NO_ACCESS = ("read", "create", "remove")


def in_sandbox(*arguments, **options):
    return Module("--sandbox", "on", *arguments, environment={**QUIET, **options.pop("more", {})},
                  **options)


def statuses(module):
    """Of each thread: what the kernel says of its privileges."""
    for path in glob.glob(f"/proc/{module.process.pid}/task/*/status"):
        with open(path, encoding="ascii") as status:
            yield dict(re.findall(r"^(\w+):\s+(\S+)$", status.read(), re.M))


class Privileges(unittest.TestCase):
    def assert_confined(self, module, capabilities):
        for status in statuses(module):
            self.assertEqual(status["NoNewPrivs"], "1")
            self.assertEqual(status["Seccomp"], "2")
            needed = capabilities if IS_ROOT and status["Name"] != "relay" else 0
            for kind in ("CapPrm", "CapEff"):
                self.assertEqual(int(status[kind], 16), needed, kind)
            self.assertEqual(int(status["CapInh"], 16) | int(status["CapAmb"], 16), 0)

    def test_every_thread_has_only_what_it_needs(self):
        with tempfile.TemporaryDirectory() as state, in_sandbox(state=state) as module:
            module.wait_for_log(IN_FORCE)
            with module.started_host() as host:
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                self.assertEqual(len(list(statuses(module))), 3, "loop, writer, and the log's")
                self.assert_confined(module, ALWAYS)

    def test_a_tty_needs_more(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as folder, Wired(folder) as wired:
            with in_sandbox(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log(IN_FORCE)
                self.assert_confined(module, ALWAYS | DAC_OVERRIDE | FOWNER)

    def test_a_signal_of_its_kind_from_elsewhere_is_no_call(self):
        with in_sandbox() as module, module.started_host() as host:
            module.wait_for_log(IN_FORCE)
            for _ in range(100):
                module.process.send_signal(signal.SIGSYS)
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            self.assertNotIn("refused the system call", module.log())

    def test_without_it_nothing_is_given_up(self):
        with Module("--sandbox", "off") as module, module.started_host():
            self.assertNotIn("sandbox", module.log())
            self.assertEqual({status["Seccomp"] for status in statuses(module)}, {"0"})


class WhatIsNeededLater(unittest.TestCase):
    @unittest.skipUnless(IS_ROOT, "ports below 1024 are root's")
    def test_the_server_is_at_its_own_port(self):
        with in_sandbox() as module, module.started_host() as host:
            module.wait_for_log(IN_FORCE)
            host.join()
            host.command("AT+CIPMUX=1")
            self.assertEqual(host.command("AT+CIPSERVER=1"), b"\r\nOK\r\n")
            with socket.create_connection((machine_address(), 333), PATIENCE):
                host.expect("0,CONNECT\r\n")

    def test_a_tty_is_taken_up_again(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as folder, Wired(folder) as wired:
            with in_sandbox(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log(IN_FORCE)
                wired.unplug()
                module.wait_for_log("is gone (unplugged?)")
                wired.plug_in()
                module.wait_for_log(f"host {wired.ends[0]} has attached", 2)
                with wired.host() as host:
                    wait_until(lambda: answers(host), "an answer")

    def test_names_and_certificates_are_looked_up(self):
        with in_sandbox() as module, module.started_host() as host, Server() as server:
            module.wait_for_log(IN_FORCE)
            host.join()
            self.assertIn(b"127.0.0.1", host.command('AT+CIPDOMAIN="localhost"'))
            host.type(f'AT+CIPSTART="SSL","127.0.0.1",{server.port}\r\n')
            client = server.accept()
            self.assertEqual(client.recv(1), b"\x16", "a handshake")
            client.close()
            host.expect("ERROR\r\n")


    def test_the_addresses_of_this_machine_are_known(self):
        # A door at every address is none that a module may reach; this is asked before the policy.
        with in_sandbox("--net", "deny=198.51.100.0/24", serial=["tcp:0.0.0.0:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            port = module.url("socket").group(2)
            with TcpHost("127.0.0.1", port) as host:
                host.join()
                answer = host.command(f'AT+CIPSTART="TCP","198.51.100.1",{port}', "CLOSED\r\n")
                self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n")
        # No system call was refused: Module looks for that at its end.


class TakenOver(unittest.TestCase):
    def test_it_harms_nobody_and_is_named(self):
        with tempfile.TemporaryDirectory(prefix="bfq-attack-") as folder:
            foreign, state = os.path.join(folder, "foreign"), os.path.join(folder, "state")
            with open(foreign, "w", encoding="ascii") as file:
                file.write("not ours")
            os.mkdir(state, 0o700)
            more = {"LD_PRELOAD": os.path.abspath(TAKEN_OVER), "BFQ_FOREIGN": foreign}
            with in_sandbox(state=state, more=more) as module, module.started_host() as host:
                module.is_attacked = True
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                for attack in NOT_PERMITTED:
                    module.wait_for_log(f"attack {attack}: Operation not permitted\n")
                for attack in NO_ACCESS:
                    module.wait_for_log(f"attack {attack}: Permission denied\n")
                named = set(NOT_PERMITTED) - {"packets", "protocol", "signal"}  # socket and fcntl
                for call in named:
                    module.wait_for_log(f"sandbox: refused the system call {call},")
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            with open(foreign, encoding="ascii") as file:
                self.assertEqual(file.read(), "not ours")


if __name__ == "__main__":
    unittest.main()
