"""The rows of a database in another one: so a backup is a folder, whatever it is of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, text

from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.sql.database import SqliteDatabase
from axletree.wheelhouse.sql.tables import schema
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.removal import remove_tree

_AT_ONCE = 1000
"""Rows that are held in memory."""


def write_file(source: Connection, path: Path) -> None:
    """Write all rows into a new SQLite database.

    :raises StorageError: it cannot be written.
    """
    with _made(path) as database, database.writing() as target:
        copy_rows(source, target)


@contextmanager
def _made(path: Path) -> Iterator[SqliteDatabase]:
    """Make a database that is one file in the end, and has its name then."""
    with translate_storage_errors(path):
        folder = path.with_name(f"{path.name}.making")
        if folder.exists():
            remove_tree(folder)
        folder.mkdir(mode=0o700)
    made = folder / path.name
    try:
        SqliteDatabase.make(made)
        database = SqliteDatabase.open(made)
        try:
            yield database
        finally:
            database.close()
        if made.with_name(f"{made.name}-wal").exists():
            raise StorageError("cannot write a new database", where=str(path))
        with translate_storage_errors(path):
            made.replace(path)
    finally:
        remove_tree(folder)


def copy_rows(source: Connection, target: Connection) -> None:
    """Add all rows of one database to another, whose tables are as new."""
    for table in schema.sorted_tables:
        found = source.execute(select(table)).mappings()
        for rows in found.partitions(_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in rows])
    _count_on(target)


def empty(connection: Connection) -> None:
    """Take all rows away."""
    for table in reversed(schema.sorted_tables):
        connection.execute(delete(table))


def _count_on(connection: Connection) -> None:
    """Let a server number new rows after those that have come with their numbers."""
    if connection.dialect.name == "sqlite":
        return
    for table in schema.sorted_tables:
        if "id" in table.c:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608  our own names
                    f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
                )
            )
