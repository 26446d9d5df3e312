"""What a machine is like: files with hashes, processes and sockets, to be compared."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LARGE_BYTES = 1 << 20
"""Of a file that is known by its size and time."""


@dataclass(frozen=True, slots=True)
class MachineState:
    """Compare two with `==`; the difference is named by path."""

    files: frozenset[tuple[str, str]]
    processes: frozenset[str]
    """Whose command line, name or folder holds the mark."""
    sockets: frozenset[str]
    """Whose name holds it."""


def look(folders: Iterable[Path], mark: str) -> MachineState:
    """Look at all below `folders`, and at what carries `mark` anywhere."""
    return MachineState(
        files=frozenset(_files(folders)),
        processes=frozenset(_processes(mark)),
        sockets=frozenset(
            line for line in _lines(Path("/proc/net/unix")) if mark in line
        ),
    )


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for place, names, files in os.walk(folder):
            for name in (*names, *files):
                path = Path(place, name)
                if name.startswith("sem.mp-"):
                    continue  # Another test's multiprocessing, in /dev/shm.
                try:
                    yield str(path), _described(path)
                except OSError:
                    continue  # Others work on this machine as well.


def _described(path: Path) -> str:
    seen = path.lstat()
    if stat.S_ISLNK(seen.st_mode):
        return f"link to {path.readlink()}"
    if not stat.S_ISREG(seen.st_mode):
        return f"mode {seen.st_mode:o}"
    if seen.st_size > LARGE_BYTES:
        return f"{seen.st_mode:o} {seen.st_size} {seen.st_mtime_ns}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{seen.st_mode:o} {seen.st_uid} {digest}"


def _processes(mark: str) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # It ended while we looked.
        # Its own words only: a test names the mark as well.
        if words[0] == mark.encode():
            yield process.name


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()
