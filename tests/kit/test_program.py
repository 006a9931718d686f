"""The Python package against the real program: what a test of a driver relies on."""

import asyncio
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading

import pytest
import bfq4004
from bfq4004 import aio


@pytest.fixture(scope="module")
def shared():
    with bfq4004.start(settings={"delays.join": "5ms", "delays.address": "5ms"}) as program:
        program.module().wait("ready")
        yield program


@pytest.fixture
def program(shared):
    """A module that has just started, in the air of the default world."""
    with shared.air.restored():
        yield shared
    shared.module().reset("power_on")
    shared.module().wait("ready")


def join(module):
    module.type('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"')
    return module.wait("addressed")


def test_a_wait_sees_what_is_past(program):
    module = program.module()
    join(module)
    program.air.ap_down("BFQ-LAB")
    program.control.status()  # changes nothing, and so moves no wait
    program.control.http()  # likewise
    left = module.wait("left", timeout=0)  # it is past
    assert left["module"] == "bfq0" and left["number"] > 0
    with pytest.raises(bfq4004.TimedOut):
        module.wait("left", timeout=0)  # the same one is not found twice
    assert module.wait("left", since=left["number"] - 1, timeout=0) == left
    program.air.ap_up()
    assert module.wait("addressed")["address"].startswith("10.44.1.")
    assert module.wait(printed="WIFI GOT IP")["event"] == "printed"


def test_an_event_before_the_last_change_is_not_found(program):
    module = program.module()
    join(module)
    program.air.change("BFQ-OPEN", rssi=-80)
    with pytest.raises(TimeoutError):
        module.wait("addressed", timeout=0)


def test_a_wait_of_one_kind_does_not_hide_another(program):
    module = program.module()
    module.type("AT+CWMODE_CUR=1")
    module.wait(printed="OK")
    assert module.wait(typed="CWMODE")["line"] == "AT+CWMODE_CUR=1"


@pytest.mark.parametrize("error, cause", [
    (bfq4004.NoSuchAccessPoint, lambda program: program.air.remove("nowhere")),
    (bfq4004.NoSuchAccessPoint, lambda program: program.air.ap_down("nowhere")),
    (bfq4004.NoSuchAccessPoint, lambda program: program.air.ap_up()),
    (bfq4004.BadArguments, lambda program: program.air.add("x", channel=99)),
    (bfq4004.BadArguments, lambda program: program.control.wait()),
    (bfq4004.NoSuchModule, lambda program: program.control.reset(module="other")),
    (bfq4004.NoSuchLink, lambda program: program.module().close_link(3)),
    (bfq4004.TimedOut, lambda program: program.module().wait("left", timeout=0)),
])
def test_errors_of_the_channel_are_typed(program, error, cause):
    with pytest.raises(error) as caught:
        cause(program)
    assert caught.value.code and caught.value.message
    assert isinstance(caught.value, bfq4004.ControlError)


def test_an_unknown_error_is_an_error_all_the_same():
    with pytest.raises(bfq4004.ControlError, match="new_one: why"):
        bfq4004.control.protocol.value_of({"error": {"code": "new_one", "message": "why"}})


def by_address(access_points):
    return sorted(access_points, key=lambda ap: ap["bssid"])


def test_the_air_is_restored(program):
    before = program.air.access_points()
    with program.air.restored():
        program.air.remove("BFQ-LAB")
        program.air.add("new", password="12345678", dhcp={"on": False})
        assert [ap["ssid"] for ap in program.air.access_points()] != [
            ap["ssid"] for ap in before]
    assert by_address(program.air.access_points()) == by_address(before)


def test_a_network_comes_back_as_it_was(program):
    before = program.air.access_points()
    with program.air.down("BFQ-LAB"):
        assert "BFQ-LAB" not in {ap["ssid"] for ap in program.air.access_points()}
    assert by_address(program.air.access_points()) == by_address(before)


