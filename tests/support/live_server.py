"""A real server in a process of its own, on a free loopback port."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
STOP_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveServer:
    """A server that answers."""

    url: str
    """With a trailing slash, such as `http://127.0.0.1:40123/`."""
    port: int
    process: subprocess.Popen[str]
    request_log: Path

    @property
    def index_url(self) -> str:
        """Give what `--index-url` wants."""
        return f"{self.url}simple/"

    def requests(self) -> list[str]:
        """List what was asked for so far, as `METHOD PATH` or `METHOD PATH RANGE`."""
        return self.request_log.read_text().splitlines()

    def stop(self) -> str:
        """Ask the server to stop; give what it printed after it was ready."""
        self.process.terminate()
        return self._wait()

    def press_ctrl_c(self) -> str:
        """Interrupt as a terminal does; give what it printed after it was ready."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self._wait()

    def _wait(self) -> str:
        printed, _ = self.process.communicate(timeout=STOP_TIMEOUT_S)
        return printed


@contextmanager
def live_server(
    home: Path,
    *,
    workers: int = 1,
    public_url: str = "",
    x_accel: str = "",
    launcher: Sequence[str] = (),
) -> Iterator[LiveServer]:
    """Serve the wheelhouse at `home` until the block ends.

    :param launcher: a command that starts the server's, such as a sandbox.
    """
    log = home.parent / f"{home.name}.requests"
    log.touch()
    options = [f"--workers={workers}", f"--public-url={public_url}", f"--log={log}"]
    options.append(f"--x-accel={x_accel}")
    process = subprocess.Popen(
        [*launcher, *serving_command(home), *options],
        stdout=subprocess.PIPE,
        text=True,
        env=serving_environment(),
        # A group of its own, as a terminal gives it: Ctrl-C can be sent to all of it.
        process_group=0,
    )
    try:
        url = _wait_for_url(process)
        port = int(url.rstrip("/").rpartition(":")[2])
        yield LiveServer(url=url, port=port, process=process, request_log=log)
    finally:
        _end(process)


def serving_command(home: Path) -> list[str]:
    """Give the command that serves `home`; a free port unless told otherwise."""
    program = Path(__file__).with_name("serving_process.py")
    return [sys.executable, str(program), str(home)]


def serving_environment() -> dict[str, str]:
    """Give the environment in which the command finds `tests.support`."""
    return {**os.environ, "PYTHONPATH": str(_ROOT)}


def _wait_for_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening "), f"the server did not start: {line!r}"
    return line.removeprefix("listening ").strip()


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.communicate(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
