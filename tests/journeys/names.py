"""What the module asks DNS and other hosts, and what it does not: dnsmasq answers, and writes down
each question.

The journey runs in namespaces of its own, with an /etc that it writes and a loopback on which port
53 is free.
"""

import contextlib
import ctypes
import datetime
import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from journey import Module, Server, wait_until

INSIDE = "BFQ_JOURNEY_INSIDE"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
IP_ERROR = b"IP ERROR\r\n\r\nERROR\r\n"
REFUSED = b"\r\nERROR\r\nCLOSED\r\n"
OK = b"\r\nOK\r\n"
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


class ServerProgram:
    """A program in a folder of its own. Who makes one sets `directory` and `process`."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.directory.cleanup()


class Resolver(ServerProgram):
    """dnsmasq at 127.0.0.1, which knows `records`; any other name does not exist."""

    def __init__(self, records, search=""):
        self.directory = tempfile.TemporaryDirectory(prefix="bfq-dns-")
        self.log_path = os.path.join(self.directory.name, "log")
        command = ["/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv",
                   "--no-hosts", "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/#/",
                   "--log-queries", "--log-facility=" + self.log_path]
        command += [f"--host-record={name},{address}" for name, address in records.items()]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_until(lambda: "started" in self.log(), "dnsmasq")
        write_etc("resolv.conf", f"nameserver 127.0.0.1\n{search}")

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
        with (Resolver(records, search) as resolver,
              Module(*arguments, environment=environment) as module, module.started_host() as host):
            host.join()
            yield resolver, module, host

    def look_up(self, host, name):
        """The address of a name, or what was said instead."""
        answer = host.command(f'AT+CIPDOMAIN="{name}"')
        found = re.fullmatch(rb"\+CIPDOMAIN:(\S+)\r\n\r\nOK\r\n", answer)
        return found.group(1).decode() if found else answer

    def is_refused(self, host, name, server):
        answer = host.command(f'AT+CIPSTART="TCP","{name}",{server.port}', "CLOSED\r\n")
        self.assertEqual(answer, REFUSED, name)

    def is_not_connected(self, server):
        server.listener.settimeout(0)
        with self.assertRaises(BlockingIOError):
            server.listener.accept()


class WhatANameIs(Names):
    def test_a_nul_hides_nothing(self):
        records = {"bad.test": "127.0.0.1", "x.good.test": "127.0.0.1"}
        policy = ("--net", "allow=*.good.test")
        with self.asking(records, *policy) as (resolver, _, host), Server() as server:
            for begin in ("127.0.0.1", "bad.test", "x.good.test"):
                name = begin + "\0.good.test"
                for transport in ("TCP", "SSL", "UDP"):
                    answer = host.command(f'AT+CIPSTART="{transport}","{name}",{server.port}')
                    self.assertEqual(answer, IP_ERROR)
                self.assertEqual(self.look_up(host, name), IP_ERROR)
            self.is_not_connected(server)
            self.assertEqual(resolver.asked(), [])

    def test_a_backslash_hides_nothing(self):
        policy = ("--net", "deny=bad.test")
        with self.asking({"bad.test": "127.0.0.1"}, *policy) as (resolver, _, host):
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
            environment = {"HOSTALIASES": aliases.name, "LOCALDOMAIN": "test",
                           "RES_OPTIONS": "ndots:3"}
            with self.asking({"bad.test": "127.0.0.1"}, "--net", "deny=bad.test",
                             search="search test\n",
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
            module.wait_for_log("DNS is not asked for bad.test: deny=bad.test")


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


class WhatIsAsked(Names):
    KNOWN = ("--set", 'net.names={ "broker.test" = "127.0.0.1" }')

    def test_no_name_leaves_the_machine_that_the_policy_does_not_hold(self):
        records = {"x.attacker.example": "192.0.2.7", "good.test": "192.0.2.8",
                   "a.good.test": "192.0.2.9"}
        for policy, asked in (("deny=*", []),
                              ("allow=127.0.0.1", []),
                              ("allow=0.0.0.0/0,host.bfq.internal", []),
                              ("allow=good.test:80", ["good.test"]),
                              ("allow=*.good.test", ["a.good.test"]),
                              ("deny=x.attacker.example", ["good.test", "a.good.test"]),
                              ("deny=10.0.0.0/8", list(records)),
                              ("allow=*:443", list(records))):
            with self.asking(records, "--net", policy) as (resolver, module, host):
                for name, address in records.items():
                    expected = address if name in asked else DNS_FAIL
                    self.assertEqual(self.look_up(host, name), expected, policy)
                    if name not in asked:
                        answer = host.command(f'AT+CIPSTART="TCP","{name}",80')
                        self.assertEqual(answer, DNS_FAIL)
                        module.wait_for_log(f"DNS is not asked for {name}: ", 2)
                self.assertEqual(resolver.asked(), asked, policy)

    def test_what_is_known_here_is_always_resolved_and_the_connection_judged(self):
        names = ("localhost", "any.localhost", "printer.test", "broker.test", "host.bfq.internal")
        for policy, reason in (("deny=*", "deny=*"),
                               ("deny=*.test,localhost,*.localhost,host.bfq.internal", "deny="),
                               ("allow=192.0.2.7", "the allow list does not hold it")):
            known = ("--net", policy, *self.KNOWN)
            with self.asking({}, *known) as (resolver, module, host), Server() as server:
                for name in names:
                    address = "10.44.1.1" if name == "host.bfq.internal" else "127.0.0.1"
                    self.assertEqual(self.look_up(host, name), address)
                    self.is_refused(host, name, server)
                module.wait_for_log(f"refused: {reason}", len(names))
                self.is_not_connected(server)
                self.assertEqual(resolver.asked(), [])


class ServersThatAreSet(Names):
    def test_they_are_asked_instead_of_those_of_the_machine(self):
        with self.asking({"far.test": "192.0.2.7"}) as (resolver, _, host):
            write_etc("resolv.conf", "nameserver 127.0.0.9\n")
            self.assertEqual(self.look_up(host, "far.test"), DNS_FAIL)
            # The gateway is this machine, where dnsmasq is.
            self.assertEqual(host.command('AT+CIPDNS_CUR=1,"10.44.1.1"'), OK)
            self.assertEqual(self.look_up(host, "far.test"), "192.0.2.7")
            self.assertEqual(self.look_up(host, "printer.test"), "127.0.0.1")
            self.assertEqual(resolver.asked(), ["far.test"])
            # One that is silent comes first.
            self.assertEqual(host.command('AT+CIPDNS_CUR=1,"10.44.1.77","10.44.1.1"'), OK)
            self.assertEqual(self.look_up(host, "far.test"), "192.0.2.7")
            self.assertEqual(host.command("AT+CIPDNS_CUR=0"), OK)
            self.assertEqual(self.look_up(host, "far.test"), DNS_FAIL)

    def test_the_policy_is_asked(self):
        policy = ("--net", "deny=127.0.0.1:53")
        with self.asking({"far.test": "192.0.2.7"}, *policy) as (resolver, module, host):
            self.assertEqual(host.command('AT+CIPDNS_CUR=1,"10.44.1.1"'), OK)
            self.assertEqual(self.look_up(host, "far.test"), DNS_FAIL)
            module.wait_for_log("name server 10.44.1.1 is not asked: deny=127.0.0.1:53")
            self.assertEqual(resolver.asked(), [])


class TimeServer(ServerProgram):
    """chrony at 127.0.0.1:123, which tells the time of this machine; it sets no clock."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="bfq-time-")
        config = os.path.join(self.directory.name, "chrony.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write("local stratum 3\nallow 127.0.0.0/8\nbindaddress 127.0.0.1\ncmdport 0\n"
                       f"bindcmdaddress /\npidfile {self.directory.name}/pid\n")
        command = ["/usr/sbin/chronyd", "-d", "-x", "-u", "root", "-f", config]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(f"{self.directory.name}/pid"), "chrony")


