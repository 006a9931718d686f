"""The serial doors as programs use them: pySerial, sockets, devices that come and go."""

import array
import contextlib
import fcntl
import os
import re
import socket
import stat
import subprocess
import tempfile
import termios
import time
import unittest

import serial

from journey import PATIENCE, Host, Module, Server, TcpHost, UnixHost, run_program, wait_until

TCGETS2 = 0x802C542A
OK = b"AT\r\r\n\r\nOK\r\n"
TELNET_OK = b"AT\r\0\r\n\r\nOK\r\n"  # to a client that has not agreed to BINARY


class Wired:
    """Two serial devices wired to each other: links to both ends of a pair made by socat."""

    def __init__(self, directory):
        self.ends = [os.path.join(directory, end) for end in ("module-end", "host-end")]
        self.plug_in()

    def plug_in(self):
        ends = [f"pty,rawer,link={end}.socat" for end in self.ends]
        self.socat = subprocess.Popen(
            ["socat", "-d", "-d", *ends], stderr=subprocess.PIPE, text=True
        )
        # Wait for the devices themselves: socat makes the links first.
        while "starting data transfer loop" not in (line := self.socat.stderr.readline()):
            assert line, "socat has ended"
        # Opened before the module locks it for others.
        self.watcher = os.open(self.ends[0] + ".socat", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        for end in self.ends:
            os.symlink(os.readlink(end + ".socat"), end)

    def unplug(self):
        os.close(self.watcher)
        for end in self.ends:
            os.unlink(end)
        self.socat.terminate()
        self.socat.wait()
        self.socat.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unplug()

    def host(self):
        return Host(os.open(self.ends[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))

    def rate(self):
        """The rate of the module's end. (stty does not show every rate.)"""
        settings = array.array("I", [0] * 11)
        fcntl.ioctl(self.watcher, TCGETS2, settings)
        return settings[10]


def answers(port):
    port.write(b"AT\r\n")
    return port.read_until(b"OK\r\n")


class PySerial(unittest.TestCase):
    def port(self, url, **settings):
        port = serial.serial_for_url(url, timeout=PATIENCE, **settings)
        self.addCleanup(port.close)
        return port

    def test_at_a_pty(self):
        with Module() as module:
            module.wait_for_log("bfq0 is ready")
            port = self.port(module.link, baudrate=115200)
            self.assertEqual(answers(port), OK)
            port.baudrate = 9600
            self.assertEqual(answers(port), OK)  # --speed fast never corrupts bytes

    def test_at_a_socket(self):
        with Module(serial=["tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            self.assertEqual(answers(self.port(module.url("socket").group())), OK)

    def test_over_rfc2217_with_the_rate_changed_in_mid_session(self):
        with Module(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            port = self.port(module.url("rfc2217").group(), baudrate=115200)
            self.assertEqual(answers(port), OK)
            port.write(b"AT+UART_CUR=57600,8,1,0,0\r\n")
            port.read_until(b"OK\r\n")
            port.baudrate = 57600
            port.parity = serial.PARITY_EVEN
            port.stopbits = serial.STOPBITS_TWO
            module.wait_for_log("sets its port to 57600 8E2")
            self.assertEqual(answers(port), OK)
            self.assertTrue(port.cts and port.dsr and port.cd)
            self.assertFalse(port.ri)
            port.reset_input_buffer()
            port.reset_output_buffer()
            port.send_break(0.01)
            self.assertEqual(answers(port), OK)

    def test_rfc2217_carries_all_bytes(self):
        every = bytes(range(256)) * 8
        with Module(serial=["rfc2217:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            port = self.port(module.url("rfc2217").group())
            port.write(b'ATE0\r\nAT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
            port.read_until(b"GOT IP\r\n\r\nOK\r\n")
            port.write(b'AT+CIPSTART="TCP","127.0.0.1",%d\r\n' % server.port)
            port.read_until(b"CONNECT\r\n\r\nOK\r\n")
            client = server.accept()
            port.write(b"AT+CIPSEND=2048\r\n")
            port.read_until(b"> ")
            port.write(every)
            port.read_until(b"SEND OK\r\n")
            self.assertEqual(client.recv(2048, socket.MSG_WAITALL), every)
            client.sendall(every)
            heard = b""
            while len(heard) < len(every):
                head = port.read_until(b":")
                heard += port.read(int(re.search(rb"\+IPD,(\d+):", head).group(1)))
            self.assertEqual(heard, every)
            client.close()

    def test_rts_resets_where_that_is_asked_for(self):
        with Module(serial=["rfc2217:0,reset=rts"]) as module:
            module.wait_for_log("bfq0 is ready")
            port = self.port(module.url("rfc2217").group())
            self.assertEqual(answers(port), OK)
            self.assertNotIn("held in reset", module.log())  # opening the port does not reset
            port.write(b"ATE0\r\n")
            port.read_until(b"OK\r\n")
            port.dtr = False
            module.wait_for_log("held in reset")
            wait_until(lambda: not port.dsr, "DSR to go")
            port.write(b"AT\r\n")  # nobody is attached
            port.rts = False
            self.assertEqual(port.read_until(b"ready\r\n"), b"\r\nready\r\n")
            self.assertEqual(answers(port), OK)  # the echo is on again
            wait_until(lambda: port.dsr, "DSR to come")

    def test_a_client_that_goes_lets_the_module_out_of_reset(self):
        with Module(serial=["rfc2217:0,reset=rts", "tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as other:
                port = self.port(module.url("rfc2217").group())
                port.dtr = False
                module.wait_for_log("held in reset")
                port.close()
                other.expect("ready\r\n")
                self.assertEqual(other.command("AT"), b"\r\nOK\r\n")

    def test_rts_does_nothing_otherwise(self):
        with Module(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            port = self.port(module.url("rfc2217").group())
            port.dtr = False
            module.wait_for_log("DTR off, RTS on")
            self.assertEqual(answers(port), OK)


class Rfc2217(unittest.TestCase):
    """What pySerial does not do."""

    def test_malformed_negotiation_harms_nobody(self):
        with Module(serial=["rfc2217:0", "tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("rfc2217").groups()) as bad, TcpHost(
                    *module.url("socket").groups()) as good:
                module.wait_for_log("has attached", 2)
                for nonsense in (
                    b"\xff\xfa\x2c\x01\x00\xff\xf0", b"\xff\xfa" + b"\x2c" * 4000 + b"\xff\xf0",
                    b"\xff\xfa\xff\xf1", b"\xff\xfd\xfe", b"\xff\xfb\xfd", b"\xff\x01"
                ):
                    bad.type(nonsense)
                bad.type("AT\r\n")
                good.expect(OK)
                module.wait_for_log("sends malformed Telnet commands")
                bad.expect(TELNET_OK)
                bad.type(b"\xff")  # and leaves in the middle of a command
                bad.close()
                module.wait_for_log("has detached")
                self.assertEqual(good.command("AT"), b"\r\nOK\r\n")

    def test_a_client_that_never_reads_its_answers_is_not_served_without_end(self):
        with Module(serial=["rfc2217:0", "tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("rfc2217").groups()) as flood, TcpHost(
                    *module.url("socket").groups()) as good:
                module.wait_for_log("has attached", 2)
                before = module.status("VmRSS")
                taken = 0
                try:
                    while taken < 64 * 1024 * 1024:
                        taken += flood.socket.send(b"\xff\xfa\x2c\x00\xff\xf0" * 10000)
                except BlockingIOError:
                    pass
                self.assertEqual(good.command("AT"), b"\r\nOK\r\n")
                self.assertLess(module.status("VmRSS") - before, 4096)

    def test_a_client_that_speaks_no_telnet_is_told_of_in_the_log(self):
        with Module(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("rfc2217").groups()) as raw:
                raw.type("AT\r\n" * 127)
                raw.expect(b"OK\r\n")
                self.assertNotIn("RFC 2217 needs", module.log())
                raw.type("AT\r\n" * 200)
                module.wait_for_log("needs --serial tcp:PORT")
                for _ in range(326):
                    raw.expect(b"OK\r\n")
                self.assertEqual(module.log().count("needs --serial tcp:PORT"), 1)

    def test_suspended_clients_hear_later(self):
        with Module(serial=["rfc2217:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("rfc2217").groups()) as host:
                host.type(b"\xff\xfa\x2c\x08\xff\xf0" b"AT\r\n")
                module.wait_for_log("AT")
                host.type(b"\xff\xfa\x2c\x05\x07\xff\xf0")
                host.expect(b"\xff\xfa\x2c\x69\x09\xff\xf0")  # DTR is off
                self.assertNotIn(b"AT", host.seen)
                host.type(b"\xff\xfa\x2c\x09\xff\xf0")
                host.expect(TELNET_OK)


def unread_by(client):
    """How many bytes the kernel holds for a connection to that client, on both sides of it."""
    ends = {f":{port:04X}" for port in (client.getsockname()[1], client.getpeername()[1])}
    held = 0
    with open("/proc/net/tcp", encoding="ascii") as table:
        for columns in map(str.split, table):
            if {columns[1][-5:], columns[2][-5:]} == ends:
                held += sum(int(queue, 16) for queue in columns[4].split(":"))
    return held


class ModemLines(unittest.TestCase):
    def connected(self, host, server):
        host.join()
        host.connect(server.port)
        return server.accept()

    def test_dcd_follows_the_link_and_dtr_resets_over_rfc2217(self):
        door = "rfc2217:0,dcd=link,dtr=reset"
        with Module(serial=[door, "tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as other, serial.serial_for_url(
                    module.url("rfc2217").group(), timeout=PATIENCE) as port:
                wait_until(lambda: port.cts and port.dsr, "CTS and DSR")
                self.assertFalse(port.cd)
                client = self.connected(other, server)
                wait_until(lambda: port.cd, "DCD to come")
                client.close()
                wait_until(lambda: not port.cd, "DCD to go")
                port.dtr = False
                other.expect("\r\nready\r\n")
                self.assertEqual(other.command("AT"), b"\r\nOK\r\n")
                port.dtr = True
                self.assertEqual(module.log().count("held in reset"), 1)
            module.wait_for_log("held in reset", 2)  # who goes drops it too

    def test_dcd_follows_the_association(self):
        with Module(serial=["rfc2217:0,dcd=wifi", "tcp:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as other, serial.serial_for_url(
                    module.url("rfc2217").group(), timeout=PATIENCE) as port:
                self.assertFalse(port.cd)
                other.join()
                wait_until(lambda: port.cd, "DCD to come")
                other.command("AT+CWQAP")
                wait_until(lambda: not port.cd, "DCD to go")

    def test_the_framing_of_ip232(self):
        with Module(serial=["ip232:0,dcd=link,dtr=reset", "tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            place = re.search(r"ip232 (\S+):(\d+)", module.banner).groups()
            with TcpHost(*module.url("socket").groups()) as other, TcpHost(*place) as host:
                host.type(b"\xff\x01x\xff\xff\r\n")
                self.assertEqual(host.expect(b"ERROR\r\n"), b"x\xff\xff\r\r\nERROR\r\n")
                other.expect(b"x\xff\r\r\nERROR\r\n")
                client = self.connected(other, server)
                host.expect(b"\xff\x01")
                client.close()
                host.expect(b"\xff\x00")
                host.type(b"\xff\x00")
                other.expect("\r\nready\r\n")

    def test_a_host_hangs_up_over_rfc2217(self):
        door = "rfc2217:0,dcd=link,dtr=hangup"
        with Module(serial=[door, "tcp:0"]) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as other, serial.serial_for_url(
                    module.url("rfc2217").group(), timeout=PATIENCE) as port:
                with self.connected(other, server) as client:
                    wait_until(lambda: port.cd, "DCD to come")
                    port.dtr = False
                    other.expect("CLOSED\r\n")
                    wait_until(lambda: not port.cd, "DCD to go")
                    self.assertEqual(client.recv(1), b"")
                self.assertIn(b"+CWJAP_CUR:", other.command("AT+CWJAP_CUR?"))
            module.wait_for_log("has dropped DTR: the module hangs up")

    def test_a_host_hangs_up_over_ip232_while_the_peer_takes_nothing(self):
        for speed in ("fast", "baud"):
            with self.subTest(speed):
                self.hang_up_while_the_peer_takes_nothing("--speed", speed)

    def hang_up_while_the_peer_takes_nothing(self, *speed):
        doors = ["ip232:0,dcd=link,dtr=hangup", "tcp:0"]
        with Module(*speed, serial=doors) as module, Server() as server:
            module.wait_for_log("bfq0 is ready")
            place = re.search(r"ip232 (\S+):(\d+)", module.banner).groups()
            with TcpHost(*module.url("socket").groups()) as other, TcpHost(*place) as host:
                # RTS holds the host back: what it types then must not hide its DTR.
                other.command("AT+UART_CUR=4000000,8,1,0,3")
                host.type(b"\xff\x01")
                with self.connected(other, server) as client:
                    other.command("AT+CIPMODE=1")
                    other.command("AT+CIPSEND", "\r\n\r\n>")
                    before, held = -1, 0
                    while held != before:  # until the peer takes nothing any more
                        host.type(b"AT+GMR\r\n" * 1024)  # would be a command
                        time.sleep(0.3)
                        before, held = held, unread_by(client)
                    # DTR drops and comes back within a segment, and commands follow.
                    host.type(b"\xff\x00\xff\x01AT+CIPMODE=0\r\n")
                    other.expect("CLOSED\r\n")
                    self.assertEqual(other.expect("OK\r\n"), b"AT+CIPMODE=0\r\r\n\r\nOK\r\n")
                self.assertEqual(module.log().count("hangs up"), 1)
            module.wait_for_log("hangs up", 2)  # who goes drops it too


class XonXoff(unittest.TestCase):
    def test_a_host_stops_and_starts_what_it_is_sent(self):
        path = f"/tmp/bfq-journey-{os.getpid()}.xon"
        with Module(serial=["tcp:0,xonxoff", f"unix:{path},xonxoff", "pty,xonxoff"]) as module:
            module.wait_for_log("bfq0 is ready")
            module.link = module.pts
            for connect in (lambda: TcpHost(*module.url("socket").groups()),
                            lambda: UnixHost(path), module.host):
                with connect() as host:
                    self.assertEqual(host.command("ATE1"), b"\r\nOK\r\n")
                    host.type(b"\x13AT+GMR\r\n")
                    module.wait_for_log("> AT+GMR")
                    self.assertEqual(host.take_all(), b"")
                    host.type(b"\x11")
                    self.assertIn(b"compile time", host.expect("OK\r\n"))

    def test_a_device_has_it_from_its_driver(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            with Module(serial=[f"tty:{wired.ends[0]},57600,xonxoff"]) as module:
                module.wait_for_log("bfq0 is ready")
                flags = termios.tcgetattr(wired.watcher)[0]
                self.assertEqual(flags & (termios.IXON | termios.IXOFF),
                                 termios.IXON | termios.IXOFF)


class UnixDoor(unittest.TestCase):
    def setUp(self):
        self.path = f"/tmp/bfq-journey-{os.getpid()}.socket"

    def test_hosts_at_a_socket_in_the_file_system(self):
        with Module(serial=[f"unix:{self.path}"]) as module:
            module.wait_for_log("bfq0 is ready")
            self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
            with UnixHost(self.path) as one, UnixHost(self.path) as other:
                module.wait_for_log("has attached", 2)
                self.assertEqual(one.command("AT"), b"\r\nOK\r\n")
                other.expect(OK)
            status, _, errors = run_program(
                "run", "--state", "none", "--serial", f"unix:{self.path}"
            )
            self.assertEqual(status, 1)
            self.assertIn(
                f"--serial unix:{self.path}: the socket belongs to a program that is running",
                errors)
            self.assertEqual(module.log().count("has attached"), 2)  # nobody asked at the door
            with UnixHost(self.path) as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
        self.assertFalse(os.path.exists(self.path))
        self.assertFalse(os.path.exists(self.path + ".lock"))

    def test_who_may_open_it_is_said_behind_its_name(self):
        path = self.path + ",with a comma"
        escaped = path.replace(",", "\\,")
        group = os.getgroups()[-1] if os.getgroups() else os.getgid()
        options = f",mode=660,group={group},user={os.getuid()}"
        with Module(serial=[f"unix:{escaped}{options}", f"pty{options}"]) as module:
            for file in (path, module.pts):
                there = os.stat(file)
                self.assertEqual(stat.S_IMODE(there.st_mode), 0o660)
                self.assertEqual((there.st_uid, there.st_gid), (os.getuid(), group))
        door = f"unix:{self.path},group=nobody-has-this"
        status, _, errors = run_program("run", "--state", "none", "--serial", door)
        self.assertEqual(status, 1)
        self.assertIn("there is no group 'nobody-has-this' on this machine", errors)
        self.assertFalse(os.path.exists(self.path))

    def test_only_what_a_crash_has_left_is_replaced(self):
        with Module(serial=[f"unix:{self.path}"]) as module:
            module.process.kill()
            module.process.wait()
            module.process.returncode = 0
        self.assertTrue(os.path.exists(self.path))
        with Module(serial=[f"unix:{self.path}"]) as module:
            module.wait_for_log("bfq0 is ready")
            with UnixHost(self.path) as host:
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_what_is_not_ours_is_left_alone(self):
        arguments = ("run", "--state", "none", "--serial", f"unix:{self.path}")
        with socket.socket(socket.AF_UNIX) as foreign:
            foreign.bind(self.path)
            foreign.listen()
            status, _, errors = run_program(*arguments)
            self.assertEqual(status, 1)
            self.assertIn("belongs to a program that is running", errors)
            waiting = []
            with contextlib.suppress(BlockingIOError):
                while True:  # until it would take nobody
                    waiting.append(socket.socket(socket.AF_UNIX))
                    waiting[-1].setblocking(False)
                    waiting[-1].connect(self.path)
            status, _, errors = run_program(*arguments)
            self.assertEqual(status, 1)
            self.assertIn("belongs to a program that is running", errors)
            for client in waiting:
                client.close()
        os.unlink(self.path)
        with open(self.path, "w", encoding="ascii") as file:
            file.write("precious")
        status, _, errors = run_program(*arguments)
        self.assertEqual(status, 1)
        self.assertIn("is no socket", errors)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")
        os.unlink(self.path)


class TcpConnect(unittest.TestCase):
    def test_it_calls_again_whenever_the_host_has_gone(self):
        with Server() as server, Module(serial=[f"tcp-connect:localhost:{server.port}"]) as module:
            module.wait_for_log("bfq0 is ready")
            for _ in range(3):
                client = server.accept()
                client.sendall(b"AT\r\n")
                heard = b""
                while not heard.endswith(OK):
                    heard += client.recv(4096)
                client.close()

    def test_nobody_there_at_first(self):
        with Server() as server:
            port = server.port
        with Module(serial=[f"tcp-connect:127.0.0.1:{port}"]) as module:
            module.wait_for_log("Connection refused; it is called again")
            with socket.create_server(("127.0.0.1", port)) as listener:
                listener.settimeout(PATIENCE)
                client, _ = listener.accept()
                client.settimeout(PATIENCE)
                module.wait_for_log("has attached")
                client.sendall(b"AT\r\n")
                self.assertTrue(client.recv(10))
                client.close()
            self.assertEqual(module.log().count("Connection refused"), 1)


class TtyDoor(unittest.TestCase):
    def test_the_device_follows_the_module(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory:
            with Wired(directory) as wired, Module(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log("bfq0 is ready")
                with wired.host() as host:
                    self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                    self.assertEqual(wired.rate(), 115200)
                    for rate in (57600, 74880, 4608000):
                        host.command(f"AT+UART_CUR={rate},8,1,0,0")
                        wait_until(lambda: wired.rate() == rate, f"{rate} baud")
                    host.command("AT+UART_DEF=9600,8,2,0,0")
                    wait_until(lambda: wired.rate() == 9600, "9600 baud")
                    host.command("AT+UART_CUR=19200,8,1,0,0")
                    wait_until(lambda: wired.rate() == 19200, "19200 baud")
                    host.command("AT+RST")
                    host.expect("ready\r\n")
                    wait_until(lambda: wired.rate() == 9600, "what is stored")

    def test_a_rate_of_ones_own_until_it_is_changed(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            with Module(serial=[f"tty:{wired.ends[0]},38400"]) as module:
                module.wait_for_log("has 38400 baud, as --serial says")
                self.assertEqual(wired.rate(), 38400)
                with wired.host() as host:
                    host.command("AT+UART_CUR=57600,8,1,0,0")
                    wait_until(lambda: wired.rate() == 57600, "57600 baud")
                    host.command("AT+RST")
                    host.expect("ready\r\n")
                    wait_until(lambda: wired.rate() == 38400, "38400 baud")

    def test_at_the_pace_of_the_uart(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            with Module("--speed", "baud", serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log("bfq0 is ready")
                with wired.host() as host:
                    self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                    host.command("AT+UART_CUR=9600,8,1,0,0")
                    wait_until(lambda: wired.rate() == 9600, "9600 baud")
                    self.assertTrue(host.command("AT+GMR").endswith(b"OK\r\n"))

    def test_unplugged_and_plugged_in_again(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            with Module(serial=[f"tty:{wired.ends[0]}", "tcp:0"]) as module:
                module.wait_for_log("bfq0 is ready")
                with TcpHost(*module.url("socket").groups()) as other:
                    for times in (1, 2):
                        with wired.host() as host:
                            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
                        wired.unplug()
                        module.wait_for_log("is gone (unplugged?)", times)
                        other.command("AT+UART_CUR=57600,8,1,0,0")
                        wired.plug_in()
                        module.wait_for_log(f"host {wired.ends[0]} has attached", times + 1)
                        wait_until(lambda: wired.rate() == 57600, "57600 baud")

    def test_a_device_that_comes_later(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as above:
            directory = os.path.join(above, "by-id")
            with Module(serial=[f"tty:{directory}/module-end"]) as module:
                module.wait_for_log(
                    "there is no such device (No such file or directory); it is opened as"
                )
                os.mkdir(directory)
                with Wired(directory) as wired:
                    module.wait_for_log("has attached")
                    with wired.host() as host:
                        module.wait_for_log("bfq0 is ready")
                        self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_it_belongs_to_one_program(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as directory, Wired(directory) as wired:
            door = f"tty:{wired.ends[0]}"
            taken = os.open(wired.ends[0], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            fcntl.flock(taken, fcntl.LOCK_EX)
            status, _, errors = run_program("run", "--state", "none", "--serial", door)
            self.assertEqual(status, 1)
            self.assertIn(f"--serial {door}: another program has it", errors)
            os.close(taken)
            with Module(serial=[door]) as module:
                module.wait_for_log("bfq0 is ready")
                with self.assertRaisesRegex(serial.SerialException, "exclusively lock"):
                    serial.Serial(wired.ends[0], exclusive=True)
                lock = "/var/lock/LCK.." + os.path.realpath(wired.ends[0])[5:].replace("/", "_")
                with open(lock, encoding="ascii") as file:
                    self.assertEqual(int(file.read()), module.process.pid)
            self.assertFalse(os.path.exists(lock))

    def test_what_is_no_serial_device(self):
        status, _, errors = run_program("run", "--state", "none", "--serial", "tty:/dev/null")
        self.assertEqual(status, 1)
        self.assertIn("--serial tty:/dev/null: it is no serial device", errors)


class Mistakes(unittest.TestCase):
    def test_each_is_named(self):
        for door, message in {
            "modem:1": "no such door; use one of\n"
                       "pty[:LINK][,mode=MODE][,user=USER][,group=GROUP][,xonxoff]\n"
                       "tcp:[HOST:]PORT[,xonxoff]\n",
            "tcp:99999": "'99999' is not a port",
            "tcp-connect:7000": "give HOST:PORT",
            "tcp-connect:host:0": "'0' is not a port; give a number from 1",
            "rfc2217:0,reset=dtr": "'reset=dtr' is no option of rfc2217, which has reset=rts, "
                                    "dcd=on|wifi|link, dtr=ignore|reset|hangup",
            "ip232:0,dtr=drop": "'dtr=drop' is no option of ip232",
            "tcp:0,mode=660": "'mode=660' is no option of tcp, which has xonxoff",
            "pty:/tmp/a,b": "'b' is no option of pty, which has mode=MODE, user=USER, group=GROUP, "
                            "xonxoff; a comma in a path is written '\\,'",
            "unix:": "the path after ':' is missing",
            "unix:/" + "x" * 200: "at most 107 bytes",
            "tty:": "the device after ':' is missing",
            "tty:/dev/ttyUSB0,fast": "'fast' is no option of tty, which has BAUD, crtscts, xonxoff",
            "pty:": "the link's path after ':' is missing",
            "stdio:x": "stdio takes nothing behind ':'",
        }.items():
            status, _, errors = run_program("run", "--state", "none", "--serial", door)
            self.assertEqual(status, 2, door)
            self.assertIn(f"--serial {door}: ", errors)
            self.assertIn(message, errors)


if __name__ == "__main__":
    unittest.main()
