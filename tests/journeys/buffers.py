"""Passive receive and segments with real peers. What is not read closes the peer's window, and is
all there when it is asked for, in order, also behind the end of the link. A segment is sent when
its peer has acknowledged it."""

import re
import socket
import threading
import time
import unittest

from journey import Module, Server, receive

MEGABYTE = bytes(i * 7 + i // 251 & 0xFF for i in range(1 << 20))
LIMIT = 2920


def ask(host, line):
    """The answer, with the unsolicited lines that stand before it. (The echo is off.)"""
    host.type(line + "\r\n")
    return host.answer()


def read_data(host, length):
    """The data that AT+CIPRECVDATA answers with, and what was said before."""
    host.type(f"AT+CIPRECVDATA={length}\r\n")
    before = host.expect(b"+CIPRECVDATA:")
    data = host.take(int(host.expect(b",")[:-1]))
    assert host.take(6) == b"\r\nOK\r\n"
    return data, before


def lengths(host):
    """How much waits for each link, and what was said before that."""
    host.type("AT+CIPRECVLEN?\r\n")
    before = host.expect(b"+CIPRECVLEN:")
    numbers = host.answer().split(b"\r")[0]
    return [int(n) for n in numbers.split(b",")], before


def read_all(host, size):
    """So many bytes, as they come, and all that was said between them."""
    data, said = bytearray(), b""
    while len(data) < size:
        waits, before = lengths(host)
        said += before
        if waits[0] == 0:
            continue  # it is on its way
        part, before = read_data(host, 2048)
        data += part
        said += before
    return bytes(data), said


class Pusher:
    """A peer that sends a megabyte as fast as it is taken, and then ends the connection."""

    def __init__(self, client, data=MEGABYTE):
        self.sent = 0
        self.client = client
        self.thread = threading.Thread(target=self.push, args=(data,))
        self.thread.start()

    def push(self, data):
        self.client.settimeout(60)
        with self.client:
            while self.sent < len(data):
                self.sent += self.client.send(data[self.sent : self.sent + 65536])
            self.client.shutdown(socket.SHUT_WR)
            self.client.recv(1)

    def wait_until_it_stands_still(self):
        before = -1
        while self.sent != before:
            before = self.sent
            time.sleep(0.5)  # is it stopped, or only slow?
        return before


class PassiveReceive(unittest.TestCase):
    def begin(self, host):
        host.join()
        host.command("ATE0")
        self.assertEqual(ask(host, "AT+CIPRECVMODE=1"), b"\r\nOK\r\n")

    def connect(self, host, server):
        answer = ask(host, f'AT+CIPSTART="TCP","127.0.0.1",{server.port}')
        self.assertTrue(answer.startswith(b"CONNECT\r\n\r\nOK\r\n"), answer)
        client = server.accept()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        return client

    def test_a_megabyte_that_nobody_reads_stops_at_the_window(self):
        with Module() as module, module.started_host() as host, Server() as server:
            self.begin(host)
            pusher = Pusher(self.connect(host, server))
            host.expect(b"\r\n+IPD,")
            note = int(host.expect(b"\r\n"))
            self.assertTrue(0 < note <= LIMIT, note)
            stopped = pusher.wait_until_it_stands_still()
            self.assertLess(stopped, len(MEGABYTE))
            self.assertEqual(ask(host, "AT+CIPRECVLEN?"), b"+CIPRECVLEN:2920,0,0,0,0\r\n\r\nOK\r\n")
            before = module.processor_seconds()
            time.sleep(1)  # nothing turns round and round meanwhile
            self.assertLess(module.processor_seconds() - before, 0.2)
            print(f"stopped after {stopped} bytes, of which {LIMIT} are told of")
            data, said = read_all(host, len(MEGABYTE))
            self.assertEqual(data, MEGABYTE)
            pusher.thread.join()
            if b"CLOSED\r\n" not in said:
                host.expect(b"CLOSED\r\n")
            self.assertEqual(
                ask(host, "AT+CIPRECVDATA=1"), b"link is not valid\r\n\r\nERROR\r\n"
            )

    def test_what_is_left_is_readable_behind_the_end(self):
        with Module() as module, module.started_host() as host, Server() as server:
            self.begin(host)
            with self.connect(host, server) as client:
                client.sendall(b"last words")
                host.expect(b"\r\n+IPD,10\r\n")
            host.expect(b"CLOSED\r\n")
            module.wait_for_log("has closed")
            self.assertIn(b"STATUS:4\r\n", ask(host, "AT+CIPSTATUS"))
            self.assertEqual(lengths(host)[0], [10, 0, 0, 0, 0])
            self.assertEqual(read_data(host, 4)[0], b"last")
            self.assertEqual(read_data(host, 64)[0], b" words")
            # A reset takes nothing of it, nor does a close of our own.
            with self.connect(host, server) as client:
                client.sendall(b"before a reset")
                host.expect(b"\r\n+IPD,14\r\n")
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            host.expect(b"CLOSED\r\n")
            self.assertEqual(read_data(host, 64)[0], b"before a reset")
            with self.connect(host, server) as client:
                client.sendall(b"before a close")
                host.expect(b"\r\n+IPD,14\r\n")
                self.assertEqual(ask(host, "AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
                self.assertEqual(client.recv(1), b"")
            self.assertEqual(read_data(host, 64)[0], b"before a close")

    def test_nothing_is_lost_where_the_world_has_a_delay(self):
        with Module("--set", "net.delay=30ms") as module, module.started_host() as host:
            with Server() as server:
                self.begin(host)
                pusher = Pusher(self.connect(host, server), MEGABYTE[:20000])
                self.assertEqual(read_all(host, 20000)[0], MEGABYTE[:20000])
                pusher.thread.join()


class Segments(unittest.TestCase):
    begin = PassiveReceive.begin
    connect = PassiveReceive.connect

    def send(self, host, payload):
        """The numbers of this segment and of the last one that has arrived."""
        host.type(f"AT+CIPSENDBUF={len(payload)}\r\n")
        numbers = host.expect(b"\r\nOK\r\n> ").split(b"\r\n")[-4]
        host.type(payload)
        host.expect(b"\r\nRecv %d bytes\r\n" % len(payload))
        return numbers

    def test_a_segment_is_sent_when_its_peer_has_acknowledged_it(self):
        with Module() as module, module.started_host() as host, Server() as server:
            self.begin(host)
            server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with self.connect(host, server) as client:
                for number in range(1, 41):
                    self.assertEqual(self.send(host, b"x" * 1000), b"%d,%d" % (number, number - 1))
                    self.assertEqual(receive(client, 1000), b"x" * 1000)
                    host.expect(b"\r\n%d,SEND OK\r\n" % number)
                self.assertEqual(ask(host, "AT+CIPCHECKSEQ=9"), b"9,TRUE\r\n\r\nOK\r\n")
                self.assertEqual(ask(host, "AT+CIPCHECKSEQ=8"), b"\r\nERROR\r\n")
                self.assertEqual(ask(host, "AT+CIPBUFSTATUS"), b"41,40,40,2920,4\r\n\r\nOK\r\n")

                # Its window is closed: what it has no room for is not acknowledged.
                number = 41
                while b"FULL" not in (answer := self.try_to_send(host)):
                    number += 1
                self.assertIn(b"FULL\r\n\r\nERROR\r\n", answer)
                last = b"AT+CIPCHECKSEQ=%d" % (number - 1)
                self.assertIn(b"FALSE\r\n", ask(host, last.decode()))
                self.assertEqual(ask(host, "AT+CIPBUFRESET"), b"\r\nERROR\r\n")
                self.assertEqual(ask(host, "AT+CIPSEND=5"), b"send mode error\r\n\r\nERROR\r\n")
                self.assertEqual(host.take_all(), b"")
                print(f"{(number - 41) * 730} bytes went before its window was closed")
                data = receive(client, (number - 41) * 730)
                self.assertEqual(data, b"y" * len(data))
                host.expect(b"\r\n%d,SEND OK\r\n" % (number - 1))
                self.assertEqual(ask(host, "AT+CIPBUFRESET"), b"\r\nOK\r\n")

    def try_to_send(self, host):
        """Sends a segment once those before have had some time to arrive; the refusal, or b""."""
        time.sleep(0.05)  # longer than the kernel keeps an acknowledgement back
        host.type("AT+CIPSENDBUF=730\r\n")
        answer = b""
        while not answer.endswith((b"> ", b"ERROR\r\n")):
            host.more()
            answer += host.take(len(host.seen))
        if answer.endswith(b"> "):
            host.type(b"y" * 730)
            host.expect(b"\r\nRecv 730 bytes\r\n")
            return b""
        return answer


if __name__ == "__main__":
    unittest.main()
