"""Transparent transmission: what the host types goes to the peer, and back."""

import os
import socket
import threading
import time
import unittest

from journey import PATIENCE, Module, Server, free_port, machine_address, receive

SILENCE = 0.1  # around +++; the module requires 20 ms


def enter(host):
    assert host.command("AT+CIPSEND", "\r\n\r\n>") == b"\r\nOK\r\n\r\n>"


def leave(host):
    """Time alone tells the escape from data, so this waits."""
    time.sleep(SILENCE)
    host.type("+++")
    time.sleep(SILENCE)


def begin(host, port, kind="TCP", more=""):
    host.join()
    assert host.command("AT+CIPMODE=1") == b"\r\nOK\r\n"
    answer = host.command(f'AT+CIPSTART="{kind}","127.0.0.1",{port}{more}')
    assert answer == b"CONNECT\r\n\r\nOK\r\n", answer
    enter(host)


class OverTcp(unittest.TestCase):
    def test_every_byte_arrives_both_ways_at_once(self):
        with Module() as module, module.started_host() as host, Server() as server:
            begin(host, server.port)
            peer = server.accept()
            there, back = os.urandom(100_000), os.urandom(100_000)
            sender = threading.Thread(target=peer.sendall, args=(back,))
            typist = threading.Thread(target=host.type, args=(there,))
            listener_heard = []
            listener = threading.Thread(
                target=lambda: listener_heard.append(receive(peer, len(there)))
            )
            for thread in (sender, typist, listener):
                thread.start()
            self.assertEqual(host.take(len(back)), back)
            for thread in (sender, typist, listener):
                thread.join()
            self.assertEqual(listener_heard, [there])
            peer.close()

    def test_the_escape_and_the_way_back(self):
        with Module() as module, module.started_host() as host, Server() as server:
            begin(host, server.port)
            peer = server.accept()
            for data in (b"a+++", b"+++b", b"++++"):
                host.type(data)
                self.assertEqual(receive(peer, len(data)), data)
                time.sleep(SILENCE)
            leave(host)
            self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            peer.sendall(b"between")
            self.assertEqual(host.received(), b"between")
            self.assertEqual(host.command("AT+CIPSEND=4"), b"IPMODE=1\r\n\r\nERROR\r\n")
            enter(host)
            host.type("again")
            self.assertEqual(receive(peer, 5), b"again")
            leave(host)
            self.assertEqual(host.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
            self.assertEqual(peer.recv(1), b"")

    def test_it_connects_again_until_the_server_is_back(self):
        with Module() as module, module.started_host() as host:
            with Server() as server:
                begin(host, server.port)
                peer = server.accept()
                peer.close()
                first = server.accept()  # at once, while the server exists
                port = server.port
            first.close()
            module.wait_for_log("cannot connect to 127.0.0.1", 3)
            host.type("lost, as nobody hears it")
            module.wait_for_log("cannot connect to 127.0.0.1", 6)
            with socket.create_server(("127.0.0.1", port)) as back:
                back.settimeout(PATIENCE)
                peer, _ = back.accept()
                peer.settimeout(PATIENCE)
                module.wait_for_log("connected to", 3)
                module.wait_for_log("link 0: dropped 24 bytes that were typed")
                host.type("found")
                self.assertEqual(receive(peer, 5), b"found")
                peer.sendall(b"welcome back")
                self.assertEqual(host.expect(b"back"), b"welcome back")  # with no line before it
                peer.close()

    def test_the_escape_ends_the_attempts(self):
        with Module() as module, module.started_host() as host:
            with Server() as server:
                begin(host, server.port)
                peer = server.accept()
            peer.close()
            module.wait_for_log("cannot connect to 127.0.0.1", 2)
            leave(host)
            self.assertIn(b"STATUS:4", host.command("AT+CIPSTATUS"))
            count = module.log().count("cannot connect")
            time.sleep(3 * SILENCE)
            self.assertEqual(module.log().count("cannot connect"), count)

    def test_attempts_that_fail_alike_are_said_once_and_counted(self):
        with Module(log="info") as module, module.started_host() as host:
            with Server() as server:
                begin(host, server.port)
                peer, port = server.accept(), server.port
            peer.close()
            module.wait_for_log("cannot connect to 127.0.0.1")
            time.sleep(1)  # ten attempts
            with socket.create_server(("127.0.0.1", port)) as back:
                back.settimeout(PATIENCE)
                back.accept()[0].close()
            module.wait_for_log("connected to", 2)
            self.assertRegex(module.log(), r"Connection refused \(\d+ times more\)\n")
            self.assertEqual(module.log().count("cannot connect to 127.0.0.1"), 2)

    def test_a_peer_that_does_not_read_holds_the_host_up(self):
        with Module(log="info") as module, module.started_host() as host, Server() as server:
            begin(host, server.port)
            peer = server.accept()
            body = os.urandom(4_000_000)
            typist = threading.Thread(target=host.type, args=(body,))
            typist.start()
            time.sleep(11)  # longer than a CIPSEND would wait
            self.assertTrue(typist.is_alive())
            peer.sendall(b"the other direction is free")
            host.expect(b"free")
            self.assertTrue(typist.is_alive())
            self.assertTrue(receive(peer, len(body)) == body, "bytes are lost")
            typist.join()
            peer.close()


class OverUdp(unittest.TestCase):
    def test_a_silence_ends_a_datagram(self):
        with Module() as module, module.started_host() as host:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                peer.bind(("127.0.0.1", 0))
                peer.settimeout(PATIENCE)
                own = free_port()
                begin(host, peer.getsockname()[1], "UDP", f",{own},0")
                for data in (b"one", b"+++ two"):
                    host.type(data)
                    self.assertEqual(peer.recv(65536), data)
                long = os.urandom(5000)
                host.type(long)
                parts = []
                while sum(map(len, parts)) < len(long):
                    parts.append(peer.recv(65536))
                self.assertEqual(b"".join(parts), long)
                self.assertLessEqual(max(map(len, parts)), 2048)
                peer.sendto(b"back", (machine_address(), own))
                peer.sendto(b" again", (machine_address(), own))
                self.assertEqual(host.take(10), b"back again")
                leave(host)
                self.assertIn(b'+CIPSTATUS:0,"UDP","127.0.0.1"', host.command("AT+CIPSTATUS"))


if __name__ == "__main__":
    unittest.main()