class WhatTimeItIs(Names):
    NEVER = b"+CIPSNTPTIME:Thu Jan 01 00:00:00 1970\r\n\r\nOK\r\n"

    def is_the_time(self, host, hours):
        """The module's clock is right to two seconds in a zone so far ahead of UTC."""
        answer = host.command("AT+CIPSNTPTIME?")
        shown = re.fullmatch(rb"\+CIPSNTPTIME:(.*)\r\n\r\nOK\r\n", answer).group(1).decode()
        told = datetime.datetime.strptime(shown, "%a %b %d %H:%M:%S %Y")
        right = datetime.datetime.utcnow() + datetime.timedelta(hours=hours)
        self.assertLess(abs((told - right).total_seconds()), 2, shown)
        self.assertEqual(told.strftime("%a %b %d %H:%M:%S %Y"), shown)

    def test_a_server_tells_it(self):
        with TimeServer(), self.asking({"time.test": "127.0.0.1"}) as (resolver, module, host):
            self.assertEqual(host.command("AT+CIPSNTPTIME?"), self.NEVER)
            # The first name does not exist, so the second one is asked at once.
            self.assertEqual(host.command('AT+CIPSNTPCFG=1,-11,"nobody.test","time.test"'), OK)
            module.wait_for_log("time server time.test has answered")
            self.assertEqual(resolver.asked(), ["nobody.test", "time.test"])
            self.is_the_time(host, -11)
            self.assertEqual(host.command('AT+CIPSNTPCFG=1,13,"10.44.1.1"'), OK)
            self.is_the_time(host, 13)
            module.wait_for_log("time server 10.44.1.1 has answered")

    def test_where_nobody_listens_it_is_not_known(self):
        with self.asking({}) as (_, module, host):
            self.assertEqual(host.command('AT+CIPSNTPCFG=1,0,"127.0.0.1","10.44.1.77"'), OK)
            module.wait_for_log("time server 10.44.1.77 is not asked: nobody has that address")
            self.assertEqual(host.command("AT+CIPSNTPTIME?"), self.NEVER)

    def test_the_policy_is_asked(self):
        with TimeServer(), self.asking({}, "--net", "deny=*:123") as (_, module, host):
            self.assertEqual(host.command('AT+CIPSNTPCFG=1,0,"10.44.1.1"'), OK)
            module.wait_for_log("time server 10.44.1.1 is not asked: deny=*:123")
            self.assertEqual(host.command("AT+CIPSNTPTIME?"), self.NEVER)


