"""SSL links to real servers: openssl s_server with every kind of certificate, and servers that are
not TLS."""

import os
import select
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import unittest

from journey import PATIENCE, Module, Server, free_port, run_program, wait_until, web_server

CONNECTED = b"CONNECT\r\n\r\nOK\r\n"
REFUSED = b"\r\nERROR\r\nCLOSED\r\n"


def start_to(name, port):
    return f'AT+CIPSTART="SSL","{name}",{port}'


class Certificates:
    """A certificate authority for the tests, and the certificates that it has signed."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="bfq-tls-")
        self.run(
            "req", "-x509", *self.new_key("ca"), "-days", "2", "-subj", "/CN=BFQ test CA", "-out",
            "ca.pem"
        )
        for name in ("localhost", "other.test", "client.test"):
            self.sign(name, name, "-days", "2")
        self.sign("expired", "localhost", "-days", "-1")
        for name, key in (("self", ()), ("short", ("rsa:1024",))):
            self.run(
                "req", "-x509", *self.new_key(name, *key), "-days", "2", "-subj", "/CN=own\nword",
                "-out", name + ".pem"
            )

    def new_key(self, name, *kind):
        kind = kind or ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        return "-newkey", *kind, "-nodes", "-keyout", name + ".key"

    def sign(self, name, host, *validity):
        self.run("req", *self.new_key(name), "-subj", "/CN=" + host, "-addext",
                 "subjectAltName=DNS:" + host, "-out", name + ".csr")
        self.run(
            "x509", "-req", "-in", name + ".csr", "-copy_extensions", "copy", "-CA", "ca.pem",
            "-CAkey", "ca.key", "-CAcreateserial", *validity, "-out", name + ".pem"
        )

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)

    def path(self, name):
        return os.path.join(self.directory, name)


class OpensslServer:
    """openssl s_server, with what it prints."""

    def __init__(self, certificate, *arguments):
        self.port = free_port()
        # Its input stays open: at its end the server would close.
        path = CERTIFICATES.path(certificate)
        self.process = subprocess.Popen(
            [
                "openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", path + ".pem",
                "-key", path + ".key", *arguments
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.seen = ""
        self.expect("ACCEPT")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def expect(self, text):
        while text not in self.seen:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise AssertionError(f"{text!r} did not come after {self.seen[-500:]!r}")
            self.seen += data.decode(errors="replace")

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()


class PythonServer(Server):
    """A TLS server in Python, for tests that do each step themselves."""

    def __init__(self):
        super().__init__()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(
            CERTIFICATES.path("localhost.pem"), CERTIFICATES.path("localhost.key")
        )

    def welcome(self, host, name="localhost"):
        """Makes the host connect; the handshake needs both sides at once. Returns the client, and
        what the host was told."""
        result = []
        thread = threading.Thread(
            target=lambda: result.append(host.command(start_to(name, self.port)))
        )
        thread.start()
        client = self.context.wrap_socket(self.accept(), server_side=True)
        thread.join()
        return client, result[0]


def setUpModule():
    global CERTIFICATES  # pylint: disable=global-statement
    CERTIFICATES = Certificates()


def tearDownModule():
    shutil.rmtree(CERTIFICATES.directory)


def trusting_module():
    """A module on a machine that trusts the test's authority."""
    return Module(environment={"SSL_CERT_FILE": CERTIFICATES.path("ca.pem")})


