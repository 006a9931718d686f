"""--speed baud: the rate of the UART, what its FIFOs lose, and what a host at another rate sees."""

import contextlib
import fcntl
import os
import re
import socket
import struct
import subprocess
import termios
import time
import unittest
import warnings

import serial

from journey import PATIENCE, PROGRAM, Module, Server, TcpHost, UnixHost, wait_until

TIOCINQ = termios.FIONREAD
UNREAD = 4095  # what Linux holds for the reader of a terminal
SMALL = ("--set", "module.bfq0.fifo.host=128")


def paced(*arguments, **more):
    return Module("--speed", "baud", *arguments, **more)


def unread(host):
    return struct.unpack("i", fcntl.ioctl(host.descriptor, TIOCINQ, b"\0" * 4))[0]


def set_rate(host, code, rts_cts=False):
    settings = termios.tcgetattr(host.descriptor)
    settings[4] = settings[5] = code
    settings[2] = settings[2] | termios.CRTSCTS if rts_cts else settings[2] & ~termios.CRTSCTS
    termios.tcsetattr(host.descriptor, termios.TCSANOW, settings)


def rate(host):
    return termios.tcgetattr(host.descriptor)[5]


def pass_through(host, server):
    """From here on, everything in either direction is data."""
    host.join()
    host.connect(server.port)
    client = server.accept()
    host.command("AT+CIPMODE=1")
    host.command("AT+CIPSEND", ">")
    return client


