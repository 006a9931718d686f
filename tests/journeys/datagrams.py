"""UDP links: real datagrams, whole, with their senders."""

import os
import re
import socket
import subprocess
import unittest

from journey import PATIENCE, Module, free_port, machine_address


class Peer:
    """A UDP socket of this machine."""

    def __init__(self, address="127.0.0.1", port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(PATIENCE)
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, port, address=machine_address()):
        self.socket.sendto(data, (address, port))

    def receive(self):
        """Receives a datagram; self.sender is then where it came from."""
        data, self.sender = self.socket.recvfrom(65536)
        return data


def open_udp(host, arguments):
    """Opens link 0; returns the module's port."""
    answer = host.command(f'AT+CIPSTART="UDP",{arguments}')
    assert answer == b"CONNECT\r\n\r\nOK\r\n", answer
    return status_of(host)[1]


def status_of(host):
    """The peer and the port of link 0, as AT+CIPSTATUS reports them."""
    line = re.search(rb'\+CIPSTATUS:0,"UDP","([\d.]+)",(\d+),(\d+),0', host.command("AT+CIPSTATUS"))
    return (line.group(1).decode(), int(line.group(2))), int(line.group(3))


def send_to(host, data, address, port):
    assert host.command(f'AT+CIPSEND={len(data)},"{address}",{port}', "> ") == b"\r\nOK\r\n> "
    host.type(data)
    host.expect(f"\r\nRecv {len(data)} bytes\r\n")
    return host.expect("\r\n") + host.expect("\r\n")


def received_from(host):
    """Sender and data of one +IPD, with CIPDINFO=1."""
    host.expect("\r\n+IPD,")
    count, address, port = re.fullmatch(rb"(\d+),([\d.]+),(\d+):", host.expect(b":")).groups()
    return (address.decode(), int(port)), host.take(int(count))


