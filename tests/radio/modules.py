"""A module with a real radio, and what it may leave behind."""

import glob
import os
import re
import sys
import threading

sys.path.insert(0, "tests/journeys")

# pylint: disable=wrong-import-position
import journey
from air import PATIENCE, run
from journey import ENVIRONMENT, Module, receive

journey.PATIENCE = PATIENCE
PASSWORD = "correct-88"
MEGABYTE = bytes(range(256)) * 4096
JOINED = b"WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n"


# With BFQ_SANDBOX=on all of them are in their sandbox, which is the release's default.
IN_SANDBOX = os.environ.get("BFQ_SANDBOX") == "on"
# AddressSanitizer looks for leaks by a process that it starts in the end, which is refused there.
QUIET = {"ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"] + ":detect_leaks=0"}


def real_module(*arguments, interface="wlan0", control="none", sandbox=IN_SANDBOX, **how):
    if sandbox:
        arguments, how = ("--sandbox", "on", *arguments), {"environment": QUIET, **how}
    return Module("--radio", f"wifi:{interface}", "--control", control, *arguments, **how)


def join(host, ssid, password=""):
    return host.command(f'AT+CWJAP_CUR="{ssid}","{password}"')


def own_address(host):
    return re.search(rb'STAIP,"([\d.]+)"', host.command("AT+CIFSR"))[1].decode()


def megabyte_each_way(host, peer):
    """In transparent transmission, over a link that is open."""
    assert host.command("AT+CIPMODE=1") == b"\r\nOK\r\n"
    assert host.command("AT+CIPSEND", ">") == b"\r\nOK\r\n\r\n>"
    sender = threading.Thread(target=host.type, args=(MEGABYTE,))
    sender.start()
    assert receive(peer, len(MEGABYTE)) == MEGABYTE
    sender.join()
    sender = threading.Thread(target=peer.sendall, args=(MEGABYTE,))
    sender.start()
    assert host.take(len(MEGABYTE)) == MEGABYTE
    sender.join()


def processes(*names):
    """Who is called like that, in the whole machine but for the peers' namespaces."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                name = comm.read().strip()
            here = os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/self/ns/net")
        except OSError:
            continue
        if here and name in names:
            found.append((name, int(pid)))
    return found


def traces():
    """What a program with a radio may leave behind in this machine."""
    return {
        "processes": processes("bfq4004", "bfq4004-radio", "bfq4004-keeper", "wpa_supplicant",
                               "udhcpc", "dnsmasq"),
        "rules": [line for line in run("ip", "rule").splitlines() if "4004:" in line],
        "addresses": re.findall(r"inet (?!127)\S+", run("ip", "-4", "address")),
        "interfaces": re.findall(r"wlan\d+ap", run("ip", "link")),
        "directories": glob.glob("/run/bfq4004-*") + glob.glob("/tmp/bfq4004-*"),
    }


NOTHING = {"processes": [], "rules": [], "addresses": [], "interfaces": [], "directories": []}
