"""Many modules in one process, and hosts at their doors."""
import os
import pathlib
import re
import selectors
import socket
import subprocess
import tempfile
import time

from subjects import ROOT

PROGRAM = os.environ.get("BFQ4004", str(ROOT / "build/release/bfq4004"))
PATIENCE = 120
WORLD = """
[[ap]]
ssid = "many"
security = "open"
subnet = "10.0.0.0/8"
[[module]]
count = {count}
serial = ["{door}:{folder}/{{}}"]
{more}
"""


class NotStarted(Exception):
    """The program ended, and said why."""


class Fleet:
    """So many modules, each with a door; ready when this is made."""

    def __init__(self, count, door="unix", more="", program=PROGRAM):
        # Where sockets are, which is no disk.
        self.folder = tempfile.mkdtemp(prefix="bfq-many-", dir="/dev/shm")
        self.count, self.door = count, door
        world = pathlib.Path(self.folder, "world.toml")
        world.write_text(WORLD.format(count=count, door=door, folder=self.folder, more=more))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, \
                open(f"{self.folder}/log", "wb") as log:
            notices.bind(f"{self.folder}/notices")
            notices.settimeout(0.05)
            began = time.monotonic()
            self.process = subprocess.Popen(
                [program, "run", "--state", "none", "--control", "none", "--log", "warn", world],
                stdout=subprocess.DEVNULL, stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": f"{self.folder}/notices"})
            self.wait_until_ready(notices, began + PATIENCE)
        self.start = time.monotonic() - began

    def wait_until_ready(self, notices, deadline):
        while time.monotonic() < deadline:
            try:
                if b"READY=1" in notices.recv(4096):
                    return
            except TimeoutError:
                if self.process.poll() is not None:
                    break
        self.close()
        raise NotStarted(f"{self.count} modules do not start: {self.said[-300:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        if self.process.returncode != 0:
            raise AssertionError(f"ended with {self.process.returncode}: {self.said[-2000:]}")

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.said = pathlib.Path(self.folder, "log").read_text("utf-8")
        subprocess.run(["rm", "-r", self.folder], check=True)

    def host(self, number):
        """The descriptor of a host at a module's door."""
        path = f"{self.folder}/{number}"
        if self.door == "pty":
            return os.open(path, os.O_RDWR | os.O_NOCTTY)
        host = socket.socket(socket.AF_UNIX)
        host.connect(path)
        return host.detach()

    def kilobytes(self, what):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.search(rf"{what}:\s+(\d+)", status)[1])

    def seconds(self):
        """Processor time."""
        return seconds_of(self.process.pid)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def seconds_of(process):
    paths = pathlib.Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in paths) / 1e9


def all_answer(hosts, line, answer):
    """Types the line at each host and waits until each has been told the answer, or an error."""
    with selectors.DefaultSelector() as selector:
        for host in hosts:
            os.write(host, line)
            selector.register(host, selectors.EVENT_READ, bytearray())
        left, deadline = len(hosts), time.monotonic() + PATIENCE
        while left:
            if time.monotonic() > deadline:
                raise AssertionError(f"{left} of {len(hosts)} did not answer {line!r}")
            for key, _ in selector.select(1):
                key.data.extend(os.read(key.fd, 65536))
                if b"ERROR" in key.data or b"FAIL" in key.data:
                    raise AssertionError(f"{line!r} was answered {bytes(key.data)!r}")
                if answer in key.data:
                    selector.unregister(key.fileobj)
                    left -= 1