class BothWays(unittest.TestCase):
    def test_datagrams_stay_whole(self):
        with Module() as module, module.started_host() as host, Peer() as peer:
            host.join()
            port = open_udp(host, f'"127.0.0.1",{peer.port}')
            self.assertEqual(host.send("hello"), b"\r\nSEND OK\r\n")
            self.assertEqual(peer.receive(), b"hello")
            self.assertEqual(peer.sender, (machine_address(), port))
            peer.send(b"one", port)
            peer.send(b"three", port)
            self.assertEqual(host.received(), b"one")
            self.assertEqual(host.received(), b"three")

    def test_the_largest_fits_and_a_larger_one_is_dropped(self):
        with Module() as module, module.started_host() as host, Peer() as peer:
            host.join()
            port = open_udp(host, f'"10.44.1.1",{peer.port}')
            body = os.urandom(2048)
            self.assertEqual(host.send(body), b"\r\nSEND OK\r\n")
            self.assertEqual(peer.receive(), body)
            for data in (bytes(2049), b"", body):
                peer.send(data, port)
            self.assertEqual(host.expect(":"), b"\r\n+IPD,0:")
            self.assertEqual(host.received(), body)
            module.wait_for_log("2049 bytes from 127.0.0.1")

    def test_a_host_that_does_not_read_gets_them_all_later(self):
        with Module() as module, module.started_host() as host, Peer() as peer:
            host.join()
            port = open_udp(host, f'"127.0.0.1",{peer.port}')
            bodies = [os.urandom(1000 + n) for n in range(50)]
            for body in bodies:
                peer.send(body, port)
            self.assertEqual([host.received() for _ in bodies], bodies)

    def test_it_is_seen_as_what_was_connected_to(self):
        with Module() as module, module.started_host() as host, Peer() as peer:
            host.join()
            host.command("AT+CIPDINFO=1")
            port = open_udp(host, f'"host.bfq.internal",{peer.port}')
            host.send("hello")
            self.assertEqual(peer.receive(), b"hello")
            peer.send(b"from the gateway", port)
            self.assertEqual(received_from(host), (("10.44.1.1", peer.port), b"from the gateway"))
            with Peer() as stranger:
                stranger.send(b"from somebody", port)
                self.assertEqual(
                    received_from(host), (("127.0.0.1", stranger.port), b"from somebody")
                )

    def test_socat_at_127_0_0_1_gets_its_answer_from_there(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            host.join()
            open_udp(host, f'"0",0,{port},2')
            # Connected, so it receives from 127.0.0.1 alone.
            with subprocess.Popen(["socat", "-", f"UDP:127.0.0.1:{port}"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE) as socat:
                socat.stdin.write(b"question")
                socat.stdin.flush()
                self.assertEqual(host.received(), b"question")
                self.assertEqual(host.send("answer"), b"\r\nSEND OK\r\n")
                self.assertEqual(os.read(socat.stdout.fileno(), 100), b"answer")
                socat.terminate()


class Peers(unittest.TestCase):
    def peers_seen(self, mode):
        """The peer before, and after one datagram from each of two others."""
        with (
            Module() as module,
            module.started_host() as host,
            Peer() as a,
            Peer() as b,
            Peer() as c,
        ):
            host.join()
            port = open_udp(host, f'"127.0.0.1",{a.port},{free_port()},{mode}')
            seen = [status_of(host)[0]]
            for peer in (b, c):
                peer.send(b"me", port)
                self.assertEqual(host.received(), b"me")
                seen.append(status_of(host)[0])
            self.assertEqual(host.send("you"), b"\r\nSEND OK\r\n")
            names = {
                ("127.0.0.1", peer.port): name for peer, name in ((a, "a"), (b, "b"), (c, "c"))
            }
            last = {"a": a, "b": b, "c": c}[names[seen[-1]]]
            self.assertEqual(last.receive(), b"you")
            return "".join(names[peer] for peer in seen)

    def test_mode_0_stays_with_its_peer(self):
        self.assertEqual(self.peers_seen(0), "aaa")

    def test_mode_1_changes_once(self):
        self.assertEqual(self.peers_seen(1), "abb")

    def test_mode_2_answers_whoever_wrote_last(self):
        self.assertEqual(self.peers_seen(2), "abc")

    def test_one_datagram_may_go_elsewhere(self):
        with Module() as module, module.started_host() as host, Peer() as peer, Peer() as other:
            host.join()
            open_udp(host, f'"127.0.0.1",{peer.port}')
            self.assertEqual(send_to(host, b"there", "10.44.1.1", other.port), b"\r\nSEND OK\r\n")
            self.assertEqual(other.receive(), b"there")
            self.assertEqual(host.send("here"), b"\r\nSEND OK\r\n")
            self.assertEqual(peer.receive(), b"here")


class WhereTheyGo(unittest.TestCase):
    def test_what_cannot_be_reached_fails(self):
        with (
            Module("--net", "deny=127.0.0.1:9") as module,
            module.started_host() as host,
            Peer() as peer,
        ):
            host.join()
            open_udp(host, f'"127.0.0.1",{peer.port}')
            nowhere = (
                ("0.0.0.0", 5000),
                ("169.254.1.1", 80),
                ("127.0.0.1", 9),
            )
            for address, port in nowhere:
                self.assertEqual(
                    send_to(host, b"lost", address, port), b"\r\nSEND FAIL\r\n", address
                )
            self.assertEqual(send_to(host, b"lost", "169.254.1.1", 80), b"\r\nSEND FAIL\r\n")
            self.assertEqual(module.log().count("169.254.1.1:80 refused"), 1)
            # Nobody has that address, which no radio can know.
            self.assertEqual(send_to(host, b"lost", "10.44.1.77", 5000), b"\r\nSEND OK\r\n")
            for address in ("10.44.1.255", "255.255.255.255", "239.0.0.1"):
                self.assertEqual(send_to(host, b"everybody", address, 5000), b"\r\nSEND OK\r\n")
            self.assertEqual(host.send("still there"), b"\r\nSEND OK\r\n")
            self.assertEqual(peer.receive(), b"still there")

    def test_a_peer_at_the_same_port(self):
        with Module() as module, module.started_host() as host, Peer() as peer:
            host.join()
            self.assertEqual(open_udp(host, f'"127.0.0.1",{peer.port},{peer.port}'), peer.port)
            host.send("hello")
            self.assertEqual(peer.receive(), b"hello")

    def test_a_peer_at_the_same_port_may_come_later(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            host.join()
            self.assertEqual(open_udp(host, f'"host.bfq.internal",{port},{port}'), port)
            with Peer(port=port) as peer:
                self.assertEqual(host.send("hello"), b"\r\nSEND OK\r\n")
                self.assertEqual(peer.receive(), b"hello")
                peer.send(b"hello back", *reversed(peer.sender))
                self.assertEqual(host.received(), b"hello back")

    def test_a_port_in_use_is_no_link(self):
        with Module() as module, module.started_host() as host, Peer(machine_address()) as taken:
            host.join()
            answer = host.command(f'AT+CIPSTART="UDP","127.0.0.1",7,{taken.port}')
            self.assertEqual(answer, b"CONNECT FAIL\r\n\r\nERROR\r\n")

    def test_strangers_on_other_networks_are_not_heard(self):
        address = own_address()
        if address is None:
            self.skipTest("this machine is on no network")
        with (Module() as module, module.started_host() as host,
              Peer(address) as friend, Peer(address) as same):
            host.join()
            host.command("AT+CIPDINFO=1")
            open_udp(host, f'"{address}",{friend.port}')
            host.send("hello")
            self.assertEqual(friend.receive(), b"hello")
            with Peer("0.0.0.0") as stranger:
                stranger.send(b"unwanted", friend.sender[1], "127.0.0.1")
                module.wait_for_log("dropped: a stranger's")
            # Another port of an address that was sent to, as with TFTP.
            same.send(b"wanted", friend.sender[1], friend.sender[0])
            self.assertEqual(received_from(host), ((address, same.port), b"wanted"))


def own_address():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


if __name__ == "__main__":
    unittest.main()
