"""Whose fault it is that there is no result, with real sandboxes."""

import dataclasses
import errno
import subprocess
from pathlib import Path

import pytest

from axletree.builder.errors import (
    BuilderError,
    BuildFailedError,
    BuildLimitError,
    EnvironmentFailedError,
    HostLacksError,
    SandboxFailedError,
    UnsafeOutputError,
)
from axletree.builder.sandbox import outcomes
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.builder.sandbox.isolation import IsolationProbe
from axletree.builder.sandbox.runner import Sandbox, open_sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import (
    BuildLog,
    ReadingEnd,
)
from axletree.wheelhouse.sdist_builder import SdistFindingError

pytestmark = pytest.mark.slow

ALLOCATE = "x = bytearray(100 << 20); x[::4096] = bytes(len(x[::4096]))"


def ending(
    sandbox: Sandbox, log: BuildLog, code: str, *, is_question: bool = False
) -> BuilderError:
    job = SandboxJob(
        name="the hook",
        argv=(str(sandbox.python), "-c", code),
        collect=("out",),
        is_question=is_question,
    )
    with pytest.raises(BuilderError) as caught:
        sandbox.run(job, sandbox.scratch / "results", log)
    return caught.value


def limited(wall: Sandbox, limits: SandboxLimits) -> Sandbox:
    bubblewrap = wall.probe.bubblewrap
    assert bubblewrap is not None
    probe = IsolationProbe(bubblewrap=dataclasses.replace(bubblewrap, limits=limits))
    return dataclasses.replace(wall, probe=probe, limits=limits)


@pytest.mark.parametrize("code", [1, 2, 64, 65, 80, 96, 97, 127, 255])
def test_whatever_code_a_hook_ends_with_is_the_backend_s_no(
    wall: Sandbox, log: BuildLog, code: int
) -> None:
    error = ending(wall, log, f"import os; os._exit({code})")
    assert type(error) is BuildFailedError
    assert isinstance(error, SdistFindingError)
    assert (error.kind, error.exit_code) == ("backend", 1)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise MemoryError", "more memory than the"),
        ("import os; os.kill(os.getpid(), 9)", "was killed"),
        ("import os; os._exit(137)", "was killed"),
        ("import os; os.kill(os.getpid(), 24)", "seconds that one process"),
        ("import os; os._exit(128 + 25)", "a file larger than"),
        ("import os; os.kill(1, 9); os.kill(os.getpid(), 9)", "was killed"),
        ("raise OSError(28, 'No space left on device')", "more room for files"),
        ("raise OSError(11, 'Resource temporarily unavailable')", "processes"),
    ],
)
def test_a_limit_is_no_no_of_the_backend(
    wall: Sandbox, log: BuildLog, code: str, words: str
) -> None:
    error = ending(wall, log, code)
    assert isinstance(error, BuildLimitError)
    assert words in error.what
    assert (error.kind, error.exit_code) == ("limits", 3)


def test_a_hook_that_fills_the_room_and_tells_nobody(
    wall: Sandbox, log: BuildLog
) -> None:
    small = limited(wall, SandboxLimits(room_bytes=64 << 20, tmp_bytes=8 << 20))
    code = (
        "import os, time\n"
        "try: open('/tmp/full', 'wb').write(bytes(16 << 20))\n"
        "except OSError: time.sleep(0.5); os.unlink('/tmp/full')\n"
        "raise SystemExit('this project cannot be built')\n"
    )
    error = ending(small, log, code)
    assert isinstance(error, BuildLimitError)
    assert "more room for files" in error.what


def test_what_goes_in_does_not_fit_into_the_room(wall: Sandbox, log: BuildLog) -> None:
    small = limited(wall, SandboxLimits(room_bytes=10**6))
    big = wall.scratch / "big"
    big.write_bytes(bytes(4 << 20))
    job = SandboxJob(name="the hook", argv=("true",), inputs={"src/big": big})
    with pytest.raises(BuildLimitError, match="more room for files than the 1 MB"):
        small.run(job, wall.scratch / "results", log)


def test_all_processes_together_are_bounded(wall: Sandbox, log: BuildLog) -> None:
    small = limited(wall, SandboxLimits(memory_bytes=250 * 10**6, room_bytes=64 << 20))
    code = (
        "import os, time\n"
        "for count in range(6):\n"
        "    if os.fork() == 0:\n"
        f"        {ALLOCATE}\n"
        "        time.sleep(20)\n"
        "time.sleep(20)\n"
    )
    error = ending(small, log, code)
    assert isinstance(error, BuildLimitError)
    assert "needs more memory than the 250 MB" in error.what


def test_pages_that_forks_share_count_once(wall: Sandbox, log: BuildLog) -> None:
    small = limited(wall, SandboxLimits(memory_bytes=300 << 20, room_bytes=64 << 20))
    code = (
        "import os, time\n"
        f"{ALLOCATE}\n"
        "for count in range(6):\n"
        "    if os.fork() == 0: time.sleep(0.6); os._exit(0)\n"
        "for count in range(6): os.wait()\n"
        "raise SystemExit(1)\n"
    )
    assert type(ending(small, log, code)) is BuildFailedError


