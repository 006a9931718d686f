"""The pytest plugin, in runs of pytest within this one."""

import json
import pathlib
import threading
import socket

import pytest


@pytest.fixture
def run(pytester):
    """Runs a test module that is given as its text."""
    def run_it(text, *arguments):
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(
            "-p", "bfq4004.pytest_plugin", "-p", "no:cacheprovider", *arguments)
    return run_it


def test_fixtures_are_a_program_its_module_and_its_air(run):
    run("""
        def test_it(bfq_world, bfq_module, bfq_air):
            assert bfq_world.modules == [bfq_module] and bfq_world.air is bfq_air
            with bfq_module.open(timeout=20) as port:
                port.write(b"ATE0\\r\\n")
                assert port.read_until(b"OK\\r\\n").endswith(b"OK\\r\\n")
    """).assert_outcomes(passed=1)


def test_a_failure_is_reported_with_trace_journal_and_log(run, tmp_path):
    result = run("""
        import pytest
        @pytest.mark.bfq(settings={"ap.BFQ-LAB.password": "secret-of-ours"})
        def test_it(bfq_module):
            bfq_module.type('AT+CWJAP_CUR="BFQ-LAB","secret-of-ours"')
            bfq_module.wait("addressed")
            assert False
    """, f"--bfq-artifacts={tmp_path}/kept")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*bfq4004 trace*", "*#* typed module=bfq0 line=AT+CWJAP_CUR=*",
        "*#* addressed module=bfq0 address=10.44.1.*",
        "*bfq4004 journal of bfq0*", "*WIFI GOT IP*",
        "*bfq4004 log*", "*bfq0 is ready*"])
    assert "secret-of-ours" not in "\n".join(
        line for line in result.stdout.lines if " #" in line)  # the trace is masked
    kept = next(pathlib.Path(tmp_path, "kept").iterdir())
    events = [json.loads(line) for line in (kept / "trace.jsonl").read_text().splitlines()]
    assert "addressed" in {event["event"] for event in events}
    assert (kept / "bfq0.journal").stat().st_size > 100


def test_a_fixture_that_fails_is_reported_likewise(run):
    result = run("""
        import pytest
        @pytest.fixture
        def driver(bfq_module):
            bfq_module.type("AT+NONSENSE")
            bfq_module.wait(printed="ERROR")
            assert False
        def test_it(driver):
            pass
    """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([
        "*bfq4004 trace*", "*#* typed module=bfq0 line=AT+NONSENSE", "*bfq4004 journal of bfq0*"])


def test_a_test_that_passes_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run("def test_it(bfq_module): pass").assert_outcomes(passed=1)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("bfq")]


def test_a_program_that_dies_fails_its_test(run):
    result = run("""
        import os, signal
        def test_it(bfq_world, bfq_module):
            bfq_module.type("AT")
            bfq_module.wait(printed="OK")
            os.kill(bfq_world.pid, signal.SIGABRT)
            bfq_world.control.status()
        def test_unnoticed(bfq_world):
            os.kill(bfq_world.pid, signal.SIGKILL)
    """)
    result.assert_outcomes(failed=1, passed=1, errors=1)
    result.stdout.fnmatch_lines(["*bfq4004 has ended by signal 6*", "*bfq4004 trace*"])


def test_worlds_come_from_the_ini_file_and_from_markers(run, pytester):
    pytester.makeini("[pytest]\nbfq_world = own.toml\n")
    pytester.path.joinpath("own.toml").write_text('[[ap]]\nssid = "ours"\nsecurity = "open"\n')
    pytester.path.joinpath("other.toml").write_text('[[ap]]\nssid = "other"\nsecurity = "open"\n')
    run("""
        import pytest
        def test_ini(bfq_air):
            assert [ap["ssid"] for ap in bfq_air.access_points()] == ["ours"]
        @pytest.mark.bfq(world="other.toml")
        def test_marker(bfq_air):
            assert [ap["ssid"] for ap in bfq_air.access_points()] == ["other"]
    """).assert_outcomes(passed=2)


def test_a_running_program_is_used_and_left_as_it_was(run):
    import bfq4004

    with bfq4004.start() as program:
        def access_points():
            return sorted(program.air.access_points(), key=lambda ap: ap["bssid"])

        before = access_points()
        run("""
            def test_it(bfq_air):
                bfq_air.remove("BFQ-LAB")
        """, f"--bfq-to={program.control.path}").assert_outcomes(passed=1)
        assert access_points() == before


def test_a_failure_is_reported_also_where_bfq4004_is_not_there_to_replay(run, monkeypatch):
    import bfq4004

    with bfq4004.start() as program:
        monkeypatch.delenv("BFQ4004", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")
        result = run("def test_it(bfq_module): assert False", f"--bfq-to={program.control.path}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*bfq4004 trace*", "*bfq4004 journal of bfq0*",
                                 "bfq4004 is not in the PATH*"])


# Hints -------------------------------------------------------------------------------------------


def test_a_driver_without_hints_passes_where_none_are_demanded(run):
    run("def test_it(bfq_module): pass", "--bfq-no-hints").assert_outcomes(passed=1)


class HintingProgram(threading.Thread):
    """What speaks the protocol, has these topics and gives each subscriber one hint: enough for the
    demand, whatever the real program hints at."""

    def __init__(self, path, topics):
        super().__init__(daemon=True)
        self.topics = topics
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with peer, peer.makefile("rw") as lines:
            for line in lines:
                request = json.loads(line)
                command, value = request["command"], {}
                if command == "capabilities":
                    value = {"topics": self.topics, "modules": [{"name": "bfq0"}]}
                elif command == "world.show":
                    value = {"ap": [], "station": [], "delays": {}}
                elif command == "journal.save":
                    value = {"content": ""}
                if command == "unsubscribe":
                    print(json.dumps({"event": "hint", "time": 5, "number": 1, "rule": "busy"}),
                          file=lines)
                print(json.dumps({"id": request["id"], "return": value, "at": 0}), file=lines)
                lines.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()


def test_a_hint_fails_its_test_where_none_is_demanded(run, tmp_path):
    text = "def test_it(bfq_module): pass"
    to = f"--bfq-to={tmp_path}/control"
    with HintingProgram(f"{tmp_path}/control", ["state", "hint"]):
        run(text, to).assert_outcomes(passed=1)
        result = run(text, to, "--bfq-no-hints")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the driver gets hints:*", "*#1 hint rule=busy*"])


def test_no_hints_cannot_be_demanded_of_a_program_that_gives_none(run, tmp_path):
    with HintingProgram(f"{tmp_path}/control", ["state"]):
        result = run("def test_it(bfq_module): pass", f"--bfq-to={tmp_path}/control",
                     "--bfq-no-hints")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*but this bfq4004 gives none: its topics are state*"])
