"""Questions to build backends that nobody waits for any more are given up.

A search reads on while a backend is asked, and may end without its answer.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Questions:
    """Those that are being asked, by all sandboxes of one workshop."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._era = 0

    @property
    def era(self) -> int:
        """Say until when a question counts that is opened now."""
        return self._era

    def give_up(self) -> None:
        """End all that were opened so far; later ones are asked as ever."""
        with self._lock:
            self._era += 1
            running = tuple(self._running)
        for process in running:
            kill_group(process)

    @contextmanager
    def asking(self, process: subprocess.Popen[bytes], era: int) -> Iterator[None]:
        """Let a question be given up while the block runs.

        :param era: as of when it was opened; one that was given up since ends at once.
        """
        with self._lock:
            self._running.add(process)
            is_over = era != self._era
        try:
            if is_over:
                kill_group(process)
            yield
        finally:
            with self._lock:
                self._running.discard(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a group, and all that it started."""
    # Without a group it has ended, and all that it started with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