class Pace(unittest.TestCase):
    size = 20000

    def check(self, module, host, server):
        host.command("AT+UART_CUR=115200,8,1,0,3")
        if os.isatty(host.descriptor):
            set_rate(host, termios.B115200, rts_cts=True)  # so that a slow machine loses nothing
        client = pass_through(host, server)
        client.sendall(bytes(self.size))
        host.take(1)
        self.check_time(lambda: host.take(self.size - 1))
        self.check_time(lambda: self.carry(host, client))
        self.assertNotIn("lost", module.log())
        client.close()

    def carry(self, host, client):
        host.type(bytes(self.size))
        got = 0
        while got < self.size:
            got += len(client.recv(65536))

    def check_time(self, carry):
        by_arithmetic = self.size * 10 / 115200
        begin = time.monotonic()
        carry()
        took = time.monotonic() - begin
        self.assertGreater(took, 0.99 * by_arithmetic)
        self.assertLess(took, 1.5 * by_arithmetic)  # see bench/ for how exact it is

    def test_bytes_take_their_time_at_a_pty(self):
        with paced() as module, module.started_host() as host, Server() as server:
            self.check(module, host, server)

    def test_bytes_take_their_time_at_a_socket(self):
        with paced(serial=["tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                self.check(module, host, server)

    def test_an_idle_module_sleeps(self):
        with paced(log="info") as module, module.started_host() as host:
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            before = module.status("voluntary_ctxt_switches")
            time.sleep(1)  # nothing must happen
            self.assertLessEqual(module.status("voluntary_ctxt_switches") - before, 2)


class Losses(unittest.TestCase):
    size = 20000

    def test_a_host_that_does_not_read_loses_what_its_kernel_does_not_hold(self):
        with paced(serial=["tcp:0", "pty"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            module.link = module.pts
            with TcpHost(*module.url("socket").groups()) as reader:
                client = pass_through(reader, server)
                with module.host() as sleeper:
                    client.sendall(bytes(self.size))
                    reader.take(self.size)  # nobody holds it up
                    wait_until(lambda: unread(sleeper) == UNREAD, "a full terminal")
                    module.wait_for_log("loses bytes: it has 4095 unread, and no room for more")
                    self.check_the_count(module, client, sleeper, sleeper.take_all())
                    client.close()

    def check_the_count(self, module, client, sleeper, heard):
        """Bytes received and bytes that the log counts as lost add up to what was sent."""
        client.sendall(b"and on")
        heard += sleeper.expect("and on")[:-len("and on")]
        counts = r"lost (\d+) bytes: it did not read"
        wait_until(
            lambda: sum(map(int, re.findall(counts, module.log()))) == self.size - len(heard),
            f"{self.size - len(heard)} lost bytes in the log",
        )

    def test_with_rts_and_cts_it_holds_the_module_up_instead(self):
        with paced() as module, module.started_host() as host, Server() as server:
            host.command("AT+UART_CUR=921600,8,1,0,3")
            set_rate(host, termios.B921600, rts_cts=True)
            client = pass_through(host, server)
            client.sendall(bytes(self.size))
            wait_until(lambda: unread(host) >= UNREAD - 1, "a full terminal")
            host.take(self.size)
            self.assertNotIn("lost", module.log())
            client.close()

    def test_a_socket_in_the_file_system_counts_too(self):
        path = f"/tmp/bfq-journey-{os.getpid()}.baud"
        with paced(serial=[f"unix:{path}", "tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as reader:
                client = pass_through(reader, server)
                with UnixHost(path) as sleeper:
                    module.wait_for_log("has attached", 2)
                    client.sendall(bytes(self.size))
                    reader.take(self.size)
                    heard = sleeper.take_all()
                    self.assertLess(len(heard), UNREAD)
                    self.check_the_count(module, client, sleeper, heard)
                    client.close()


class World(unittest.TestCase):
    def test_a_host_holds_as_much_as_the_world_says(self):
        with paced(*SMALL, serial=["tcp:0", "pty"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            module.link = module.pts
            with TcpHost(*module.url("socket").groups()) as reader:
                client = pass_through(reader, server)
                with module.host() as sleeper:
                    client.sendall(bytes(5000))
                    reader.take(5000)
                    self.assertGreaterEqual(unread(sleeper), 128)
                    self.assertLess(unread(sleeper), 400)  # the kernel reports it a little late
                    client.close()

    def boot(self, module, host):
        host.command("AT+RST")
        return host.expect("ready\r\n")

    def test_a_chip_says_something_at_74880_baud(self):
        text = b"\r\nbfq4004 boot, cause: command\r\n"
        noisy = ("--set", "module.bfq0.boot_noise=true")
        with Module() as module, module.started_host() as host:
            self.assertEqual(self.boot(module, host), b"\r\nready\r\n")
        with Module(*noisy) as module, module.started_host() as host:
            heard = self.boot(module, host)
            self.assertRegex(heard, rb"(?s)^.{5,}\r\nready\r\n$")
            self.assertNotIn(text, heard)
            self.assertEqual(self.boot(module, host), heard)  # the same garbage each time
            host.command("AT+UART_DEF=74880,8,1,0,0")
            self.assertEqual(self.boot(module, host), text + b"\r\nready\r\n")
        with paced(*noisy) as module, module.started_host() as host:
            self.assertEqual(self.boot(module, host), heard)

    def test_an_esp8266_says_what_its_rom_says(self):
        noisy = ("--personality", "esp8266-1.7", "--set", "module.bfq0.boot_noise=true")
        with Module(*noisy) as module, module.started_host() as host:
            host.command("AT+UART_DEF=74880,8,1,0,0")
            text = self.boot(module, host)
            self.assertTrue(text.startswith(
                b"\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,0)\r\n\r\nload 0x40100000,"), text)
            self.assertLessEqual(len(text), 1000)
            self.assertLessEqual(text.count(b"\n"), 70)


class Floods(unittest.TestCase):
    def test_a_thousand_typing_hosts_do_not_delay_its_end(self):
        with paced(serial=["tcp:0"], log="info") as module:
            module.wait_for_log("bfq0 is ready")
            place = module.url("socket").groups()
            crowd = [socket.create_connection(place, PATIENCE) for _ in range(1000)]
            for host in crowd:
                host.setblocking(False)
                with contextlib.suppress(OSError):  # those beyond the 32 that a door takes
                    host.send(b"AT\r\n" * 10000)
            module.wait_for_log("refused a host")
            begin = time.monotonic()
            module.process.terminate()
            module.process.wait(PATIENCE)
            self.assertLess(time.monotonic() - begin, 2)
            for host in crowd:
                host.close()


class Rates(unittest.TestCase):
    def test_a_few_percent_off_every_byte_arrives(self):
        with paced(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with serial.serial_for_url(
                    module.url("rfc2217").group(), baudrate=110000, timeout=PATIENCE) as port:
                port.write(b"AT\r\n")
                self.assertEqual(port.read_until(b"OK\r\n"), b"AT\r\r\n\r\nOK\r\n")
            self.assertNotIn("garbage", module.log())

    def test_a_pty_at_another_rate_hears_garbage(self):
        with paced() as module, module.started_host() as host:
            self.assertEqual(rate(host), termios.B115200)  # as the module has it
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            set_rate(host, termios.B9600)
            host.type("AT\r\n")
            module.wait_for_log(
                "is set to 9600 8N1 and the module to 115200 8N1: both receive garbage"
            )
            self.assertEqual(module.log().count("both receive garbage"), 1)
            set_rate(host, termios.B115200)
            host.type("\r\n")
            host.expect("ERROR\r\n")
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            module.wait_for_log("are both set to 115200 8N1 now")

    def test_the_rate_is_the_modules_own(self):
        with paced() as module, module.started_host() as host:
            host.command("AT+UART_CUR=57600,8,1,0,0")  # answered at the old rate
            host.type("AT\r\n")
            module.wait_for_log(
                "is set to 115200 8N1 and the module to 57600 8N1: both receive garbage"
            )
            self.assertEqual(rate(host), termios.B115200)  # what the host has set stays
            set_rate(host, termios.B57600)
            host.type("\r\n")
            host.expect("ERROR\r\n")
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            host.close()
            module.wait_for_log("has open")
            with module.host() as another:  # starts at the module's rate
                self.assertEqual(rate(another), termios.B57600)
                self.assertEqual(another.command("AT"), b"\r\nOK\r\n")
                another.command("AT+RST")
                module.wait_for_log("bfq0 is ready", 2)
                module.wait_for_log("UART: 57600 8N1 -> 115200 8N1")
                another.type("AT\r\n")
                module.wait_for_log(
                    "is set to 57600 8N1 and the module to 115200 8N1: both receive garbage"
                )
                set_rate(another, termios.B115200)
                another.type("\r\n")
                another.expect("ERROR\r\n")
                self.assertEqual(another.command("AT"), b"\r\nOK\r\n")

    def test_rfc2217_at_another_rate_hears_garbage(self):
        warnings.simplefilter("ignore", DeprecationWarning)  # pySerial's own
        with paced(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            url = module.url("rfc2217").group()
            with serial.serial_for_url(url, baudrate=9600, timeout=PATIENCE) as port:
                port.write(b"AT\r\n")
                module.wait_for_log(
                    "is set to 9600 8N1 and the module to 115200 8N1: both receive garbage"
                )
                port.baudrate = 115200
                port.parity = serial.PARITY_EVEN
                port.write(b"AT\r\n")
                module.wait_for_log("is set to 115200 8E1 and the module to 115200 8N1")
                port.parity = serial.PARITY_NONE
                port.write(b"\r\n")
                port.read_until(b"ERROR\r\n")
                port.write(b"AT\r\n")
                self.assertEqual(port.read_until(b"OK\r\n"), b"AT\r\r\n\r\nOK\r\n")

    def test_standard_input_ends_it_after_the_answers(self):
        command = [
            PROGRAM, "run", "--state", "none", "--speed", "baud", "--serial", "stdio", "--log",
            "off"
        ]
        done = subprocess.run(
            command, input=b"ATE0\r\nAT\r\n", capture_output=True, timeout=20, check=True
        )
        self.assertEqual(done.stdout, b"\r\nready\r\nATE0\r\r\n\r\nOK\r\n\r\nOK\r\n")

    def test_all_doors_work_at_the_pace_of_the_uart(self):
        path = f"/tmp/bfq-journey-{os.getpid()}.all"
        with paced(serial=["pty", "tcp:0", f"unix:{path}", "rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            module.link = module.pts
            with module.host() as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            with TcpHost(*module.url("socket").groups()) as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            with TcpHost(*module.url("rfc2217").groups()) as host:
                host.type("AT\r\n")
                host.expect(b"AT\r\0\r\n\r\nOK\r\n")


if __name__ == "__main__":
    unittest.main()
