"""The control channel for asyncio.

    async with await aio.connect(program.control.path) as control:
        waiting = asyncio.create_task(control.wait(event="left"))
        await control.ap_remove("BFQ-LAB")
        await waiting

Several commands may be under way at once. Where one task causes what another waits for, take
`since = control.at` before: what "the last command" was depends on who was first.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, AsyncIterator, Mapping, cast

from . import protocol
from .errors import ChannelClosed
from .rows import AsyncControlCommands, Event, TopicName

_LONGEST_LINE = 4 * 1024 * 1024  # a journal in base64 is one line


class Control(AsyncControlCommands):
    """A connection to the control channel of a program: see `bfq4004.Control`."""

    def __init__(self, path: str, reader: asyncio.StreamReader,
                 writer: asyncio.StreamWriter) -> None:
        self.path = path
        self.position = protocol.Position()
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._closed: ChannelClosed | None = None
        self._task = asyncio.create_task(self._read())

    @property
    def at(self) -> int:
        """The number of the last event when the last command was carried out."""
        return self.position.at

    async def ask(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Carries out a command by its name in docs/control.md; returns what it returns."""
        if self._closed:
            raise self._closed
        arguments = self.position.complete(command, arguments)
        self._number += 1
        number = self._number
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(protocol.encode(number, command, arguments))
            await self._writer.drain()
            message = await answer
        except ChannelClosed:
            raise
        except OSError as error:
            raise ChannelClosed(f"the control channel is broken: {error}") from error
        finally:
            self._asked.pop(number, None)
        self.position.note(command, arguments, message)
        return protocol.value_of(message)

    async def _read(self) -> None:
        closed = ChannelClosed("the program has closed the control channel")
        try:
            while line := await self._reader.readline():
                message = protocol.decode(line)
                answer = self._asked.get(message.get("id", 0))
                if answer and not answer.done():
                    answer.set_result(message)
        except (OSError, ValueError) as error:
            closed = ChannelClosed(f"the control channel is broken: {error}")
        except asyncio.CancelledError:
            closed = ChannelClosed("the control channel was closed here")
            raise
        finally:
            self._closed = closed
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(closed)

    async def events(self, *topics: TopicName) -> AsyncIterator[Event]:
        """Events of these topics, or of all, from the first iteration on, by a connection of its own."""
        reader, writer = await _open(self.path)
        try:
            writer.write(protocol.encode(1, "subscribe", {"topics": list(topics) or None}))
            while line := await reader.readline():
                message = protocol.decode(line)
                if "event" in message:
                    yield cast(Event, message)
                else:
                    protocol.value_of(message)
        finally:
            writer.close()

    async def close(self) -> None:
        """Ends the connection, and with it what waits on it; the program goes on."""
        self._writer.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def __aenter__(self) -> Control:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _open(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
    except OSError as error:
        raise ChannelClosed(f"no program answers at {path}: {error}") from error


async def connect(path: str | os.PathLike[str]) -> Control:
    """Connects to the control channel of a program that runs.

    :param path: the socket; `Program.control.path` of one that was started
    :raises ChannelClosed: no program answers there
    """
    control = Control(os.fspath(path), *await _open(os.fspath(path)))
    try:
        await control.program()
    except BaseException:
        await control.close()
        raise
    control.position.begin_at(control.at)
    return control
