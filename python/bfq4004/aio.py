"""The same for asyncio.

    async with await aio.start() as program:
        module = program.module()
        driver = await MyDriver.open(await module.device())
        waiting = asyncio.create_task(module.wait("left"))
        await program.air.ap_down("BFQ-LAB")
        await waiting

Several commands may be under way at once. Where one task causes what another waits for, take
`since = control.at` before: what "the last command" was depends on who was first.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
from typing import Any, AsyncIterator, Mapping, cast

from . import program as blocking
from . import protocol
from .errors import ChannelClosed, ProgramDied
from .rows import (AsyncControlCommands, Event, EventName, NoSuchAccessPoint, NoSuchLink, StateName,
                   StatusReturnModules, TopicName, duration)

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


class Module:
    """One module of a program: see `bfq4004.Module`."""

    def __init__(self, control: Control, name: str) -> None:
        self.control = control
        self.name = name

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    async def status(self) -> StatusReturnModules:
        """What it is doing: see `status` in docs/control.md."""
        return (await self.control.status(module=self.name))["modules"][0]

    async def url(self) -> str:
        """Where a host attaches, for pySerial; its first door that has such."""
        return blocking.url_of(await self.status())

    async def device(self) -> str:
        """The path of its serial device, for a driver that opens one."""
        return blocking.device_of(await self.status())

    async def wait(self, event: EventName | None = None, *, match: str | None = None,
                   typed: str | None = None, printed: str | None = None, since: int | None = None,
                   timeout: float | str = 10.0) -> Event:
        """Waits for an event, or for a line of the wire, and returns the event. Where one task
        causes what another waits for, give `since`.

        :raises TimedOut: it has not come; this is a TimeoutError
        :raises EventsLost: not all events since then are kept any more
        """
        return (await self.control.ask("wait", {  # type: ignore[no-any-return]
            "module": self.name, "event": event, "match": match, "typed": typed,
            "printed": printed, "since": since, "timeout": duration(timeout)}))["event"]

    async def wait_until(self, state: StateName, timeout: float | str = 10.0) -> None:
        """Waits until it is in a state, such as "addressed"; returns at once where it is.

        :raises TimedOut: it was not, all that time
        """
        await self.control.wait(module=self.name, state=state, timeout=timeout)

    async def reset(self, reason: str = "external") -> None:
        """Restarts it, as its reset line, its watchdog or its power ("power_on") does."""
        await self.control.ask("reset", {"module": self.name, "reason": reason})

    async def power_off(self) -> None:
        """Takes its power away, wherever it was."""
        await self.control.power_off(module=self.name)

    async def power_on(self) -> None:
        """Gives it its power back."""
        await self.control.power_on(module=self.name)

    async def close_link(self, link: int = 0) -> None:
        """Ends a connection, as if its peer had closed it."""
        await self.control.link_close(module=self.name, link=link)

    async def reset_link(self, link: int = 0) -> None:
        """Ends a connection, as if its peer had lost it."""
        await self.control.link_reset(module=self.name, link=link)

    @contextlib.asynccontextmanager
    async def stalled_link(self, link: int = 0) -> AsyncIterator[None]:
        """Nothing moves on a connection meanwhile."""
        await self.control.link_stall(module=self.name, link=link)
        try:
            yield
        finally:
            with contextlib.suppress(NoSuchLink):  # it has ended meanwhile
                await self.control.link_resume(module=self.name, link=link)

    async def type(self, line: str) -> None:
        """Types a line, as one more host; CR LF is added."""
        await self.control.send(module=self.name, line=line)

    async def journal(self) -> bytes:
        """The last of what went into it, for `bfq4004 replay`. It holds passwords and payload."""
        saved = await self.control.journal_save(module=self.name)
        return base64.b64decode(saved["content"])


class Air:
    """The simulated air of a program: see `bfq4004.Air`."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._down: list[list[dict[str, Any]]] = []

    async def access_points(self) -> list[dict[str, Any]]:
        """All of them, by the keys of [[ap]] in docs/worlds.md, with their passwords."""
        return (await self._control.world_show(secrets=True))["ap"]

    async def add(self, ssid: str, **keys: Any) -> str:
        """Puts an access point into the air: its keys are those of [[ap]]. Returns its bssid."""
        return str((await self._control.ask("ap.add", {"ssid": ssid, **keys}))["bssid"])

    async def change(self, name: str, **keys: Any) -> None:
        """Changes an access point, by its ssid or bssid: `change("BFQ-LAB", rssi=-80)`."""
        await self._control.ask("ap.change", {"name": name, **keys})

    async def remove(self, name: str) -> None:
        """Takes an access point out of the air for good, by its ssid or bssid."""
        await self._control.ap_remove(name)

    async def ap_down(self, name: str) -> None:
        """A network goes down, with all of its access points; `ap_up()` brings it back.

        :raises NoSuchAccessPoint: there is none of that ssid or bssid
        """
        self._down.append(await self._take_away(name))

    async def ap_up(self) -> None:
        """Brings back what the last `ap_down()` took away."""
        if not self._down:
            raise NoSuchAccessPoint("no ap_down() is left to be undone")
        await self._bring_back(self._down.pop())

    async def _take_away(self, name: str) -> list[dict[str, Any]]:
        gone = [ap for ap in await self.access_points() if name in (ap.get("ssid"), ap["bssid"])]
        for ap in gone:
            await self._control.ap_remove(ap["bssid"])
        if not gone:
            await self._control.ap_remove(name)  # which says what there is
        return gone

    async def _bring_back(self, gone: list[dict[str, Any]]) -> None:
        for ap in gone:
            await self._control.ask("ap.add", ap)

    @contextlib.asynccontextmanager
    async def down(self, name: str) -> AsyncIterator[None]:
        """A network is down meanwhile."""
        gone = await self._take_away(name)
        try:
            yield
        finally:
            await self._bring_back(gone)

    @contextlib.asynccontextmanager
    async def restored(self) -> AsyncIterator[None]:
        """Afterwards the air is as it was."""
        before = await self._control.world_show(secrets=True)
        try:
            yield
        finally:
            self._down.clear()
            await self._control.ask("world.apply", before)


