"""A wheelhouse's database on a PostgreSQL server.

What SQLite does by locking its file is done here by advisory locks, which the server
frees when a process, or its machine, is gone. They belong to a session: a pooler that
hands one session to several clients must not stand between.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import Connection, Engine, TextClause, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from axletree.house_place import address_of
from axletree.wheelhouse.errors import (
    DatabaseError,
    DatabaseUnreachableError,
    NoSpaceError,
    ReadOnlyWheelhouseError,
    WheelhouseError,
)
from axletree.wheelhouse.store.turns import BUSY_TIMEOUT_S, SILENT_S, Tell, busy

CONNECT_TIMEOUT_S = 10
_WRITE_LOCK = "write"
_DRIVER = "postgresql+psycopg"
_BUSY = "55P03"
_RETRY = frozenset({"40001", "40P01"})
_DENIED = frozenset({"28000", "28P01"})
_NO_DATABASE = "3D000"
"""Source: PostgreSQL documentation, appendix A, "PostgreSQL error codes"."""
_LET_WAIT = text(
    "SELECT set_config('lock_timeout', :wait, true), "
    "set_config('synchronous_commit', 'on', true)"
)
_LOCK = text("SELECT pg_advisory_lock(:key)")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock(:key)")
_LOCK_TRANSACTION = text("SELECT pg_advisory_xact_lock(:key)")
_SIZE = text("SELECT pg_database_size(current_database())")


class PostgresDatabase:
    """One database of a server; safe over threads, processes and machines."""

    def __init__(self, url: str, tell: Tell) -> None:
        """Connect to nothing yet.

        :param tell: hears that another writer is waited for.
        :raises DatabaseError: its driver is not installed, or refuses the URL.
        """
        self.where = address_of(url)
        self._tell = tell
        self._engine = _engine(url, self.where)
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a snapshot; nobody who writes is waited for."""
        with translate_server_errors(self.where), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the only write transaction, committed (and on disk) at the end."""
        with translate_server_errors(self.where), self._engine.connect() as connection:
            self._wait_for(connection, _LOCK_TRANSACTION, _WRITE_LOCK, BUSY_TIMEOUT_S)
            _let_wait(connection, BUSY_TIMEOUT_S)
            yield connection
            connection.commit()

    @contextmanager
    def holding(self, name: str, *, is_patient: bool = True) -> Iterator[None]:
        """Hold a lock of the server's, on a connection of its own."""
        key = {"key": _key(name)}
        with self._engine.connect() as connection:
            with translate_server_errors(self.where):
                if is_patient:
                    self._wait_for(connection, _LOCK, name, None)
                elif not connection.execute(_TRY_LOCK, key).scalar():
                    raise busy(self.where, 0)
                # The lock is the session's: no transaction stays open meanwhile.
                connection.commit()
            try:
                yield
            finally:
                try:
                    connection.execute(_UNLOCK, key)
                    connection.commit()
                except DBAPIError:  # it has ended, and the lock with it
                    connection.invalidate()

    def size_bytes(self) -> int:
        """Ask the server."""
        with self.reading() as connection:
            return int(connection.execute(_SIZE).scalar_one())

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()

    def _wait_for(
        self, connection: Connection, lock: TextClause, name: str, most_s: float | None
    ) -> None:
        """Take a lock, in the order in which it was asked for; deaf for a second at most."""
        began, is_told = monotonic(), False
        while True:
            try:
                _let_wait(connection, SILENT_S)
                connection.execute(lock, {"key": _key(name)})
            except DBAPIError as error:
                waited_s = monotonic() - began
                if _code(error) != _BUSY:
                    raise
                connection.rollback()
                if most_s is not None and waited_s > most_s:
                    raise busy(self.where, waited_s) from error
                if not is_told:
                    is_told = True
                    self._tell()
            else:
                return


