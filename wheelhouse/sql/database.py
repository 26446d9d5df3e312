"""The SQL database: opening, migrating, transactions, and its errors as ours."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from axletree.wheelhouse.errors import (
    DatabaseError,
    NoSpaceError,
    ReadOnlyWheelhouseError,
    StorageError,
)
from axletree.wheelhouse.sql.database_access import (
    Access,
    find_access,
    is_writable,
    written,
)
from axletree.wheelhouse.sql.databases import read_revision, upgrade
from axletree.wheelhouse.sql.state_queries import REVISION
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.store.files import fsync, translate_storage_errors
from axletree.wheelhouse.store.turns import (
    BUSY_TIMEOUT_S,
    Tell,
    begin_to_write,
    busy,
    locked,
    tell_nobody,
)

_WRITES = "axletree_writes"
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)
# The second opens all that is to be read, before any of it can be taken away.
_READER = ("PRAGMA query_only=ON", "SELECT count(*) FROM sqlite_master")


class _Way:
    """The way to a database that is taken now."""

    __slots__ = ("access", "engine", "lock", "tell")

    def __init__(self, path: Path, access: Access, tell: Tell = tell_nobody) -> None:
        self.access = access
        self.tell = tell
        """Hears that another writer is waited for."""
        self.lock = threading.RLock()
        # The address chooses the kind of pool; connections are made here.
        self.engine = create_engine(
            URL.create("sqlite", database=str(path)),
            creator=lambda: _connect(self.access),
        )
        event.listen(self.engine, "begin", self._begin)

    def _begin(self, connection: Connection) -> None:
        """Begin as the caller means to go on."""
        options = connection.get_execution_options()
        plain: object = connection.connection.dbapi_connection
        if options.get(_WRITES, False) and isinstance(plain, sqlite3.Connection):
            begin_to_write(plain, self.tell)
        else:
            connection.exec_driver_sql("BEGIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteDatabase:
    """One SQLite database; safe over threads and processes."""

    path: Path
    way: _Way

    @classmethod
    def make(cls, path: Path) -> None:
        """Make the database whole under another name, then give it its own.

        SQLite cannot switch to WAL while others open the same file, busy timeout or
        not. One process at a time.

        :raises StorageError: no space left, or writing failed.
        """
        new = path.with_name(path.name + ".new")
        log = path.with_name(new.name + "-wal")
        for leftover in (new, log, path.with_name(new.name + "-shm")):
            leftover.unlink(missing_ok=True)
        new.touch()
        made = cls(path=new, way=_Way(new, written(str(new))))
        try:
            made._migrate()
        finally:
            made.close()
        if log.exists():  # closing could not move all into the database itself
            raise StorageError("cannot write a new database", where=str(path))
        new.rename(path)
        fsync(path.parent)
        fsync(path.parent.parent)

    @classmethod
    def open(cls, path: Path, tell: Tell = tell_nobody) -> Self:
        """Open the database to write, migrated where that is due.

        :raises ReadOnlyWheelhouseError: it can only be read.
        :raises DatabaseError: it is lost, damaged, locked, or made by a newer Axletree.
        """
        check_writable(path)
        return cls.open_to_read(path, tell)

    @classmethod
    def open_to_read(cls, path: Path, tell: Tell = tell_nobody) -> Self:
        """Open the database, migrated where that is due: a copy, if need be.

        :raises StorageError: it cannot be read.
        :raises DatabaseError: it is lost, damaged, locked, or made by a newer Axletree.
        """
        with translate_database_errors(path):
            database = cls(path=path, way=_Way(path, find_access(str(path)), tell))
        try:
            database._check_revision()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def where(self) -> str:
        """Name the file."""
        return str(self.path)

    def size_bytes(self) -> int:
        """Count the bytes of the file, and of its logs."""
        names = {f"{self.path.name}{suffix}" for suffix in ("", "-wal", "-shm")}
        with translate_storage_errors(self.path), os.scandir(self.path.parent) as found:
            return sum(each.stat().st_size for each in found if each.name in names)

    def holding(
        self, name: str, *, is_patient: bool = True
    ) -> AbstractContextManager[None]:
        """Hold a lock, which is a file beside the database."""
        return locked(self.path.parent, self.way.tell, name, is_patient=is_patient)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a snapshot: every statement sees the same state, the newest there is.

        :raises LostDatabaseError: the database is gone meanwhile.
        """
        with (
            translate_database_errors(self.path),
            self._connected() as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a write transaction, committed (and on disk) at the end.

        :raises ReadOnlyWheelhouseError: it was opened where it can only be read.
        :raises DatabaseLockedError: another process held it for BUSY_TIMEOUT_S.
        """
        if self.way.access.kind != "written":
            check_writable(self.path)
            # It may be by now, or a full disk was read over.
            self._turn_over(is_copied=False)
        writer = self.way.engine.execution_options(**{_WRITES: True})
        with translate_database_errors(self.path):
            self._follow()
            with writer.begin() as connection:
                yield connection

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.way.engine.dispose()
        self.way.access.close()

    def _connected(self) -> Connection:
        self._follow()
        try:
            return self.way.engine.connect()
        except DBAPIError as error:
            if _has_no_room(error) and self.way.access.kind == "written":
                # Readers go on over a full disk: what lies there is copied elsewhere.
                self._turn_over(is_copied=True)
            elif self._is_current():
                raise
            else:
                # The way may have ended just now: a writer that goes takes its log along.
                self._follow()
            return self.way.engine.connect()

    def _follow(self) -> None:
        """Go on over another way, where the one that is taken leads nowhere or back."""
        if self._is_current():
            return
        with self.way.lock:
            if not self._is_current():
                self._turn_to(find_access(str(self.path)))
                self._check_revision()

    def _turn_over(self, *, is_copied: bool) -> None:
        """Take another way, whether the one that is taken leads on or not."""
        with self.way.lock:
            self._turn_to(find_access(str(self.path), is_copied=is_copied))

    def _is_current(self) -> bool:
        try:
            return self.way.access.is_current()
        except OSError:
            return False

    def _turn_to(self, access: Access) -> None:
        former, self.way.access = self.way.access, access
        # Connections that are in use are closed as they come back.
        self.way.engine.dispose()
        former.close()

    def _check_revision(self) -> None:
        """Migrate where that is due.

        :raises DatabaseError: it is no wheelhouse's, or made by a newer Axletree.
        """
        revision = self._revision()
        if revision == REVISION:
            return
        if revision is None:
            raise DatabaseError(
                "the wheelhouse's database was not made by Axletree",
                where=str(self.path),
            )
        if self.way.access.kind in {"live", "frozen"}:
            self._turn_to(find_access(str(self.path), is_copied=True))
        self._migrate()

    def _revision(self) -> str | None:
        with self.reading() as connection:
            return read_revision(connection)

    def _migrate(self) -> None:
        copy = self.way.access.copy
        if copy is None:
            with self.writing() as connection:
                upgrade(connection, str(self.path))
            return
        path = Path(copy.path)
        copied = SqliteDatabase(path=path, way=_Way(path, written(copy.path)))
        try:
            with copied.writing() as connection:
                upgrade(connection, str(self.path))
        finally:
            copied.close()
        copy.merge_logs()
        self.way.engine.dispose()


def check_writable(path: Path) -> None:
    """Refuse to write beside a path, or to it, where it can only be read.

    :raises ReadOnlyWheelhouseError: saying why.
    """
    if not path.exists() or is_writable(str(path)):
        return
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        raise ReadOnlyWheelhouseError(
            "the wheelhouse can only be read: its file system is mounted read-only",
            where=str(path),
            hint="name one that can be written with AXLETREE_HOME",
        )
    owner, own = account_name(path.stat().st_uid), account_name()
    if owner == own:
        raise ReadOnlyWheelhouseError(
            "the wheelhouse can only be read: its owner has no right to write there",
            where=str(path),
            hint="allow it (chmod u+w), or name another one with AXLETREE_HOME",
        )
    raise ReadOnlyWheelhouseError(
        f"the wheelhouse can only be read: it belongs to {owner}, "
        f"and {own} may not write there",
        where=str(path),
        hint=f"run it as {owner}, or name another one with AXLETREE_HOME",
    )


def _connect(access: Access) -> sqlite3.Connection:
    connection = sqlite3.connect(
        access.uri,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        # The pool hands it from thread to thread.
        check_same_thread=False,
    )
    try:
        for statement in _WRITER if access.kind == "written" else _READER:
            connection.execute(statement).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def translate_database_errors(where: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, by their names.

    :raises NoSpaceError: disk full.
    :raises StorageError: reading or writing failed.
    :raises DatabaseLockedError: another process was busy for too long.
    :raises DatabaseError: the database is damaged or cannot be opened.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(said, sqlite3.Error):
            raise  # Another database's, of which rows are copied into this one.
        name = getattr(said, "sqlite_errorname", "")
        raise _our_error(name, str(said), str(where)) from error


_NO_ROOM = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
"""Source: SQLite's documentation, "Result and Error Codes"; the second is of its `-shm`,
which a reader makes as well where there is none."""


def _has_no_room(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "") in _NO_ROOM


def _our_error(name: str, said: str, where: str) -> StorageError | DatabaseError:
    if name in _NO_ROOM:
        return NoSpaceError(
            "no space left for the wheelhouse's database",
            where=where,
            hint="free some space, then run the same command again",
        )
    if name.startswith("SQLITE_IOERR"):
        return StorageError(
            f"cannot read or write the wheelhouse's database: {said}",
            where=where,
            hint="the disk may be full, over a quota, or failing",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy(where, BUSY_TIMEOUT_S)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseError(
            "the wheelhouse's database is damaged",
            where=where,
            hint="restore it from a backup; the files beside it are not affected",
        )
    if name.startswith("SQLITE_READONLY"):
        return ReadOnlyWheelhouseError(
            f"the wheelhouse can only be read: {said}", where=where
        )
    return DatabaseError(f"the wheelhouse's database failed: {said}", where=where)