class Program:
    """A running program. Made by `start()`, which `stop()` ends, or by `attach()`.

    :ivar control: the connection to its control channel
    :ivar air: its simulated air
    """

    def __init__(self, program: blocking.Program, control: Control) -> None:
        self._program = program
        self.control = control
        self.air = Air(control)
        self.modules = [Module(control, module.name) for module in program.modules]

    def module(self, name: str | None = None) -> Module:
        """A module by its name; the first one without."""
        return self.modules[self._program.modules.index(self._program.module(name))]

    @property
    def pid(self) -> int | None:
        """Of a program that was started here."""
        return self._program.pid

    def log(self) -> str:
        """What a program that was started here has logged so far."""
        return self._program.log()

    async def stop(self) -> None:
        """Ends a program that was started here, and removes its files; of another one it only closes
        the connection.

        :raises ProgramDied: it has ended with an error
        """
        await self.control.close()
        await asyncio.to_thread(self._program.stop)

    async def __aenter__(self) -> Program:
        return self

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            await self.stop()
            return
        with contextlib.suppress(ProgramDied):  # what has failed is more interesting
            await self.stop()


async def _follow(program: blocking.Program) -> Program:
    try:
        control = await connect(program.control.path)
    except BaseException:
        program.stop()
        raise
    if program.pid is not None:
        control.position.begin_at(0)  # all that it has ever done is this test's
    return Program(program, control)


async def start(world: str | os.PathLike[str] | None = None, **settings: Any) -> Program:
    """Starts a program; returns once its serial ports are open. Its arguments are those of
    `bfq4004.start()`.

    :raises StartFailed: with the program's own words
    """
    return await _follow(await asyncio.to_thread(blocking.start, world, **settings))


async def attach(to: str | os.PathLike[str] | None = None) -> Program:
    """Attaches to a program that runs already: see `bfq4004.attach()`.

    :raises ChannelClosed: no program answers, or several do
    """
    return await _follow(await asyncio.to_thread(blocking.attach, to))
