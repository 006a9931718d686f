"""HTTP against nginx, by name and by TLS: what a module asks, what it shows, what --net forbids.

The journey runs in namespaces of its own, as names.py does: HTTPS is at port 443.
"""

import os
import subprocess
import sys
import tempfile
import unittest

from journey import Module, free_port, wait_until
from names import INSIDE, OK, Resolver, ServerProgram, set_up, ways_in, write_etc
from tls import Certificates

CERTIFICATES = "BFQ_JOURNEY_CERTIFICATES"
BIG = "".join(chr(ord("a") + i % 26) for i in range(100_000))
CONFIGURATION = """
daemon off;
master_process off;
user root root;
pid {folder}/pid;
error_log {folder}/errors;
events {{ }}
http {{
  log_format asked '$request|$http_host|$http_content_type|$request_body|$status';
  access_log {folder}/access asked;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:443 ssl;
    ssl_certificate {certificates}/localhost.pem;
    ssl_certificate_key {certificates}/localhost.key;
    root {folder};
    location = /hello {{ return 200 "hello"; }}
    location = /posted {{ proxy_pass http://127.0.0.1:{port}/hello; }}
    location = /moved {{ return 302 /hello; }}
    location = /version {{ return 200 "1.0.1"; }}
  }}
}}
"""


class Nginx(ServerProgram):
    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="bfq-nginx-")
        self.port = free_port()
        folder = self.directory.name
        os.chmod(folder, 0o755)
        self.write("configuration", CONFIGURATION.format(
            folder=folder, port=self.port, certificates=os.environ[CERTIFICATES]))
        self.write("big", BIG)
        self.write("image", BIG)
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", folder + "/configuration", "-e",
                                         folder + "/errors"])
        wait_until(lambda: os.path.exists(folder + "/pid"), "nginx")

    def write(self, name, text):
        with open(os.path.join(self.directory.name, name), "w", encoding="ascii") as file:
            file.write(text)

    def asked(self, count):
        """The first so many requests. nginx writes one down once it has answered, which may be
        after the answer was read."""
        def lines():
            with open(self.directory.name + "/access", encoding="ascii") as log:
                return [line for line in log.read().splitlines() if "HTTP/1.0" not in line]

        wait_until(lambda: len(lines()) >= count, f"{count} requests")
        return lines()


class Web(unittest.TestCase):
    def setUp(self):
        write_etc("hosts", "127.0.0.1 localhost\n")
        self.nginx = self.enterContext(Nginx())
        self.enterContext(Resolver({"web.test": "127.0.0.1"}))

    def start(self, *arguments):
        module = self.enterContext(Module(*arguments))
        host = self.enterContext(module.started_host())
        host.join()
        return module, host

    def ask(self, host, path, port=None, name="web.test"):
        self.assertEqual(host.command(f'AT+CHTTPURL={port or self.nginx.port},"{name}"'), OK)
        self.assertEqual(host.command(f'AT+CHTTPPH="{path}"'), OK)
        return host.command("AT+CHTTPTR")

    def test_it_asks_and_shows_the_answer(self):
        _, host = self.start()
        self.assertEqual(self.ask(host, "/hello"), b"hello\r\n\r\nOK\r\n")
        self.assertEqual(host.command('AT+CHTTPDT="a b","1&2"'), OK)
        self.assertEqual(self.ask(host, "/hello"), b"hello\r\n\r\nOK\r\n")
        self.assertEqual(host.command("AT+CHTTPTP=1"), OK)
        self.assertEqual(host.command('AT+CHTTPDT="a","1"'), OK)
        self.assertEqual(host.command('AT+CHTTPDT="b","2"'), OK)
        self.assertEqual(self.ask(host, "/posted"), b"hello\r\n\r\nOK\r\n")
        where, form = f"web.test:{self.nginx.port}", "application/x-www-form-urlencoded"
        self.assertEqual(self.nginx.asked(3), [f"GET /hello HTTP/1.1|{where}|-|-|200",
                                               f"GET /hello?a%20b=1%262 HTTP/1.1|{where}|-|-|200",
                                               f"POST /posted HTTP/1.1|{where}|{form}|a=1&b=2|200"])

    def test_it_shows_errors_and_redirections(self):
        _, host = self.start()
        self.assertEqual(self.ask(host, "/missing"), b"0x7194\r\n\r\nERROR\r\n")
        self.assertIn(b"302 Found", self.ask(host, "/moved"))
        self.assertEqual(self.ask(host, "/hello", free_port()), b"0x7000\r\n\r\nERROR\r\n")
        self.assertEqual(self.ask(host, "/hello", name="nobody.test"),
                         b"0x7000\r\n\r\nERROR\r\n")

    def test_a_long_answer_comes_whole(self):
        _, host = self.start()
        self.assertEqual(self.ask(host, "/big"), BIG.encode() + b"\r\n\r\nOK\r\n")

    def test_https_with_and_without_a_verified_certificate(self):
        folder = os.environ[CERTIFICATES]
        world = os.path.join(self.nginx.directory.name, "world.toml")
        self.nginx.write("world.toml",
                         f'[[ap]]\nssid = "BFQ-LAB"\npassword = "bfq4004-lab"\n'
                         f'[[module]]\ntls = {{ ca = "{folder}/ca.pem" }}\n')
        module, host = self.start(world)
        self.assertEqual(self.ask(host, "/hello", 443), b"hello\r\n\r\nOK\r\n")
        self.assertEqual(host.command("AT+CIPSSLCCONF=2"), OK)
        self.assertEqual(self.ask(host, "/hello", 443, "localhost"), b"hello\r\n\r\nOK\r\n")
        self.assertEqual(self.ask(host, "/hello", 443), b"0x7000\r\n\r\nERROR\r\n")
        module.wait_for_log("ostname mismatch")

    def test_the_policy_holds_for_it(self):
        module, host = self.start("--net", f"deny=127.0.0.1:{self.nginx.port}")
        self.assertEqual(self.ask(host, "/hello"), b"0x7000\r\n\r\nERROR\r\n")
        module.wait_for_log(f"bfq0 HTTP: web.test:{self.nginx.port} (127.0.0.1) refused: ")
        self.assertEqual(module.log().count("HTTP: "), 1, "one line is enough")

    def test_an_update_is_loaded_and_the_module_restarts(self):
        module, host = self.start(
            "--set", f'net.update_server="web.test:{self.nginx.port}"')
        self.assertEqual(host.command("AT+CIUPDATE"),
                         b"".join(b"+CIPUPDATE:%d\r\n" % n for n in range(1, 5)) + b"\r\nOK\r\n")
        host.expect("WIFI DISCONNECT\r\n")
        host.expect("\r\nready\r\n")
        del module


