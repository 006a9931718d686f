"""The air of a transcript as a world file of the program, which reads it again on SIGHUP."""

import json
import re
import tomllib

from journey import run_program
from script import text_of

SECURITIES = ("open", "wep", "wpa", "wpa2", "wpa/wpa2", "enterprise")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 63  # of WPA; transcripts have shorter ones
DELAYS = {"scan": "scan", "associate": "join", "address": "address"}


def padding(password, words):
    """Padding that makes it a valid WPA password; the host types the padded one too."""
    return "" if not password or "wep" in words else "-" * (SHORTEST_PASSWORD - len(password))


def can_say(words):
    """Whether a world file can express what an `air` line says."""
    try:
        texts = [text_of(word) for word in words if word[0] == '"']
    except UnicodeDecodeError:
        return False
    password = texts[1] if len(texts) == 2 else ""
    return (
        len(password) <= LONGEST_PASSWORD or re.fullmatch("[0-9a-fA-F]{64}", password) is not None
    )


class WorldFile:
    """A world with one module; initially the program's default world."""

    def __init__(self, path):
        self.path = path
        self.access_points = tomllib.loads(run_program("world")[1])["ap"]
        for number, access_point in enumerate(self.access_points, 1):
            access_point["bssid"] = f"02:bf:44:00:00:{number:02x}"
        self.added, self.lost, self.stations, self.delays = len(self.access_points), {}, {}, {}
        self.soft_ap = {"ssid": "BFQ4004_040001"}
        self.paddings = {}  # of passwords of the transcript
        self.module = {"name": "bfq0"}

    def change(self, words):
        """Carries out an `air`, `station` or `delay` line."""
        if words[0] == "delay":
            self.delays[DELAYS[words[1]]] = words[2]
        elif words[0] == "station" and words[2] == "leaves":
            del self.stations[words[1]]
        elif words[0] == "station":
            self.stations[words[1]] = {"mac": words[1], **self.soft_ap}
        elif words[1] == "none":
            self.access_points = []
        elif words[1] == "loses":
            lost = next(a for a in self.access_points if a["ssid"] == text_of(words[2]))
            self.access_points.remove(lost)
            self.lost[lost["ssid"]] = lost
        elif words[1] == "regains":
            self.access_points.append(self.lost.pop(text_of(words[2])))
        else:
            self.add(text_of(words[1]), text_of(words[2]), list(words[3:]))

    def add(self, ssid, password, words):
        self.added += 1
        self.paddings[password] = padding(password, words)
        added = {"ssid": ssid, "password": password + self.paddings[password], "rssi": -50,
                 "bssid": f"02:bf:44:00:00:{self.added:02x}", "subnet": f"10.44.{self.added}.0/24"}
        while words:
            word = words.pop(0)
            if word in SECURITIES:
                added["security"] = "wpa2-enterprise" if word == "enterprise" else word
            elif word == "rssi":
                added["rssi"] = -int(words.pop(0))
            elif word == "channel":
                added["channel"] = int(words.pop(0))
            elif word == "bssid":
                added["bssid"] = words.pop(0)
            elif word == "address":
                address = words.pop(0)
                added["subnet"] = re.sub(r"\d+$", "0/24", address)
                added["dhcp"] = {"pool": [address, address]}
            elif word == "answers-scan":
                added["delays"] = {"scan": words.pop(0)}
            elif word in ("hidden", "silent", "wps"):
                added[word] = True
            else:
                added["dhcp"] = {"on": {"no-dhcp": False, "dhcp-refuses": "refuses"}[word]}
        self.access_points.append(added)

    def padded(self, typed):
        """The line of a join, with the passwords that the access points have here."""

        def pad(found):
            password = re.sub(rb"\\(.)", rb"\1", found[2], flags=re.S).decode("latin-1")
            return found[1] + found[2] + self.paddings.get(password, "").encode() + b'"'

        quoted = rb'"(?:[^"\\\r]|\\.)*"'
        return re.sub(rb'(AT\+CWJAP[^=]*=%b,\s*")((?:[^"\\\r]|\\.)*)"' % quoted, pad, typed)

    def look_at(self, typed):
        """The host configures the softAP; stations join whichever is there."""
        for ssid, password in re.findall(rb'AT\+CWSAP(?:_CUR)?="([^"]*)","([^"]*)"', typed):
            self.soft_ap = {"ssid": ssid.decode(), "password": password.decode()}

    def write(self):
        tables = [("module", self.module), *(("ap", a) for a in self.access_points),
                  *(("station", s) for s in self.stations.values())]
        text = ""
        for name, table in tables:
            text += f"\n[[{name}]]\n" + "".join(
                f"{key} = {in_toml(value)}\n" for key, value in table.items()
            )
        text += "\n[delays]\n" + "".join(
            f"{key} = {in_toml(value)}\n" for key, value in self.delays.items()
        )
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)


def in_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {in_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