def test_a_network_comes_back_from_a_test_that_fails(program):
    before = program.air.access_points()
    with pytest.raises(RuntimeError), program.air.down("BFQ-LAB"):
        program.air.ap_down("BFQ-OPEN")
        raise RuntimeError
    program.air.ap_up()
    assert by_address(program.air.access_points()) == by_address(before)


def test_a_stalled_link_goes_on_behind_a_test_that_fails(program):
    module = program.module()
    join(module)
    with socket.create_server(("127.0.0.1", 0)) as server:
        module.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}')
        module.wait("link_opened")
        peer, _ = server.accept()
        with peer:
            with pytest.raises(RuntimeError), module.stalled_link():
                raise RuntimeError
            peer.sendall(b"moves again")
            module.wait(printed="+IPD,11:")
            with module.stalled_link():
                module.type("AT+CIPCLOSE")  # then there is nothing to go on
                module.wait("link_closed")


def test_power_links_and_journal(program):
    module = program.module()
    join(module)
    with socket.create_server(("127.0.0.1", 0)) as server:
        module.type(f'AT+CIPSTART="TCP","127.0.0.1",{server.getsockname()[1]}')
        module.wait("link_opened")
        peer, _ = server.accept()
        with peer:
            peer.settimeout(20)
            module.reset_link()
            with pytest.raises(ConnectionResetError):
                peer.recv(1)
        module.wait("link_closed")
    module.power_off()
    module.wait_until("off")
    assert module.status()["power"] is False
    module.power_on()
    assert module.wait("ready")["reason"] == "power_on"
    assert "WIFI GOT IP" in program.replay(module.journal())


def test_a_driver_opens_the_serial_device(program):
    module = program.module()
    with module.open(timeout=20) as port:
        port.write(b"AT\r\n")
        assert port.read_until(b"OK\r\n").endswith(b"\r\nOK\r\n")
    assert os.path.exists(module.device)


def test_events_are_told_in_their_order(program):
    with program.control.events("exchange") as events:
        program.module().type("AT")
        assert [event["line"] for _, event in zip(range(2), events)] == ["AT", "AT"]
        program.module().wait(printed="OK")
        assert "OK" in [event.get("line") for event in events.so_far()]


def test_threads_share_a_connection(program):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(program.control.program()["version"]))
               for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1 and len(answers) == 8


def test_another_test_attaches(program):
    with bfq4004.attach(program.control.path) as other:
        other.module().type("AT")
        other.module().wait(printed="OK")
    assert program.control.program()["uptime"] > 0  # it runs on
    with pytest.raises(bfq4004.ChannelClosed, match="/nowhere"):
        bfq4004.attach("/nowhere/at.all")


def test_the_only_program_at_the_usual_places_is_found(program, tmp_path, monkeypatch):
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("bfq4004.program._LAST_FOLDER", str(tmp_path / "last"))
    with pytest.raises(bfq4004.ChannelClosed, match="no program answers"):
        bfq4004.attach()
    for folder in (tmp_path / "bfq4004", tmp_path / f"last/bfq4004-{os.getuid()}"):
        folder.mkdir(parents=True)
        (folder / "bfq0.sock").symlink_to(program.control.path)
        bfq4004.attach().stop()
        (folder / "bfq0.sock").unlink()


# asyncio -----------------------------------------------------------------------------------------


def test_commands_wait_side_by_side(program):
    async def scene():
        async with await aio.connect(program.control.path) as control:
            waits = [asyncio.create_task(control.wait(event=event))
                     for event in ("joined", "addressed")]
            await control.send(line='AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"')
            joined, addressed = await asyncio.gather(*waits)
            assert joined["event"]["ssid"] == "BFQ-LAB"
            assert addressed["event"]["number"] > joined["event"]["number"]
            with pytest.raises(bfq4004.NoSuchAccessPoint):
                await control.ap_remove("nowhere")
            await control.ap_remove("BFQ-LAB")
            assert (await control.wait(event="left"))["event"]["module"] == "bfq0"

    asyncio.run(scene())


