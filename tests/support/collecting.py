"""Collects that run: what they ask for, where they leave it, how they are stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.command_line import TIMEOUT_S, command
from tests.support.index_server import Index

APP = "app-1-py3-none-any.whl"
BASE = "base-1-py3-none-any.whl"
LARGE = "large-1-py3-none-any.whl"
BACKEND = "tiny_backend-1-py3-none-any.whl"
OTHER = "other-1-py3-none-any.whl"
WANTED = "wanted-2.5-py3-none-any.whl"
SDIST = "small_thing-1.0.tar.gz"
BUILT = "small_thing-1.0-py3-none-any.whl"
AS_OF = ("--exclude-newer", "2022-02-01")


def downloads(index: Index) -> list[str]:
    """List the files that were asked for so far, metadata beside them left out."""
    paths = [path for path in index.paths() if path.startswith("/files/")]
    names = [path.removeprefix("/files/") for path in paths]
    return sorted(name for name in names if not name.endswith(".metadata"))


def hold(index: Index, filename: str) -> None:
    """Let the next request for a file hang when half of it is sent."""
    index.misdeeds[f"/files/{filename}"].append("hold")


def blob(house: Path, filename: str) -> Path:
    """Say where a published file's bytes lie."""
    with Wheelhouse.open(house) as wheelhouse:
        stored = wheelhouse.find(filename)
        assert stored is not None
        return Path(wheelhouse.place_of(stored))


def parts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/.*.part"))


@contextmanager
def running(
    *words: str | Path, home: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a command; it does not outlive the block."""
    process = subprocess.Popen(
        command(*words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # What is on hold is no failure, and a cut connection is gone on with.
        env={
            **os.environ,
            "AXLETREE_TIMEOUT": str(TIMEOUT_S),
            "AXLETREE_RETRIES": "3",
            **({"AXLETREE_HOME": str(home)} if home else {}),
        },
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Look again and again, until what a test is about has come, or the process ends."""
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so() and process.poll() is None:
        assert time.monotonic() < deadline, "what was waited for has not come"
        time.sleep(0.01)


def kill(*words: str | Path, when: Callable[[], bool]) -> None:
    """Run a command until `when` says so; kill it then."""
    with running(*words) as process:
        wait_until(when, process)
        process.kill()
        _, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL, err
    assert when()
