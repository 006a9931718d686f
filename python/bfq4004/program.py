"""A program with its modules and its air: `start()` one, or `attach()` to one that runs."""

from __future__ import annotations

import atexit
import base64
import contextlib
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
import tomllib
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

from .control import Control
from .errors import ChannelClosed, ControlError, ProgramDied, StartFailed
from .protocol import PATIENCE
from .rows import (Event, EventName, NoSuchAccessPoint, NoSuchLink, StateName,
                   StatusReturnModules, duration)

if TYPE_CHECKING:
    import serial  # type: ignore[import]

#: Where programs put their sockets that have no other folder, whatever TMPDIR is.
_LAST_FOLDER = "/tmp"


class Module:
    """One module of a program."""

    def __init__(self, program: Program, name: str) -> None:
        self.name = name
        self.control = program.control

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    def status(self) -> StatusReturnModules:
        """What it is doing: see `status` in docs/control.md."""
        return self.control.status(module=self.name)["modules"][0]

    @property
    def url(self) -> str:
        """Where a host attaches, for `serial.serial_for_url()`; its first door that has such."""
        for door in self.status()["doors"]:
            if door["url"]:
                return door["url"]
        raise LookupError(f"{self.name} has no door that pySerial can open")

    @property
    def device(self) -> str:
        """The path of its serial device, for a driver that opens one."""
        for door in self.status()["doors"]:
            if door["url"].startswith("/"):
                return door["url"]
        raise LookupError(f"{self.name} has no door that is a serial device: --serial pty")

    def open(self, **settings: Any) -> serial.SerialBase:
        """Opens it by pySerial, whose settings these are (`timeout=5`)."""
        import serial  # pylint: disable=import-outside-toplevel

        return serial.serial_for_url(self.url, **{"baudrate": 115200, **settings})

    def wait(self, event: EventName | None = None, *, match: str | None = None,
             typed: str | None = None, printed: str | None = None, since: int | None = None,
             timeout: float | str = 10.0) -> Event:
        """Waits for an event, or for a line of the wire, and returns the event.

        It cannot race with what causes the event: without `since` it also looks at events that are
        past already, behind the last command that has changed something (`reset()`,
        `Air.ap_down()`, ...), and behind the last event of the same kind that was found. Where a
        driver causes it, that may be too much: take `since = control.at` before.

        :param event: its name, such as "left"
        :param match: a pattern that the event's JSON has: * is any text, ? any character
        :param typed: instead of an event: a pattern of a line that the module takes from a host
        :param printed: likewise, of a line that it prints
        :param since: look at events behind this number
        :param timeout: seconds, or a time such as "500ms"
        :raises TimedOut: it has not come; this is a TimeoutError
        :raises EventsLost: not all events since then are kept any more
        """
        return self.control.ask("wait", {  # type: ignore[no-any-return]
            "module": self.name, "event": event, "match": match, "typed": typed,
            "printed": printed, "since": since, "timeout": duration(timeout)})["event"]

    def wait_until(self, state: StateName, timeout: float | str = 10.0) -> None:
        """Waits until it is in a state, such as "addressed"; returns at once where it is.

        :raises TimedOut: it was not, all that time
        """
        self.control.wait(module=self.name, state=state, timeout=timeout)

    def reset(self, reason: str = "external") -> None:
        """Restarts it, as its reset line, its watchdog or its power ("power_on") does."""
        self.control.ask("reset", {"module": self.name, "reason": reason})

    def power_off(self) -> None:
        """Takes its power away, wherever it was."""
        self.control.power_off(module=self.name)

    def power_on(self) -> None:
        """Gives it its power back."""
        self.control.power_on(module=self.name)

    def close_link(self, link: int = 0) -> None:
        """Ends a connection, as if its peer had closed it."""
        self.control.link_close(module=self.name, link=link)

    def reset_link(self, link: int = 0) -> None:
        """Ends a connection, as if its peer had lost it."""
        self.control.link_reset(module=self.name, link=link)

    @contextlib.contextmanager
    def stalled_link(self, link: int = 0) -> Iterator[None]:
        """Nothing moves on a connection meanwhile."""
        self.control.link_stall(module=self.name, link=link)
        try:
            yield
        finally:
            with contextlib.suppress(NoSuchLink):  # it has ended meanwhile
                self.control.link_resume(module=self.name, link=link)

    def type(self, line: str) -> None:
        """Types a line, as one more host; CR LF is added."""
        self.control.send(module=self.name, line=line)

    def journal(self) -> bytes:
        """The last of what went into it, for `bfq4004 replay`. It holds passwords and payload."""
        return base64.b64decode(self.control.journal_save(module=self.name)["content"])


