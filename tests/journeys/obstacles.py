"""What the program at a PTY cannot play of a transcript: kinds of lines, and long waits."""

import re

from world_file import can_say

LONGEST_WAIT = 20.0  # seconds that a play may wait for one output

# Kinds of lines about what only the simulated world has.
SIMULATED = {
    ("broker",): "mqtt.py asks a real broker",
    ("delay", "resolve"): "how long the network takes is not ours to say",
    ("delay", "connect"): "how long the network takes is not ours to say",
    ("delay", "answer"): "how long the network takes is not ours to say",
    ("dropped",): "the program says it in its log, which passthrough.py reads",
    ("fault",): "faults.py asks for them by the control channel",
    ("flash",): "a file that cannot be written is the user's to make",
    ("hang-up",): "a pseudo terminal has no DTR; serial_doors.py drops it at other doors",
    ("network",): "the machine's network has no whims on demand",
    ("page",): "web.py asks a real HTTP server",
    ("air", "presses"): "only a world's events press buttons, as in world_file.py",
    ("analog",): "only a world's events put a level there",
    ("phone",): "only a world's events send networks, as in worlds.py",
    ("announced",): "only modules of one LAN find each other so, as in worlds.py",
    ("pin",): "only a world's events hold pins, as in worlds.py",
    ("peer", "stops"): "the machine takes bytes that nobody reads",
    ("peer", "takes"): "the machine takes bytes that nobody reads",
    ("peer", "9.9.9.9:123"): "a time server is at port 123; names.py asks one",
    ("peer", "9.9.9.9:53"): "a name server that is set is at port 53; names.py asks one",
    ("peer", "silent"): "every port of this machine answers",
    ("name", "silent"): "a name server that never answers",
    ("soft-ap",): "only another module hears its channel, as in neighbours.py",
    ("station", "seeks"): "when it tries again is a matter of minutes that are not waited for",
}
UNSAID = "air that a world file cannot say"
# A host name in another spelling than that of its `name` line, by which a play would know it;
# names.py asks a real name server for such.
ODD_NAME = re.compile(
    rb'AT\+(?:CIPDOMAIN|CIPSNTPCFG|CIPSTART|PING)=.*(?:\\|\x00|\.\.|\."|[\x80-\xff])')
# A segment is sent when its peer has acknowledged it; buffers.py sends some to real peers.
SEGMENT = re.compile(rb"AT\+CIPSENDBUF=")
# A transcript's silence is not waited for, see LONGEST_WAIT.
CLOCK = re.compile(rb"AT\+(SYSTIMESTAMP|CIPSNTPTIME)\?|AT\+CWRECONNCFG=")
# The softAP lets its stations go; those of a world file come back.
PARTING = re.compile(rb"AT\+(CWQIF|CIPAPMAC(_CUR|_DEF)?=)")


def of_line(words):
    for kind in SIMULATED:
        if words[0] == kind[0] and set(kind[1:]) <= set(words[1:]):
            return " ".join(kind)
    return UNSAID if words[0] == "air" and not can_say(words) else ""


def obstacle(steps):
    """Why these steps cannot be played, or ""."""
    waited, has_stations = 0.0, False
    for step in steps:
        has_stations |= step.kind == "act" and step.words[0] == "station"
        if step.kind == "type" and has_stations and PARTING.match(step.data):
            return "stations that do not come back"
        if step.kind == "type" and ODD_NAME.search(step.data):
            return "host name in another spelling"
        if step.kind == "type" and SEGMENT.match(step.data):
            return "segments, which a peer acknowledges when it likes"
        if step.kind == "type" and CLOCK.match(step.data):
            return "the time that has passed, of which a play leaves the silence out"
        if step.kind == "type" and step.data.startswith(b"AT+MQTTCONN="):
            return of_line(["broker"])
        if step.kind == "act" and (found := of_line(step.words)):
            return found
        if step.kind == "pass":
            waited = step.seconds
        elif step.kind == "expect" and waited > LONGEST_WAIT:
            return f"output after more than {LONGEST_WAIT:.0f} s"
        else:
            waited = 0.0
    return ""


def time_needed(steps):
    """A rough duration, so that the longest play can start first."""
    seeks = any(step.kind == "act" and "regains" in step.words for step in steps)
    return sum(min(step.seconds, LONGEST_WAIT) for step, following in zip(steps, steps[1:])
               if step.kind == "pass" and (seeks or following.kind == "expect"))
