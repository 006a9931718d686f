"""The control channel of the built program, by `bfq4004 ctl` and by whatever a client sends."""

import json
import os
import select
import socket
import stat
import subprocess
import threading
import time
import unittest

from journey import Module, run_program, wait_until

LAB = "name=BFQ-LAB"


class ControlClient:
    """Somebody at the socket who is not `bfq4004 ctl`."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def ask(self, command, **arguments):
        request = {"id": 1, "command": command, "arguments": arguments}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while "event" in (line := json.loads(self.lines.readline())):
            pass
        return line


class Shell(unittest.TestCase):
    """`bfq4004 ctl`, which finds the only program by itself."""

    def ctl(self, *words):
        status, output, errors = run_program("ctl", *words)
        self.assertEqual(status, 0, errors)
        return output

    def join(self, host):
        host.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
        host.expect("WIFI GOT IP\r\n\r\nOK\r\n")

    def test_two_commands_make_a_test_of_reconnecting(self):
        with Module() as module, module.started_host() as host:
            self.join(host)
            # What is waited for happens between the two commands, or behind them: both are seen.
            at = self.ctl("--at", "ap", "change", LAB, "password=another-one").strip()
            host.expect("WIFI DISCONNECT\r\n")
            left = self.ctl("--at", "wait", "event=left", "--since", at, "timeout=20s").strip()
            self.assertGreater(int(left), int(at))
            at = self.ctl("--at", "ap", "change", LAB, "password=bfq4004-lab").strip()
            event = self.ctl("wait", "event=addressed", f"since={at}", "timeout=20s")
            self.assertIn("address: 10.44.1.", event)
            host.expect("WIFI CONNECTED\r\nWIFI GOT IP\r\n")

    def test_statuses_tell_errors_apart(self):
        with Module():
            self.ctl("wait", "state=on", "timeout=20s")
            for words, expected, hint in (
                (["wait", "event=joined", "timeout=10ms"], 42, "has not come"),
                (["power", "on", "module=other"], 1, "there is bfq0"),
                (["reset", "reason=boredom"], 2, '"watchdog"'),
                (["reset", "boredom"], 2, "ARG=VALUE"),
                (["statsu"], 2, "is it status?"),
                (["--to", "/nowhere/at.all", "status"], 1, "/nowhere/at.all"),
            ):
                status, _, errors = run_program("ctl", *words)
                self.assertEqual(status, expected, errors)
                self.assertIn(hint, errors)
        status, _, errors = run_program("ctl", "status")
        self.assertEqual(status, 1)
        self.assertIn("--to says where it is", errors)

    def test_several_programs_are_listed(self):
        with Module() as one, Module("--module-base", "1") as other:
            status, _, errors = run_program("ctl", "status")
            self.assertEqual(status, 2)
            paths = [line.split()[-1] for line in errors.splitlines() if "--to" in line]
            self.assertEqual(len(paths), 2, errors)
            numbers = [one.process.pid, other.process.pid]
            self.assertIn("bfq0.sock", errors)
            self.assertTrue(any(f"bfq0-{number}.sock" in errors for number in numbers), errors)
            for path in paths:
                self.assertIn("module: bfq0", self.ctl("--to", path, "status"))

    def test_each_command_has_help_and_completions_are_scripts(self):
        names = [line.split("  ")[1].split() for line in self.ctl().splitlines()
                 if line.startswith("  ")]
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertTrue(self.ctl(*name, "--help").startswith("bfq4004 ctl " + " ".join(name)))
        script = self.ctl("--completion", "bash")
        for typed, completed in (
                ("ap.change rs", "rssi="), ("ap change rs", "rssi="), ("ap ch", "change"),
                ("tra", "trace.start trace.stop trace.export"), ("--json fault a", "arm"),
                ("fault arm fault = ap-", "ap-down ap-return"), ("wait event = lef", "left"),
                ("fault.arm after = 1s dir", "direction="), ("wait state =", "off on"),
                ("ap add hidden = t", "true"), ("ap add ssid = a", "")):
            words = typed.split()
            answer = subprocess.run(
                ["bash", "-c", script + f"\nCOMP_WORDS=(bfq4004 ctl {typed}); "
                 f"COMP_CWORD={len(words) + 1}\n"
                 "compopt() { :; }; _bfq4004_ctl; echo \"${COMPREPLY[@]}\""],
                capture_output=True, text=True, check=True)
            self.assertTrue(answer.stdout.startswith(completed), (typed, answer.stdout))
            self.assertEqual(answer.stdout == "\n", completed == "", typed)
        for shell in ("zsh", "fish"):
            self.assertIn("ap.change", self.ctl("--completion", shell))

    def test_a_journal_is_saved_to_a_new_file_and_replays(self):
        with Module() as module, module.started_host() as host:
            self.join(host)
            path = os.path.join(module.directory, "saved.journal")
            self.ctl("journal", "save", f"file={path}")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            status, output, errors = run_program("replay", path)
            self.assertEqual(status, 0, errors)
            self.assertIn("WIFI GOT IP", output)
            status, _, errors = run_program("ctl", "journal", "save", f"file={path}")
            self.assertEqual(status, 1)
            self.assertIn("File exists", errors)

    def test_a_trace_begins_and_ends_while_the_program_runs(self):
        with Module() as module, module.started_host() as host:
            path = os.path.join(module.directory, "late.jsonl")
            status, _, errors = run_program("ctl", "trace", "start", f"file={path}")
            self.assertEqual(status, 2, errors)  # and nothing was begun
            self.ctl("trace", "start", f"path={path}")
            status, _, errors = run_program("ctl", "trace", "start")
            self.assertEqual((status, "is_traced" in errors or "already" in errors), (1, True))
            self.join(host)
            self.assertIn(path, self.ctl("trace", "stop"))
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

            def names():
                with open(path, encoding="utf-8") as file:
                    return [json.loads(line)["event"] for line in file]

            wait_until(lambda: "addressed" in names(), "the trace")
            self.assertEqual(names()[0], "trace")
            self.assertIn("wire", names())
            for words, why in (([f"path={path}"], "exists"), (["path=late"], "whole path"),
                               (["path=/nowhere/at/all"], "cannot make")):
                status, _, errors = run_program("ctl", "trace", "start", *words)
                self.assertNotEqual(status, 0)
                self.assertIn(why, errors)
            self.assertEqual(run_program("ctl", "trace", "stop")[0], 1)

    def test_a_trace_in_memory_is_exported(self):
        with Module() as module, module.started_host() as host:
            at = self.ctl("--at", "trace", "start").strip()
            self.join(host)
            for form, first in (("jsonl", b'{"event":"trace"'), ("pcapng", b"\x0a\x0d\x0d\x0a"),
                                ("cast", b'{"version"'), ("vcd", b"$")):
                path = os.path.join(module.directory, "it." + form)
                self.ctl("trace", "export", f"format={form}", f"since={at}", f"file={path}")
                with open(path, "rb") as file:
                    content = file.read()
                self.assertTrue(content.startswith(first), content[:60])
            shown = subprocess.run(
                ["tshark", "-r", os.path.join(module.directory, "it.pcapng"), "-T", "fields",
                 "-e", "data.data"], capture_output=True, text=True, check=True).stdout
            self.assertIn(b"WIFI GOT IP".hex(), shown.replace("\n", "").replace(":", ""))
            self.ctl("trace", "stop")
            status, _, errors = run_program("ctl", "trace", "export", "since=99999")
            self.assertEqual(status, 1, errors)

    def test_status_tells_of_radio_lease_and_idle_links(self):
        with Module() as module, module.started_host() as host, socket.create_server(
                ("127.0.0.1", 0)) as server:
            self.join(host)
            host.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}\r\n')
            host.expect("CONNECT\r\n\r\nOK\r\n")
            time.sleep(0.3)
            told = json.loads(self.ctl("--json", "status"))["return"]["modules"][0]
            self.assertEqual(told["radio"]["bssid"], "02:bf:44:00:00:01")
            self.assertEqual(told["radio"]["rssi"], -42)
            self.assertEqual(told["radio"]["gateway"].rsplit(".", 1)[0],
                             told["address"].rsplit(".", 1)[0])
            self.assertGreater(told["links"][0]["idle"], 200_000)
            can = json.loads(self.ctl("--json", "capabilities"))["return"]
            self.assertEqual(can["modules"][0]["has"], ["simulated_air", "real_sockets"])
            needs = {fault["name"]: fault["needs"] for fault in can["faults"]}
            self.assertEqual((needs["ap-down"], needs["slice"], needs["reset"]),
                             ("simulated_air", "real_sockets", "nothing"))

    def test_what_is_sent_is_typed_and_quit_ends_the_program(self):
        with Module() as module, module.started_host() as host:
            at = self.ctl("--at", "send", "line=AT+CWMODE_CUR=3").strip()
            self.assertIn("line: OK", self.ctl("wait", "printed=OK", f"since={at}"))
            host.expect("AT+CWMODE_CUR=3\r\r\n\r\nOK\r\n")
            self.ctl("quit")
            self.assertEqual(module.process.wait(20), 0)


class Links(unittest.TestCase):
    def test_a_connection_stalls_goes_on_is_closed_and_reset(self):
        with Module() as module, module.started_host() as host, socket.create_server(
            ("127.0.0.1", 0)
        ) as server:
            host.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
            host.expect("WIFI GOT IP\r\n\r\nOK\r\n")
            with ControlClient(os.path.join(os.environ["XDG_RUNTIME_DIR"], "bfq4004",
                                            "bfq0.sock")) as control:
                for command, end in (("link.close", b""), ("link.reset", None)):
                    host.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}\r\n')
                    host.expect("CONNECT\r\n\r\nOK\r\n")
                    peer, _ = server.accept()
                    peer.settimeout(20)
                    self.assertIn("return", control.ask("link.stall"))
                    peer.sendall(b"hello")
                    host.type("AT+CIPSEND=2\r\n")
                    host.expect("> ")
                    host.type("ab")
                    host.expect("Recv 2 bytes\r\n")
                    self.assertIn("return", control.ask("link.resume"))
                    host.expect("SEND OK\r\n")
                    host.expect("+IPD,5:hello")
                    self.assertEqual(peer.recv(10), b"ab")
                    self.assertIn("return", control.ask(command))
                    host.expect("CLOSED\r\n")
                    if end is None:
                        self.assertRaises(ConnectionResetError, peer.recv, 1)
                    else:
                        self.assertEqual(peer.recv(1), end)
                    peer.close()
                self.assertEqual(control.ask("link.stall")["error"]["code"], "no_such_link")


class Payload(unittest.TestCase):
    def test_bulk_is_gathered_and_nothing_of_it_is_missing(self):
        with Module() as module, module.started_host() as host, socket.create_server(
            ("127.0.0.1", 0)
        ) as server:
            host.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
            host.expect("WIFI GOT IP\r\n\r\nOK\r\n")
            host.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}\r\n')
            host.expect("CONNECT\r\n\r\nOK\r\n")
            peer, _ = server.accept()
            path = os.path.join(os.environ["XDG_RUNTIME_DIR"], "bfq4004", "bfq0.sock")
            with ControlClient(path) as control, peer:
                control.ask("subscribe", topics=["payload"])
                began = time.monotonic()
                sender = threading.Thread(target=peer.sendall, args=(b"0123456789\n" * 30_000,))
                sender.start()
                got = events = 0
                rest = b""
                while got < 330_000:
                    ready = select.select([host.descriptor, control.socket], [], [], 20)[0]
                    self.assertTrue(ready, f"only {got} bytes are told of")
                    if host.descriptor in ready:
                        os.read(host.descriptor, 65536)
                    if control.socket not in ready:
                        continue
                    *lines, rest = (rest + control.socket.recv(65536)).split(b"\n")
                    for event in map(json.loads, lines):
                        self.assertEqual((event["event"], event["direction"]), ("payload", "in"))
                        self.assertLessEqual(len(event["head"]), 4 * 64)
                        got += event["bytes"]
                        events += 1
                sender.join()
                self.assertEqual(got, 330_000)
                self.assertLessEqual(events, 2 + 10 * (time.monotonic() - began))


class Clients(unittest.TestCase):
    def test_nonsense_and_crowds_do_not_disturb(self):
        with Module() as module, module.started_host() as host:
            path = os.path.join(os.environ["XDG_RUNTIME_DIR"], "bfq4004", "bfq0.sock")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            crowd = [ControlClient(path) for _ in range(100)]
            for client in crowd:
                self.assertIn("return", client.ask("subscribe", topics=["exchange", "state"]))
            with ControlClient(path) as rude:
                rude.socket.sendall(os.urandom(100_000).replace(b"\n", b"") + b"\n\n{}\n")
                self.assertIn(b"bad_request", rude.lines.readline())
                self.assertIn(b"bad_request", rude.lines.readline())
            for _ in range(20):
                self.assertIn(b"OK", host.command("AT+CWMODE_CUR=1"))
            for client in crowd:
                client.__exit__()
            wait_until(lambda: len(module.descriptors()) < 60, "clients that are gone")

    def test_an_idle_program_with_a_subscriber_does_not_wake_up(self):
        with Module() as module, module.started_host():
            path = os.path.join(os.environ["XDG_RUNTIME_DIR"], "bfq4004", "bfq0.sock")
            with ControlClient(path) as control:
                control.ask("wait", state="idle")
                control.ask("subscribe")
                module.wait_until_it_rests()
                switches = "voluntary_ctxt_switches"
                before = module.status(switches)
                try:
                    self.assertRaises(subprocess.TimeoutExpired, module.process.wait, 5)
                finally:
                    self.assertEqual(module.status(switches), before)


if __name__ == "__main__":
    unittest.main()