def test_a_machine_without_spare_memory_ends_the_build(
    wall: Sandbox, log: BuildLog
) -> None:
    greedy = limited(wall, SandboxLimits(spare_bytes=1 << 60))
    error = ending(greedy, log, "import time; time.sleep(20)")
    assert isinstance(error, BuildLimitError)
    assert "of memory left" in error.what


def test_a_question_has_less_time(wall: Sandbox, log: BuildLog) -> None:
    quick = limited(wall, SandboxLimits(hook_wall_s=1.0))
    error = ending(quick, log, "import time; time.sleep(20)", is_question=True)
    assert isinstance(error, BuildLimitError)
    assert "longer than the 1 seconds that it may (question-time" in error.what


def test_what_the_machine_lacks_is_named(wall: Sandbox, log: BuildLog) -> None:
    code = (
        "import os; os.system('no-such-tool-config --libs')\n"
        "raise SystemExit('cannot go on')"
    )
    error = ending(wall, log, code)
    assert isinstance(error, HostLacksError)
    assert error.what == "this machine lacks the program no-such-tool-config"
    assert (error.kind, error.exit_code) == ("host", 3)


def test_results_that_are_taken_away_are_the_command_s_fault(
    wall: Sandbox, log: BuildLog
) -> None:
    error = ending(wall, log, "import os; os.rmdir('out')")
    assert isinstance(error, UnsafeOutputError)


@pytest.mark.parametrize("part", ["bwrap", "prlimit", "setpriv"])
def test_a_wall_that_does_not_stand_is_our_own_failure(
    wall: Sandbox, log: BuildLog, part: str
) -> None:
    bubblewrap = wall.probe.bubblewrap
    assert bubblewrap is not None
    if part == "setpriv" and not bubblewrap.is_root:
        return  # It is only used to leave root.
    false = Path("/usr/bin/false")
    broken = {
        "bwrap": dataclasses.replace(bubblewrap, bwrap=false),
        "prlimit": dataclasses.replace(bubblewrap, prlimit=false),
        "setpriv": dataclasses.replace(bubblewrap, setpriv=false),
    }[part]
    sandbox = dataclasses.replace(wall, probe=IsolationProbe(bubblewrap=broken))
    error = ending(sandbox, log, "pass")
    assert isinstance(error, SandboxFailedError)
    assert not isinstance(error, SdistFindingError)
    assert error.exit_code == 3


def test_an_interpreter_that_does_not_start_is_our_own_failure(
    wall: Sandbox, log: BuildLog
) -> None:
    gone = dataclasses.replace(wall.interpreter, executable=Path("/usr/bin/false"))
    broken = dataclasses.replace(
        wall, interpreter=dataclasses.replace(gone, prefix=Path("/usr"))
    )
    assert isinstance(ending(broken, log, "pass"), SandboxFailedError)


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOENT, errno.ENOMEM])
def test_a_sandbox_that_cannot_be_started_is_our_own_failure(
    wall: Sandbox, log: BuildLog, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert isinstance(ending(wall, log, "pass"), SandboxFailedError)


def test_a_full_disk_without_a_wall_is_the_machine_s(
    wall: Sandbox, tmp_path: Path, log: BuildLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = open_sandbox("none", wall.interpreter, tmp_path / "open")
    said = "raise OSError(28, 'No space left on device')"
    assert isinstance(ending(room, log, said), BuildLimitError)
    monkeypatch.setattr(outcomes, "_LEAST_FREE_BYTES", 1 << 80)
    job = SandboxJob(name="the hook", argv=(str(room.python), "-c", said))
    with pytest.raises(OSError, match="No space left") as caught:
        room.run(job, tmp_path / "results", log)
    assert caught.value.errno == errno.ENOSPC


def test_a_log_that_cannot_be_written_holds_nothing_up(
    wall: Sandbox, log: BuildLog
) -> None:
    log.path = Path("/dev/full")
    error = ending(wall, log, "print('x' * 5_000_000); raise SystemExit('the end')")
    assert type(error) is BuildFailedError
    assert "the end" in error.hint


def test_a_broken_wheel_is_no_no_of_the_backend(
    wall: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheel = tmp_path / "broken-1-py3-none-any.whl"
    wheel.write_bytes(b"no wheel")
    job = SandboxJob(name="the hook", argv=("true",), wheels=[wheel])
    with pytest.raises(EnvironmentFailedError) as caught:
        wall.run(job, tmp_path / "results", log)
    assert caught.value.kind == "host"
    assert "broken" in caught.value.hint


def test_a_wheel_that_is_gone_is_our_own_failure(
    wall: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    job = SandboxJob(name="the hook", argv=("true",), wheels=[tmp_path / "gone.whl"])
    with pytest.raises(SandboxFailedError, match="No such file"):
        wall.run(job, tmp_path / "results", log)


def test_results_that_do_not_fit_on_our_disk_are_our_own_failure(
    wall: Sandbox, log: BuildLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive(
        pipe: ReadingEnd, folder: Path, *, limit_bytes: int, time_s: int | None
    ) -> None:
        del time_s
        pipe.drain()
        raise OSError(errno.ENOSPC, f"No space for {limit_bytes} bytes", str(folder))

    monkeypatch.setattr("axletree.builder.sandbox.runner.receive", receive)
    job = SandboxJob(name="the hook", argv=("true",), collect=("out",))
    with pytest.raises(SandboxFailedError, match="No space"):
        wall.run(job, tmp_path / "results", log)
