"""How many modules hold 115200 baud in both directions at once, each byte compared."""
import os
import socket
import subprocess
import time

from fleet import Fleet, NotStarted, all_answer
from subjects import closed

BYTES_PER_SECOND = 11520
FILLING_S, SECONDS = 2, 5
BOOT_S = 0.5
NEAR = 0.02
TRIES = 2  # what else the machine does only makes it fewer


def connected(fleet, server, hosts):
    """The peers of all hosts, in transparent transmission."""
    time.sleep(BOOT_S)
    all_answer(hosts, b'AT+CWJAP_CUR="many",""\r\n', b"OK\r\n")
    peers = []
    line = b'AT+CIPSTART="TCP","host.bfq.internal",%d\r\n' % server.getsockname()[1]
    for host in hosts:
        all_answer([host], line, b"OK\r\n")
        peers.append(server.accept()[0])
    all_answer(hosts, b"AT+CIPMODE=1\r\n", b"OK\r\n")
    all_answer(hosts, b"AT+CIPSEND\r\n", b">")
    for peer in peers:  # else it fills buffers of megabytes first, and reads nothing meanwhile
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    return [peer.detach() for peer in peers]


def run(kind, count, tools):
    """How much of what the lines carry came through, and what it took."""
    more = f'speed = "baud"\nfifo = {{ rx = {kind.fifo}, host = {kind.fifo} }}'
    with Fleet(count, kind.door, more) as fleet, \
            socket.create_server(("127.0.0.1", 0), backlog=1024) as server, \
            closed(*map(fleet.host, range(count))) as hosts, \
            closed(*connected(fleet, server, hosts)) as peers:
        for host in hosts:
            if kind.door == "unix":
                with socket.socket(fileno=os.dup(host)) as end:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        ends = [end for pair in zip(hosts, peers) for end in pair]
        used, began = fleet.seconds(), time.monotonic()
        done = subprocess.run([tools / "duplex", str(FILLING_S), str(SECONDS), *map(str, ends)],
                              capture_output=True, text=True, check=True, pass_fds=ends)
        cores = (fleet.seconds() - used) / (time.monotonic() - began)
    return {"modules": count, "cores": round(cores, 2), **shares(done.stdout)}


def shares(printed):
    pairs = [list(map(float, line.split())) for line in printed.splitlines()]
    up, down = ([pair[way] / BYTES_PER_SECOND for pair in pairs] for way in (0, 1))
    return {"up": [round(pick(up), 4) for pick in (min, max)],
            "down": [round(pick(down), 4) for pick in (min, max)],
            "breaks": int(sum(pair[2] for pair in pairs))}


def holds(taken):
    ends = taken["up"] + taken["down"]
    return taken["breaks"] == 0 and all(abs(share - 1) <= NEAR for share in ends)


def held_by(kind, tools):
    """The most modules of those that are tried, and all that were."""
    tried = []
    tries = TRIES if kind.row.wanted else 1
    for count in (count for count in kind.counts for _ in range(tries)):
        try:
            tried.append(run(kind, count, tools))
        except (NotStarted, AssertionError) as error:
            print(error, flush=True)
            continue
        print(f"    {kind.row.name}: {tried[-1]}", flush=True)
        if holds(tried[-1]):
            return count, tried
    return 0, tried
