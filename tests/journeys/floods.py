"""Peers and hosts that flood, stall, or come and go without end: nothing is lost, nothing grows."""

import concurrent.futures
import contextlib
import ctypes
import os
import random
import select
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from journey import (
    PATIENCE, Module, Server, TcpHost, free_port, machine_address, receive, wait_until
)

MODULE = machine_address()
MEGABYTE = 1024 * 1024
BLACK_BOX = 3 * MEGABYTE // 2
# How much the program may grow while it holds a flood back, in kB: its buffers, and some slack.
ALLOWED = 1024
GROWTH = 128  # kB that thousands of connections may leave behind

# With AddressSanitizer: freed memory is not held in quarantine.
KEEPS_NOTHING = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") +
                 ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}


def noise(seed, size):
    return random.Random(seed).randbytes(size)


class Push:
    """Writes all of it, from a thread of its own."""

    def __init__(self, descriptor, data):
        self.descriptor, self.data, self.sent = descriptor, data, 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.sent < len(self.data):
            select.select([], [self.descriptor], [])
            with contextlib.suppress(BlockingIOError):
                self.sent += os.write(self.descriptor, self.data[self.sent:self.sent + 16384])


def send_buffer_of(client, size):
    """Limits what the kernel buffers of what the client sends, so that a flood need not be
    large."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
    return client


def wait_until_stalled(progress):
    """Waits until nothing has moved for half a second."""
    last = [None]

    def same():
        select.select([], [], [], 0.5)
        now, then = progress(), last[0]
        last[0] = now
        return now == then

    wait_until(same, "a sender that is held up")


def serve(host, port, join=True):
    if join:
        host.join()
    assert host.command("AT+CIPMUX=1") == b"\r\nOK\r\n"
    assert host.command(f"AT+CIPSERVER=1,{port}") == b"\r\nOK\r\n"


def next_data(host):
    """Link and data of one +IPD."""
    assert host.expect("\r\n+IPD,") == b"\r\n+IPD,"
    link, count = host.expect(":")[:-1].split(b",")
    return int(link), host.take(int(count))


@contextlib.contextmanager
def tls_files():
    """Paths of a self-signed certificate and its key."""
    with tempfile.TemporaryDirectory(prefix="bfq-tls-") as directory:
        key, certificate = (
            os.path.join(directory, name) for name in ("key.pem", "certificate.pem")
        )
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key]
        subprocess.run(
            [
                "openssl", "req", "-x509", *new_key, "-out", certificate, "-days", "2", "-subj",
                "/CN=flood"
            ],
            check=True,
            capture_output=True,
        )
        yield certificate, key


@contextlib.contextmanager
def tls_context():
    """A server context with a self-signed certificate."""
    with tls_files() as files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        yield context


class KeyUpdates:
    """A TLS server that sends nothing but key updates, as fast as it can; Python's ssl cannot."""

    def __init__(self, client, certificate, key):
        self.lib = ctypes.CDLL("libssl.so.3")
        for name in ("TLS_server_method", "SSL_CTX_new", "SSL_new"):
            getattr(self.lib, name).restype = ctypes.c_void_p
        pem, self.client, self.sent = 1, client, 0
        client.setblocking(True)
        context = ctypes.c_void_p(
            self.lib.SSL_CTX_new(ctypes.c_void_p(self.lib.TLS_server_method()))
        )
        self.lib.SSL_CTX_use_certificate_file(context, certificate.encode(), pem)
        self.lib.SSL_CTX_use_PrivateKey_file(context, key.encode(), pem)
        self.ssl = ctypes.c_void_p(self.lib.SSL_new(context))
        self.lib.SSL_set_fd(self.ssl, client.fileno())
        self.floods = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        self.lib.SSL_accept(self.ssl)
        self.floods.wait()
        update, handshake = self.lib.SSL_key_update, self.lib.SSL_do_handshake
        while update(self.ssl, 0) == 1 and handshake(self.ssl) == 1:
            self.sent += 1


def fill_black_box(host):
    """Fills the black box, which keeps the last megabyte of the module's input: from here on it
    does not grow."""
    host.type("ATE0\r\n")
    host.expect("OK\r\n")
    host.type(bytes(BLACK_BOX) + b"\r\n")
    host.expect("ERROR\r\n")
    host.type("ATE1\r\n")
    host.expect("OK\r\n")