class EspAt(unittest.TestCase):
    """The HTTP client of the personality esp-at-2."""

    def setUp(self):
        write_etc("hosts", "127.0.0.1 localhost\n")
        self.nginx = self.enterContext(Nginx())
        self.enterContext(Resolver({"web.test": "127.0.0.1"}))
        self.url = f"http://web.test:{self.nginx.port}"

    def start(self, *arguments):
        module = self.enterContext(Module("--personality", "esp-at-2", *arguments))
        host = self.enterContext(module.started_host())
        host.echoed_end = "\r\n"
        answer = host.command('AT+CWJAP="BFQ-LAB","bfq4004-lab"')
        self.assertEqual(answer, b"WIFI CONNECTED\r\nWIFI GOT IP\r\n" + OK)
        return module, host

    def test_it_asks_and_shows_pieces(self):
        _, host = self.start()
        hello = b"+HTTPCLIENT:5,hello\r\n" + OK
        self.assertEqual(host.command(f'AT+HTTPCLIENT=2,0,"{self.url}/hello",,,1'), hello)
        self.assertEqual(host.command('AT+HTTPCLIENT=2,0,,"web.test","/hello",2'), hello)
        self.assertEqual(
            host.command(f'AT+HTTPCLIENT=3,1,"{self.url}/posted",,,1,"[1]","X-One: 1"'), hello)
        self.assertIn(b"+HTTPCLIENT:17, Content-Length: 5\r\n",
                      host.command(f'AT+HTTPCLIENT=1,0,"{self.url}/hello",,,1'))
        self.assertEqual(host.command(f'AT+HTTPGETSIZE="{self.url}/big"'),
                         b"+HTTPGETSIZE:%d\r\n" % len(BIG) + OK)
        asked = [line.split("|") for line in self.nginx.asked(5)]
        self.assertEqual([(a[0], a[2], a[3]) for a in asked], [
            ("GET /hello HTTP/1.1", "-", "-"), ("GET /hello HTTP/1.1", "-", "-"),
            ("POST /posted HTTP/1.1", "application/json", "[1]"),
            ("HEAD /hello HTTP/1.1", "-", "-"), ("HEAD /big HTTP/1.1", "-", "-")])

    def test_a_long_answer_comes_whole(self):
        _, host = self.start()
        answer = host.command(f'AT+HTTPCGET="{self.url}/big"')
        body, rest = b"", answer
        while rest.startswith(b"+HTTPCGET:"):
            size, rest = rest[len(b"+HTTPCGET:"):].split(b",", 1)
            self.assertLessEqual(int(size), 512)
            body, rest = body + rest[:int(size)], rest[int(size) + 2:]
        self.assertEqual(body, BIG.encode())
        self.assertEqual(rest, OK)

    def test_what_is_typed_is_posted(self):
        _, host = self.start()
        host.type(f'AT+HTTPCPOST="{self.url}/posted",10000\r\n')
        host.expect(">")
        host.type(b"x" * 10000)
        host.expect("+HTTPCPOST:5,hello\r\n\r\nSEND OK\r\n")
        self.assertIn("x" * 10000, self.nginx.asked(1)[0])

    def test_errors_and_the_policy(self):
        module, host = self.start("--net", "deny=127.0.0.1:443")
        missing = host.command(f'AT+HTTPCGET="{self.url}/missing"')
        self.assertTrue(missing.endswith(b"\r\nERROR\r\n"), missing)
        self.assertEqual(host.command('AT+HTTPCGET="https://web.test/hello"'), b"\r\nERROR\r\n")
        module.wait_for_log("bfq0 HTTP: web.test:443 (127.0.0.1) refused: ")


def main():
    if os.environ.get(INSIDE):
        set_up()
        unittest.main()
    os.environ[CERTIFICATES] = Certificates().directory
    for way in ways_in():
        if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(way[0], [*way, sys.executable, "-B", *sys.argv])
    print("skipped: neither user namespaces nor root for an /etc of its own")


if __name__ == "__main__":
    main()
