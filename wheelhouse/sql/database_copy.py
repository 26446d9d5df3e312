"""A private copy of a database that cannot be read where it lies."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Self

from axletree.wheelhouse.errors import DatabaseLockedError
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.stamps import (
    LOGS,
    stamps_of,
    unreadable,
)

if TYPE_CHECKING:
    from axletree.wheelhouse.store.stamps import Stamps

MOST_TRIES = 100
PAUSE_S = 0.05
"""Time stamps are as coarse as the system's clock: a change shortly after another may
have the same, so that a file has to rest before it counts as unchanged."""
_PREFIX = "axletree-database-"
_LOCK = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateCopy:
    """A copy in a folder of its own, which ends with this process."""

    path: str
    stamps: "Stamps"
    """Of the original, as it was copied."""
    _remove: Callable[[], object]

    @classmethod
    def taken(cls, original: str) -> Self:
        """Copy a database with its logs, as of one moment.

        :raises StorageError: it cannot be read, or the copy not be written.
        :raises DatabaseLockedError: it is written without a rest.
        """
        root = Path(tempfile.gettempdir())
        with translate_storage_errors(root):
            _sweep(root)
            folder, lock = _new_folder()
            # Not by the interpreter's own exit alone: a server's workers have none.
            remove = Finalize(None, _discard, (folder, lock), exitpriority=0)
        try:
            path = folder / "copy.sqlite"
            copy = cls(path=str(path), stamps=_copied(original, path), _remove=remove)
            copy.merge_logs()
        except BaseException:
            remove()
            raise
        return copy

    def merge_logs(self) -> None:
        """Leave one file that holds all: what has it open can do without its name.

        :raises sqlite3.Error: it is damaged.
        """
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            connection.close()

    def is_there(self) -> bool:
        """Tell whether it was not removed yet."""
        return Path(self.path).exists()

    def remove(self) -> None:
        """Remove it; connections that are open stay."""
        self._remove()


def _copied(original: str, path: Path) -> "Stamps":
    for _ in range(MOST_TRIES):
        before = _stamps(original)
        newest_ns = max(time_ns for stamp in before.values() for time_ns in stamp[1:3])
        # Either way: a medium may come from a machine whose clock is ahead.
        if abs(time.time_ns() - newest_ns) > PAUSE_S * 1e9:
            for suffix in ("", *LOGS):
                _copy_file(original + suffix, Path(f"{path}{suffix}"))
            if _stamps(original) == before:
                return before
        time.sleep(PAUSE_S)
    raise DatabaseLockedError(
        "the wheelhouse's database changes faster than it can be copied",
        where=original,
        hint="wait for the process that writes to it, then try again",
    )


def _stamps(original: str) -> "Stamps":
    try:
        return stamps_of(original)
    except OSError as error:
        raise unreadable(original, error) from error


def _copy_file(original: str, path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        source = Path(original).open("rb")  # noqa: SIM115  two kinds of errors
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable(original, error) from error
    with source, translate_storage_errors(path), path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _new_folder() -> tuple[Path, int]:
    """Make a folder that is held by a lock as long as this process lives."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        # Before the lock another process may have taken it for a dead one's.
        if (folder / _LOCK).exists():
            return folder, lock
        os.close(lock)


def _discard(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _sweep(root: Path) -> None:
    """Remove the copies of processes that were killed."""
    for folder in root.glob(f"{_PREFIX}*"):
        # Another account's, or removed this moment by its own process.
        with suppress(OSError):
            if folder.lstat().st_uid != os.getuid():
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