def _engine(url: str, where: str) -> Engine:
    try:
        named = make_url(url).set(drivername=_DRIVER)
        return create_engine(
            named,
            # A server that was started again is noticed before it is asked.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_S,
                "application_name": "axletree",
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        )
    except ImportError as error:
        raise DatabaseError(
            "a database on a PostgreSQL server needs psycopg, which is not installed",
            where=where,
            hint="pip install 'axletree[cluster]'",
        ) from error
    except ArgumentError as error:
        raise DatabaseError(
            "the address of the database cannot be read",
            where=where,
            hint="check AXLETREE_DATABASE",
        ) from error


def _let_wait(connection: Connection, wait_s: float) -> None:
    connection.execute(_LET_WAIT, {"wait": str(int(wait_s * 1000))})


def _key(name: str) -> int:
    digest = hashlib.sha256(f"axletree {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


@contextmanager
def translate_server_errors(where: str) -> Iterator[None]:
    """Turn the server's errors into ours.

    :raises DatabaseUnreachableError: it does not answer, or not to us.
    :raises NoSpaceError: its disk is full.
    :raises DatabaseLockedError: another process was busy for too long.
    :raises ReadOnlyWheelhouseError: we may not write.
    :raises DatabaseError: anything else.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise  # A file's, of which rows are copied into this database.
        raise _our_error(error, where) from error
    except PoolTimeoutError as error:
        raise busy(where, BUSY_TIMEOUT_S) from error


def _our_error(error: DBAPIError, where: str) -> WheelhouseError:
    code, said = _code(error), _said(error)
    if code == _BUSY or code in _RETRY:
        return busy(where, BUSY_TIMEOUT_S)
    # What the client library says of itself has no code, whatever it is about.
    is_cut = error.connection_invalidated or (
        not code and isinstance(error, OperationalError | InterfaceError)
    )
    kind, what, hint = _meaning(code, said, is_cut=is_cut)
    return kind(f"{what}: {said}", where=where, hint=hint)


def _meaning(
    code: str, said: str, *, is_cut: bool
) -> tuple[type[WheelhouseError], str, str]:
    # Of a connection that was refused there is no code, but what is said.
    if not code and said.startswith(("invalid ", "connection is bad: invalid ")):
        what, hint = "cannot be asked so", "correct what stands behind the ? in"
        return DatabaseUnreachableError, f"{_SERVER} {what}", f"{hint} {_SETTING}"
    if code in _DENIED or "authentication failed" in said or "no password" in said:
        what, hint = "refuses the login", "check the user and the password in"
        return DatabaseUnreachableError, f"{_SERVER} {what}", f"{hint} {_SETTING}"
    if code == _NO_DATABASE or (not code and "does not exist" in said):
        what, hint = "has no such database", "make it (createdb NAME), or correct"
        return DatabaseUnreachableError, f"{_SERVER} {what}", f"{hint} {_SETTING}"
    if code[:2] in {"08", "57"} or is_cut:
        hint = f"check {_SETTING}, and that the server runs; then run the same again"
        return DatabaseUnreachableError, f"{_SERVER} does not answer", hint
    for codes, meaning in _MEANINGS.items():
        if code in codes:
            return meaning
    hint = "the server's log may say more; then run the same command again"
    return DatabaseError, "the wheelhouse's database failed", hint


_SERVER, _SETTING = "the database server", "AXLETREE_DATABASE"
_MEANINGS: Mapping[frozenset[str], tuple[type[WheelhouseError], str, str]] = {
    frozenset({"53100", "53200"}): (
        NoSpaceError,
        "no space left for the wheelhouse's database",
        "free some space on its server, then run the same command again",
    ),
    frozenset({"25006", "42501"}): (
        ReadOnlyWheelhouseError,
        "the wheelhouse's database can only be read",
        f"name a user in {_SETTING} who may write there",
    ),
    frozenset({"XX001", "XX002"}): (
        DatabaseError,
        "the wheelhouse's database is damaged",
        "restore it from a backup; the files beside it are not affected",
    ),
}


def _said(error: DBAPIError) -> str:
    """Give the first line of what the server or its client library says."""
    lines = str(error.orig).strip().splitlines() or ["nothing is said"]
    line = lines[0]
    # libpq tells of each address that it tried; what failed comes last.
    _, is_prefix, reason = line.rpartition("failed: ")
    return reason.removeprefix("FATAL:").strip() if is_prefix else line
