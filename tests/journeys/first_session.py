"""The main job: join, connect, fetch a page, and get true answers about all of it."""

import unittest

from journey import Module, Server, free_port, web_server

BODY = bytes(range(256)) * 40  # 10,240 bytes, all values


class FirstSession(unittest.TestCase):
    def test_a_page_of_all_byte_values_arrives_intact(self):
        with web_server(BODY) as port, Module() as module, module.started_host() as host:
            host.join()
            host.connect(port)
            request = f"GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
            self.assertEqual(host.send(request), b"\r\nSEND OK\r\n")
            header, _, body = host.received_until_closed().partition(b"\r\n\r\n")
            self.assertIn(b" 200 OK", header)
            self.assertEqual(body, BODY)

    def test_status_tells_where_the_module_is(self):
        with Server() as server, Module() as module, module.started_host() as host:
            self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:5\r\n\r\nOK\r\n")
            host.join()
            self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:2\r\n\r\nOK\r\n")
            host.connect(server.port)
            client = server.accept()
            line = f'+CIPSTATUS:0,"TCP","127.0.0.1",{server.port},{server.peer[1]},0\r\n'
            self.assertEqual(
                host.command("AT+CIPSTATUS"), b"STATUS:3\r\n" + line.encode() + b"\r\nOK\r\n"
            )
            client.close()
            host.expect("CLOSED\r\n")
            self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:4\r\n\r\nOK\r\n")

    def test_a_refused_port_answers_error_and_then_closed(self):
        with Module() as module, module.started_host() as host:
            host.join()
            answer = host.command(f'AT+CIPSTART="TCP","127.0.0.1",{free_port()}', "CLOSED\r\n")
            self.assertEqual(answer, b"\r\nERROR\r\nCLOSED\r\n")

    def test_joins_that_fail_say_why(self):
        with Module() as module, module.started_host() as host:
            for network, failure in (('"BFQ-LAB","wrong-password"', 2), ('"nobody","password"', 3)):
                answer = host.command(f"AT+CWJAP_CUR={network}")
                self.assertEqual(answer, f"+CWJAP_CUR:{failure}\r\n\r\nFAIL\r\n".encode())
            self.assertEqual(host.command("AT+CWJAP_CUR?"), b"No AP\r\n\r\nOK\r\n")

    def test_passwords_are_in_no_log(self):
        with Module() as module, module.started_host() as host:
            host.join()
            host.command('AT+CWJAP_CUR="BFQ-LAB","secret-of-mine')  # with a quote missing
            module.wait_for_log("> AT+CWJAP_CUR", times=2)
            for secret in ("bfq4004-lab", "secret-of-mine"):
                self.assertNotIn(secret, module.log())

    def test_a_restart_ends_links_without_a_word(self):
        with Server() as server, Module() as module, module.started_host() as host:
            host.join()
            host.connect(server.port)
            client = server.accept()
            self.assertEqual(host.command("AT+RST"), b"\r\nOK\r\n")
            self.assertEqual(host.expect("ready\r\n"), b"WIFI DISCONNECT\r\n\r\nready\r\n")
            self.assertEqual(client.recv(1), b"")
            self.assertEqual(host.command("AT+CIPSTATUS"), b"STATUS:5\r\n\r\nOK\r\n")

    def test_versions_are_those_of_the_manual_and_of_the_program(self):
        with Module() as module, module.started_host() as host:
            answer = host.command("AT+GMR").decode()
            self.assertRegex(
                answer,
                r"^AT version:1\.0\.0\.0\(May 12 2020 00:00:00\)\r\n"
                r"SDK version:2\.2\.1\(bfq4004 \d+\.\d+\.\d+\)\r\n"
                r"compile time:[A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d\r\nOK\r\n$")


if __name__ == "__main__":
    unittest.main()