class Opening(unittest.TestCase):
    def test_every_certificate_connects_and_the_log_tells_what_it_was_worth(self):
        worth = {
            "localhost": "CN=localhost is not verified (it would have passed)",
            "self": r"CN=own\0Aword is not verified (it would not have passed: "
                    "self-signed certificate",
            "expired": "is not verified (it would not have passed: certificate has expired)",
            "other.test": "is not verified (it would not have passed: hostname mismatch)",
            "short": "self-signed certificate",
        }
        with trusting_module() as module, module.started_host() as host:
            host.join()
            for certificate, verdict in worth.items():
                old_keys = ("-cipher", "DEFAULT:@SECLEVEL=0")
                with self.subTest(certificate), OpensslServer(certificate, *old_keys) as server:
                    self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                    module.wait_for_log(verdict)
                    self.assertIn(
                        f'"SSL","127.0.0.1",{server.port},'.encode(), host.command("AT+CIPSTATUS")
                    )
                    self.assertIn(
                        b"\r\nSEND OK\r\n", host.send(b"to " + certificate.encode() + b"\n")
                    )
                    server.expect("to " + certificate)
                    server.type("from the server\n")
                    self.assertEqual(host.received(), b"from the server\n")
                    self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
                    server.expect("DONE")  # not printed without a close_notify

    def test_both_versions_and_no_older_one(self):
        with trusting_module() as module, module.started_host() as host:
            host.join()
            for version, named in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
                with OpensslServer("localhost", version) as server:
                    self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                    module.wait_for_log(f"with {named}, ")
                    host.command("AT+CIPCLOSE")
            with OpensslServer("localhost", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0") as server:
                self.assertEqual(
                    host.command(start_to("localhost", server.port), "CLOSED\r\n"), REFUSED
                )

    def test_a_server_hears_the_name_but_no_address(self):
        with trusting_module() as module, module.started_host() as host:
            host.join()
            for typed, heard in (
                ("localhost", "localhost"),
                ("host.bfq.internal", "host.bfq.internal"),
                ("127.0.0.1", None),
            ):
                with PythonServer() as server:
                    names = []
                    server.context.sni_callback = lambda _, name, __: names.append(name)
                    client, answer = server.welcome(host, typed)
                    self.assertEqual((answer, names), (CONNECTED, [heard]))
                    client.close()
                    host.expect("CLOSED\r\n")

    def test_a_second_certificate_is_chosen_by_name(self):
        path = CERTIFICATES.path("localhost")
        second = ("-servername", "localhost", "-cert2", path + ".pem", "-key2", path + ".key")
        with trusting_module() as module, module.started_host() as host, \
                OpensslServer("other.test", *second) as server:
            host.join()
            self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
            server.expect('Hostname in TLS extension: "localhost"')
            module.wait_for_log("CN=localhost is not verified (it would have passed)")

    def test_a_handshake_that_fails_ends_like_a_refused_connection(self):
        wants_ours = ("-Verify", "1", "-verify_return_error", "-tls1_2")
        with trusting_module() as module, module.started_host() as host:
            host.join()
            with OpensslServer("localhost", *wants_ours) as server:
                self.assertEqual(
                    host.command(start_to("localhost", server.port), "CLOSED\r\n"), REFUSED
                )
                module.wait_for_log("TLS: sslv3 alert handshake failure")
            with Server() as server:  # plain TCP
                host.type(start_to("127.0.0.1", server.port) + "\r\n")
                client = server.accept()
                client.sendall(b"220 mail.test says hello\r\n")
                host.expect("\r\r\n")
                self.assertEqual(host.expect("CLOSED\r\n"), REFUSED)
                module.wait_for_log("TLS: wrong version number")
                client.close()
            with Server() as server:
                host.type(start_to("127.0.0.1", server.port) + "\r\n")
                client = server.accept()
                client.close()
                host.expect("\r\r\n")
                self.assertEqual(host.expect("CLOSED\r\n"), REFUSED)
            self.assertEqual(
                host.command(start_to("127.0.0.1", free_port()), "CLOSED\r\n"), REFUSED
            )
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")

    def test_plain_http_on_the_port(self):
        with (
            trusting_module() as module,
            module.started_host() as host,
            web_server(b"page") as port,
        ):
            host.join()
            self.assertEqual(host.command(start_to("127.0.0.1", port), "CLOSED\r\n"), REFUSED)

    def test_a_silent_server_is_given_up(self):
        with trusting_module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.type(start_to("127.0.0.1", server.port) + "\r\n")
            client = server.accept()
            host.expect("\r\r\n")
            self.assertEqual(host.expect("CLOSED\r\n", patience=2 * PATIENCE), REFUSED)
            while client.recv(65536):  # until the module has closed it
                pass
            client.close()

    def test_one_at_a_time(self):
        with (
            trusting_module() as module,
            module.started_host() as host,
            OpensslServer("localhost") as server,
        ):
            host.join()
            host.command("AT+CIPMUX=1")
            start = f'AT+CIPSTART={{}},"SSL","localhost",{server.port}'
            self.assertEqual(host.command(start.format(0)), b"0,CONNECT\r\n\r\nOK\r\n")
            self.assertEqual(host.command(start.format(1)), b"ssl reach max\r\n\r\nERROR\r\n")
            self.assertEqual(host.command("AT+CIPCLOSE=0"), b"0,CLOSED\r\n\r\nOK\r\n")
            self.assertEqual(host.command(start.format(1)), b"1,CONNECT\r\n\r\nOK\r\n")


class Ending(unittest.TestCase):
    def test_a_close_or_an_alert_later_is_a_remote_close(self):
        # Fails once it has our answer.
        wants_ours = ("-Verify", "1", "-verify_return_error", "-tls1_3")
        with trusting_module() as module, module.started_host() as host:
            host.join()
            with OpensslServer("localhost", *wants_ours) as server:
                self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                host.expect("CLOSED\r\n")
                module.wait_for_log("is lost: tlsv13 alert certificate required")
            with OpensslServer("localhost") as server:
                self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                server.type("last words\n")
                self.assertEqual(host.received(), b"last words\n")
                server.process.kill()
                host.expect("CLOSED\r\n")
                module.wait_for_log("is lost: unexpected eof")
            with PythonServer() as server:
                client, _ = server.welcome(host)
                client.sendall(b"last words")
                client.unwrap().close()  # returns when the module has sent its close_notify too
                self.assertEqual(host.received(), b"last words")
                host.expect("CLOSED\r\n")
                module.wait_for_log("has closed")
            self.assertIn(b"STATUS:4", host.command("AT+CIPSTATUS"))

    def test_a_link_that_goes_while_its_payload_is_typed_answers_error(self):
        def close_notify(client):
            client.unwrap().close()

        def end(client):
            client.close()

        def reset(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

        with trusting_module() as module, module.started_host() as host:
            host.join()
            for goes in (close_notify, end, reset):
                with self.subTest(goes.__name__), PythonServer() as server:
                    client, answer = server.welcome(host)
                    self.assertEqual(answer, CONNECTED)
                    self.assertEqual(host.command("AT+CIPSEND=4", "> "), b"\r\nOK\r\n> ")
                    host.type("ab")
                    before = module.ends()
                    goes(client)
                    wait_until(
                        lambda before=before: module.ends() > before, "the end of the link"
                    )
                    host.type("cd")
                    self.assertEqual(
                        host.expect("CLOSED\r\n"), b"\r\nRecv 4 bytes\r\n\r\nERROR\r\nCLOSED\r\n"
                    )


class Bytes(unittest.TestCase):
    def test_a_hundred_kilobytes_both_ways_by_s_server(self):
        with trusting_module() as module, module.started_host() as host, \
                OpensslServer("localhost", "-rev") as server:
            host.join()
            self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
            for i in range(52):
                line = "".join(f"{i}:{n};" for n in range(300))[:1999].encode()
                self.assertIn(b"SEND OK", host.send(line + b"\n"))
                came = b""
                while len(came) < len(line) + 1:
                    came += host.received()
                self.assertEqual(came, line[::-1] + b"\n")

    def test_large_records_while_the_host_does_not_read(self):
        body = os.urandom(1 << 20)
        with trusting_module() as module, module.started_host() as host, PythonServer() as server:
            host.join()
            client, answer = server.welcome(host)
            self.assertEqual(answer, CONNECTED)
            sent = threading.Thread(target=lambda: (client.sendall(body), client.unwrap()))
            sent.start()
            module.wait_until_it_rests()
            self.assertTrue(sent.is_alive())  # not all of it fitted into buffers
            self.assertEqual(host.received_until_closed(), body)
            sent.join()
            client.close()

    def test_send_ok_waits_for_a_server_that_does_not_read(self):
        with trusting_module() as module, module.started_host() as host, PythonServer() as server:
            server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            host.join()
            client, answer = server.welcome(host)
            self.assertEqual(answer, CONNECTED)
            sent, payload = b"", os.urandom(2048)
            while host.send(payload) == b"\r\nSEND OK\r\n":
                sent += payload
                self.assertLess(len(sent), 200000)
            host.expect("CLOSED\r\n")  # after the ten seconds that end in SEND FAIL
            module.wait_for_log("connected to localhost")
            came = b""
            while len(came) < len(sent):
                came += client.recv(65536)
            self.assertEqual(came[:len(sent)], sent)
            client.close()

    def test_restart_and_a_new_link_afterwards(self):
        with (
            trusting_module() as module,
            module.started_host() as host,
            OpensslServer("localhost") as server,
        ):
            for _ in range(3):
                host.join()
                self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                server.type("unread\n")
                host.type("AT+RST\r\n")
                host.expect("ready\r\n")


def world_with(**files):
    """The path of a world whose module has these files, which lie beside it."""
    path = CERTIFICATES.path("world.toml")
    tls = ", ".join(f'{key} = "{file}"' for key, file in files.items())
    with open(path, "w", encoding="ascii") as world:
        world.write(f'[[ap]]\nssid = "BFQ-LAB"\npassword = "bfq4004-lab"\n'
                    f"[[module]]\ntls = {{ {tls} }}\n")
    return path


class WhatTheHostAsksFor(unittest.TestCase):
    """AT+CIPSSLCCONF."""

    OWN = {"certificate": "client.test.pem", "key": "client.test.key"}

    def check(self, host, checks):
        self.assertEqual(host.command(f"AT+CIPSSLCCONF={checks}"), b"\r\nOK\r\n")

    def is_refused(self, host, port, name="localhost"):
        self.assertEqual(host.command(start_to(name, port), "CLOSED\r\n"), REFUSED)

    def test_a_server_that_wants_a_certificate_gets_the_modules(self):
        ca = CERTIFICATES.path("ca.pem")
        asks = ("-Verify", "1", "-verify_return_error", "-CAfile", ca)
        with Module(world_with(**self.OWN)) as module, module.started_host() as host:
            host.join()
            for version in ("-tls1_2", "-tls1_3"):
                with OpensslServer("localhost", version, *asks) as server:
                    self.check(host, 1)
                    self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                    self.assertIn(b"\r\nSEND OK\r\n", host.send(b"to the server\n"))
                    server.expect("CN = client.test")
                    server.expect("to the server")
                    self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
                    self.check(host, 0)
                    if version == "-tls1_2":
                        self.is_refused(host, server.port)
                    else:  # the server says so behind the handshake
                        host.command(start_to("localhost", server.port))
                        host.expect("CLOSED\r\n")

    def test_a_server_is_verified(self):
        with Module(world_with(ca="ca.pem")) as module, module.started_host() as host:
            host.join()
            self.check(host, 2)
            with OpensslServer("localhost") as server:
                self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                module.wait_for_log("CN=localhost is verified")
                host.command("AT+CIPCLOSE")
                self.is_refused(host, server.port, "127.0.0.1")
                module.wait_for_log("(IP address mismatch)")
            for certificate, why in (("other.test", "hostname mismatch"),
                                     ("self", "self-signed certificate"),
                                     ("expired", "certificate has expired")):
                with self.subTest(certificate), OpensslServer(certificate) as server:
                    self.is_refused(host, server.port)
                    module.wait_for_log(f"certificate verify failed ({why}")

    def test_what_is_missing_is_named(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            for checks, missing in ((1, "tls.certificate"), (2, "tls.ca")):
                self.check(host, checks)
                self.is_refused(host, server.port)
                module.wait_for_log(f"the world names no {missing}")

    def test_files_that_are_wrong_are_refused_at_the_start(self):
        for files, wrong in (
            ({"ca": "missing.pem"}, "tls.ca: "),
            ({"ca": "ca.key"}, "ca.key holds no certificate in PEM"),
            ({**self.OWN, "key": "localhost.key"}, "localhost.key is not the key of that"),
            ({**self.OWN, "key": "ca.pem"}, "ca.pem holds no private key in PEM"),
        ):
            with self.subTest(wrong):
                status, _, errors = run_program("lint", world_with(**files))
                self.assertEqual(status, 2)
                self.assertIn(wrong, errors)


class WhatEspAtSays(unittest.TestCase):
    """AT+CIPSSLCCN and its like, of the personality esp-at-2."""

    def start(self, **files):
        world = world_with(**files) if files else None
        module = self.enterContext(
            Module(*([world] if world else []), "--personality", "esp-at-2"))
        host = self.enterContext(module.started_host())
        host.echoed_end = "\r\n"
        answer = host.command('AT+CWJAP="BFQ-LAB","bfq4004-lab"')
        self.assertEqual(answer, b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n")
        return module, host

    def set(self, host, line):
        self.assertEqual(host.command(line), b"\r\nOK\r\n")

    def test_a_server_hears_another_name_and_is_offered_protocols(self):
        module, host = self.start()
        self.set(host, 'AT+CIPSSLCSNI="other.test"')
        self.set(host, 'AT+CIPSSLCALPN=2,"h2","http/1.1"')
        other = CERTIFICATES.path("other.test")
        names = ("-servername", "other.test", "-cert2", other + ".pem", "-key2", other + ".key")
        with OpensslServer("localhost", *names) as server:
            self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
            module.wait_for_log("CN=other.test")
            self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
        with OpensslServer("localhost", "-alpn", "http/1.1") as server:
            self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
            server.expect("ALPN protocols advertised by the client: h2, http/1.1")
            server.expect("ALPN protocols selected: http/1.1")

    def test_the_common_name_is_the_one_that_is_set(self):
        module, host = self.start(ca="ca.pem")
        self.set(host, "AT+CIPSSLCCONF=2")
        with OpensslServer("other.test") as server:
            self.assertEqual(host.command(start_to("127.0.0.1", server.port), "CLOSED\r\n"),
                             REFUSED)
            self.set(host, 'AT+CIPSSLCCN="other.test"')
            self.assertEqual(host.command(start_to("127.0.0.1", server.port)), CONNECTED)
            module.wait_for_log("CN=other.test is verified")

    def test_a_shared_key_takes_the_place_of_certificates(self):
        _, host = self.start()
        key = ("-nocert", "-psk", b"a key".hex(), "-psk_identity", "me")
        for version in ("-tls1_3", "-tls1_2"):
            with self.subTest(version), OpensslServer("localhost", version, *key) as server:
                self.set(host, 'AT+CIPSSLCPSK="another","me"')
                self.assertEqual(host.command(start_to("localhost", server.port), "CLOSED\r\n"),
                                 REFUSED)
                self.set(host, 'AT+CIPSSLCPSK="a key","me"')
                self.assertEqual(host.command(start_to("localhost", server.port)), CONNECTED)
                self.set(host, 'AT+CIPSSLCPSK="",""')
                self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")

    def test_a_certificate_that_is_missing_is_named(self):
        _, host = self.start()
        for checks, missing in ((1, b"NO CERT FOUND"), (2, b"NO CA FOUND")):
            self.set(host, f"AT+CIPSSLCCONF={checks}")
            self.assertEqual(host.command(start_to("localhost", 4433), "CLOSED\r\n"),
                             missing + b"\r\n" + REFUSED)

    def test_a_certificate_without_its_key_shows_none(self):
        module, host = self.start(certificate="client.test.pem")
        self.set(host, "AT+CIPSSLCCONF=1")
        self.assertEqual(host.command(start_to("localhost", 4433), "CLOSED\r\n"),
                         b"NO PRVT_KEY FOUND\r\n" + REFUSED)
        module.wait_for_log("the world names no tls.key")


if __name__ == "__main__":
    unittest.main()
