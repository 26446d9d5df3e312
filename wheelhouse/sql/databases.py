"""What the catalog asks of a database, whichever it is, and bringing one up to date."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from axletree.wheelhouse.errors import DatabaseError
from axletree.wheelhouse.sql.state_queries import REVISION_OF

MIGRATIONS = Path(__file__).parent / "migrations"
_NO_TABLE = "42P01"
"""Source: PostgreSQL documentation, appendix A, "undefined_table"."""


class Database(Protocol):
    """Transactions; safe over threads and processes."""

    @property
    def where(self) -> str:
        """Say where it is, without any login."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a snapshot: every statement sees the same state, the newest there is."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Give the only write transaction, committed (and on disk) at the end.

        So the number of a generation is taken under a lock that is held until all of it
        can be seen: who has seen a number has seen all up to it.

        :raises DatabaseLockedError: another process held it for too long.
        """
        ...

    def holding(
        self, name: str, *, is_patient: bool = True
    ) -> AbstractContextManager[None]:
        """Be the only one that holds a lock, which ends with this process.

        :raises DatabaseLockedError: another one has it, and there is no patience.
        """
        ...

    def size_bytes(self) -> int:
        """Count the bytes that it takes."""
        ...

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        ...


def upgrade(connection: Connection, where: str) -> None:
    """Bring the tables to what they are now, within a transaction that is begun.

    :raises DatabaseError: a newer Axletree made them.
    """
    # Late: Alembic takes longer to import than an open database to read.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    # The option is a ConfigParser's, to which a per cent sign means something.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseError(
            f"the wheelhouse's database has the unknown format "
            f"{read_revision(connection)}",
            where=where,
            hint="a newer Axletree made it: use that one",
        ) from error


def read_revision(connection: Connection) -> str | None:
    """Say of which migration the tables are; None: they are not ours."""
    try:
        found = connection.execute(text(REVISION_OF))
    except DBAPIError as error:
        is_sqlite = "no such table" in str(error.orig)
        if is_sqlite or getattr(error.orig, "sqlstate", "") == _NO_TABLE:
            return None
        raise
    return found.scalar_one_or_none()
