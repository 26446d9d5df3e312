"""What crosses the wall of a sandbox: a tar stream in, a tar stream out, a log.

What goes in is ours and made neutral (owners, times, modes). What comes out was made
by foreign code: only plain files and folders with plain names are taken, up to a size,
so that a result can be no link to a file of this machine.
"""

import json
import os
import select
import stat
import subprocess
import tarfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from axletree.builder.archives.folder_sink import unpack_into
from axletree.builder.archives.safe_tree import TreeRules
from axletree.builder.errors import UnsafeOutputError
from axletree.builder.reporter import BuildReporter
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.archives.members import read_tar
from axletree.wheelhouse.archives.streams import ArchiveError

LOG_LIMIT_BYTES = 16 << 20
"""What a build prints beyond that is dropped, with a note."""

TAIL_LINES = 15
"""How many last lines an error shows."""

RECENT_LINES = 1000
"""How many last lines are looked through for what went wrong."""

_RECENT_LIMIT = 4000
"""Characters that are kept of each of those."""
RESULT_ENTRIES = 50_000
"""Files and folders that a build may leave."""

_CHUNK_BYTES = 1 << 16
_POLL_S = 0.1


class ReadingEnd(Protocol):
    """What a stream is read from."""

    def read(self, size: int = ..., /) -> bytes:
        """Return some bytes, at most `size`; none at the end."""
        ...

    def drain(self) -> None:
        """Read to the end."""
        ...


class ProcessPipe:
    """The reading end of a process's pipe, which ends when the process has.

    Without that, a daemon that a build leaves behind (where nothing isolates it)
    would hold the pipe open, and us with it.
    """

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes]) -> None:
        self._process = process
        self._descriptor = pipe.fileno()

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Return some bytes, at most `size`; none at the end."""
        while not self._has_some(_POLL_S):
            # Looked at once more: it may have written its last, and ended, in between.
            if self._process.poll() is not None and not self._has_some(0):
                return b""
        return os.read(self._descriptor, size)

    def _has_some(self, timeout_s: float) -> bool:
        return bool(select.select([self._descriptor], [], [], timeout_s)[0])

    def drain(self) -> None:
        """Read to the end, so that the process never blocks."""
        while self.read():
            pass


def quoted(lines: Sequence[str]) -> str:
    """Show the end of a log as a part of a message; empty without any lines."""
    return "\n".join(["the log ends with:", *lines]) if lines else ""


class BuildLog:
    """Keep what a build prints: whole in a file, its end in memory."""

    def __init__(self, path: Path, reporter: BuildReporter) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        self.path = path
        self.reporter = reporter
        self._recent: deque[str] = deque(maxlen=RECENT_LINES)
        self._room_bytes = LOG_LIMIT_BYTES

    @property
    def recent(self) -> tuple[str, ...]:
        """Return the last lines of the command that ran last."""
        return tuple(self._recent)

    @property
    def tail(self) -> str:
        """Return the very last lines, as one text that says what it is."""
        return quoted(self.recent[-TAIL_LINES:])

    def follow(self, pipe: ReadingEnd) -> None:
        """Take the lines of one command until the pipe ends.

        A log that cannot be written is cut off: a build is worth more than its log.
        """
        self._recent.clear()
        try:
            with self.path.open("a", encoding="utf-8") as file:
                for line in _lines(pipe):
                    self._add(line, file)
        except OSError:
            self._room_bytes = 0
        finally:
            for line in _lines(pipe):
                self._recent.append(shown(line)[:_RECENT_LIMIT])

    def _add(self, line: str, file: IO[str]) -> None:
        """Keep one line, cleaned of what would steer a terminal."""
        clean = shown(line)
        self._recent.append(clean[:_RECENT_LIMIT])
        if self._room_bytes <= 0:
            return
        self._room_bytes -= len(clean) + 1
        if self._room_bytes <= 0:
            clean = "(the log is cut off here)"
        file.write(clean + "\n")
        self.reporter.log_line(clean)


def send(
    pipe: IO[bytes], order: Mapping[str, object], inputs: Mapping[str, Path], epoch: int
) -> None:
    """Write what to do as one line of JSON, then files and folders as a tar stream.

    :param inputs: path inside -> path here; a folder is sent with all it holds.
    :param epoch: modification time of all entries, in seconds.
    """

    def neutral(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if not (member.isreg() or member.isdir()):
            return None
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = epoch
        is_program = member.isdir() or bool(member.mode & stat.S_IXUSR)
        member.mode = 0o755 if is_program else 0o644
        return member

    try:
        with pipe:
            pipe.write(json.dumps(order).encode() + b"\n")
            with tarfile.open(fileobj=pipe, mode="w|") as stream:
                for name, path in inputs.items():
                    stream.add(path, arcname=name, filter=neutral)
    except BrokenPipeError:
        pass  # The process ended early; its exit code tells.


def receive(
    pipe: ReadingEnd, folder: Path, *, limit_bytes: int, time_s: int | None = None
) -> None:
    """Unpack a tar stream from foreign hands into the fresh folder `folder`.

    :param time_s: of each file; None: now.

    :raises UnsafeOutputError: for anything but plain files and folders.
    """
    rules = TreeRules(limit_bytes, entries=RESULT_ENTRIES)
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        unpack_into(root, read_tar(pipe, rules.stream_bytes), rules, time_s)
    except ArchiveError as error:
        raise UnsafeOutputError(
            f"the build's result is not taken: {error}",
            hint="a result is plain files and folders: no links, devices, sparse "
            "files, or names that lead elsewhere",
        ) from error
    finally:
        os.close(root)
        pipe.drain()


def _lines(pipe: ReadingEnd) -> Iterator[str]:
    rest = b""
    while chunk := pipe.read():
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _CHUNK_BYTES:  # A line without end is cut, not kept in memory.
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield line.decode("utf-8", "replace").rstrip("\r")
    if rest:
        yield rest.decode("utf-8", "replace")
