#!/usr/bin/python3
"""How exact --speed baud is: 100,000 bytes in each direction, compared with the calculated time.

  bench/uart_rate.py [RATE...]     with BFQ4004, or build/release/bfq4004

A byte of 8N1 is ten bits, so 100,000 bytes at 115200 baud take 8.68 s. The host has RTS/CTS, so
that a busy machine shows as time and not as loss. The status is 1 when a ratio is off by more than
1 %.
"""
import os
import sys
import termios
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
os.environ.setdefault("BFQ4004", os.path.join(ROOT, "build/release/bfq4004"))
sys.path.insert(0, os.path.join(ROOT, "tests/journeys"))
from journey import Module, Server  # noqa: E402

SIZE = 100_000
TOLERANCE = 0.01


def set_up(host, rate):
    host.command(f"AT+UART_CUR={rate},8,1,0,3")
    settings = termios.tcgetattr(host.descriptor)
    settings[4] = settings[5] = getattr(termios, f"B{rate}")
    settings[2] |= termios.CRTSCTS
    termios.tcsetattr(host.descriptor, termios.TCSANOW, settings)


def time_of(take):
    """Bytes and seconds from the first chunk to the last, which the line alone determines."""
    first = take()
    begin = time.monotonic()
    later = 0
    while first + later < SIZE:
        later += take()
    return later, time.monotonic() - begin


def hear(host):
    host.more()
    return len(host.take(len(host.seen)))


def measure(rate):
    with (
        Module("--speed", "baud", log="info") as module,
        module.started_host() as host,
        Server() as server,
    ):
        host.join()
        host.connect(server.port)
        client = server.accept()
        host.command("AT+CIPMODE=1")
        set_up(host, rate)
        host.command("AT+CIPSEND", ">")
        client.sendall(bytes(SIZE))
        yield "to the host", *time_of(lambda: hear(host))
        if os.fork() == 0:
            host.type(bytes(SIZE))
            os._exit(0)
        yield "from the host", *time_of(lambda: len(client.recv(65536)))
        os.wait()
        client.close()
        if "lost" in module.log():
            raise SystemExit("bytes were lost:\n" + module.log())


def main():
    exact = True
    for rate in map(int, sys.argv[1:] or ["115200"]):
        for direction, count, seconds in measure(rate):
            ratio = seconds / (count * 10 / rate)
            exact &= abs(ratio - 1) <= TOLERANCE
            print(f"{rate} baud, {direction}: {SIZE} bytes take {seconds * SIZE / count:.3f} s, "
                  f"{ratio:.4f} of the arithmetic", flush=True)
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
