"""What the sync and the asyncio client have in common: requests, answers, and where a `wait` that
names no event number looks from. No I/O."""

from __future__ import annotations

import json
from typing import Any, Mapping

from .errors import ChannelClosed, ControlError
from .rows import ERRORS, QUERIES

#: How much longer than a command's own time-out its answer may take, in seconds.
PATIENCE = 60.0


def seconds(text: str) -> float:
    """How long a time such as "10s" or "1.5min" is; what is no time is the program's to refuse."""
    for unit, factor in (("ms", 0.001), ("min", 60.0), ("s", 1.0), ("h", 3600.0)):
        if text.endswith(unit):
            try:
                return float(text[: -len(unit)]) * factor
            except ValueError:
                break
    return 0.0


def encode(number: int, command: str, arguments: Mapping[str, Any]) -> bytes:
    """A request. Arguments that are None are left out."""
    given = {name: value for name, value in arguments.items() if value is not None}
    request = {"id": number, "command": command, "arguments": given}
    return json.dumps(request).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """An answer or an event."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise ChannelClosed(f"this is no bfq4004: it says {line[:80]!r}")
    return message


def value_of(answer: Mapping[str, Any]) -> Any:
    """What a command returned; raises its error."""
    if "error" not in answer:
        return answer.get("return")
    code, message = answer["error"]["code"], answer["error"]["message"]
    raise ERRORS.get(code, ControlError)(message, code)


class Position:
    """Where a client stands among the events, so that a `wait` cannot miss what it is about.

    A `wait` without `since` looks at events behind the last command of this client that has changed
    something, and, of one kind of event of one module, behind the last one that was found.
    """

    def __init__(self) -> None:
        self.at = 0  #: behind the last command that was carried out
        self._changed = 0
        self._found: dict[tuple[Any, str], int] = {}

    @staticmethod
    def _kind(arguments: Mapping[str, Any]) -> tuple[Any, str] | None:
        kinds = ("typed", "printed", "event")
        kind = next((name for name in kinds if arguments.get(name) is not None), None)
        if kind is None:
            return None  # a state, which is looked at as it is now
        return arguments.get("module"), arguments["event"] if kind == "event" else kind

    def complete(self, command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, with `since` where a wait has none."""
        arguments = dict(arguments)
        kind = self._kind(arguments) if command == "wait" else None
        if kind is not None and arguments.get("since") is None:
            arguments["since"] = max(self._changed, self._found.get(kind, 0))
        return arguments

    def note(self, command: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Goes on to where the answer was given."""
        at = answer.get("at")
        if not isinstance(at, int):
            return
        self.at = max(self.at, at)
        if "error" in answer or command in QUERIES:
            return
        if command != "wait":
            self._changed = max(self._changed, at)
        elif (kind := self._kind(arguments)) is not None:
            self._found[kind] = max(self._found.get(kind, 0), at)

    def begin_at(self, at: int) -> None:
        """Events up to this number are of no interest: what was before a client came."""
        self.at = self._changed = at
