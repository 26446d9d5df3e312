"""The SQL database: opening, migrating, transactions, and its errors as ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from axletree.wheelhouse.errors import (
    DatabaseError,
    DatabaseLockedError,
    NoSpaceError,
    StorageError,
)
from axletree.wheelhouse.files import fsync
from axletree.wheelhouse.tables import REVISION

BUSY_TIMEOUT_S = 30

_WRITES = "axletree_writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One SQLite database; safe over threads and processes."""

    engine: Engine
    path: Path

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
        cls.open(new).close()
        if log.exists():  # closing could not move all into the database itself
            raise StorageError("cannot write a new database", where=str(path))
        new.rename(path)
        fsync(path.parent)
        fsync(path.parent.parent)

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open the database, migrated where that is due.

        :raises DatabaseError: it is damaged, locked, or made by a newer Axletree.
        """
        url = URL.create("sqlite", database=str(path))
        engine = create_engine(
            url, connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
        )
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        database = cls(engine=engine, path=path)
        try:
            if database._revision() != REVISION:
                database._migrate()
        except BaseException:
            engine.dispose()
            raise
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a snapshot: every statement sees the same state."""
        with translate_database_errors(self.path), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a write transaction, committed (and on disk) at the end.

        :raises DatabaseLockedError: another process held it for BUSY_TIMEOUT_S.
        """
        writer = self.engine.execution_options(**{_WRITES: True})
        with translate_database_errors(self.path), writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.reading() as connection:
            return _read_revision(connection)

    def _migrate(self) -> None:
        # Late: Alembic takes longer to import than an open database to read.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415

        config = Config()
        # The option is a ConfigParser's, to which a per cent sign means something.
        scripts = str(Path(__file__).parent / "migrations").replace("%", "%%")
        config.set_main_option("script_location", scripts)
        config.set_main_option("path_separator", "os")
        with self.writing() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise DatabaseError(
                    f"the wheelhouse's database has the unknown form "
                    f"{_read_revision(connection)}",
                    where=str(self.path),
                    hint="a newer Axletree made it: use that one",
                ) from error


def _read_revision(connection: Connection) -> str | None:
    try:
        found = connection.execute(text("SELECT version_num FROM alembic_version"))
    except OperationalError as error:
        if "no such table" in str(error.orig):
            return None
        raise
    return found.scalar_one_or_none()


def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A plain BEGIN that reads first and writes later fails under concurrency
    # instead of waiting, so a writer takes the lock at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


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
    except DBAPIError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        raise _our_error(name, str(error.orig), str(where)) from error


def _our_error(name: str, said: str, where: str) -> StorageError | DatabaseError:
    if name == "SQLITE_FULL":
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
        return DatabaseLockedError(
            f"the wheelhouse's database was busy for {BUSY_TIMEOUT_S} s",
            where=where,
            hint="wait for the other axletree process, then try again",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseError(
            "the wheelhouse's database is damaged",
            where=where,
            hint="restore it from a backup; the files beside it are not affected",
        )
    return DatabaseError(f"the wheelhouse's database failed: {said}", where=where)