class Floods(unittest.TestCase):
    def test_five_clients_flood_a_host_that_does_not_read(self):
        port, size = free_port(), 3 * MEGABYTE
        # The control channel keeps the last lines and events, which is no flood's.
        program = Module("--control", "none", log="info", environment=KEEPS_NOTHING)
        with program as module, module.started_host() as host:
            fill_black_box(host)
            serve(host, port)
            clients = []
            for link in range(5):
                clients.append(socket.create_connection((MODULE, port), PATIENCE))
                host.expect(f"{link},CONNECT\r\n")
            before = module.status("VmRSS")
            bodies = [noise(link, size) for link in range(5)]
            pushes = [Push(send_buffer_of(client, 2**18).fileno(), body)
                      for client, body in zip(clients, bodies)]
            wait_until_stalled(lambda: [push.sent for push in pushes])
            self.assertLess(max(push.sent for push in pushes), size)
            self.assertLess(module.status("VmRSS") - before, ALLOWED)
            heard = [bytearray() for _ in clients]
            while sum(map(len, heard)) < 5 * size:
                link, data = next_data(host)
                heard[link] += data
            self.assertTrue(heard == bodies)  # a message could not show the difference
            # The other end is intact too.
            for link, client in enumerate(clients):
                host.command(f"AT+CIPSEND={link},4", "> ")
                host.type(b"%04d" % link)
                host.expect("SEND OK\r\n")
                self.assertEqual(client.recv(4), b"%04d" % link)
                client.close()
                host.expect(f"{link},CLOSED\r\n")
            print(
                f"five clients: {before} kB before, {module.status('VmRSS')} kB after", flush=True
            )
            self.assertLess(module.status("VmRSS") - before, ALLOWED)

    def test_both_ends_flood_and_neither_reads(self):
        body, answer = noise("host", 4 * MEGABYTE), noise("peer", 4 * MEGABYTE)
        with (
            Module(log="info", environment=KEEPS_NOTHING) as module,
            module.started_host() as host,
            Server() as server,
        ):
            fill_black_box(host)
            host.join()
            host.connect(server.port)
            client = server.accept()
            host.command("AT+CIPMODE=1")
            host.command("AT+CIPSEND", ">")
            before = module.status("VmRSS")
            out, back = host.descriptor, send_buffer_of(client, 2**18).fileno()
            pushes = Push(out, body), Push(back, answer)
            wait_until_stalled(lambda: [push.sent for push in pushes])
            for push in pushes:
                self.assertLess(push.sent, len(push.data))
            self.assertLess(module.status("VmRSS") - before, ALLOWED)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                arrived = pool.submit(receive, client, len(body))
                heard = bytearray(host.seen)
                while len(heard) < len(answer):
                    self.assertTrue(
                        select.select([host.descriptor], [], [], PATIENCE)[0], "nothing moves"
                    )
                    heard += os.read(host.descriptor, 65536)
                self.assertTrue(arrived.result() == body)  # a message could not show the difference
            self.assertTrue(heard == answer)
            print(f"both ends: {before} kB before, {module.status('VmRSS')} kB after", flush=True)
            self.assertLess(module.status("VmRSS") - before, ALLOWED)
            client.close()

    def test_a_flood_of_datagrams_is_lost_whole_or_not_at_all(self):
        port = free_port()
        bodies = [b"%06d" % number + noise(number, number % 1400) for number in range(20000)]
        with Module(log="info", environment=KEEPS_NOTHING) as module, module.started_host() as host:
            fill_black_box(host)
            host.join()
            host.command(f'AT+CIPSTART="UDP","127.0.0.1",5000,{port},0', "OK\r\n")
            before = module.status("VmRSS")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                for body in bodies:
                    peer.sendto(body, (MODULE, port))
                self.assertLess(module.status("VmRSS") - before, ALLOWED)
                heard = []
                while not heard or heard[-1] != b"the end":
                    peer.sendto(b"the end", (MODULE, port))
                    heard.append(host.received())
            numbers = [int(datagram[:6]) for datagram in heard if datagram != b"the end"]
            print(f"datagrams: {len(numbers)} of {len(bodies)} heard", flush=True)
            self.assertGreater(len(numbers), 10)
            self.assertLess(len(numbers), len(bodies))
            self.assertEqual(numbers, sorted(set(numbers)))  # in order, none twice
            self.assertEqual(heard[:len(numbers)], [bodies[number] for number in numbers])
            self.assertLess(module.status("VmRSS") - before, ALLOWED)


