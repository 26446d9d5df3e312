"""Attacks on the wall, with real bubblewrap, and the same runs without a wall."""

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.builder.errors import (
    BuildFailedError,
    BuildLimitError,
    UnsafeOutputError,
)
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.builder.sandbox.isolation import IsolationProbe
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from tests.support.wheels import make_wheel


def run(sandbox: Sandbox, log: BuildLog, code: str) -> Path:
    results = sandbox.scratch / "results"
    job = SandboxJob(
        name="the attack",
        argv=(str(sandbox.python), "-c", code),
        collect=("out",),
    )
    sandbox.run(job, results, log)
    return results / "out"


def limited(wall: Sandbox, limits: SandboxLimits) -> Sandbox:
    bubblewrap = wall.probe.bubblewrap
    assert bubblewrap is not None
    probe = IsolationProbe(bubblewrap=dataclasses.replace(bubblewrap, limits=limits))
    return dataclasses.replace(wall, probe=probe, limits=limits)


@pytest.fixture
def listening_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_loopback_of_the_machine_is_out_of_reach(
    wall: Sandbox, log: BuildLog, listening_port: int
) -> None:
    code = (
        f"import socket; socket.create_connection(('127.0.0.1', {listening_port}), 5)"
    )
    with pytest.raises(BuildFailedError) as caught:
        run(wall, log, code)
    assert "ConnectionRefusedError" in caught.value.hint


def test_there_is_no_way_to_other_machines(wall: Sandbox, log: BuildLog) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    with pytest.raises(BuildFailedError) as caught:
        run(wall, log, code)
    assert "Network is unreachable" in caught.value.hint


@pytest.mark.parametrize(
    "folder", ["/", "/usr", "/usr/lib", "/etc", "/dev", "/axletree"]
)
def test_the_system_cannot_be_written(
    wall: Sandbox, log: BuildLog, folder: str
) -> None:
    code = f"open({folder!r} + '/written', 'w')"
    with pytest.raises(BuildFailedError) as caught:
        run(wall, log, code)
    assert "written" in caught.value.hint


def test_what_is_hidden_is_not_seen_where_it_lies_in_what_is_shown(
    wall: Sandbox, log: BuildLog
) -> None:
    """A wheelhouse may lie below the prefix of the Python that builds, or in /usr."""
    prefix = wall.interpreter.prefix
    hidden = (prefix / "include", Path("/usr/share/doc"), Path("/nowhere"))
    inside = "/axletree/python/include"
    if prefix.is_relative_to("/usr"):
        inside = str(hidden[0])
    code = (
        "import os\n"
        f"for folder in ({inside!r}, '/usr/share/doc'):\n"
        "    assert os.listdir(folder) == [], folder\n"
        "    try: open(folder + '/written', 'w')\n"
        "    except OSError: pass\n"
        "    else: raise SystemExit(folder)\n"
    )
    assert any(hidden[0].iterdir())
    run(dataclasses.replace(wall, hidden=hidden), log, code)


def test_the_home_of_the_user_is_not_there(wall: Sandbox, log: BuildLog) -> None:
    home = str(Path.home())
    code = f"import os; open('out/seen', 'w').write(str(os.path.exists({home!r})))"
    assert (run(wall, log, code) / "seen").read_text() == "False"


def test_processes_of_the_machine_are_not_seen(wall: Sandbox, log: BuildLog) -> None:
    code = (
        "import os; pids = [p for p in os.listdir('/proc') if p.isdigit()]; "
        "open('out/seen', 'w').write(str(len(pids)))"
    )
    assert int((run(wall, log, code) / "seen").read_text()) < 5


