"""How a wheelhouse's database is reached, also where it may not be written.

Beside a database SQLite keeps a log (`-wal`) and shared memory (`-shm`), for readers as
well. Where it may make both, it is opened to be written. Where it may not, it is read

- `live`, if a writer on this machine has made both: they are used as they are;
- `frozen` (SQLite's `immutable`), if the file system itself is read-only, so that nobody
  writes at all, and there is no log, which `immutable` would leave out;
- else, and where a full disk has no room for them, from a private copy in the temporary
  folder (`copied`), taken anew whenever the original has changed.

A read-only mount alone makes nothing frozen: the same files may be writable elsewhere.
And what lies on another machine is copied: shared memory does not reach there.

Like `axletree.wheelhouse.sources.compiled_store`, this imports next to nothing.
"""

from __future__ import annotations

import os
import stat

from axletree.wheelhouse.store.stamps import (
    stamp_of,
    stamps_of,
    unreadable,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import Literal

    from axletree.wheelhouse.sql.database_copy import PrivateCopy
    from axletree.wheelhouse.store.stamps import Stamps

_PLAIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=:,./-"
)
"""Characters that stand for themselves in a file's address."""
_LOCAL = frozenset(
    {
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "tmpfs"),
        *("iso9660", "udf", "squashfs", "erofs", "vfat", "exfat", "ntfs3"),
    }
)
"""File systems whose files are written from this machine alone."""


class Access:
    """One way to a database, as it was found."""

    __slots__ = ("_path", "_stamps", "copy", "kind", "uri")

    def __init__(
        self,
        kind: Literal["written", "live", "frozen", "copied"],
        path: str,
        uri: str,
        stamps: Stamps,
        copy: PrivateCopy | None = None,
    ) -> None:
        self.kind = kind
        self.uri = uri
        """What SQLite is to open."""
        self.copy = copy
        self._path = path
        self._stamps = stamps

    def is_current(self) -> bool:
        """Tell whether it still leads to the database, with all that was written.

        :raises OSError: the database is gone.
        """
        path = self._path
        if self.kind in {"frozen", "copied"}:
            is_usable = (
                _is_mounted_read_only(path)
                if self.copy is None
                else self.copy.is_there()
            )
            return is_usable and stamps_of(path) == self._stamps
        # Of these SQLite itself sees the changes, as long as it is the same file.
        if stamp_of(path)[3:] != self._stamps[""][3:]:
            return False
        return self.kind == "written" or _has_live_log(path)

    def close(self) -> None:
        """Remove the copy, if there is one."""
        if self.copy is not None:
            self.copy.remove()


def find_access(path: str, *, is_copied: bool = False) -> Access:
    """Find the way to a database.

    :param is_copied: a private copy, which may be written, whatever else is possible.
    :raises DatabaseError: there is none, or no file that could be one.
    :raises StorageError: it may not be read, or not be copied.
    """
    path = os.path.realpath(path)
    stamps = _checked_stamps(path)
    if not is_copied:
        if is_writable(path):
            return written(path)
        filesystem, is_read_only = _filesystem_of(stamps[""][4])
        if filesystem in _LOCAL and _has_live_log(path):
            # Never made by a reader: its owner could not write to what is ours.
            live = Access("live", path, _uri(path, "mode=ro&readonly_shm=1"), stamps)
            if _answers(live.uri):
                return live
        if filesystem in _LOCAL and is_read_only and not _has_content(stamps):
            return Access("frozen", path, _uri(path, "mode=ro&immutable=1"), stamps)
    from axletree.wheelhouse.sql.database_copy import PrivateCopy  # noqa: PLC0415  late

    copy = PrivateCopy.taken(path)
    uri = _uri(copy.path, "mode=ro&immutable=1")
    return Access("copied", path, uri, copy.stamps, copy)


def written(path: str) -> Access:
    """Reach a database that may be written; the file must be there."""
    return Access("written", path, _uri(path, "mode=rw"), {"": stamp_of(path)})


def is_writable(path: str) -> bool:
    """Tell whether SQLite may write a database, and make its log beside it."""
    return os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK)  # noqa: PTH120  pathlib costs too much here


def _checked_stamps(path: str) -> Stamps:
    """Look at what is there before SQLite does, which would make much of it anew."""
    try:
        stamps = stamps_of(path)
        is_file = stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116  as above
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_file or not stamps[""][0]:
        from axletree.wheelhouse.errors import DatabaseError  # noqa: PLC0415  late

        what = "is empty" if is_file else "is not a file"
        raise DatabaseError(
            f"the wheelhouse's database {what}",
            where=path,
            hint="restore it from a backup; the files beside it are not affected",
        )
    return stamps


def _has_live_log(path: str) -> bool:
    return all(os.path.exists(path + suffix) for suffix in ("-wal", "-shm"))  # noqa: PTH110  as above


def _has_content(stamps: Stamps) -> bool:
    return any(suffix and stamp[0] for suffix, stamp in stamps.items())


def _answers(uri: str) -> bool:
    import sqlite3 as sqlite  # noqa: PLC0415  as axletree.wheelhouse.sources.compiled_store

    try:
        connection = sqlite.connect(uri, uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        finally:
            connection.close()
    except sqlite.Error:
        return False
    return True


def _uri(path: str, how: str) -> str:
    if not _PLAIN.issuperset(path):
        from urllib.parse import quote  # noqa: PLC0415  late

        path = quote(os.fsencode(path))
    return f"file:{path}?{how}"


def _is_mounted_read_only(path: str) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _filesystem_of(device: int) -> tuple[str, bool]:
    """Name the file system of a device, and say whether it is read-only as a whole.

    Unknown where the system does not tell.

    Source: proc(5), /proc/[pid]/mountinfo; its last field has the file system's own
    options, those of one mount come earlier.
    """
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:  # noqa: PTH123  as above
            for line in mounts:
                before, _, after = line.partition(" - ")
                if before.split(" ")[2] == wanted:
                    filesystem, _, rest = after.partition(" ")
                    options = rest.rstrip("\n").rpartition(" ")[2]
                    return filesystem, "ro" in options.split(",")
    except (OSError, IndexError):
        pass
    return "", False