class WhoAnswersAnEcho(Names):
    TIMEOUT = b"+timeout\r\n\r\nERROR\r\n"

    def answers(self, host, name):
        self.assertRegex(host.command(f'AT+PING="{name}"'), rb"^\+\d+\r\n\r\nOK\r\n$")

    def test_this_machine_does(self):
        """By a raw socket and by an unprivileged one, where this kernel lets us choose."""
        for groups in ("1 0", "0 0"):
            with self.subTest(groups):
                with contextlib.suppress(OSError), open(
                    "/proc/sys/net/ipv4/ping_group_range", "w", encoding="ascii"
                ) as permitted:
                    permitted.write(groups + "\n")
                    permitted.flush()
                self.ping_this_machine()

    def ping_this_machine(self):
        with self.asking({"far.test": "127.0.0.1"}) as (_, module, host):
            for name in ("127.0.0.1", "far.test", "10.44.1.1", "10.44.1.2"):
                self.answers(host, name)
            self.assertEqual(host.command('AT+PING="nobody.test"'), b"\r\nERROR\r\n")
            # No way leads there.
            self.assertEqual(host.command('AT+PING="192.0.2.7"'), self.TIMEOUT)
            module.wait_for_log("cannot ping 192.0.2.7: Network is unreachable")

    def test_nobody_that_the_policy_forbids(self):
        with self.asking({}, "--net", "deny=127.0.0.0/8") as (_, module, host):
            self.assertEqual(host.command('AT+PING="127.0.0.1"'), self.TIMEOUT)
            module.wait_for_log("ping of 127.0.0.1 refused: deny=127.0.0.0/8")


