"""Bytes of files that a user names: bounded, and from standard input where that is named.

At the bottom of the layers, since settings, recipes, snapshots and requirements are all
read here. Who reads a file twice has to know whether it can be (`is_at_rest`).
"""

from __future__ import annotations

import os
import stat

from axletree.sizes import size_words

STDIN = "-"
"""Names standard input, as tools do."""
MOST_BYTES = 32 * 10**6
"""Of a file that people write: a lock of thousands of projects has a few million."""
_STDIN_DESCRIPTOR = 0


class TooLargeError(ValueError):
    """A file that is larger than any of its kind has to be."""

    def __init__(self, most: int) -> None:
        """Say how large it may be."""
        super().__init__(f"it is larger than {size_words(most)}")


def read_bytes(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """Read a file or a stream to its end; nothing is read of a file beyond `most`.

    :raises OSError: when it cannot be read.
    :raises TooLargeError: for more than `most` bytes.
    :raises ValueError: for a path that can be none.
    """
    is_stdin = os.fspath(path) == STDIN
    opened = _STDIN_DESCRIPTOR if is_stdin else path
    with open(opened, "rb", closefd=not is_stdin) as stream:
        if os.fstat(stream.fileno()).st_size > most:
            raise TooLargeError(most)
        raw = stream.read(most + 1)
    if len(raw) > most:
        raise TooLargeError(most)
    return raw


def status(path: str | os.PathLike[str]) -> os.stat_result:
    """Say which file or stream a path names.

    :raises OSError: when it names none.
    :raises ValueError: for a path that can be none.
    """
    is_stdin = os.fspath(path) == STDIN
    return os.fstat(_STDIN_DESCRIPTOR) if is_stdin else os.stat(path)  # noqa: PTH116  pathlib costs more than the answer


def is_stdout(path: str | os.PathLike[str] | None) -> bool:
    """Tell whether a file to write is standard output, as tools name it."""
    return path is not None and os.fspath(path) == "-"


def is_there(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path names anything, also one that is too long to be a path."""
    return _mode(path) is not None


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path names a folder."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def is_at_rest(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path names a file that can be read again; no stream can."""
    mode = _mode(path)
    return os.fspath(path) != STDIN and mode is not None and stat.S_ISREG(mode)


def current_folder() -> str:
    """Return the current folder; the topmost one if it was removed meanwhile."""
    try:
        return os.getcwd()  # noqa: PTH109  as above
    except FileNotFoundError:
        return os.sep


def folder_of(path: str | os.PathLike[str]) -> str:
    """Return the folder beside whose files a file stands; empty: the current one.

    A stream that a process is handed stands in no folder.
    """
    text = os.fspath(path)
    return "" if _is_handed(text) else os.path.dirname(text)  # noqa: PTH120  as above


def beside(path: str, target: str) -> str:
    """Return where a file is that another one names."""
    joined = os.path.normpath(os.path.join(folder_of(path), target))  # noqa: PTH118  as above
    # Only a command line names standard input so.
    return os.path.join(os.curdir, joined) if joined == STDIN else joined  # noqa: PTH118  as above


def _mode(path: str | os.PathLike[str]) -> int | None:
    try:
        return status(path).st_mode
    except (OSError, ValueError):
        return None


def _is_handed(path: str) -> bool:
    if path.startswith("/proc/"):
        return "/fd/" in path
    return path in {STDIN, "/dev/stdin"} or path.startswith("/dev/fd/")
