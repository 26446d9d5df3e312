"""The end of a process is heard of, and not waited for beyond a time."""

import subprocess
import sys
import time

import pytest

from axletree.builder.sandbox.waiting import end_of


def started(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", code])


@pytest.mark.parametrize("lacking", [(), ("os.pidfd_open",)])
def test_the_exit_code_is_given(
    lacking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in lacking:
        monkeypatch.delattr(name)
    with started("raise SystemExit(7)") as process, end_of(process) as end:
        assert end.wait(60) == 7
        assert end.wait(0) == 7


@pytest.mark.parametrize("lacking", [(), ("os.pidfd_open",)])
def test_a_process_that_takes_too_long_is_not_waited_for(
    lacking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in lacking:
        monkeypatch.delattr(name)
    with started("import time; time.sleep(60)") as process, end_of(process) as end:
        began = time.monotonic()
        assert end.wait(0.1) is None
        assert time.monotonic() - began < 30
        process.kill()
        assert end.wait(60) == -9


def test_one_that_has_ended_before_is_heard_of() -> None:
    with started("") as process:
        process.wait()
        with end_of(process) as end:
            assert end.wait(60) == 0