class WhyThereIsNoAnswer(Names):
    def test_the_log_says_it(self):
        with self.asking({"six.test": "2001:db8::1"}) as (_, module, host):
            for name, why in (("unknown.test", "there is no such name"),
                              ("six.test", "it has no IPv4 address")):
                self.assertEqual(self.look_up(host, name), DNS_FAIL)
                module.wait_for_log(f"DNS knows no address of {name}: {why}")
            write_etc("resolv.conf", "nameserver 127.0.0.9\n")
            self.assertEqual(self.look_up(host, "any.test"), DNS_FAIL)
            module.wait_for_log("DNS knows no address of any.test: no name server answered")

    def test_a_silent_server_is_asked_last(self):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
            self.asking({"far.test": "192.0.2.7"}) as (_, __, host),
        ):
            silent.bind(("127.0.0.9", 53))
            silent.setblocking(False)
            write_etc("resolv.conf", "nameserver 127.0.0.9\nnameserver 127.0.0.1\n")
            for asks_it in (True, False, False):
                began = time.monotonic()
                self.assertEqual(self.look_up(host, "far.test"), "192.0.2.7")
                self.assertEqual(time.monotonic() - began > 1.5, asks_it)


class WhatDnsIsTrustedWith(Names):
    RECORDS = {"inner.good.test": "127.0.0.1", "lan.good.test": "10.1.2.3",
               "gateway.good.test": "10.44.1.1", "outer.good.test": "192.0.2.7"}

    def test_an_inner_address_takes_more_than_a_name(self):
        policy = ("--net", "allow=*.good.test")
        with self.asking(self.RECORDS, *policy) as (_, module, host), Server() as server:
            for name, address in self.RECORDS.items():
                self.assertEqual(self.look_up(host, name), address)
                self.is_refused(host, name, server)
            self.is_not_connected(server)
            for address in ("127.0.0.1", "10.1.2.3"):
                module.wait_for_log(f"holds its name, but {address} is no public address")
            module.wait_for_log("holds its name, but the address is that of a gateway")
            # This one was tried, in a place where no way leads there.
            module.wait_for_log(f"cannot connect to outer.good.test:{server.port} (192.0.2.7)")
            self.assertEqual(host.command(f'AT+CIPSTART="UDP","inner.good.test",{server.port}'),
                             b"CONNECT\r\n\r\nOK\r\n")
            self.assertEqual(host.send("lost"), b"\r\nSEND FAIL\r\n")

    def test_the_host_cannot_make_this_machine_of_a_public_address(self):
        policy = ("--net", "allow=*.good.test,192.0.2.7")
        with self.asking(self.RECORDS, *policy) as (_, module, host), Server() as server:
            host.command('AT+CIPSTA_CUR="192.0.2.2","192.0.2.7","255.255.255.0"')
            for name in ("outer.good.test", "192.0.2.7"):
                self.is_refused(host, name, server)
            self.is_not_connected(server)
            module.wait_for_log(f"which is 127.0.0.1:{server.port} refused", 2)

    def test_a_rule_for_the_address_or_no_allow_list_lets_it_pass(self):
        for policy in ("allow=*.good.test,127.0.0.1", "allow=*.good.test,host.bfq.internal",
                       "allow=*", "deny=*:25"):
            with (self.asking(self.RECORDS, "--net", policy) as (_, _, host), Server() as server):
                host.connect(server.port, "inner.good.test")
                server.accept().close()
                host.expect("CLOSED\r\n")

    def test_the_hosts_file_is_trusted(self):
        write_etc("hosts", "127.0.0.1 inner.good.test\n")
        records, policy = {"inner.good.test": "192.0.2.7"}, ("--net", "allow=*.good.test")
        with self.asking(records, *policy) as (resolver, _, host), Server() as server:
            host.connect(server.port, "inner.good.test")
            server.accept().close()
            host.expect("CLOSED\r\n")
            self.assertEqual(resolver.asked(), [])


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
