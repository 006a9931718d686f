"""The module's TCP server: clients of this machine, as many as there is room for."""

import os
import socket
import subprocess
import unittest

import journey
from journey import PATIENCE, Module, free_port, machine_address, receive, timer_of, wait_until

MODULE = machine_address()


def start(host, port, join=True):
    if join:
        host.join()
    assert host.command("AT+CIPMUX=1") == b"\r\nOK\r\n"
    assert host.command(f"AT+CIPSERVER=1,{port}") == b"\r\nOK\r\n"


def client_of(port, address=MODULE):
    return socket.create_connection((address, port), PATIENCE)


def is_turned_away(port):
    """True when a connection is reset before any byte is sent on it."""
    try:
        with client_of(port) as client:
            return client.recv(1) == b"never"
    except (ConnectionResetError, ConnectionRefusedError):
        return True


def send(host, link, data):
    assert host.command(f"AT+CIPSEND={link},{len(data)}", "> ") == b"\r\nOK\r\n> "
    host.type(data)
    host.expect(f"\r\nRecv {len(data)} bytes\r\n")
    return host.expect("\r\n") + host.expect("\r\n")


def received(host, link):
    host.expect(f"\r\n+IPD,{link},")
    return host.take(int(host.expect(":")[:-1]))


class Clients(unittest.TestCase):
    def test_five_have_room_and_the_sixth_is_turned_away(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            clients = []
            for link in range(5):
                clients.append(client_of(port, "127.0.0.1" if link % 2 else MODULE))
                self.assertEqual(host.expect("\r\n"), b"%d,CONNECT\r\n" % link)
            self.assertTrue(is_turned_away(port))
            clients[2].close()
            self.assertEqual(host.expect("\r\n"), b"2,CLOSED\r\n")
            clients[2] = client_of(port)
            self.assertEqual(host.expect("\r\n"), b"2,CONNECT\r\n")
            status = host.command("AT+CIPSTATUS")
            for link, client in enumerate(clients):
                line = f'+CIPSTATUS:{link},"TCP","127.0.0.1",{client.getsockname()[1]},{port},1\r\n'
                self.assertIn(line.encode(), status)
                client.close()

    def test_fewer_when_the_host_says_so(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            self.assertEqual(host.command("AT+CIPSERVERMAXCONN=1"), b"\r\nOK\r\n")
            start(host, port)
            with client_of(port):
                host.expect("0,CONNECT\r\n")
                self.assertTrue(is_turned_away(port))
            host.expect("0,CLOSED\r\n")
            with client_of(port):
                host.expect("0,CONNECT\r\n")

    def test_bytes_both_ways(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            with client_of(port) as first, client_of(port) as second:
                host.expect("1,CONNECT\r\n")
                first.sendall(b"from the first")
                self.assertEqual(received(host, 0), b"from the first")
                second.sendall(b"from the second")
                self.assertEqual(received(host, 1), b"from the second")
                body = os.urandom(2048)
                self.assertEqual(send(host, 1, body), b"\r\nSEND OK\r\n")
                self.assertEqual(receive(second, len(body)), body)
                self.assertEqual(send(host, 0, b"hello"), b"\r\nSEND OK\r\n")
                self.assertEqual(receive(first, 5), b"hello")

    def test_socat_asks_and_is_answered(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            with subprocess.Popen(
                ["socat", "-t", "20", "-", f"TCP:127.0.0.1:{port}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ) as socat:
                host.expect("0,CONNECT\r\n")
                socat.stdin.write(b"GET / HTTP/1.0\r\n\r\n")
                socat.stdin.flush()
                self.assertEqual(received(host, 0), b"GET / HTTP/1.0\r\n\r\n")
                self.assertEqual(send(host, 0, b"HTTP/1.0 200 OK\r\n\r\nhello"), b"\r\nSEND OK\r\n")
                self.assertEqual(host.command("AT+CIPCLOSE=0"), b"0,CLOSED\r\n\r\nOK\r\n")
                socat.stdin.close()
                self.assertEqual(socat.stdout.read(), b"HTTP/1.0 200 OK\r\n\r\nhello")

    def test_many_who_come_and_go_at_once(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            for _ in range(40):
                client_of(port).close()

            wait_until(
                lambda: module.ends() + module.log().count("turned away") >= 40, "all 40"
            )
            with client_of(port) as last:
                last.sendall(b"last")
                host.expect(b":last")
            host.seen = b""
            self.assertTrue(host.command("AT").endswith(b"\r\nOK\r\n"))


class Ends(unittest.TestCase):
    def test_the_module_closes_one(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            with client_of(port) as stays, client_of(port) as goes:
                host.expect("1,CONNECT\r\n")
                self.assertEqual(host.command("AT+CIPCLOSE=1"), b"1,CLOSED\r\n\r\nOK\r\n")
                self.assertEqual(goes.recv(1), b"")
                # No effect while it serves.
                self.assertEqual(host.command("AT+CIPCLOSE=5"), b"\r\nOK\r\n")
                stays.sendall(b"here")
                self.assertEqual(received(host, 0), b"here")

    def test_a_client_that_resets(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            client = client_of(port)
            host.expect("0,CONNECT\r\n")
            client.sendall(b"bye")
            self.assertEqual(received(host, 0), b"bye")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
            self.assertEqual(host.expect("\r\n"), b"0,CLOSED\r\n")
            with client_of(port):
                self.assertEqual(host.expect("\r\n"), b"0,CONNECT\r\n")

    def test_the_server_stops(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"no change\r\n\r\nOK\r\n")
            with client_of(port) as first, client_of(port) as second:
                host.expect("1,CONNECT\r\n")
                host.type("AT+CIPSERVER=0\r\n")
                self.assertEqual(host.expect("1,CLOSED\r\n"),
                                 b"AT+CIPSERVER=0\r\r\n\r\nOK\r\n0,CLOSED\r\n1,CLOSED\r\n")
                self.assertEqual((first.recv(1), second.recv(1)), (b"", b""))
            for address in (MODULE, "127.0.0.1"):
                with self.assertRaises(ConnectionRefusedError):
                    client_of(port, address)
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nOK\r\n")
            with client_of(port):
                host.expect("0,CONNECT\r\n")

    def test_an_idle_client_is_sent_away(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            self.assertEqual(host.command("AT+CIPSTO=1"), b"\r\nOK\r\n")
            with client_of(port) as client:
                host.expect("0,CONNECT\r\n")
                self.assertEqual(client.recv(1), b"")
                self.assertEqual(host.expect("\r\n"), b"0,CLOSED\r\n")

    def test_a_restart_ends_everything(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            with client_of(port) as client:
                host.expect("0,CONNECT\r\n")
                host.command("AT+RST")
                self.assertEqual(client.recv(1), b"")
                host.expect("\r\nready\r\n")
                with self.assertRaises(ConnectionRefusedError):
                    client_of(port)


class Places(unittest.TestCase):
    def test_a_port_in_use_is_an_error(self):
        with (Module() as module, module.started_host() as host,
              socket.create_server((MODULE, 0)) as taken):
            host.join()
            host.command("AT+CIPMUX=1")
            port = taken.getsockname()[1]
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nERROR\r\n")
            module.wait_for_log(f"server: cannot listen on {MODULE}:{port}: Address already in use")
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{free_port()}"), b"\r\nOK\r\n")

    def test_a_port_in_use_at_127_0_0_1_is_an_error_too(self):
        with (Module() as module, module.started_host() as host,
              socket.create_server(("127.0.0.1", 0)) as taken):
            host.join()
            host.command("AT+CIPMUX=1")
            port = taken.getsockname()[1]
            self.assertEqual(host.command(f"AT+CIPSERVER=1,{port}"), b"\r\nERROR\r\n")
            module.wait_for_log(
                f"server: cannot listen on 127.0.0.1:{port}: Address already in use"
            )
            with self.assertRaises(ConnectionRefusedError):
                client_of(port, MODULE)

    def test_a_module_does_not_reach_its_own_server(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port)
            for name in ("127.0.0.1", "host.bfq.internal", MODULE):
                answer = host.command(f'AT+CIPSTART=1,"TCP","{name}",{port}', "CLOSED\r\n")
                self.assertEqual(answer, b"\r\nERROR\r\n1,CLOSED\r\n", name)
            module.wait_for_log("that is the module's own server", 3)

    def test_without_the_right_to_low_ports(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as limit:
            if int(limit.read()) <= 333:
                self.skipTest("this machine lets anybody have low ports")
        drop = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
        with (
            Module(through=drop if os.geteuid() == 0 else ()) as module,
            module.started_host() as host,
        ):
            host.join()
            host.command("AT+CIPMUX=1")
            self.assertEqual(host.command("AT+CIPSERVER=1"), b"\r\nOK\r\n")
            module.wait_for_log("this machine refuses port 333, so connect to 127.0.0.1:10333")
            with client_of(10333):
                host.expect("0,CONNECT\r\n")
                self.assertIn(b",333,1\r\n", host.command("AT+CIPSTATUS"))
            host.expect("0,CLOSED\r\n")
            self.assertEqual(
                host.command('AT+CIPSTART=1,"UDP","0",0,69,0'), b"1,CONNECT\r\n\r\nOK\r\n"
            )
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                peer.sendto(b"tftp", ("127.0.0.1", 10069))
                self.assertEqual(received(host, 1), b"tftp")
            self.assertIn(b",69,0\r\n", host.command("AT+CIPSTATUS"))

    def test_on_no_network_it_cannot_be_reached(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            start(host, port, join=False)
            self.assertTrue(is_turned_away(port))
            host.join()
            with client_of(port):
                host.expect("0,CONNECT\r\n")
                self.assertEqual(host.command("AT+CWQAP"), b"\r\nOK\r\n")
                host.expect("WIFI DISCONNECT\r\n0,CLOSED\r\n")
            self.assertTrue(is_turned_away(port))

    def test_a_softap_is_a_network(self):
        port = free_port()
        with Module() as module, module.started_host() as host:
            self.assertEqual(host.command("AT+CWMODE_CUR=2"), b"\r\nOK\r\n")
            start(host, port, join=False)
            with client_of(port) as client:
                host.expect("0,CONNECT\r\n")
                client.sendall(b"hello")
                self.assertEqual(received(host, 0), b"hello")
                self.assertIn(b"STATUS:5", host.command("AT+CIPSTATUS"))
                # Its own network has no router and leads nowhere.
                for address in ("192.168.4.1", "192.168.4.2", "127.0.0.1"):
                    answer = host.command(f'AT+CIPSTART=1,"TCP","{address}",{port}', "CLOSED\r\n")
                    self.assertEqual(answer, b"\r\nERROR\r\n1,CLOSED\r\n")
                self.assertEqual(host.command("AT+CWMODE_CUR=1"), b"\r\nOK\r\n")
                host.expect("0,CLOSED\r\n")


class FixedAddress(unittest.TestCase):
    def test_a_fixed_address_has_its_own_gateway(self):
        with Module() as module, module.started_host() as host, journey.Server() as server:
            host.command('AT+CIPSTA_CUR="192.168.77.5","192.168.77.254","255.255.255.0"')
            host.join()
            self.assertIn(b'STAIP,"192.168.77.5"', host.command("AT+CIFSR"))
            self.assertEqual(host.command('AT+CIPDOMAIN="host.bfq.internal"'),
                             b"+CIPDOMAIN:192.168.77.254\r\n\r\nOK\r\n")
            host.connect(server.port, "192.168.77.254")
            server.accept().close()
            host.expect("CLOSED\r\n")
            for nobody in ("192.168.77.5", "192.168.77.6"):
                self.assertEqual(host.command(f'AT+CIPSTART="TCP","{nobody}",80', "CLOSED\r\n"),
                                 b"\r\nERROR\r\nCLOSED\r\n")

    def test_a_change_while_joined(self):
        with Module() as module, module.started_host() as host, journey.Server() as server:
            host.join()
            self.assertEqual(host.command('AT+CIPSTA_CUR="192.168.77.5"'), b"\r\nOK\r\n")
            wait_until(lambda: b'"192.168.77.5"' in host.command("AT+CIFSR"), "the new address")
            host.connect(server.port, "192.168.77.1")
            server.accept().close()
            host.expect("CLOSED\r\n")


class KeepAlive(unittest.TestCase):
    def test_probes_are_really_set(self):
        with Module() as module, module.started_host() as host, journey.Server() as server:
            host.join()
            for seconds in (0, 77):
                option = f",{seconds}" if seconds else ""
                answer = host.command(f'AT+CIPSTART="TCP","127.0.0.1",{server.port}{option}')
                self.assertEqual(answer, b"CONNECT\r\n\r\nOK\r\n")
                client = server.accept()
                left = seconds_to_probe(server.peer[1])
                self.assertTrue(seconds - 20 < left <= seconds if seconds else left == 0, left)
                client.close()
                host.expect("CLOSED\r\n")


def seconds_to_probe(port):
    """Seconds until keep-alive probes the module's connection from that port; 0: never."""
    kind, seconds = timer_of(port)
    return seconds if kind == "02" else 0


if __name__ == "__main__":
    unittest.main()
