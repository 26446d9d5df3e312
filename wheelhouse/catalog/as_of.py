"""Reading a wheelhouse's rows as they are true of one generation."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from axletree.wheelhouse.catalog import history, records
from axletree.wheelhouse.sql.databases import Database


@contextmanager
def as_of(
    database: Database, generation: int | None
) -> Iterator[tuple[Connection, int]]:
    """Read as of a generation; None: now.

    :raises UnknownGenerationError: there is no such generation.
    :raises GoneGenerationError: it can not be had any more.
    """
    with database.reading() as connection:
        if generation is None:
            yield connection, records.NOW
            return
        history.require_generation(connection, generation)
        yield connection, generation