def test_no_environment_variable_leaks(
    wall: Sandbox, log: BuildLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    code = "import os; open('out/seen', 'w').write(' '.join(os.environ))"
    assert "SECRET_TOKEN" not in (run(wall, log, code) / "seen").read_text()


def test_no_new_user_namespace_opens(wall: Sandbox, log: BuildLog) -> None:
    with pytest.raises(BuildFailedError):
        run(
            wall,
            log,
            "import subprocess; subprocess.check_call(['unshare', '-U', 'true'])",
        )


def test_forks_are_bounded(wall: Sandbox, log: BuildLog) -> None:
    few = limited(wall, SandboxLimits(processes=40))
    code = (
        "import os, time\n"
        "for count in range(20000):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(60)\n"
    )
    with pytest.raises(BuildLimitError, match="more than the 40 processes") as caught:
        run(few, log, code)
    assert "BlockingIOError" in caught.value.hint


def test_the_size_of_a_file_is_bounded(wall: Sandbox, log: BuildLog) -> None:
    few = limited(wall, SandboxLimits(file_bytes=200 * 10**6, room_bytes=400 << 20))
    with pytest.raises(BuildLimitError, match="larger than the 200 MB") as caught:
        run(few, log, "open('out/big', 'wb').truncate(300 << 20)")
    assert "File too large" in caught.value.hint


@pytest.mark.parametrize("folder", ["/build/out", "/tmp", "/dev/shm"])  # noqa: S108 - inside
def test_all_files_together_are_bounded(
    wall: Sandbox, log: BuildLog, folder: str
) -> None:
    few = limited(wall, SandboxLimits(room_bytes=64 << 20, tmp_bytes=16 << 20))
    code = (
        "for number in range(100):\n"
        f"    open({folder!r} + '/' + str(number), 'wb').write(bytes(1 << 20))\n"
    )
    with pytest.raises(BuildLimitError, match="more room for files") as caught:
        run(few, log, code)
    assert "No space left" in caught.value.hint


def test_the_time_is_bounded(wall: Sandbox, log: BuildLog) -> None:
    few = limited(wall, SandboxLimits(wall_s=1.5))
    with pytest.raises(
        BuildLimitError, match=r"longer than the 1\.5 seconds .*build-time in"
    ):
        run(few, log, "import time; time.sleep(600)")


@pytest.mark.parametrize("level", ["full", "none"])
@pytest.mark.parametrize(
    "code",
    [
        "import os; os.symlink('/etc/passwd', 'out/x.whl')",
        "import os; os.mkfifo('out/x.whl')",
        "import os; open('out/a', 'w'); os.link('out/a', 'out/x.whl')",
    ],
)
def test_a_result_that_is_no_file_is_refused(
    level: str, code: str, request: pytest.FixtureRequest, log: BuildLog
) -> None:
    sandbox = request.getfixturevalue("wall" if level == "full" else "open_room")
    with pytest.raises(UnsafeOutputError, match=r"out/x\.whl"):
        run(sandbox, log, code)


def test_an_environment_holds_just_its_wheels(
    open_room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "one", "1.0")
    code = (
        "import importlib.metadata as m, one; "
        "open('out/seen', 'w').write(' '.join(d.name for d in m.distributions()))"
    )
    job = SandboxJob(
        name="a look",
        argv=(str(open_room.python), "-c", code),
        wheels=[wheel],
        collect=("out",),
    )
    open_room.run(job, tmp_path / "results", log)
    assert (tmp_path / "results" / "out" / "seen").read_text() == "one"


def test_a_daemon_that_is_left_behind_holds_nothing_up(
    open_room: Sandbox, log: BuildLog
) -> None:
    code = (
        "import subprocess, sys; "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)'],"
        " start_new_session=True)"
    )
    assert run(open_room, log, code).is_dir()


def test_a_failure_shows_the_end_of_the_log(open_room: Sandbox, log: BuildLog) -> None:
    with pytest.raises(BuildFailedError) as caught:
        run(open_room, log, r"print('\x1b[31mred\x1b[0m'); raise SystemExit('too bad')")
    assert caught.value.where == str(log.path)
    assert caught.value.hint.endswith("red\ntoo bad")
    assert caught.value.what.endswith("failed: too bad")
