"""A job's own log: its steps and all that is printed, in one file, as it comes."""

import threading
from pathlib import Path
from typing import IO

from axletree.builder.reporter import BuildReporter
from axletree.builder.sandbox.transfer import LOG_LIMIT_BYTES

STEP = "== "
"""How lines begin that are ours."""


class JobLog:
    """Writes what it hears, and passes it on.

    A log that cannot be written is cut off: a build is worth more than its log.
    """

    def __init__(self, path: Path, heard_by: BuildReporter) -> None:
        self._heard_by = heard_by
        self._lock = threading.Lock()
        self._left_bytes = LOG_LIMIT_BYTES
        self._file: IO[str] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
        except OSError:
            self._left_bytes = 0

    def step(self, text: str) -> None:
        """Take the start of a step."""
        self._write(STEP + text)
        self._heard_by.step(text)

    def announce(self, text: str) -> None:
        """Take the start of a build."""
        self._write(STEP + text)
        self._heard_by.announce(text)

    def log_line(self, line: str) -> None:
        """Take a line of a build."""
        self._write(line)
        self._heard_by.log_line(line)

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            self._left_bytes = 0
            if self._file is not None:
                self._file.close()

    def _write(self, line: str) -> None:
        with self._lock:
            if self._left_bytes <= 0 or self._file is None:
                return
            self._left_bytes -= len(line) + 1
            if self._left_bytes <= 0:
                line = "(the log is cut off here)"
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError:
                self._left_bytes = 0