class Air:
    """The simulated air of a program: its access points and stations."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._down: list[list[dict[str, Any]]] = []

    def access_points(self) -> list[dict[str, Any]]:
        """All of them, by the keys of [[ap]] in docs/worlds.md, with their passwords."""
        return self._control.world_show(secrets=True)["ap"]

    def add(self, ssid: str, **keys: Any) -> str:
        """Puts an access point into the air: its keys are those of [[ap]]. Returns its bssid."""
        answer = self._control.ask("ap.add", {"ssid": ssid, **keys})
        return str(answer["bssid"])

    def change(self, name: str, **keys: Any) -> None:
        """Changes an access point, by its ssid or bssid: `change("BFQ-LAB", rssi=-80)`."""
        self._control.ask("ap.change", {"name": name, **keys})

    def remove(self, name: str) -> None:
        """Takes an access point out of the air for good, by its ssid or bssid."""
        self._control.ap_remove(name)

    def ap_down(self, name: str) -> None:
        """A network goes down, with all of its access points; `ap_up()` brings it back.

        :raises NoSuchAccessPoint: there is none of that ssid or bssid
        """
        self._down.append(self._take_away(name))

    def ap_up(self) -> None:
        """Brings back what the last `ap_down()` took away."""
        if not self._down:
            raise NoSuchAccessPoint("no ap_down() is left to be undone")
        self._bring_back(self._down.pop())

    def _take_away(self, name: str) -> list[dict[str, Any]]:
        gone = [ap for ap in self.access_points() if name in (ap.get("ssid"), ap["bssid"])]
        for ap in gone:
            self._control.ap_remove(ap["bssid"])
        if not gone:
            self._control.ap_remove(name)  # which says what there is
        return gone

    def _bring_back(self, gone: list[dict[str, Any]]) -> None:
        for ap in gone:
            self._control.ask("ap.add", ap)

    @contextlib.contextmanager
    def down(self, name: str) -> Iterator[None]:
        """A network is down meanwhile."""
        gone = self._take_away(name)
        try:
            yield
        finally:
            self._bring_back(gone)

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Afterwards the air is as it was."""
        before = self._control.world_show(secrets=True)
        try:
            yield
        finally:
            self._down.clear()
            self._control.ask("world.apply", before)


class Program:
    """A running program. Made by `start()`, which `stop()` ends, or by `attach()`.

    :ivar control: the connection to its control channel
    :ivar air: its simulated air
    """

    def __init__(self, path: str, process: _Process | None = None) -> None:
        self._process = process
        self.control = Control(path, process.death if process else lambda: None)
        self.air = Air(self.control)
        self.modules = [Module(self, module["name"])
                        for module in self.control.capabilities()["modules"]]
        if process:
            self.control.position.begin_at(0)  # all that it has ever done is this test's

    def module(self, name: str | None = None) -> Module:
        """A module by its name; the first one without."""
        for module in self.modules:
            if name in (None, module.name):
                return module
        raise LookupError(f"no module is called {name!r}; there is "
                          + ", ".join(module.name for module in self.modules))

    @property
    def pid(self) -> int | None:
        """Of a program that was started here."""
        return self._process.pid if self._process else None

    def log(self) -> str:
        """What a program that was started here has logged so far."""
        return self._process.log() if self._process else ""

    def replay(self, journal: bytes) -> str:
        """A journal as a dialogue, by `bfq4004 replay` of the same program."""
        command = [self._process.executable if self._process else find_program(), "replay",
                   "/dev/stdin"]
        done = subprocess.run(command, input=journal, capture_output=True, check=False,
                              timeout=PATIENCE)
        return (done.stdout + done.stderr).decode(errors="replace")

    def stop(self) -> None:
        """Ends a program that was started here, and removes its files; of another one it only closes
        the connection.

        :raises ProgramDied: it has ended with an error, of which no exception has told
        """
        self.control.close()
        if self._process:
            self._process.stop()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            self.stop()
            return
        with contextlib.suppress(ProgramDied):  # what has failed is more interesting
            self.stop()


