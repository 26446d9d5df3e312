"""Whether there is a wheelhouse in a folder, and making one, one process at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axletree.wheelhouse.catalog.database import Database
from axletree.wheelhouse.catalog.state_queries import DATABASE
from axletree.wheelhouse.catalog.turns import Tell, take_lock
from axletree.wheelhouse.errors import LostDatabaseError, NoWheelhouseError
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.stamps import unreadable

PRIVATE = 0o700
PUBLISH_LOCK = "publish.lock"
KEEPING_LOCK = "keeping.lock"
"""Held by who takes bytes away, and by who copies them elsewhere."""


def has_database(home: Path) -> bool:
    """Tell whether there is a wheelhouse in a folder, which may not be there itself.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    path = home / DATABASE
    with translate_storage_errors(home):
        return _is_there(path) or _is_lost(home, path)


def require(home: Path) -> None:
    """Refuse a folder with no wheelhouse in it.

    :raises NoWheelhouseError: there is none.
    :raises LostDatabaseError: there was one.
    :raises StorageError: it cannot be looked at.
    """
    if not has_database(home):
        raise NoWheelhouseError(f"there is no wheelhouse at {home}", where=str(home))


def make(home: Path, tell: Tell) -> bool:
    """Make a wheelhouse where there is nothing at all; False: there is one.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    if has_database(home):
        return False
    path = home / DATABASE
    with translate_storage_errors(home):
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with locked(home, tell):
            (home / "files" / "sha256").mkdir(parents=True, exist_ok=True)
            if _is_there(path):
                return False
            Database.make(path)
    return True


def _is_there(path: Path) -> bool:
    # A link to nowhere is there, too: to what somebody has forgotten to mount.
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise unreadable(str(path.parent), error) from error
    return True


def _is_lost(home: Path, path: Path) -> bool:
    """Tell that the database came to be meanwhile; False: there never was one.

    :raises LostDatabaseError: there was one.
    """
    log = path.with_name(f"{path.name}-wal")
    blob = next(home.glob("files/sha256/*/*"), None)
    trace = blob or (log if _is_there(log) and log.stat().st_size else None)
    if trace is None:
        return False
    if _is_there(path):
        return True
    raise LostDatabaseError(
        f"the wheelhouse has lost its database: {path.name} is gone, and "
        f"{trace.relative_to(home)} is still there",
        where=str(home),
    )


@contextmanager
def locked(home: Path, tell: Tell, name: str = PUBLISH_LOCK) -> Iterator[None]:
    """Be the only one, over threads and processes; the system frees a dead one's lock."""
    with translate_storage_errors(home):
        lock = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take_lock(lock, tell)
        yield
    finally:
        os.close(lock)
