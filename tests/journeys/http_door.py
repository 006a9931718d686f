"""The HTTP door of the built program, by curl and `bfq4004 ctl`, and who may not use it."""

import json
import os
import re
import socket
import stat
import subprocess
import unittest

from journey import Module, run_program, wait_until

HTTP = ("--control", "http:0")


def url_of(module):
    return re.search(r"http://127\.0\.0\.1:\d+", module.banner).group()


class Door:
    """The program's HTTP door, asked by curl; the token stands in a file, not in an argument."""

    def __init__(self, module):
        self.url = url_of(module)
        _, output, _ = run_program("ctl", "--json", "http")
        self.token = json.loads(output)["return"]["token"]
        self.headers = os.path.join(module.directory, "headers")
        with open(self.headers, "w", encoding="ascii") as headers:
            headers.write(f"Authorization: Bearer {self.token}\n")

    def curl(self, path, *more, headers=None):
        command = ["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}",
                   "-H", f"@{headers or self.headers}", *more, self.url + path]
        answer = subprocess.run(command, capture_output=True, check=True)
        body, _, status = answer.stdout.rpartition(b"\n")
        return int(status), body

    def ask(self, command, **arguments):
        status, body = self.curl(f"/v1/{command}", "-H", "Content-Type: application/json",
                                 "-d", json.dumps(arguments))
        return status, json.loads(body)


class Shell(unittest.TestCase):
    def test_a_driver_s_reconnection_by_curl(self):
        with Module(*HTTP) as module, module.started_host() as host:
            door = Door(module)
            host.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"\r\n')
            host.expect("WIFI GOT IP\r\n\r\nOK\r\n")
            status, answer = door.ask("ap.change", name="BFQ-LAB", password="another-one")
            self.assertEqual(status, 200, answer)
            host.expect("WIFI DISCONNECT\r\n")
            status, answer = door.ask("wait", event="left", since=answer["at"])
            self.assertEqual((status, answer["return"]["event"]["event"]), (200, "left"))
            status, answer = door.ask("wait", event="addressed", timeout="10ms")
            self.assertEqual((status, answer["error"]["code"]), (504, "timed_out"))

    def test_a_stream_of_events_and_figures(self):
        with Module(*HTTP) as module, module.started_host() as host:
            door = Door(module)
            with subprocess.Popen(
                ["curl", "-sSN", "--max-time", "20", "-H", f"@{door.headers}",
                 door.url + "/v1/events?topics=exchange&since=0"], stdout=subprocess.PIPE
            ) as stream:
                host.command("AT+CWMODE_CUR=3")
                seen = b""
                for line in stream.stdout:
                    seen += line
                    if b'"line":"AT+CWMODE_CUR=3"' in line:
                        break
                self.assertIn(b'"line":"AT+CWMODE_CUR=3"', seen)
                self.assertRegex(seen, rb"(?m)^id: \d+\ndata: \{.*\}\n$")
                stream.terminate()
            status, body = door.curl("/metrics")
            self.assertEqual(status, 200)
            self.assertIn(b'bfq_module_power{module="bfq0"} 1\n', body)
            status, body = door.curl("/openapi.json")
            self.assertEqual(json.loads(body)["openapi"], "3.1.0")

    def test_ctl_speaks_http_too(self):
        with Module(*HTTP) as module, module.started_host():
            door = Door(module)
            token = os.path.join(module.directory, "token")
            with open(token, "w", encoding="ascii") as file:
                file.write(door.token + "\n")
            to = ("ctl", "--to", door.url, "--token-file", token)
            status, output, errors = run_program(*to, "status")
            self.assertEqual(status, 0, errors)
            self.assertIn("module: bfq0", output)
            path = os.path.join(module.directory, "saved.journal")
            status, _, errors = run_program(*to, "journal", "save", f"file={path}")
            self.assertEqual(status, 0, errors)
            status, output, errors = run_program("replay", path)
            self.assertEqual(status, 0, errors)
            self.assertIn("ready", output)
            self.assertEqual(run_program(*to, "wait", "event=joined", "timeout=1ms")[0], 42)
            self.assertEqual(run_program(*to, "reset", "reason=boredom")[0], 2)
            status, _, errors = run_program(*to, "world", "show", "secrets=true")
            self.assertEqual(status, 1)
            self.assertIn("Unix socket alone", errors)
            status, _, errors = run_program("ctl", "--to", door.url, "--token-file", "/dev/null",
                                            "status")
            self.assertEqual(status, 1)
            self.assertIn("Authorization", errors)
            status, answer = door.ask("trace.start", path="/tmp/never")
            self.assertEqual((status, answer["error"]["code"]), (403, "only_at_socket"))
            self.assertEqual(door.ask("trace.start")[0], 200)
            door.ask("send", line="AT")
            wait_until(lambda: b"AT" in door.curl("/v1/trace.export", "-X", "POST")[1], "a trace")
            status, body = door.curl("/v1/trace.export", "-H", "Content-Type: application/json",
                                     "-d", '{"format":"pcapng"}')
            self.assertEqual((status, body[:4]), (200, b"\x0a\x0d\x0d\x0a"))
            run_program(*to, "quit")
            self.assertEqual(module.process.wait(20), 0)


