"""Fixtures for tests of AT drivers: a fresh program for each test.

`bfq_world` is the program, `bfq_module` its first module, `bfq_air` its air. A test that fails is
reported with the trace of what happened, with the journal of each module and with the program's log.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
from typing import Any, Generator, Iterator

import pytest

from .control import Recorder, json_line_of, line_of
from .errors import ChannelClosed, ControlError, StartFailed
from .program import Air, Module, Program, attach, start
from .rows import TopicName

#: The topic of events of which each is something that a driver does wrong.
HINTS: TopicName = "hint"
#: What a trace has: what happens, without each piece that the wire and the ports carry.
TRACED = ("state", "air", "exchange", "payload", "fault", HINTS)
_TOLD = 300  # events and lines of a report; files have all
_RUN = pytest.StashKey["_Run"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option has a key of the ini file, but those that belong to one run."""
    group = parser.getgroup("bfq4004", "serial Wi-Fi modules in software")
    group.addoption("--bfq-program", metavar="PATH",
                    help="bfq4004 itself [the variable BFQ4004, or the one in the PATH]")
    group.addoption("--bfq-to", metavar="SOCKET",
                    help="use the program that runs already with --control unix:SOCKET")
    group.addoption("--bfq-artifacts", metavar="DIR",
                    help="where traces and journals of failed tests are kept [pytest's own folder]")
    group.addoption("--bfq-no-hints", action="store_true",
                    help="a driver that gets a hint fails its test")
    parser.addini("bfq_world", "the world file of all tests [the default world]")
    parser.addini("bfq_no_hints", "a driver that gets a hint fails its test", "bool", False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "bfq(world=None, settings={}, arguments=(), serial=(), no_hints=None): how the "
        "program of this test is started; see bfq4004.start()")


class _Run:
    """The program of one test, and what it leaves for a report."""

    def __init__(self, program: Program, wants_no_hints: bool) -> None:
        self.program = program
        topics = program.control.capabilities()["topics"]
        if wants_no_hints and HINTS not in topics:
            pytest.fail("no driver hints are demanded, but this bfq4004 gives none: its topics are "
                        + ", ".join(topics), pytrace=False)
        self.hints = program.control.events(HINTS) if wants_no_hints else None
        self.recorder = Recorder(program.control.path,
                                 [topic for topic in TRACED if topic in topics])
        self.evidence: list[tuple[str, str]] = []
        self._is_gathered = False

    def close(self) -> None:
        self.recorder.close()
        if self.hints:
            self.hints.close()

    def check_hints(self) -> None:
        if self.hints and (hints := self.hints.so_far()):
            pytest.fail("the driver gets hints:\n" + "\n".join(map(line_of, hints)), pytrace=False)

    def gather(self, folder: pathlib.Path) -> None:
        """Notes what led to a failure, once, while the program is still there."""
        if self._is_gathered:
            return
        self._is_gathered = True
        journals = {}
        try:
            journals = {module.name: module.journal() for module in self.program.modules}
        except (ChannelClosed, ControlError) as error:
            self.evidence.append(("bfq4004", str(error)))
        events = self.recorder.events()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trace.jsonl").write_text(
            "".join(json_line_of(event) + "\n" for event in events), encoding="utf-8")
        self._attach(f"trace ({folder}/trace.jsonl)", "\n".join(map(line_of, events)))
        for name, journal in journals.items():
            path = folder / f"{name}.journal"
            path.write_bytes(journal)
            try:
                dialogue = self.program.replay(journal)
            except (StartFailed, OSError, subprocess.SubprocessError) as error:
                dialogue = str(error)  # the file is kept all the same
            self._attach(f"journal of {name} ({path})", dialogue)
        self._attach("log", self.program.log())

    def _attach(self, what: str, text: str) -> None:
        lines = text.rstrip("\n").split("\n")
        left_out = [f"({len(lines) - _TOLD} lines more in front)"] if len(lines) > _TOLD else []
        if text:
            self.evidence.append((f"bfq4004 {what}", "\n".join([*left_out, *lines[-_TOLD:]])))


def _folder(item: pytest.Item, factory: pytest.TempPathFactory) -> pathlib.Path:
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in item.nodeid)[-100:]
    chosen = item.config.getoption("--bfq-artifacts")
    return pathlib.Path(chosen).absolute() / name if chosen else factory.getbasetemp() / "bfq" / name


def _module_base() -> list[str]:
    """Workers of pytest-xdist are side by side: their modules have addresses of their own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return ["--module-base", str(16 * (int(worker[2:]) + 1))] if worker[2:].isdigit() else []


def _started(config: pytest.Config, how: dict[str, Any]) -> Program:
    to = config.getoption("--bfq-to")
    if to:
        return attach(to)
    world = how.get("world") or config.getini("bfq_world") or None
    if world:
        world = config.rootpath / world
    return start(world, program=config.getoption("--bfq-program"), serial=how.get("serial", ()),
                 settings=how.get("settings"), arguments=[*_module_base(), *how.get("arguments", ())])


@pytest.fixture
def bfq_world(request: pytest.FixtureRequest) -> Iterator[Program]:
    """The program with everything in it. It is started for this test, as its marker `bfq` says, and
    ends with it; its death fails the test. With --bfq-to it runs on, its air as it was before."""
    marker = request.node.get_closest_marker("bfq")
    how = dict(marker.kwargs) if marker else {}
    no_hints = how.get("no_hints")
    if no_hints is None:
        no_hints = request.config.getoption("--bfq-no-hints") or request.config.getini("bfq_no_hints")
    with _started(request.config, how) as program:
        run = request.node.stash[_RUN] = _Run(program, bool(no_hints))
        try:
            if request.config.getoption("--bfq-to"):
                with program.air.restored():
                    yield program
            else:
                yield program
            run.check_hints()
        except BaseException:
            run.gather(_folder(request.node, request.getfixturevalue("tmp_path_factory")))
            raise
        finally:
            run.close()


@pytest.fixture
def bfq_module(bfq_world: Program) -> Module:
    """The first module, whose program runs. A driver opens its `device`, or a test `open()`."""
    module = bfq_world.module()
    module.wait_until("on")
    return module


@pytest.fixture
def bfq_air(bfq_world: Program) -> Air:
    """The simulated air: `ap_down()`, `change()`, ..."""
    return bfq_world.air


@pytest.hookimpl(hookwrapper=True)  # type: ignore[misc]
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Attaches what led to a failure."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    run = item.stash.get(_RUN, None)
    if run is None or not report.failed:
        return
    if report.when != "teardown":  # in setup a fixture of the driver has failed
        factory = item.config._tmp_path_factory  # type: ignore[attr-defined]
        run.gather(_folder(item, factory))
    report.sections.extend(run.evidence)
    run.evidence = []  # told once, also where the teardown fails too
