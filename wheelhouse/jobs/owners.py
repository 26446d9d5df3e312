"""Who holds a job: a process, known for certain, so that its end is seen at once.

A lease lapses by itself; of a process of this machine one need not wait for that. Process
numbers are used again and mean nothing in another namespace, so an owner is named by
the start of the machine, the namespace, the number and when the process began.
"""

import os
import socket
from pathlib import Path

from axletree.late_dataclasses import dataclass

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_STARTED = 19
"""Which field of /proc/PID/stat, after the name, is the time of the start; proc(5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process of some machine."""

    host: str
    space: str
    """The start of its machine, and its namespace of processes."""
    process: int
    started: str
    """In ticks since the machine's start; empty where the system does not tell."""

    @classmethod
    def here(cls) -> "Owner":
        """Name this process."""
        number = os.getpid()
        return cls(
            host=socket.gethostname().replace("/", "_") or "here",
            space=_space(),
            process=number,
            started=_started(number),
        )

    @classmethod
    def parse(cls, text: str) -> "Owner | None":
        """Read what `str` has made; None: it was not."""
        parts = text.split("/")
        if len(parts) != 4 or not parts[2].isdigit():
            return None
        host, space, process, started = parts
        return cls(host=host, space=space, process=int(process), started=started)

    def __str__(self) -> str:
        return f"{self.host}/{self.space}/{self.process}/{self.started}"

    @property
    def words(self) -> str:
        """Name it for people."""
        return f"process {self.process} on {self.host}"

    def is_gone(self) -> bool:
        """Tell whether it is known to have ended; of another machine nothing is."""
        if not self.started or not self.space or self.space != _space():
            return False
        return _started(self.process) != self.started


def _space() -> str:
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
        return f"{boot}-{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116  no link is read
    except OSError:
        return ""


def _started(process: int) -> str:
    try:
        text = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The name may hold anything, also parentheses and blanks.
    fields = text.rpartition(")")[2].split()
    if len(fields) <= _STARTED or fields[0] in {"Z", "X"}:
        return ""
    return fields[_STARTED]