class Strangers(unittest.TestCase):
    def test_who_has_no_right_is_refused_and_the_token_is_in_no_log(self):
        with Module(*HTTP, log="trace") as module, module.started_host():
            door = Door(module)
            for headers, path, more, expected in (
                ("/dev/null", "/v1/quit", ["-X", "POST"], 401),
                ("/dev/null", f"/v1/quit?token={door.token}", ["-X", "POST"], 401),
                (None, "/v1/quit", ["-X", "POST", "-H", "Origin: http://evil.test"], 403),
                (None, "/v1/quit", ["-X", "POST", "-H", "Origin: null"], 403),
                (None, "/v1/quit", ["-X", "POST", "-H", "Host: evil.test"], 421),
                (None, "/v1/quit", ["-X", "POST", "-H", "Host:"], 421),
                (None, "/v1/quit", ["-X", "OPTIONS", "-H", "Origin: http://evil.test"], 403),
                (None, "/v1/quit", [], 405),
                (None, "/v1/quit", ["-H", "Content-Type: text/plain", "-d", "{}"], 415),
            ):
                status, body = door.curl(path, *more, headers=headers)
                self.assertEqual(status, expected, (path, more, body))
                self.assertNotIn(door.token.encode(), body)
            self.assertIsNone(module.process.poll())
            self.assertEqual(door.ask("program")[0], 200)
            self.assertNotIn(door.token, module.log())
            self.assertNotIn(door.token, module.banner)
            with open(f"/proc/{module.process.pid}/cmdline", encoding="ascii") as line:
                self.assertNotIn(door.token, line.read())

    def test_slow_and_large_clients_are_given_up(self):
        with Module(*HTTP) as module, module.started_host():
            door = Door(module)
            place = ("127.0.0.1", int(door.url.rpartition(":")[2]))
            with socket.create_connection(place, 20) as slow:
                slow.sendall(b"POST /v1/quit HTTP/1.1\r\nHost: ")
                self.assertEqual(slow.recv(100), b"")
            with socket.create_connection(place, 20) as large:
                large.sendall(b"GET / HTTP/1.1\r\nHost: " + b"x" * 20000)
                self.assertIn(b" 413 ", large.recv(1000).split(b"\r\n")[0])
            crowd = [socket.create_connection(place, 20) for _ in range(100)]
            for client in crowd:
                client.close()
            wait_until(lambda: door.ask("program")[0] == 200, "a door that is free again")
            wait_until(lambda: len(module.descriptors()) < 40, "clients that are gone")


class Token(unittest.TestCase):
    def test_the_token_is_kept_with_the_state_and_is_its_owner_s(self):
        with Module(*HTTP) as module:
            state = os.path.join(module.directory, "state")
            with Module(*HTTP, "--module-base", "7", "--control", "none", state=state) as kept:
                self.assertIn(f"token        in {state}/http.token", kept.banner)
                path = os.path.join(state, "http.token")
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
                with open(path, encoding="ascii") as file:
                    token = file.read()
                status, _, errors = run_program("ctl", "--to", url_of(kept), "--token-file", path,
                                                "program")
                self.assertEqual(status, 0, errors)
            with Module(*HTTP, "--module-base", "7", "--control", "none", state=state):
                with open(path, encoding="ascii") as file:
                    self.assertEqual(file.read(), token)

    def test_a_program_that_keeps_nothing_has_a_new_one_each_time(self):
        tokens = set()
        for _ in range(2):
            with Module(*HTTP, "--control", "none") as module:
                tokens.add(re.search(r"token {8}([0-9a-f]{64})\n", module.banner).group(1))
        self.assertEqual(len(tokens), 2)

    def test_a_port_that_is_taken_is_an_error_that_says_so(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            place = f"http:{server.getsockname()[1]}"
            status, _, errors = run_program("run", "--state", "none", "--control", place,
                                            "--control", "none", "--serial", "pty")
            self.assertEqual(status, 1)
            self.assertIn("another program listens there", errors)


class Rest(unittest.TestCase):
    def test_an_idle_program_with_http_clients_does_not_wake_up(self):
        with Module(*HTTP) as module, module.started_host():
            door = Door(module)
            self.assertEqual(door.ask("wait", state="idle")[0], 200)
            with subprocess.Popen(
                ["curl", "-sSN", "-H", f"@{door.headers}", door.url + "/v1/events"],
                stdout=subprocess.DEVNULL
            ) as stream:
                wait_until(lambda: b"bfq_http_clients 2\n" in door.curl("/metrics")[1], "a stream")
                module.wait_until_it_rests()
                switches = "voluntary_ctxt_switches"
                before = module.status(switches)
                try:
                    self.assertRaises(subprocess.TimeoutExpired, module.process.wait, 12)
                finally:
                    self.assertEqual(module.status(switches), before)
                    stream.terminate()


if __name__ == "__main__":
    unittest.main()
