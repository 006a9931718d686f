"""The program in its sandbox: what it needs after its start works, and nothing else does."""

import glob
import os
import re
import socket
import subprocess
import tempfile
import unittest

from journey import ENVIRONMENT, PATIENCE, Module, Server, machine_address, wait_until
from serial_doors import Wired
from settings import answers

# The leak check of AddressSanitizer starts a process at the end, which the sandbox refuses; and the
# library of the attacks is loaded before its own.
QUIET = {"ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"] +
         ":detect_leaks=0:verify_asan_link_order=0"}
IN_FORCE = "sandbox: in force"
NET_BIND_SERVICE, DAC_OVERRIDE, FOWNER = 1 << 10, 1 << 1, 1 << 3
IS_ROOT = os.geteuid() == 0

# Taken over where it writes what is stored, in the thread that does so: tries what a program can do
# to others, and says what became of it.
ATTACKS = r"""
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void tell(const char* what, bool failed) {
  char line[100];
  const int n = snprintf(line, sizeof line, "attack %s: %s\n", what,
                         failed ? strerror(errno) : "succeeded");
  if (write(2, line, n) != n) abort();
}

static int child(void*) { _exit(0); }
static char stack[65536];

static void attack() {
  tell("clone", clone(child, stack + sizeof stack, SIGCHLD, nullptr) < 0);
  char name[] = "/bin/true";
  char* const arguments[] = {name, nullptr};
  tell("execve", execve(name, arguments, nullptr) < 0);
  tell("ptrace", ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0);
  tell("socket", socket(AF_UNIX, SOCK_STREAM, 0) < 0);
  tell("packets", socket(AF_PACKET, SOCK_RAW, 0) < 0);
  tell("kill", kill(getppid(), SIGWINCH) < 0);
  tell("mmap", mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED);
  tell("setuid", syscall(SYS_setuid, 0) < 0);
  tell("chmod", chmod(getenv("FOREIGN"), 0777) < 0);
  tell("read", open(getenv("FOREIGN"), O_RDONLY) < 0);
  tell("create", open("/tmp/bfq-attack", O_WRONLY | O_CREAT, 0600) < 0);
  tell("remove", unlink(getenv("FOREIGN")) < 0);
}

extern "C" int fdatasync(int) {
  static bool once = (attack(), true);
  return once ? 0 : -1;
}
"""
# What is refused by a rule for its arguments or its call, and what by a rule for files.
NOT_PERMITTED = (
    "clone", "execve", "ptrace", "socket", "packets", "kill", "mmap", "setuid", "chmod"
)
NO_ACCESS = ("read", "create", "remove")


def in_sandbox(*arguments, **options):
    return Module("--sandbox", "on", *arguments, environment={**QUIET, **options.pop("more", {})},
                  **options)


def statuses(module):
    """Of each thread: what the kernel says of its privileges."""
    for path in glob.glob(f"/proc/{module.process.pid}/task/*/status"):
        with open(path, encoding="ascii") as status:
            yield dict(re.findall(r"^(\w+):\s+(\S+)$", status.read(), re.M))


class Privileges(unittest.TestCase):
    def assert_confined(self, module, capabilities):
        for status in statuses(module):
            self.assertEqual(status["NoNewPrivs"], "1")
            self.assertEqual(status["Seccomp"], "2")
            for kind in ("CapPrm", "CapEff"):
                self.assertEqual(int(status[kind], 16), capabilities if IS_ROOT else 0, kind)
            self.assertEqual(int(status["CapInh"], 16) | int(status["CapAmb"], 16), 0)

    def test_every_thread_has_only_what_it_needs(self):
        with tempfile.TemporaryDirectory() as state, in_sandbox(state=state) as module:
            module.wait_for_log(IN_FORCE)
            with module.started_host() as host:
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                self.assertEqual(len(list(statuses(module))), 2, "loop and writer")
                self.assert_confined(module, NET_BIND_SERVICE)

    def test_a_tty_needs_more(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as folder, Wired(folder) as wired:
            with in_sandbox(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log(IN_FORCE)
                self.assert_confined(module, NET_BIND_SERVICE | DAC_OVERRIDE | FOWNER)

    def test_without_it_nothing_is_given_up(self):
        with Module("--sandbox", "off") as module, module.started_host():
            self.assertNotIn("sandbox", module.log())
            self.assertEqual({status["Seccomp"] for status in statuses(module)}, {"0"})


class WhatIsNeededLater(unittest.TestCase):
    @unittest.skipUnless(IS_ROOT, "ports below 1024 are root's")
    def test_the_server_is_at_its_own_port(self):
        with in_sandbox() as module, module.started_host() as host:
            module.wait_for_log(IN_FORCE)
            host.join()
            host.command("AT+CIPMUX=1")
            self.assertEqual(host.command("AT+CIPSERVER=1"), b"\r\nOK\r\n")
            with socket.create_connection((machine_address(), 333), PATIENCE):
                host.expect("0,CONNECT\r\n")

    def test_a_tty_is_taken_up_again(self):
        with tempfile.TemporaryDirectory(prefix="bfq-tty-") as folder, Wired(folder) as wired:
            with in_sandbox(serial=[f"tty:{wired.ends[0]}"]) as module:
                module.wait_for_log(IN_FORCE)
                wired.unplug()
                module.wait_for_log("is gone (unplugged?)")
                wired.plug_in()
                module.wait_for_log(f"host {wired.ends[0]} has attached", 2)
                with wired.host() as host:
                    wait_until(lambda: answers(host), "an answer")

    def test_names_and_certificates_are_looked_up(self):
        with in_sandbox() as module, module.started_host() as host, Server() as server:
            module.wait_for_log(IN_FORCE)
            host.join()
            self.assertIn(b"127.0.0.1", host.command('AT+CIPDOMAIN="localhost"'))
            host.type(f'AT+CIPSTART="SSL","127.0.0.1",{server.port}\r\n')
            client = server.accept()
            self.assertEqual(client.recv(1), b"\x16", "a handshake")
            client.close()
            host.expect("ERROR\r\n")


class TakenOver(unittest.TestCase):
    def test_it_harms_nobody_and_is_named(self):
        with tempfile.TemporaryDirectory(prefix="bfq-attack-") as folder:
            source, library = os.path.join(folder, "a.cpp"), os.path.join(folder, "a.so")
            foreign, state = os.path.join(folder, "foreign"), os.path.join(folder, "state")
            for path, text in ((source, ATTACKS), (foreign, "not ours")):
                with open(path, "w", encoding="ascii") as file:
                    file.write(text)
            subprocess.run(["g++", "-shared", "-fPIC", "-w", source, "-o", library], check=True)
            os.mkdir(state, 0o700)
            more = {"LD_PRELOAD": library, "FOREIGN": foreign}
            with in_sandbox(state=state, more=more) as module, module.started_host() as host:
                module.is_attacked = True
                self.assertEqual(host.command("AT+CWMODE_DEF=3"), b"\r\nOK\r\n")
                for attack in NOT_PERMITTED:
                    module.wait_for_log(f"attack {attack}: Operation not permitted\n")
                for attack in NO_ACCESS:
                    module.wait_for_log(f"attack {attack}: Permission denied\n")
                named = set(NOT_PERMITTED) - {"packets"}  # which is another socket
                for call in named:
                    module.wait_for_log(f"sandbox: refused the system call {call},")
                self.assertEqual(host.command("AT"), b"\r\nOK\r\n")
            with open(foreign, encoding="ascii") as file:
                self.assertEqual(file.read(), "not ours")


if __name__ == "__main__":
    unittest.main()
