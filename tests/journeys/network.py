"""The module's links as the machine sees them: where they go, where they come from, how they
end."""

import re
import select
import socket
import struct
import threading
import time
import unittest

from journey import (
    Module, Server, TcpHost, free_port, machine_address, receive, timer_of, wait_until
)


class WhereLinksGo(unittest.TestCase):
    def test_the_gateway_and_its_name_are_this_machine(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            answer = host.command('AT+CIPDOMAIN="host.bfq.internal"')
            self.assertEqual(answer, b"+CIPDOMAIN:10.44.1.1\r\n\r\nOK\r\n")
            for name in ("10.44.1.1", "host.bfq.internal"):
                host.connect(server.port, name)
                with server.accept():
                    # Each module has a loopback address of its own.
                    self.assertEqual(server.peer[0], machine_address())
                    self.assertIn(b'"10.44.1.1"', host.command("AT+CIPSTATUS"))
                host.expect("CLOSED\r\n")

    def test_nobody_else_lives_on_the_virtual_network(self):
        with Module() as module, module.started_host() as host:
            host.join()
            began = time.monotonic()
            answer = host.command('AT+CIPSTART="TCP","10.44.1.77",80', "CLOSED\r\n")
            self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n")
            self.assertGreaterEqual(time.monotonic() - began, 3)
            module.wait_for_log("nobody has that address")

    def test_a_serial_door_of_the_program_is_closed_to_its_modules(self):
        door = ["tcp:127.0.0.1:0"]
        for policy in ((), ("--net", "allow=*")):
            with Module(*policy, serial=door) as module:
                place = module.url("socket")
                module.wait_for_log("bfq0 is ready")
                with TcpHost(*place.groups()) as host:
                    host.join()
                    answer = host.command(
                        f'AT+CIPSTART="TCP","host.bfq.internal",{place.group(2)}', "CLOSED\r\n"
                    )
                    self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n", policy)
                    module.wait_for_log("it is a serial door of this program")
        with Module(serial=["tcp:0", "rfc2217:0", "ip232:0"]) as module:
            module.wait_for_log("bfq0 is ready")
            with TcpHost(*module.url("socket").groups()) as host:
                host.join()
                for framed in "rfc2217 ", "ip232 ":
                    port = re.search(framed + r"\S+:(\d+)", module.banner)[1]
                    answer = host.command(
                        f'AT+CIPSTART="TCP","host.bfq.internal",{port}', "CLOSED\r\n"
                    )
                    self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n", framed)
        port = free_port()
        with Module(
            "--net", f"allow=host.bfq.internal:{port}", serial=[f"tcp:127.0.0.1:{port}"]
        ) as module:
            module.wait_for_log("bfq0 is ready")
            host = TcpHost("127.0.0.1", port)
            host.join()
            host.type(f'AT+CIPSTART="TCP","host.bfq.internal",{port}\r\n')
            host.expect("CONNECT\r\n")
            host.close()

    def test_names_come_from_the_hosts_file_and_unknown_ones_fail(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port, "localhost")
            server.accept().close()
            host.expect("CLOSED\r\n")
            answer = host.command('AT+CIPDOMAIN="no-such-name.invalid"')
            self.assertEqual(answer, b"DNS Fail\r\n\r\nERROR\r\n")

    def test_the_policy_is_asked_and_says_so(self):
        policy = ("--net", "deny=127.0.0.0/8,bad.test")
        with Module(*policy) as module, module.started_host() as host, Server() as server:
            host.join()
            # Denied under each of its names.
            for name in ("127.0.0.1", "localhost", "10.44.1.1"):
                answer = host.command(f'AT+CIPSTART="TCP","{name}",{server.port}', "CLOSED\r\n")
                self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n")
            module.wait_for_log("refused: deny=127.0.0.0/8", 3)
            self.assertEqual(host.command('AT+CIPDOMAIN="bad.test"'), b"DNS Fail\r\n\r\nERROR\r\n")

    def test_what_is_allowed_is_connected_and_logged(self):
        with Server() as server:
            with (
                Module("--net", f"allow=127.0.0.1:{server.port}") as module,
                module.started_host() as host,
            ):
                host.join()
                host.connect(server.port)
                module.wait_for_log(f"connected to 127.0.0.1:{server.port}")
                server.accept().close()
                host.expect("CLOSED\r\n")
                host.command('AT+CIPSTART="TCP","127.0.0.1",1', "CLOSED\r\n")
                module.wait_for_log("the allow list does not hold it")

    def test_an_allow_list_leads_to_this_machine_only_where_it_says_so(self):
        with Server() as server:
            machine = f", which is 127.0.0.1:{server.port}"
            policy = f"allow=*.test,10.0.0.0/8:{server.port};deny=*:25"
            with Module("--net", policy) as module, module.started_host() as host:
                host.join()
                self.is_not_reached(host, server, "127.0.0.1", "host.bfq.internal", "10.44.1.1")
                # The host chooses the gateway, too.
                host.command('AT+CIPSTA_CUR="10.9.9.2","10.9.9.1","255.255.255.0"')
                self.is_not_reached(host, server, "10.9.9.1", "host.bfq.internal")
                for gateway in ("10.44.1.1", "10.9.9.1"):
                    place = f"{gateway}:{server.port}{machine}"
                    module.wait_for_log(f"{place} refused: the allow list does not hold it")
            for allowed in ("host.bfq.internal", "127.0.0.1"):
                with Module("--net", f"allow={allowed}") as module, module.started_host() as host:
                    host.join()
                    for name in ("host.bfq.internal", "10.44.1.1"):
                        host.connect(server.port, name)
                        server.accept().close()
                        host.expect("CLOSED\r\n")
                    module.wait_for_log(f"{machine} from port", 2)

    def is_not_reached(self, host, server, *names):
        for name in names:
            answer = host.command(f'AT+CIPSTART="TCP","{name}",{server.port}', "CLOSED\r\n")
            self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n", name)
            answer = host.command(f'AT+CIPSTART="UDP","{name}",{server.port}')
            self.assertEqual(answer, b"CONNECT\r\n\r\nOK\r\n")
            self.assertEqual(host.send("lost"), b"\r\nSEND FAIL\r\n")
            host.command("AT+CIPCLOSE")


class HowLinksEnd(unittest.TestCase):
    def test_bytes_before_the_end_come_before_closed(self):
        for end in (close, reset):
            with Module() as module, module.started_host() as host, Server() as server:
                host.join()
                host.connect(server.port)
                client = server.accept()
                client.sendall(b"last words")
                self.assertEqual(host.received(), b"last words")
                client.sendall(b"and more")
                self.assertEqual(host.received(), b"and more")
                end(client)
                self.assertEqual(host.received(), b"")
                self.assertIn(b"STATUS:4", host.command("AT+CIPSTATUS"))

    def test_data_and_an_end_that_come_during_a_payload_are_told_behind_its_error(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            client = server.accept()
            self.assertEqual(host.command("AT+CIPSEND=4", "> "), b"\r\nOK\r\n> ")
            client.sendall(b"early")
            client.shutdown(socket.SHUT_WR)
            host.type("abcd")
            self.assertEqual(host.expect("ERROR\r\n"), b"\r\nRecv 4 bytes\r\n\r\nERROR\r\n")
            self.assertEqual(host.received(), b"early")
            self.assertEqual(host.received(), b"")
            self.assertEqual(receive_all(client), b"")
            client.close()

    def test_an_end_alone_during_a_payload_is_an_error_behind_it(self):
        for end in (close, reset):
            with Module() as module, module.started_host() as host, Server() as server:
                host.join()
                host.connect(server.port)
                client = server.accept()
                self.assertEqual(host.command("AT+CIPSEND=4", "> "), b"\r\nOK\r\n> ")
                host.type("ab")
                end(client)
                wait_until(module.ends, "the end of the link")
                host.type("cd")
                self.assertEqual(
                    host.expect("CLOSED\r\n"), b"\r\nRecv 4 bytes\r\n\r\nERROR\r\nCLOSED\r\n"
                )

    def test_an_end_while_the_host_does_not_read_costs_nothing(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            client = server.accept()
            body = bytes(range(256)) * 400
            client.sendall(body)
            client.close()
            module.wait_until_it_rests()
            self.assertEqual(host.received_until_closed(), body)

    def test_what_was_sent_before_a_close_arrives(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            client = server.accept()
            client.sendall(bytes(200000))  # more than the host reads
            host.expect(b"+IPD,")
            host.close()
            module.wait_for_log("no host has")
            host = module.host()
            host.type("ATE1\r\n")
            host.expect("OK\r\n")
            sent = host.command("AT+CIPSEND=2048", "> ")
            self.assertTrue(sent.endswith(b"> "))
            host.type(b"x" * 2048)
            host.expect("SEND OK\r\n")
            host.type("AT+CIPCLOSE\r\n")
            host.expect("OK\r\n")
            self.assertEqual(len(receive_all(client)), 2048)
            client.close()
            host.close()

    def test_peers_that_do_not_read(self):
        with Module() as module, module.started_host() as host, Server() as server:
            server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            host.join()
            host.command("AT+CIPMUX=1")
            clients = []
            for link in (0, 1):
                host.command(f'AT+CIPSTART={link},"TCP","127.0.0.1",{server.port}')
                clients.append(server.accept())
            # One resets during a send: that fails at once.
            fill(host, 1)
            before = time.monotonic()
            reset(clients[1])
            self.assertEqual(host.expect("CLOSED\r\n"), b"\r\nSEND FAIL\r\n1,CLOSED\r\n")
            self.assertLess(time.monotonic() - before, 5.0)
            # The other never reads: that takes 10 s, during which the module is busy.
            sent = fill(host, 0)
            before = time.monotonic()
            host.type("AT\r\n")
            self.assertEqual(host.expect("busy s...\r\n"), b"AT\r\r\nbusy s...\r\n")
            self.assertEqual(host.expect("CLOSED\r\n"), b"\r\nSEND FAIL\r\n0,CLOSED\r\n")
            self.assertGreater(time.monotonic() - before, 8.0)  # one has passed in fill()
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            # Once it reads, everything that was confirmed arrives, and of the rest a prefix only.
            came = receive_all(clients[0])
            self.assertTrue(came.startswith(sent))
            self.assertLess(len(came), len(sent) + 2048)
            clients[0].close()

    def test_a_peer_that_reads_slowly_keeps_its_link(self):
        with Module() as module, module.started_host() as host, Server() as server:
            server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            host.join()
            host.connect(server.port)
            peer = server.accept()
            sent, heard, enough = 0, bytearray(), threading.Event()

            def read_slowly():
                while not enough.wait(0.25):
                    heard.extend(peer.recv(500))

            reader = threading.Thread(target=read_slowly)
            reader.start()
            until = time.monotonic() + 15
            while time.monotonic() < until:
                self.assertEqual(host.send(bytes(2048)), b"\r\nSEND OK\r\n")
                sent += 2048
            enough.set()
            reader.join()
            self.assertGreater(sent - len(heard), 0)
            heard.extend(receive(peer, sent - len(heard)))
            self.assertEqual(heard, bytes(sent))
            peer.close()

    def test_what_came_is_printed_when_a_send_is_given_up(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            peer = server.accept()
            answer = b"\r\nSEND OK\r\n"
            while answer == b"\r\nSEND OK\r\n":
                host.command("AT+CIPSEND=2048", "> ")
                host.type(bytes(2048))
                host.expect("Recv 2048 bytes\r\n")
                if not select.select([host.descriptor], [], [], 1)[0]:
                    peer.sendall(b"inbound")
                answer = host.expect("\r\n") + host.expect("\r\n")
            self.assertEqual(answer, b"\r\nSEND FAIL\r\n")
            self.assertEqual(host.received(), b"inbound")
            self.assertEqual(host.received(), b"")
            module.wait_for_log("no longer accepts data, and the module gives the link up")
            peer.close()

    def test_a_peer_that_has_reset(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            client = server.accept()
            reset(client)
            host.expect("CLOSED\r\n")
            self.assertIn(b"link is not valid", host.command("AT+CIPSEND=4"))

    def test_leaving_the_network_closes_the_link(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            host.connect(server.port)
            client = server.accept()
            answer = host.command("AT+CWQAP", "CLOSED\r\n")
            self.assertEqual(answer, b"\r\nOK\r\nWIFI DISCONNECT\r\nCLOSED\r\n")
            self.assertEqual(receive_all(client), b"")

    def test_keep_alive_is_set_on_the_socket(self):
        with Module() as module, module.started_host() as host, Server() as server:
            host.join()
            answer = host.command(f'AT+CIPSTART="TCP","127.0.0.1",{server.port},60')
            self.assertEqual(answer, b"CONNECT\r\n\r\nOK\r\n")
            with server.accept():
                wait_until(lambda: timer_of(server.peer[1])[0] == "02", "a keep-alive timer")
            host.expect("CLOSED\r\n")


def fill(host, link):
    """Sends until the network takes no more; returns what was confirmed. The last payload is still
    pending."""
    sent = b""
    while len(sent) < 500000:
        payload = (b"%07d." % len(sent)) * 256
        host.command(f"AT+CIPSEND={link},2048", "> ")
        host.type(payload)
        host.expect("Recv 2048 bytes\r\n")
        ready, _, _ = select.select([host.descriptor], [], [], 0 if host.seen else 1.0)
        if not ready and not host.seen:
            return sent
        host.expect("\r\nSEND OK\r\n")
        sent += payload
    raise AssertionError("it takes whatever comes")


def close(client):
    client.close()


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def receive_all(client):
    data = b""
    while part := client.recv(65536):
        data += part
    return data


if __name__ == "__main__":
    unittest.main()
