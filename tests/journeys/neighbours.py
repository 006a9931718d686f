"""Modules of one program that reach each other over a softAP and over an access point."""

import contextlib
import os
import re
import select
import socket
import tempfile
import threading
import unittest

from journey import (
    MODULE_BASE, PATIENCE, Host, Module, Server, free_port, machine_address, run_program
)

AIR = """
[[ap]]
ssid = "home"
password = "home-4004-home"
subnet = "10.44.1.0/24"
"""
HUB, LEAF, TWIG = "hub", "leaf", "twig"


class World(Module):
    """The program with several modules in one air, each at a PTY of its name."""

    def __init__(self, *names, module="", net="", base=MODULE_BASE, through=()):
        self.doors = tempfile.TemporaryDirectory(prefix="bfq-world-")
        self.names = names
        path = os.path.join(self.doors.name, "world.toml")
        with open(path, "w", encoding="ascii") as file:
            file.write(net + AIR)
            for name in names:
                file.write(f'[[module]]\nname = "{name}"\nserial = ["pty:{self.door(name)}"]\n')
                file.write(module if name == names[0] else "")
        super().__init__(path, "--module-base", str(base), serial=[], through=through)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        self.doors.cleanup()

    def door(self, name):
        return os.path.join(self.doors.name, name)

    def hosts(self):
        """One host for each module, ready to type."""
        for name in self.names:
            self.wait_for_log(f"{name} is ready")
        return [Host(os.open(self.door(name), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
                for name in self.names]


def ok(host, line):
    answer = host.command(line)
    assert answer == b"\r\nOK\r\n", (line, answer)


def open_soft_ap(host, mode=2, most=4):
    ok(host, f"AT+CWMODE_CUR={mode}")
    ok(host, f'AT+CWSAP_CUR="hub","hub-4004-hub",5,3,{most}')


def join(host, ssid="hub", password="hub-4004-hub"):
    answer = host.command(f'AT+CWJAP_CUR="{ssid}","{password}"')
    assert answer == b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n", answer


def mac_of(host):
    return re.search(rb'STAMAC,"([^"]+)"', host.command("AT+CIFSR")).group(1)


def serve(host, port=333):
    ok(host, "AT+CIPMUX=1")
    ok(host, "AT+CIPDINFO=1")
    ok(host, f"AT+CIPSERVER=1,{port}")


def connect(host, address, port=333, link=None):
    number = "" if link is None else f"{link},"
    answer = host.command(f'AT+CIPSTART={number}"TCP","{address}",{port}')
    assert answer == f"{number}CONNECT\r\n\r\nOK\r\n".encode(), answer


def connected(world):
    """The hosts of two modules, of which one has connected to the server of the other."""
    hub, leaf = world.hosts()
    open_soft_ap(hub)
    join(leaf)
    serve(hub)
    connect(leaf, "192.168.4.1")
    hub.expect(b"0,CONNECT\r\n")
    return hub, leaf


def send(host, payload, link=None):
    number = "" if link is None else f"{link},"
    ok_and_prompt = host.command(f"AT+CIPSEND={number}{len(payload)}", "> ")
    assert ok_and_prompt == b"\r\nOK\r\n> ", ok_and_prompt
    host.type(payload)
    host.expect(b"\r\nSEND OK\r\n")


def received(host):
    """Header and bytes of the next +IPD."""
    host.expect(b"+IPD,")
    header = host.expect(b":")[:-1]
    fields = header.split(b",")
    count = int(fields[0] if len(fields) == 3 else fields[1])
    return header, host.take(count)


def is_turned_away(port):
    """True when a connection is refused, or closed before any byte is sent on it."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            return client.recv(1) == b""
    except (ConnectionResetError, ConnectionRefusedError):
        return True


def port_of(host, remote):
    """The module's own port of its link with `remote`."""
    status = host.command("AT+CIPSTATUS")
    return int(re.search(rb'"%s",\d+,(\d+),' % re.escape(remote.encode()), status).group(1))


class Meeting(unittest.TestCase):
    def test_over_a_soft_ap_each_sees_the_others_address(self):
        with World(HUB, LEAF) as world:
            hub, leaf = world.hosts()
            open_soft_ap(hub)
            join(leaf)
            self.assertIn(b'STAIP,"192.168.4.2"', leaf.command("AT+CIFSR"))
            self.assertIn(b"192.168.4.2," + mac_of(leaf), hub.command("AT+CWLIF"))
            serve(hub)
            ok(leaf, "AT+CIPDINFO=1")
            connect(leaf, "192.168.4.1")
            hub.expect(b"0,CONNECT\r\n")
            port = port_of(leaf, "192.168.4.1")
            send(leaf, b"from the leaf")
            self.assertEqual(received(hub), (b"0,13,192.168.4.2,%d" % port, b"from the leaf"))
            self.assertIn(b'+CIPSTATUS:0,"TCP","192.168.4.2",%d,333,1\r\n' % port,
                          hub.command("AT+CIPSTATUS"))
            send(hub, b"from the hub", 0)
            self.assertEqual(received(leaf), (b"12,192.168.4.1,333", b"from the hub"))
            big = os.urandom(2048)
            send(leaf, big)
            data = b""
            while len(data) < len(big):
                data += received(hub)[1]
            self.assertEqual(data, big)
            self.assertEqual(leaf.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
            hub.expect(b"0,CLOSED\r\n")

    def test_both_may_listen_on_one_port_and_it_needs_no_right(self):
        drop = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
        with World(HUB, LEAF, through=drop if os.geteuid() == 0 else ()) as world:
            hub, leaf = world.hosts()
            open_soft_ap(hub)
            join(leaf)
            serve(hub)
            serve(leaf)
            connect(leaf, "192.168.4.1", link=3)
            hub.expect(b"0,CONNECT\r\n")
            connect(hub, "192.168.4.2", link=4)
            leaf.expect(b"0,CONNECT\r\n")
            send(hub, b"hello", 4)
            header, data = received(leaf)
            self.assertRegex(header, rb"^0,5,192\.168\.4\.1,\d+$")
            self.assertEqual(data, b"hello")
            self.assertIn(b'"192.168.4.1",', leaf.command("AT+CIPSTATUS"))

    def test_in_mode_3_it_is_on_both_networks_at_once(self):
        port = free_port()
        with World(HUB, LEAF, TWIG) as world, Server() as server:
            hub, leaf, twig = world.hosts()
            open_soft_ap(hub, mode=3)
            join(hub, "home", "home-4004-home")
            join(leaf)
            join(twig, "home", "home-4004-home")
            serve(hub, port)
            connect(leaf, "192.168.4.1", port)
            hub.expect(b"0,CONNECT\r\n")
            connect(twig, "10.44.1.2", port)
            hub.expect(b"1,CONNECT\r\n")
            connect(hub, "host.bfq.internal", server.port, link=2)
            with server.accept() as program:
                program.sendall(b"program")
                self.assertEqual(received(hub)[1], b"program")
                status = hub.command("AT+CIPSTATUS")
                for line in (rb'0,"TCP","192\.168\.4\.2",\d+,%d,1' % port,
                             rb'1,"TCP","10\.44\.1\.3",\d+,%d,1' % port,
                             rb'2,"TCP","10\.44\.1\.1",%d,\d+,0' % server.port):
                    self.assertRegex(status, rb"\+CIPSTATUS:" + line)
                # The leaf is on the softAP alone: it is no router, and knows no names.
                self.assertEqual(leaf.command("AT+CIPCLOSE"), b"CLOSED\r\n\r\nOK\r\n")
                hub.expect(b"0,CLOSED\r\n")
                for nowhere in ("10.44.1.3", "127.0.0.1", "192.168.4.77"):
                    self.assertEqual(leaf.command(f'AT+CIPSTART="TCP","{nowhere}",{server.port}',
                                                  "CLOSED\r\n"), b"\r\nERROR\r\nCLOSED\r\n")
                self.assertIn(b"ERROR", leaf.command('AT+CIPSTART="TCP","host.bfq.internal",80'))
                # When the hub leaves home it keeps the links of its own network.
                connect(leaf, "192.168.4.1", port)
                hub.expect(b"0,CONNECT\r\n")
                self.assertEqual(hub.command("AT+CWQAP"), b"\r\nOK\r\n")
                self.assertEqual(
                    hub.expect(b"2,CLOSED\r\n"), b"WIFI DISCONNECT\r\n1,CLOSED\r\n2,CLOSED\r\n"
                )
                twig.expect(b"CLOSED\r\n")
                send(leaf, b"still here")
                self.assertEqual(received(hub)[1], b"still here")

    def test_a_soft_ap_is_on_the_stations_channel_unless_the_radio_is_free(self):
        for radio, channel in (("one channel", 1), ("free", 5)):
            with self.subTest(radio), World(HUB, LEAF, module=f'radio = "{radio}"\n') as world:
                hub, leaf = world.hosts()
                open_soft_ap(hub, mode=3)
                join(hub, "home", "home-4004-home")
                self.assertIn(b'"hub","hub-4004-hub",5,3,4,0', hub.command("AT+CWSAP_CUR?"))
                ok(leaf, "AT+CWLAPOPT=0,16")
                self.assertEqual(leaf.command('AT+CWLAP="hub"'),
                                 b"+CWLAP:(%d)\r\n\r\nOK\r\n" % channel)

    def test_no_more_than_the_soft_ap_has_room_for(self):
        with World(HUB, LEAF, TWIG) as world:
            hub, leaf, twig = world.hosts()
            open_soft_ap(hub, most=1)
            join(leaf)
            self.assertRegex(
                twig.command('AT+CWJAP_CUR="hub","hub-4004-hub"'), rb"\+CWJAP_CUR:\d\r\n"
            )
            self.assertEqual(hub.command("AT+CWLIF").count(b"192.168.4."), 1)
            serve(hub)
            connect(leaf, "192.168.4.1")
            answer = twig.command('AT+CIPSTART="TCP","192.168.4.1",333')
            self.assertTrue(answer.endswith(b"ERROR\r\n"), answer)

    def test_who_shares_no_network_does_not_get_in(self):
        port = free_port()
        with World(HUB, LEAF) as world:
            hub, leaf = world.hosts()
            open_soft_ap(hub)
            serve(hub, port)
            join(leaf, "home", "home-4004-home")
            for address in (machine_address(), "127.0.0.1"):
                leaf.type(f'AT+CIPSTART="TCP","{address}",{port}\r\n')
                leaf.expect(b"CLOSED\r\n")
            world.wait_for_log("turned away: that module is on no network of this one's", 2)
            self.assertEqual(hub.command("AT"), b"\r\nOK\r\n")  # and nothing was printed
            with socket.create_connection(("127.0.0.1", port), PATIENCE):  # a program does
                hub.expect(b"0,CONNECT\r\n")


class Parting(unittest.TestCase):
    def test_links_end_at_both_ends_when_the_station_leaves(self):
        with World(HUB, LEAF) as world:
            hub, leaf = connected(world)
            self.assertEqual(leaf.command("AT+CWQAP"), b"\r\nOK\r\n")
            leaf.expect(b"WIFI DISCONNECT\r\nCLOSED\r\n")
            hub.expect(b"0,CLOSED\r\n")

    def test_links_end_at_both_ends_when_the_soft_ap_goes(self):
        with World(HUB, LEAF) as world:
            hub, leaf = connected(world)
            ok(hub, "AT+CWMODE_CUR=1")
            hub.expect(b"0,CLOSED\r\n")
            self.assertEqual(leaf.expect(b"\r\nCLOSED\r\n"), b"WIFI DISCONNECT\r\nCLOSED\r\n")

    def test_a_restart_is_seen_at_the_other_end(self):
        with World(HUB, LEAF) as world:
            hub, leaf = connected(world)
            leaf.command("AT+RST")
            hub.expect(b"0,CLOSED\r\n")


class Datagrams(unittest.TestCase):
    def test_both_ways_with_a_low_port(self):
        drop = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
        with World(HUB, LEAF, through=drop if os.geteuid() == 0 else ()) as world:
            hub, leaf = world.hosts()
            open_soft_ap(hub)
            join(leaf)
            for host in (hub, leaf):
                ok(host, "AT+CIPMUX=1")
                ok(host, "AT+CIPDINFO=1")
            hub.command('AT+CIPSTART=0,"UDP","192.168.4.2",123,69,2')
            leaf.command('AT+CIPSTART=0,"UDP","192.168.4.1",69,123,0')
            send(leaf, b"ask", 0)
            self.assertEqual(received(hub), (b"0,3,192.168.4.2,123", b"ask"))
            self.assertIn(b'+CIPSTATUS:0,"UDP","192.168.4.2",123,69,0', hub.command("AT+CIPSTATUS"))
            send(hub, b"tell", 0)
            self.assertEqual(received(leaf), (b"0,4,192.168.4.1,69", b"tell"))

    def test_to_everybody(self):
        with World(HUB, LEAF, TWIG) as world:
            hosts = hub, leaf, twig = world.hosts()
            open_soft_ap(hub)
            port = free_port()
            for host in (leaf, twig):
                join(host)
            for host in hosts:
                ok(host, "AT+CIPDINFO=1")
                answer = host.command(f'AT+CIPSTART="UDP","255.255.255.255",{port},{port},0')
                self.assertEqual(answer, b"CONNECT\r\n\r\nOK\r\n")
            send(leaf, b"who is there?")
            for host in (hub, twig):
                self.assertEqual(received(host), (b"13,192.168.4.2,%d" % port, b"who is there?"))
            self.assertEqual(leaf.command("AT"), b"\r\nOK\r\n")  # does not hear itself


class Machine(unittest.TestCase):
    def test_a_forwarded_port_is_open_while_the_server_is(self):
        place = free_port()
        with World(HUB, module=f'forward = {{ "8080" = "127.0.0.1:{place}" }}\n') as world:
            [hub] = world.hosts()
            join(hub, "home", "home-4004-home")
            self.assertTrue(is_turned_away(place))
            serve(hub, 8080)
            with socket.create_connection(("127.0.0.1", place), PATIENCE) as client:
                hub.expect(b"0,CONNECT\r\n")
                client.sendall(b"hello")
                header, data = received(hub)
                self.assertEqual(
                    (header, data), (b"0,5,127.0.0.1,%d" % client.getsockname()[1], b"hello")
                )
                ok(hub, "AT+CIPSERVER=0")
                hub.expect(b"0,CLOSED\r\n")
            self.assertTrue(is_turned_away(place))

    def test_a_place_that_is_taken_is_an_error(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            place = taken.getsockname()[1]
            with World(HUB, module=f'forward = {{ "8080" = "127.0.0.1:{place}" }}\n') as world:
                [hub] = world.hosts()
                join(hub, "home", "home-4004-home")
                hub.command("AT+CIPMUX=1")
                self.assertEqual(hub.command("AT+CIPSERVER=1,8080"), b"\r\nERROR\r\n")
                world.wait_for_log(
                    f"hub server: cannot forward 127.0.0.1:{place} to port 8080:"
                    " Address already in use"
                )

    def test_names_that_the_world_knows(self):
        names = ('[net]\nnames = { "broker.test" = "127.0.0.1", "far.test" = "192.0.2.1" }\n'
                 'deny = ["192.0.2.0/24"]\n')
        with World(HUB, net=names) as world, Server() as server:
            [hub] = world.hosts()
            join(hub, "home", "home-4004-home")
            self.assertEqual(
                hub.command('AT+CIPDOMAIN="Broker.Test"'), b"+CIPDOMAIN:127.0.0.1\r\n\r\nOK\r\n"
            )
            hub.connect(server.port, "broker.test")
            server.accept().close()
            hub.expect(b"CLOSED\r\n")
            self.assertEqual(hub.command('AT+CIPSTART="TCP","far.test",80', "CLOSED\r\n"),
                             b"\r\nERROR\r\nCLOSED\r\n")
            world.wait_for_log("far.test:80 (192.0.2.1) refused: deny=192.0.2.0/24")


class Processes(unittest.TestCase):
    def test_module_base_keeps_them_apart(self):
        ports = free_port(), free_port()
        with World(HUB) as first, World(LEAF, base=MODULE_BASE + 10) as second:
            [hub], [leaf] = first.hosts(), second.hosts()
            for host, port in zip((hub, leaf), ports):
                join(host, "home", "home-4004-home")
                serve(host, port)
            # 127.0.0.1 has each port once, whoever was first.
            leaf.command("AT+CIPSERVER=0")
            self.assertEqual(leaf.command(f"AT+CIPSERVER=1,{ports[0]}"), b"\r\nERROR\r\n")
            second.wait_for_log(
                f"leaf server: cannot listen on 127.0.0.1:{ports[0]}: Address already in use"
            )
            self.assertEqual(leaf.command(f"AT+CIPSERVER=1,{ports[1]}"), b"\r\nOK\r\n")
            for host, address, port in ((hub, machine_address(), ports[0]),
                                        (leaf, machine_address(10), ports[1]),
                                        (hub, "127.0.0.1", ports[0])):
                with socket.create_connection((address, port), PATIENCE):
                    host.expect(b"0,CONNECT\r\n")
                host.expect(b"0,CLOSED\r\n")

    def test_a_base_out_of_range_is_refused(self):
        status, _, errors = run_program("run", "--module-base", "65536", "--serial", "stdio")
        self.assertEqual(status, 2)
        self.assertIn("--module-base", errors)


class Flood:
    """Sends to the module without end, as fast as it takes it."""

    def __init__(self, peer):
        self.peer = peer
        self.thread = threading.Thread(target=self.send)

    def send(self):
        with contextlib.suppress(OSError):
            while True:
                self.peer.sendall(bytes(65536))

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.peer.shutdown(socket.SHUT_RDWR)
        self.thread.join()


class Fairness(unittest.TestCase):
    def test_a_flood_of_one_does_not_hold_up_another(self):
        """Judged by order: what the flooded module prints between another's command and its
        answer."""
        with World(HUB, LEAF) as world, Server() as server:
            hub, leaf = world.hosts()
            join(hub, "home", "home-4004-home")
            hub.connect(server.port)
            with server.accept() as peer, Flood(peer):
                hub.expect(b"+IPD,")
                for _ in range(20):
                    leaf.type("AT\r\n")
                    printed = 0
                    while b"\r\nOK\r\n" not in leaf.seen:
                        ready, _, _ = select.select(
                            [hub.descriptor, leaf.descriptor], [], [], PATIENCE
                        )
                        self.assertTrue(ready)
                        if leaf.descriptor in ready:
                            leaf.more()
                        if hub.descriptor in ready:
                            printed += len(os.read(hub.descriptor, 65536))
                    leaf.expect(b"\r\nOK\r\n")
                    self.assertLess(printed, 1 << 20)

    def test_nor_does_one_whose_host_hangs_or_is_gone(self):
        with World(HUB, LEAF) as world, Server() as server:
            hub, leaf = world.hosts()
            join(hub, "home", "home-4004-home")
            hub.connect(server.port)
            with server.accept() as peer, Flood(peer):
                hub.expect(b"+IPD,")
                for _ in range(5):  # nobody reads from the hub
                    self.assertEqual(leaf.command("AT"), b"\r\nOK\r\n")
                hub.close()  # its output is dropped as fast as it is printed
                world.wait_for_log("no host has")
                for _ in range(20):
                    self.assertEqual(leaf.command("AT"), b"\r\nOK\r\n")


if __name__ == "__main__":
    unittest.main()
