"""Waiting for another process that writes: with a word, once it takes longer."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from axletree.wheelhouse.errors import DatabaseLockedError
from axletree.wheelhouse.store.files import translate_storage_errors

PUBLISH_LOCK = "publish.lock"
KEEPING_LOCK = "keeping.lock"
"""Held by who takes bytes away, and by who copies them elsewhere."""

Tell: TypeAlias = Callable[[], None]
"""Hears that another process is being waited for."""

SILENT_S = 1.0
"""Most publish in less: not worth a word."""
BUSY_TIMEOUT_S = 30
_LOOK_EVERY_S = 0.05
_TRY_FOR_MS = 500
"""SQLite waits deaf to Ctrl-C, so not for long at a time."""


def tell_nobody() -> None:
    """Say nothing."""


def take_lock(descriptor: int, tell: Tell) -> None:
    """Lock a file for this process alone, however long another one holds it."""
    end = time.monotonic() + SILENT_S
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)
        else:
            return
    tell()
    fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextmanager
def locked(
    folder: Path, tell: Tell, name: str, *, is_patient: bool = True
) -> Iterator[None]:
    """Be the only one, over threads and processes; the system frees a dead one's lock.

    :param is_patient: wait for it.
    :raises DatabaseLockedError: somebody else has it, and it is not to be waited for.
    """
    with translate_storage_errors(folder):
        lock = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if is_patient:
            take_lock(lock, tell)
        else:
            _try_lock(lock, folder)
        yield
    finally:
        os.close(lock)


def _try_lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise busy(str(folder), 0) from error


def busy(where: str, waited_s: float) -> DatabaseLockedError:
    """Say that another process would not let us."""
    return DatabaseLockedError(
        f"the wheelhouse's database was busy for {waited_s:.0f} s",
        where=where,
        hint="wait for the other axletree process, then try again",
    )


def begin_to_write(connection: sqlite3.Connection, tell: Tell) -> None:
    """Begin a write transaction, after another one for `BUSY_TIMEOUT_S` at most.

    A plain BEGIN that reads first and writes later fails under concurrency instead of
    waiting, so a writer takes the lock at once.

    :raises sqlite3.OperationalError: it was busy for longer.
    """
    began = time.monotonic()
    is_told = False
    connection.execute(f"PRAGMA busy_timeout={_TRY_FOR_MS}")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                passed_s = time.monotonic() - began
                if not _is_busy(error) or passed_s > BUSY_TIMEOUT_S:
                    raise
                if passed_s > SILENT_S and not is_told:
                    is_told = True
                    tell()
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorname.startswith("SQLITE_BUSY")