class KeptBusy(unittest.TestCase):
    def worst_answer(self, host):
        """Seconds that the slowest of some answers to AT takes."""
        worst = 0.0
        for _ in range(50):
            began = time.monotonic()
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            worst = max(worst, time.monotonic() - began)
        return worst

    def test_a_tls_server_that_sends_key_updates_without_end(self):
        with (
            Module(log="info") as module,
            module.started_host() as host,
            Server() as server,
            tls_files() as files,
        ):
            host.join()
            host.type(f'AT+CIPSTART="SSL","127.0.0.1",{server.port}\r\n')
            flood = KeyUpdates(server.accept(), *files)
            host.expect("CONNECT\r\n\r\nOK\r\n")
            without = self.worst_answer(host)
            flood.floods.set()
            wait_until(lambda: flood.sent > 1000, "a flood")
            before = flood.sent
            worst = self.worst_answer(host)
            sent = flood.sent - before
            print(f"key updates: {sent}, AT {without:.4f} s, {worst:.4f} s with them")
            self.assertGreater(flood.sent, before, "the flood has ended")
            self.assertLess(worst, 10 * without + 0.2)
            self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")


class Dawdlers(unittest.TestCase):
    def test_clients_that_say_a_byte_now_and_then(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            serve(host, port)
            self.assertEqual(host.command("AT+CIPSTO=1"), b"\r\nOK\r\n")
            host.command("ATE0")
            dawdlers = [socket.create_connection((MODULE, port), PATIENCE) for _ in range(4)]
            host.expect("3,CONNECT\r\n")
            said, last, enough = [0], [0.0], threading.Event()

            def dawdle():
                while not enough.wait(0.25):
                    last[0] = time.monotonic()
                    for dawdler in dawdlers:
                        dawdler.sendall(b".")
                    said[0] += 1

            thread = threading.Thread(target=dawdle)
            thread.start()
            heard, served = self.serve_others(host, port, lambda: said[0] >= 8)
            enough.set()
            thread.join()
            self.assertGreater(served, 20)
            # A link with traffic is not idle (CIPSTO counts from the last byte in either
            # direction).
            while sum(heard) < 4 * said[0]:
                link, data = next_data(host)
                heard[link] += len(data)
            self.assertEqual(heard, [said[0]] * 4)
            for dawdler in dawdlers:
                self.assertEqual(dawdler.recv(1), b"")
                dawdler.close()
            self.assertGreaterEqual(time.monotonic() - last[0], 1)
            self.assertLess(time.monotonic() - last[0], 6)
            ended = b"".join(host.expect("CLOSED\r\n") for _ in dawdlers)
            self.assertEqual(sorted(ended.split()), [b"%d,CLOSED" % link for link in range(4)])

    def serve_others(self, host, port, enough):
        """Answers one client after the other on the link that is left. Returns how many there were,
        and how often each slow client was heard."""
        heard, served = [0] * 4, 0
        while not enough():
            with socket.create_connection((MODULE, port), PATIENCE) as client:
                self.listen(host, b"4,CONNECT", heard)
                client.sendall(b"a question")
                self.listen(host, (4, b"a question"), heard)
                host.type("AT+CIPSEND=4,9\r\n")
                self.listen(host, b"OK", heard)
                host.expect("> ")
                host.type("an answer")
                self.listen(host, b"SEND OK", heard)
                self.assertEqual(receive(client, 9), b"an answer")
            self.listen(host, b"4,CLOSED", heard)
            served += 1
        return heard, served

    def listen(self, host, wanted, heard):
        """Reads up to what is wanted: a line, or a link with its data."""
        while (event := host.next_event()) != wanted:
            if isinstance(event, tuple):
                heard[event[0]] += len(event[1])


class TenThousandTimes(unittest.TestCase):
    """Opens and closes of each kind; repeating them costs neither descriptors nor memory."""

    def module(self):
        # The control channel keeps the last events, up to 256 KiB of them.
        return Module("--control", "none", log="warn", serial=["tcp:0"], environment=KEEPS_NOTHING)

    def measure(self, module, many, few, once, allowed=GROWTH):
        for _ in range(few):
            once()
        wait_until(lambda: len(module.descriptors()) == self.at_rest, f"{self.at_rest} descriptors")
        before = module.status("VmRSS")
        begin = time.monotonic()
        for _ in range(many):
            once()
        wait_until(lambda: len(module.descriptors()) == self.at_rest, f"{self.at_rest} descriptors")
        after = module.status("VmRSS")
        took = time.monotonic() - begin
        print(f"{many} times {once.__name__}: {took:.1f} s, {before} kB, then {after} kB,"
              f" {self.at_rest} descriptors", flush=True)
        self.assertLess(after - before, allowed)

    def test_as_a_server(self):
        port = free_port()
        with self.module() as module:
            with TcpHost(*module.url("socket").groups()) as host:
                host.expect("ready\r\n")
                fill_black_box(host)
                serve(host, port)
                self.at_rest = len(module.descriptors())

                def five_clients_come_and_go():
                    clients = [socket.create_connection((MODULE, port), PATIENCE) for _ in range(5)]
                    host.expect("4,CONNECT\r\n")
                    for client in clients:
                        client.close()
                    host.expect("4,CLOSED\r\n")

                self.measure(module, 2000, 200, five_clients_come_and_go)

    def test_as_a_client(self):
        with self.module() as module, Server() as server:
            with TcpHost(*module.url("socket").groups()) as host:
                host.expect("ready\r\n")
                fill_black_box(host)
                host.join()
                self.at_rest = len(module.descriptors())

                def connect_and_close():
                    host.connect(server.port)
                    client = server.accept()
                    host.command("AT+CIPCLOSE", "CLOSED\r\n\r\nOK\r\n")
                    client.close()

                self.measure(module, 4000, 300, connect_and_close)

    def test_as_a_peer_of_datagrams(self):
        with self.module() as module:
            with TcpHost(*module.url("socket").groups()) as host:
                host.expect("ready\r\n")
                fill_black_box(host)
                host.join()
                self.at_rest = len(module.descriptors())

                def open_and_close():
                    host.command('AT+CIPSTART="UDP","127.0.0.1",5000', "CONNECT\r\n\r\nOK\r\n")
                    host.command("AT+CIPCLOSE", "CLOSED\r\n\r\nOK\r\n")

                self.measure(module, 2000, 200, open_and_close)

    def test_as_a_client_with_tls(self):
        with self.module() as module, Server() as server, tls_context() as tls:
            with TcpHost(*module.url("socket").groups()) as host:
                host.expect("ready\r\n")
                fill_black_box(host)
                host.join()
                self.at_rest = len(module.descriptors())

                def shake_hands_and_close():
                    host.type(f'AT+CIPSTART="SSL","127.0.0.1",{server.port}\r\n')
                    client = tls.wrap_socket(server.accept(), server_side=True)
                    host.expect("CONNECT\r\n\r\nOK\r\n")
                    host.command("AT+CIPCLOSE", "CLOSED\r\n\r\nOK\r\n")
                    client.close()

                # OpenSSL keeps some 15 bytes for each in the long run; a leaked link would be
                # several kB.
                self.measure(module, 300, 100, shake_hands_and_close, allowed=512)

    def test_as_a_serial_port(self):
        with self.module() as module:
            place = module.url("socket").groups()
            with TcpHost(*place) as host:
                host.expect("ready\r\n")
                fill_black_box(host)
                self.at_rest = len(module.descriptors()) - 1

            def a_serial_host():
                with TcpHost(*place) as host:
                    host.type("AT\r\n")
                    host.expect("OK\r\n")

            self.measure(module, 2000, 300, a_serial_host)


if __name__ == "__main__":
    unittest.main()
