"""What the module asks DNS, and what it does not: dnsmasq answers, and writes down each question.

The journey runs in namespaces of its own, with an /etc that it writes and a loopback on which port 53 is free.
"""

import contextlib
import ctypes
import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

from journey import Module, Server, wait_until

INSIDE = "BFQ_JOURNEY_INSIDE"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
IP_ERROR = b"IP ERROR\r\n\r\nERROR\r\n"
DNS_FAIL = b"DNS Fail\r\n\r\nERROR\r\n"


def ways_in():
    """Ways to namespaces of our own: for everybody, where the kernel lets them, or for root."""
    return ["unshare", "-Ur", "-mn"], ["unshare", "-mn"]


def write_etc(name, text):
    with open(f"/etc/{name}", "w", encoding="ascii") as file:
        file.write(text)


def set_up():
    """An /etc with nothing but the users that dnsmasq looks for; a loopback that is up."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", b"/etc", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    write_etc("passwd", "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    write_etc("group", "root:x:0:\nnogroup:x:65534:\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


class Resolver:
    """dnsmasq at 127.0.0.1, which knows `records`; any other name does not exist."""

    def __init__(self, records, search=""):
        self.directory = tempfile.TemporaryDirectory(prefix="bfq-dns-")
        self.log_path = os.path.join(self.directory.name, "log")
        command = ["/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                   "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/#/", "--log-queries",
                   "--log-facility=" + self.log_path]
        command += [f"--host-record={name},{address}" for name, address in records.items()]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_until(lambda: "started" in self.log(), "dnsmasq")
        write_etc("resolv.conf", f"nameserver 127.0.0.1\n{search}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.directory.cleanup()

    def log(self):
        with contextlib.suppress(FileNotFoundError), open(self.log_path, encoding="utf-8") as log:
            return log.read()
        return ""

    def asked(self):
        """The names in the order in which they were asked for, each once."""
        return list(dict.fromkeys(re.findall(r" query\[\w+\] (\S+) from", self.log())))


class Names(unittest.TestCase):
    def setUp(self):
        write_etc("hosts", "127.0.0.1 localhost\n127.0.0.1 printer.test printer\n")

    @contextlib.contextmanager
    def asking(self, records, *arguments, search="", environment=None):
        with (Resolver(records, search) as resolver, Module(*arguments, environment=environment) as module,
              module.started_host() as host):
            host.join()
            yield resolver, module, host

    def look_up(self, host, name):
        """The address of a name, or what was said instead."""
        answer = host.command(f'AT+CIPDOMAIN="{name}"')
        found = re.fullmatch(rb"\+CIPDOMAIN:(\S+)\r\n\r\nOK\r\n", answer)
        return found.group(1).decode() if found else answer

    def is_not_connected(self, server):
        server.listener.settimeout(0)
        with self.assertRaises(BlockingIOError):
            server.listener.accept()


class WhatANameIs(Names):
    def test_a_nul_hides_nothing(self):
        records = {"bad.test": "127.0.0.1", "x.good.test": "127.0.0.1"}
        with self.asking(records, "--net", "allow=*.good.test") as (resolver, _, host), Server() as server:
            for begin in ("127.0.0.1", "bad.test", "x.good.test"):
                name = begin + "\0.good.test"
                for transport in ("TCP", "SSL", "UDP"):
                    answer = host.command(f'AT+CIPSTART="{transport}","{name}",{server.port}')
                    self.assertEqual(answer, IP_ERROR)
                self.assertEqual(self.look_up(host, name), IP_ERROR)
            self.is_not_connected(server)
            self.assertEqual(resolver.asked(), [])

    def test_a_backslash_hides_nothing(self):
        with self.asking({"bad.test": "127.0.0.1"}, "--net", "deny=bad.test") as (resolver, _, host):
            for typed in ("b\\\\ad.test", "\\\\bad.test", "b\\\\097d.test"):
                self.assertEqual(self.look_up(host, typed), IP_ERROR)
                answer = host.command(f'AT+CIPSTART="TCP","{typed}",80')
                self.assertEqual(answer, IP_ERROR)
            self.assertEqual(resolver.asked(), [])
            # One that escapes what follows is gone before anybody sees the name.
            self.assertEqual(self.look_up(host, "b\\ad.test"), DNS_FAIL)
            self.assertEqual(resolver.asked(), [])

    def test_no_search_domain_makes_another_name_of_it(self):
        aliases = tempfile.NamedTemporaryFile("w", prefix="bfq-aliases-")
        with aliases:
            aliases.write("alias bad.test\n")
            aliases.flush()
            environment = {"HOSTALIASES": aliases.name, "LOCALDOMAIN": "test", "RES_OPTIONS": "ndots:3"}
            with self.asking({"bad.test": "127.0.0.1"}, "--net", "deny=bad.test", search="search test\n",
                             environment=environment) as (resolver, _, host):
                for name in ("bad", "alias", "bad.test.x"):
                    self.assertEqual(self.look_up(host, name), DNS_FAIL)
                self.assertEqual(resolver.asked(), ["bad", "alias", "bad.test.x"])

    def test_one_dot_at_the_end_changes_nothing(self):
        with self.asking({"far.test": "192.0.2.7", "bad.test": "192.0.2.8"},
                         "--net", "deny=bad.test") as (resolver, module, host):
            self.assertEqual(self.look_up(host, "far.test."), "192.0.2.7")
            self.assertEqual(self.look_up(host, "printer.test."), "127.0.0.1")
            self.assertEqual(self.look_up(host, "host.bfq.internal."), "10.44.1.1")
            self.assertEqual(self.look_up(host, "bad.test."), DNS_FAIL)
            self.assertEqual(self.look_up(host, "far.test.."), IP_ERROR)
            self.assertEqual(resolver.asked(), ["far.test"])
            module.wait_for_log("name bad.test ")


class WhatIsKnownHere(Names):
    def test_the_hosts_file_answers_and_nobody_is_asked(self):
        with self.asking({}) as (resolver, _, host), Server() as server:
            for name in ("printer.test", "Printer", "localhost", "localhost.", "any.localhost"):
                self.assertEqual(self.look_up(host, name), "127.0.0.1")
            host.connect(server.port, "printer.test")
            server.accept().close()
            host.expect("CLOSED\r\n")
            self.assertEqual(resolver.asked(), [])

    def test_localhost_is_loopback_without_a_hosts_file(self):
        os.unlink("/etc/hosts")
        with self.asking({}) as (resolver, _, host):
            for name in ("localhost", "LOCALHOST.", "any.localhost"):
                self.assertEqual(self.look_up(host, name), "127.0.0.1")
            self.assertEqual(self.look_up(host, "notlocalhost"), DNS_FAIL)
            self.assertEqual(resolver.asked(), ["notlocalhost"])


def main():
    if os.environ.get(INSIDE):
        set_up()
        unittest.main()
    for way in ways_in():
        if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(way[0], [*way, sys.executable, "-B", *sys.argv])
    print("skipped: neither user namespaces nor root for an /etc of its own")


if __name__ == "__main__":
    main()