class _Process:
    """The process of a program, and the private folder with its sockets and its log."""

    def __init__(self, executable: str, world: str | None, arguments: Sequence[str],
                 serial: Sequence[str]) -> None:
        self.executable = executable
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bfq-"))
        self.socket = str(self.directory / "control")
        command = [executable, "run", *([world] if world else []), *arguments,
                   "--control", f"unix:{self.socket}"]
        for door in serial:
            command += ["--serial", door]
        if not serial:
            command += _own_doors(world, self.directory)
        try:
            with open(self.directory / "log", "wb") as log:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        except OSError as error:
            shutil.rmtree(self.directory)
            raise StartFailed(f"cannot start {executable}: {error.strerror}") from error
        atexit.register(self.kill)
        self.pid = self._process.pid
        self._is_told = False  # an exception has said why it has ended
        self._await_banner()

    def _await_banner(self) -> None:
        """It is printed once everything is open."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + PATIENCE
        banner = b""
        while not (b"type\n" in banner and banner.endswith(b"\n\n")):
            ready = select.select([self._process.stdout], [], [],
                                  max(0.0, deadline - time.monotonic()))[0]
            part = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not part:
                log = self.log()
                self.kill()
                raise StartFailed("bfq4004 does not start:\n" + (log or "it says nothing"))
            banner += part

    def log(self) -> str:
        try:
            return (self.directory / "log").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def death(self) -> ProgramDied | None:
        """Why the connection is broken: nothing where the process is there all the same."""
        try:
            died = ProgramDied(self._process.wait(PATIENCE), self.log())
            self._is_told = True
            return died
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            status = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        log = self.log()
        self.kill()
        if status != 0 and not self._is_told:
            raise ProgramDied(status, log)

    def kill(self) -> None:
        """Leaves nothing behind, whatever state it is in."""
        atexit.unregister(self.kill)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def _own_doors(world: str | None, folder: pathlib.Path) -> list[str]:
    """The options that give each module without a door a pseudo terminal in this folder, as its
    usual one, /tmp/NAME, may be another program's."""
    modules = []
    if world is not None:
        with contextlib.suppress(OSError, tomllib.TOMLDecodeError):  # the program says it better
            with open(world, "rb") as file:
                modules = tomllib.load(file).get("module", [])
    if not modules:
        return ["--serial", f"pty:{folder}/bfq0"]
    names = [(module.get("name", f"bfq{i}"), module) for i, module in enumerate(modules)]
    return [word for name, module in names if "serial" not in module
            for word in ("--set", f'module."{name}".serial=["pty:{folder}/{name}"]')]


def find_program() -> str:
    """The path of the program: what the environment's BFQ4004 says, or the one in the PATH.

    :raises StartFailed: there is none
    """
    found = os.environ.get("BFQ4004") or shutil.which("bfq4004")
    if not found:
        raise StartFailed("bfq4004 is not in the PATH, and the variable BFQ4004 does not name it")
    return found


def start(world: str | os.PathLike[str] | None = None, *, program: str | None = None,
          serial: Sequence[str] = (), settings: Mapping[str, str | int | float | bool] | None = None,
          state: str | os.PathLike[str] | None = None, arguments: Sequence[str] = ()) -> Program:
    """Starts a program; returns once its serial ports are open. It remembers nothing, and its files
    are in a private folder that `stop()` removes.

    :param world: a world file; the default world without
    :param program: the path of bfq4004 [see `find_program()`]
    :param serial: doors, as `--serial` has them [those of the world, or a pseudo terminal]
    :param settings: keys of the world that are overridden, such as {"ap.BFQ-LAB.rssi": -80}
    :param state: the folder of what modules remember
    :param arguments: further ones for `bfq4004 run`
    :raises StartFailed: with the program's own words
    """
    words = ["--state", "none" if state is None else os.fspath(state), "--black-box", "all"]
    for key, value in (settings or {}).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        words += ["--set", f"{key}={text}"]
    process = _Process(program or find_program(), None if world is None else os.fspath(world),
                       [*words, *arguments], serial)
    try:
        return Program(process.socket, process)
    except (ChannelClosed, ControlError):
        process.kill()
        raise


def attach(to: str | os.PathLike[str] | None = None) -> Program:
    """Attaches to a program that runs already.

    :param to: its socket, as `--control unix:PATH` has it [the only one at the usual places]
    :raises ChannelClosed: no program answers, or several do
    """
    if to is not None:
        return Program(os.fspath(to))
    answering = []
    for path in _usual_sockets():
        with contextlib.suppress(ChannelClosed, ControlError):
            answering.append(Program(str(path)))
    if len(answering) == 1:
        return answering[0]
    for program in answering:
        program.stop()
    raise ChannelClosed("no program answers: to= says where it is" if not answering else
                        "several programs answer: " + ", ".join(p.control.path for p in answering))


def _usual_sockets() -> Iterator[pathlib.Path]:
    """Where programs listen that were not told where: see docs/control.md."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    folders = [os.environ.get("XDG_RUNTIME_DIR", ""), state]
    places = [pathlib.Path(folder, "bfq4004") for folder in folders if folder]
    places.append(pathlib.Path(_LAST_FOLDER, f"bfq4004-{os.getuid()}"))
    for place in dict.fromkeys(places):
        if place.is_dir():
            yield from sorted(place.glob("*.sock"))
