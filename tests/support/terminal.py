"""A command on a terminal of its own, looked at while it runs."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

DEADLINE_S = 60
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True, kw_only=True)
class Terminal:
    """What a process writes to the terminal that it runs on."""

    process: subprocess.Popen[bytes]
    _screen: int
    _written: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        """All that was written so far, without what steers the terminal."""
        text = self._written.decode(errors="replace").replace("\r\n", "\n")
        return _STEERING.sub("", text)

    def wait_for(self, words: str) -> str:
        """Read until something is there; return all that was written till then."""
        end = time.monotonic() + DEADLINE_S
        while words not in self.text:
            is_over = time.monotonic() > end or not self._read()
            assert not is_over, f"no {words!r}; the last was {self.text[-500:]!r}"
        return self.text

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self._screen, keys)

    def end(self) -> int:
        """Read what is left; return the exit code."""
        while self._read():
            pass
        return self.process.wait(DEADLINE_S)

    def _read(self) -> bool:
        """Read a little more; False at the end."""
        ready, _, _ = select.select([self._screen], [], [], DEADLINE_S)
        # A terminal whose last process has gone is an error to read.
        with suppress(OSError):
            if ready and (more := os.read(self._screen, 4096)):
                self._written += more
                return True
        return False


@contextmanager
def on_a_terminal(command: Sequence[str], **environ: str) -> Iterator[Terminal]:
    """Run a command on a terminal that can move its cursor."""
    screen, tty = pty.openpty()
    given = {k: v for k, v in os.environ.items() if k not in {"CI", "NO_COLOR"}}
    process = subprocess.Popen(
        list(command),
        stdin=tty,
        stdout=tty,
        stderr=tty,
        env={**given, "TERM": "xterm", "COLUMNS": "100", **environ},
        # Ctrl-C reaches those whose terminal it is.
        preexec_fn=lambda: os.login_tty(tty),  # noqa: PLW1509  one thread, before exec
    )
    os.close(tty)
    try:
        yield Terminal(process=process, _screen=screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
