"""Tests of AT drivers against a serial Wi-Fi module in software.

    import bfq4004

    with bfq4004.start() as program:
        module = program.module()
        driver = MyDriver(module.device)
        program.air.ap_down("BFQ-LAB")
        module.wait("left")

`bfq4004.aio` is the same for asyncio, `bfq4004.pytest_plugin` has fixtures.
"""

from .control import Control, Recorder, Subscription, json_line_of, line_of
from .errors import ChannelClosed, ControlError, Error, ProgramDied, StartFailed
from .program import Air, Module, Program, attach, find_program, start
from .rows import (BadArguments, Event, EventsLost, ModuleIsOff, NoSuchAccessPoint, NoSuchLink,
                   NoSuchModule, NoSuchStation, TimedOut)

__all__ = [
    "Air", "BadArguments", "ChannelClosed", "Control", "ControlError", "Error", "Event",
    "EventsLost", "Module", "ModuleIsOff", "NoSuchAccessPoint", "NoSuchLink", "NoSuchModule",
    "NoSuchStation", "Program", "ProgramDied", "Recorder", "StartFailed", "Subscription", "TimedOut",
    "attach", "find_program", "json_line_of", "line_of", "start",
]
