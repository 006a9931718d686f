"""Anybody opens and closes a PTY at any time: nothing breaks, and no host gets another's bytes."""

import fcntl
import hashlib
import os
import select
import socket
import subprocess
import termios
import threading
import unittest

from journey import Module, Server, wait_until


def flood(server, client, stop):
    block = bytes(range(256)) * 64
    try:
        while not stop.is_set():
            client.sendall(block)
    except OSError:
        pass


def heads_of_later_hosts(module, host, client, count):
    """Each host after the first comes when its predecessor has left without reading everything.
    Returns what each received before its own first answer."""
    for times in range(1, count + 1):
        client.send(b"leftover" * 4000)  # more than all buffers in between hold
        host.expect(b"leftover")
        host.close()
        module.wait_for_log("no host has", times)
        host = module.host()
        host.type("AT+CIPSTATUS\r\n")
        yield host.expect(b"AT+CIPSTATUS\r\r\n").removesuffix(b"AT+CIPSTATUS\r\r\n")
        host.answer()
    host.close()


class HostsComeAndGo(unittest.TestCase):
    def test_what_is_typed_before_a_quick_close_is_done(self):
        with Module() as module:
            module.wait_for_log("bfq0 is ready")
            for times in range(1, 6):
                subprocess.run(
                    ["sh", "-c", f"printf 'AT+SYSRAM?\\r\\n' > {module.link}"], check=True
                )
                module.wait_for_log("> AT+SYSRAM?", times)
            with module.host() as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_a_new_host_gets_nothing_of_its_predecessor(self):
        with Module() as module, Server() as server:
            host = module.started_host()
            host.join()
            host.connect(server.port)
            client = server.accept()
            for head in heads_of_later_hosts(module, host, client, 30):
                self.assertTrue(head == b"" or head.startswith(b"\r\n+IPD,"), head[:40])
            client.close()

    def test_output_that_nobody_read_is_gone_for_the_next_host(self):
        with Module() as module:
            for times in range(1, 51):
                host = module.started_host()
                host.type("AT+GMR\r\n" * 20)
                host.expect("AT+GMR\r")
                host.close()
                module.wait_for_log("no host has", 2 * times - 1)
                host = module.host()
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                self.assertEqual(host.seen, b"")
                host.close()
                module.wait_for_log("no host has", 2 * times)

    def test_a_host_that_opens_at_once_is_served(self):
        with Module() as module:
            host = module.started_host()
            for _ in range(200):
                host.close()  # and reopened before the program can notice that nobody was there
                host = module.host()
                host.type("AT\r\n")
                host.expect("AT\r\r\n\r\nOK\r\n")
            host.close()

    def test_a_command_costs_one_read_and_one_write(self):
        with Module(log="info") as module, Server() as server, module.started_host() as host:
            if not os.access(f"/proc/{module.process.pid}/io", os.R_OK):
                self.skipTest("only root may count the calls of a program that has secrets")
            host.join()
            host.connect(server.port)
            peer = server.accept()
            host.command("ATE0")
            times = 200
            before = calls(module)
            for _ in range(times):
                host.type("AT\r\n")
                host.expect("OK\r\n")
            trips = calls(module)
            for _ in range(times):
                host.type("AT+CIPSEND=1\r\n")
                host.expect("> ")
                host.type("x")
                host.expect("SEND OK\r\n")
                peer.recv(1)
            sends = calls(module)
            for kind in before:  # a hundredth is for whatever else happens meanwhile
                self.assertLessEqual(trips[kind] - before[kind], 1.01 * times, kind)
                self.assertLessEqual(sends[kind] - trips[kind], 2 * 1.01 * times, kind)
            peer.close()

    def test_the_port_is_raw_and_each_host_begins_at_the_modules_rate(self):
        with Module() as module:
            first = module.started_host()
            settings = termios.tcgetattr(first.descriptor)
            self.assertEqual(settings[4:6], [termios.B115200, termios.B115200])
            self.assertEqual(settings[3] & (termios.ECHO | termios.ICANON | termios.ISIG), 0)
            settings[4] = settings[5] = termios.B9600
            settings[3] |= termios.NOFLSH
            termios.tcsetattr(first.descriptor, termios.TCSANOW, settings)
            self.assertEqual(first.command("AT+UART_CUR=57600,8,1,0,0"), b"\r\nOK\r\n")
            self.assertEqual(termios.tcgetattr(first.descriptor)[4], termios.B9600)
            first.close()
            module.wait_for_log("no host has")
            with module.host() as second:
                now = termios.tcgetattr(second.descriptor)
                self.assertEqual(now[4:6], [termios.B57600, termios.B57600])
                self.assertTrue(now[3] & termios.NOFLSH)  # all else stays as a host has set it
                self.assertEqual(second.command("AT"), b"\r\nOK\r\n")

    def test_a_terminal_that_echoes_is_named_and_harms_nobody(self):
        sane = {"c_iflag": termios.ICRNL, "c_oflag": termios.OPOST | termios.ONLCR,
                "c_lflag": termios.ICANON | termios.ECHO | termios.ECHOCTL}
        for name, (iflag, oflag, lflag) in {
            "sane": sane.values(), "raw echo": (0, 0, termios.ECHO),
            "raw echo echoctl": (0, 0, termios.ECHO | termios.ECHOCTL)
        }.items():
            with self.subTest(name), Module() as module, module.started_host() as host:
                settings = termios.tcgetattr(host.descriptor)
                settings[0:2], settings[3] = [iflag, oflag], lflag
                termios.tcsetattr(host.descriptor, termios.TCSANOW, settings)
                for _ in range(20):
                    host.type("AT\r\n")
                    host.expect("OK\n" if iflag else "OK\r\n")
                self.assertNotIn("ERROR", module.log())
                self.assertEqual(module.log().count("echoes what the module prints"), 1)
                self.assertIn(f"stty -F {module.pts} -echo mends that", module.log())

    def test_a_host_that_locks_the_port_does_not_lock_it_for_ever(self):
        with Module() as module:
            with module.started_host() as host:
                fcntl.ioctl(host.descriptor, termios.TIOCEXCL)
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            module.wait_for_log("no host has")
            wait_until(lambda: can_open(module.link), "a port that can be opened")
            with module.host() as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_a_host_that_does_not_read_stops_the_network_and_loses_nothing(self):
        size = 50 * 1024 * 1024
        block = hashlib.sha256(b"seed").digest() * 2048
        with Module(log="info") as module, Server() as server, module.started_host() as host:
            host.join()
            host.connect(server.port)
            client = server.accept()
            before = module.status("VmRSS")
            progress = [0]
            pusher = threading.Thread(target=push, args=(client, block, size, progress))
            pusher.start()
            self.wait_until_stalled(progress)
            self.assertLess(progress[0], size)
            self.assertLess(
                module.status("VmRSS") - before, 4096, "kB that the program has grown by"
            )
            at_rest = module.status("voluntary_ctxt_switches")
            self.wait_until_stalled(progress)
            self.assertLess(module.status("voluntary_ctxt_switches") - at_rest, 5)

            count, expected, got = 0, hashlib.sha256(), hashlib.sha256()
            while part := host.received():
                got.update(part)
                count += len(part)
            pusher.join()
            for _ in range(size // len(block)):
                expected.update(block)
            self.assertEqual(count, size)
            self.assertEqual(got.digest(), expected.digest())
            self.assertLess(module.status("VmRSS") - before, 8192)

    def wait_until_stalled(self, progress):
        """Waits until nothing has moved for half a second."""
        last = [-1]

        def same():
            select.select([], [], [], 0.5)
            now, then = progress[0], last[0]
            last[0] = now
            return now == then

        wait_until(same, "a server that is held up")


def calls(module):
    """How often the program has called read() and write() (or the like; not recv())."""
    with open(f"/proc/{module.process.pid}/io", encoding="ascii") as io:
        words = dict(line.split(": ") for line in io.read().splitlines())
    return {kind: int(words[kind]) for kind in ("syscr", "syscw")}


def push(client, block, size, progress):
    while progress[0] < size:
        client.sendall(block)
        progress[0] += len(block)
    client.shutdown(socket.SHUT_WR)


def can_open(path):
    """As a user without special rights."""
    command = ["/usr/bin/python3", "-c", f"import os; os.open({path!r}, os.O_RDWR | os.O_NOCTTY)"]
    if os.geteuid() == 0:
        os.chmod(os.path.dirname(path), 0o755)
        os.chmod(os.path.realpath(path), 0o666)
        command = ["setpriv", "--reuid", "65534", "--clear-groups", *command]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    unittest.main()
