"""A page of another origin, in headless Chromium, tries to drive the HTTP door, and cannot."""

import contextlib
import functools
import http.server
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "journeys"))
from journey import Module, run_program  # noqa: E402

# What a page may try. It tells its own server what it saw of each attempt. The last one shows that
# the page could have succeeded: its own server takes the same request.
PAGE = """<!DOCTYPE html><title>another origin</title>
<form id="form" method="post" target="frame" enctype="text/plain" action="DOOR/v1/power.off">
<input name='{"module":"bfq0"}' value=""></form><iframe name="frame"></iframe>
<img src="DOOR/v1/power.off"><script src="DOOR/openapi.json"></script>
<script>
const seen = {};
const late = () => new Promise((resolve) => setTimeout(() => resolve("nothing"), 10000));
async function attempt(name, run) {
  try { seen[name] = await Promise.race([run(), late()]); }
  catch (error) { seen[name] = error.name || String(error); }
}
const json = {"Content-Type": "application/json"};
const token = {...json, "Authorization": "Bearer TOKEN"};
const post = (more) => fetch("DOOR/v1/power.off", {method: "POST", body: "{}", ...more})
    .then(answer => answer.type + " " + answer.status);
const socket = (protocols) => new Promise((resolve) => {
  const it = new WebSocket("DOOR/v1/events".replace("http", "ws"), protocols);
  it.onopen = () => resolve("open");
  it.onerror = () => resolve("refused");
});
(async () => {
  document.getElementById("form").submit();
  await attempt("fetch", () => post({headers: json}));
  await attempt("fetch with the token", () => post({headers: token}));
  await attempt("fetch without cors", () => post({mode: "no-cors"}));
  await attempt("fetch without cors, with credentials",
                () => post({mode: "no-cors", credentials: "include"}));
  await attempt("ticket", () => fetch("DOOR/v1/ticket", {method: "POST", headers: token}));
  await attempt("socket", () => socket([]));
  await attempt("socket with the token", () => socket(["bfq4004", "TOKEN"]));
  await attempt("events", () => new Promise((resolve) => {
    const it = new EventSource("DOOR/v1/events");
    it.onopen = () => resolve("open");
    it.onerror = () => resolve("refused");
  }));
  await attempt("own server", () => fetch("/own", {method: "POST", body: "{}", headers: json})
      .then(answer => answer.type + " " + answer.status));
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen), headers: json});
})();
</script>"""


class OwnServer(http.server.BaseHTTPRequestHandler):
    """The server of the page: of another origin than the door, as its port is another one."""

    def __init__(self, page, seen, *arguments):
        self.page, self.seen = page, seen
        super().__init__(*arguments)

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(self.page.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(b"{}")
        if self.path == "/seen":
            self.seen.put(json.loads(body))

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def chromium(*options):
    with tempfile.TemporaryDirectory(prefix="bfq-chromium-") as profile:
        command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   "--disable-dev-shm-usage", "--disable-background-networking",
                   f"--user-data-dir={profile}", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as process:
            try:
                yield process
            finally:
                process.terminate()
                process.wait(60)


class OtherOrigin(unittest.TestCase):
    def setUp(self):
        self.module = self.enterContext(Module("--control", "http:0"))
        self.door = re.search(r"http://127\.0\.0\.1:\d+", self.module.banner).group()
        _, output, _ = run_program("ctl", "--json", "http")
        self.token = json.loads(output)["return"]["token"]

    def assert_untouched(self):
        _, output, _ = run_program("ctl", "--json", "status")
        self.assertTrue(json.loads(output)["return"]["modules"][0]["power"])
        self.assertIsNone(self.module.process.poll())

    def test_a_page_of_another_origin_cannot_drive_it(self):
        page = PAGE.replace("DOOR", self.door).replace("TOKEN", self.token)
        seen = queue.Queue()
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(OwnServer, page, seen))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with chromium(f"http://127.0.0.1:{server.server_port}/"):
            results = seen.get(timeout=180)
        # The preflight is refused; without one, the page may not even know that it was answered.
        for name in ("fetch", "fetch with the token", "ticket", "fetch without cors",
                     "fetch without cors, with credentials"):
            self.assertEqual(results[name], "TypeError", name)
        for name in ("socket", "socket with the token", "events"):
            self.assertEqual(results[name], "refused", name)
        self.assertEqual(results["own server"], "basic 200")
        self.assert_untouched()

    def test_a_name_that_leads_here_is_no_way_in(self):
        """DNS rebinding: the page's own name leads to this machine, and Host is that name."""
        port = self.door.rsplit(":", 1)[1]
        with chromium("--host-resolver-rules=MAP evil.test 127.0.0.1", "--dump-dom",
                      f"http://evil.test:{port}/openapi.json") as process:
            self.assertIn("wrong_host", process.stdout.read())
        self.assert_untouched()


if __name__ == "__main__":
    unittest.main()
