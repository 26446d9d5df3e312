"""Wait for a process, and hear of its end at once.

`Popen.wait` with a timeout only looks twenty times a second, which is a good part of what
a small build takes.
"""

import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LOOK_EVERY_MS = 1000
"""A signal may come to another thread than the one that waits."""


class End:
    """The end of one process."""

    def __init__(
        self, process: subprocess.Popen[bytes], descriptor: int | None
    ) -> None:
        self._process = process
        self._descriptor = descriptor

    def wait(self, timeout_s: float) -> int | None:
        """Return the exit code; None: it has not ended in time."""
        left_s = timeout_s
        if self._descriptor is not None:
            deadline_s = time.monotonic() + timeout_s
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            while left_s > 0 and not poll.poll(min(left_s * 1000, _LOOK_EVERY_MS)):
                left_s = deadline_s - time.monotonic()
        try:
            return self._process.wait(max(left_s, 0))
        except subprocess.TimeoutExpired:
            return None


@contextmanager
def end_of(process: subprocess.Popen[bytes]) -> Iterator[End]:
    """Watch for the end of a process that nobody has waited for yet."""
    descriptor = None
    with suppress(
        AttributeError, OSError
    ):  # Neither every system nor container has it.
        descriptor = os.pidfd_open(process.pid)
    try:
        yield End(process, descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)
