"""The control channel for code that blocks: `Control`."""

from __future__ import annotations

import collections
import json
import os
import socket
import threading
from typing import Any, Callable, Iterator, Mapping, Sequence, cast

from . import protocol
from .errors import ChannelClosed
from .rows import ControlCommands, Event, TopicName


class _Lines:
    """Lines of a connection to a Unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
        except OSError as error:
            self.socket.close()
            raise ChannelClosed(f"no program answers at {path}: {error}") from error
        self._rest = b""

    def write(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> bytes:
        """The next line; b"" once the program has gone."""
        while b"\n" not in self._rest:
            part = self.socket.recv(65536)
            if not part:
                return b""
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def close(self) -> None:
        self.socket.close()


class Control(ControlCommands):
    """A connection to the control channel of a program. One command at a time: threads take turns,
    and where one waits long, each has its own connection.

    :param path: the socket, as `--control unix:PATH` has it
    :param whose_end: makes the exception for a program that has gone

    Commands are methods: `ap.change` is `ap_change()`. Each error of the channel is an exception of
    its own, such as `NoSuchAccessPoint`; they derive from `ControlError`. A program that has gone is
    `ChannelClosed`.
    """

    def __init__(self, path: str | os.PathLike[str],
                 whose_end: Callable[[], ChannelClosed | None] = lambda: None) -> None:
        self.path = os.fspath(path)
        self.position = protocol.Position()
        self._whose_end = whose_end
        self._lock = threading.Lock()
        self._number = 0
        try:
            self._lines = _Lines(self.path, protocol.PATIENCE)
        except ChannelClosed as closed:
            raise whose_end() or closed from closed
        self.program()
        self.position.begin_at(self.at)

    @property
    def at(self) -> int:
        """The number of the last event when the last command was carried out: a `since` for a later
        `wait` that is to see everything from here on."""
        return self.position.at

    def ask(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Carries out a command by its name in docs/control.md; returns what it returns."""
        with self._lock:
            arguments = self.position.complete(command, arguments)
            self._number += 1
            self._lines.socket.settimeout(
                protocol.PATIENCE + protocol.seconds(str(arguments.get("timeout", ""))))
            answer = self._exchange(protocol.encode(self._number, command, arguments))
            self.position.note(command, arguments, answer)
        return protocol.value_of(answer)

    def _exchange(self, request: bytes) -> dict[str, Any]:
        try:
            self._lines.write(request)
            while line := self._lines.read():
                message = protocol.decode(line)
                if message.get("id") == self._number:
                    return message
            closed = ChannelClosed("the program has closed the control channel")
        except TimeoutError:
            raise ChannelClosed("the program does not answer") from None
        except OSError as error:
            closed = ChannelClosed(f"the control channel is broken: {error}")
        raise self._whose_end() or closed

    def events(self, *topics: TopicName) -> Subscription:
        """A connection of its own that is told of events of these topics, or of all, from now on."""
        return Subscription(self.path, topics)

    def close(self) -> None:
        """Ends the connection; the program goes on."""
        self._lines.close()

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Subscription:
    """Events as they come, by iteration, which ends with the program. One that does not read in time
    loses events, and gets {"event": "lost", "count": ...} in their place."""

    def __init__(self, path: str, topics: Sequence[str] = ()) -> None:
        self._lines = _Lines(path, protocol.PATIENCE)
        self.send("subscribe", topics=list(topics) or None)
        protocol.value_of(self._until_answered([]))
        self._lines.socket.settimeout(None)

    def _until_answered(self, events: list[Event]) -> dict[str, Any]:
        for message in self.messages():
            if "event" not in message:
                return message
            events.append(cast(Event, message))
        raise ChannelClosed("the program has closed the control channel")

    def so_far(self) -> list[Event]:
        """All events up to now that were not read yet. Ends the subscription."""
        events: list[Event] = []
        self.send("unsubscribe")
        self._until_answered(events)
        return events

    def send(self, command: str, **arguments: Any) -> None:
        """Asks something; the answer is among the messages."""
        self._lines.write(protocol.encode(1, command, arguments))

    def messages(self) -> Iterator[dict[str, Any]]:
        """Events and answers as they come, until the program has gone."""
        while line := self._lines.read():
            yield protocol.decode(line)

    def __iter__(self) -> Iterator[Event]:
        return (cast(Event, message) for message in self.messages() if "event" in message)

    def close(self) -> None:
        """Ends the connection, and with it an iteration of another thread."""
        try:
            self._lines.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the program was faster
        self._lines.close()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Recorder:
    """The last events of a program, whoever causes them, read by a thread of its own.

    :param topics: of these topics; none: of all
    :param keep: how many events are kept
    """

    def __init__(self, path: str, topics: Sequence[str] = (), keep: int = 10_000) -> None:
        self._subscription = Subscription(path, topics)
        self._kept: collections.deque[Event] = collections.deque(maxlen=keep)
        self._changed = threading.Condition()
        self._asked = 0
        self._answered = 0
        self._ended = False
        self._thread = threading.Thread(target=self._read, name="bfq4004 events", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for message in self._subscription.messages():
                with self._changed:
                    if "event" in message:
                        self._kept.append(cast(Event, message))
                    else:
                        self._answered += 1
                        self._changed.notify_all()
        except (ChannelClosed, OSError):
            pass  # the end: of the program, or of this
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def events(self) -> list[Event]:
        """All that are kept, up to now: those that are still under way are waited for."""
        try:
            self._subscription.send("program")
            self._asked += 1
        except OSError:
            pass  # the program has gone; what it has said last is still read
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._answered == self._asked,
                                   protocol.PATIENCE)
            return list(self._kept)

    def close(self) -> None:
        """Ends the thread and its connection."""
        self._subscription.close()
        self._thread.join()


def line_of(event: Mapping[str, Any]) -> str:
    """An event for people, as `bfq4004 ctl subscribe` prints it."""
    rest = " ".join(f"{name}={value}" for name, value in event.items()
                    if name not in ("event", "time", "number"))
    return (f"{event.get('time', 0) / 1e6:12.6f} #{event.get('number', '?')} "
            f"{event.get('event')} {rest}".rstrip())


def json_line_of(event: Mapping[str, Any]) -> str:
    """An event as the program wrote it."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)