def test_events_are_told_as_they_come(program):
    async def scene():
        async with await aio.connect(program.control.path) as control:
            events = control.events("state")
            first = asyncio.ensure_future(anext(events))
            while not first.done():  # the subscription begins in a moment
                await control.reset()
                await control.wait(event="ready")
            assert first.result()["event"] in ("off", "ready")
            await events.aclose()

    asyncio.run(scene())


def test_a_connection_that_is_closed_ends_what_waits(program):
    async def scene():
        control = await aio.connect(program.control.path)
        waiting = asyncio.create_task(control.wait(event="left", timeout="1h"))
        await control.program()  # by now the other one is asked too
        await control.close()
        with pytest.raises(bfq4004.ChannelClosed, match="^the control channel was closed here"):
            await waiting
        with pytest.raises(bfq4004.ChannelClosed, match="^the control channel was closed here"):
            await control.program()

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_a_program_that_goes_ends_what_waits():
    async def scene(program):
        control = await aio.connect(program.control.path)
        waiting = asyncio.create_task(control.wait(event="left"))
        await asyncio.sleep(0)  # it is asked first
        await control.quit()
        with pytest.raises(bfq4004.ChannelClosed):
            await waiting
        with pytest.raises(bfq4004.ChannelClosed):
            await control.status()
        await control.close()

    program = bfq4004.start()
    program.module().wait("ready")
    asyncio.run(scene(program))
    with pytest.raises(bfq4004.ProgramDied, match="with status 0") as died:
        program.control.status()
    assert "bfq0 is ready" in died.value.log and "bfq0 is ready" in str(died.value)
    program.stop()


# Start and death ----------------------------------------------------------------------------------


def test_a_death_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program = bfq4004.start()
    assert len(list(tmp_path.iterdir())) == 1
    os.kill(program.pid, signal.SIGKILL)
    with pytest.raises(bfq4004.ProgramDied, match="by signal 9") as died:
        program.control.status()
    assert died.value.status == -9
    program.stop()  # which says no more of it
    assert not list(tmp_path.iterdir())
    assert not pathlib.Path(f"/proc/{program.pid}").exists()


def test_a_program_that_is_stopped_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with bfq4004.start() as program:
        pid = program.pid
    assert not list(tmp_path.iterdir()) and not pathlib.Path(f"/proc/{pid}").exists()


def test_a_bad_world_is_told_in_the_programs_words(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(bfq4004.StartFailed, match="there is no such key"):
        bfq4004.start(settings={"ap.BFQ-LAB.chanel": 3})
    with pytest.raises(bfq4004.StartFailed, match="/nowhere/bfq4004"):
        bfq4004.start(program="/nowhere/bfq4004")
    monkeypatch.delenv("BFQ4004", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bfq4004.StartFailed, match="PATH"):
        bfq4004.start()
    assert not list(tmp_path.iterdir())


def test_modules_of_a_world_are_told_apart(tmp_path):
    world = tmp_path / "two.toml"
    world.write_text(f'[[module]]\nname = "hub"\nserial = ["pty:{tmp_path}/hub"]\n'
                     '[[module]]\nname = "leaf"\n')
    with bfq4004.start(world) as program:
        hub, leaf = program.modules
        assert hub.device == f"{tmp_path}/hub"  # as the world says
        assert leaf.device == os.path.dirname(program.control.path) + "/leaf"  # nobody else's
        leaf.power_off()
        leaf.wait_until("off")
        hub.wait_until("on")
        with pytest.raises(LookupError, match="hub, leaf"):
            program.module("other")


def test_a_process_that_forgets_to_stop_leaves_nothing(tmp_path):
    script = "import bfq4004; program = bfq4004.start(); print(program.pid, flush=True)"
    done = subprocess.run(["/usr/bin/python3", "-c", script], capture_output=True, text=True,
                          env={**os.environ, "TMPDIR": str(tmp_path)}, check=True)
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(done.stdout), 0)
        pytest.fail("the program runs on")
    assert not list(tmp_path.iterdir())
