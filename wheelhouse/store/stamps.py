"""What changes with the content of a file, and of a database with its logs.

Like `axletree.wheelhouse.sources.compiled_store`, this imports next to nothing.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import TypeAlias

    from axletree.wheelhouse.errors import WheelhouseError

    Stamp: TypeAlias = tuple[int, ...]
    """Size, time of change and of status change (ns), inode, device."""
    Stamps: TypeAlias = dict[str, Stamp]
    """By what the name of a file has after the database's."""

LOGS = ("-wal", "-journal")
"""What holds a part of the database's content."""


def stamp_of(path: str) -> Stamp:
    """Return what changes with a file's content.

    :raises OSError: it is gone, or hidden.
    """
    return stamp_from(os.stat(path))  # noqa: PTH116  pathlib costs more than the answer


def stamp_from(found: os.stat_result) -> Stamp:
    """Take a stamp from what is known of a file."""
    times = found.st_mtime_ns, found.st_ctime_ns
    return found.st_size, *times, found.st_ino, found.st_dev


def stamps_of(path: str) -> Stamps:
    """Return the stamps of a database and of those of its logs that are there.

    :raises OSError: it is gone, or hidden.
    """
    stamps = {"": stamp_of(path)}
    for suffix in LOGS:
        try:
            stamps[suffix] = stamp_of(path + suffix)
        except FileNotFoundError:
            continue
    return stamps


def unreadable(path: str, error: OSError) -> WheelhouseError:
    """Say that a database cannot be read, or is gone."""
    from axletree.wheelhouse.errors import (  # noqa: PLC0415  late
        LostDatabaseError,
        StorageError,
    )

    if isinstance(error, FileNotFoundError):
        return LostDatabaseError("the wheelhouse has lost its database", where=path)
    return StorageError(
        f"the wheelhouse cannot be read: {error.strerror}",
        where=path,
        hint="ask its owner to let you read it, or use it as its owner",
    )
