"""Whether the rows of the database can be read, and go together."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, text

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, tables
from axletree.wheelhouse.catalog.records import KeptFile, find_kept
from axletree.wheelhouse.catalog.stored_rows import as_text, batches
from axletree.wheelhouse.errors import DatabaseError, InvalidPolicyError
from axletree.wheelhouse.policy.document import read_policy
from axletree.wheelhouse.policy.reading import document_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedRow:
    """A row that cannot be read."""

    name: str
    """The file's, as far as that can be told."""


def every_row(connection: Connection) -> Iterator[KeptFile | DamagedRow]:
    """Read the row of every file, so that a damaged one keeps no other from it."""
    columns = tables.files.c
    # As text: what is damaged may be no time, on which a typed query fails whole.
    query = text("SELECT id, filename FROM files ORDER BY id")
    for batch in batches([*connection.execute(query)]):
        numbers = [number for number, _ in batch]
        with suppress(DatabaseError, ValueError, TypeError):
            found = find_kept(connection, columns.id.in_(numbers))
            if len(found) == len(numbers):
                yield from found
                continue
        for number, filename in batch:
            yield _read_one(connection, number) or DamagedRow(
                name=_told(filename, number)
            )


def _read_one(connection: Connection, number: int) -> KeptFile | None:
    try:
        return next(iter(find_kept(connection, tables.files.c.id == number)), None)
    except (DatabaseError, ValueError, TypeError):
        return None


def _told(filename: object, number: int) -> str:
    return filename if isinstance(filename, str) else f"row {number} of files"


def database_damages(connection: Connection) -> list[str]:
    """Ask the database itself, and whether its rows go together."""
    said = [
        as_text(line)
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check")
        if line != "ok"
    ]
    said += [
        f"a row of {table} belongs to one of {parent} that is not there"
        for table, _, parent, _ in connection.exec_driver_sql(
            "PRAGMA foreign_key_check"
        )
    ]
    for query, what in _GO_TOGETHER.items():
        said += [f"{what}: {name}" for (name,) in connection.execute(text(query))]
    return [*said, *_policy_damages(connection), *_view_damages(connection)]


def _policy_damages(connection: Connection) -> Iterator[str]:
    """Read the policy that holds, without which nothing is resolved."""
    try:
        stored = history.read_policy(connection)
        if stored is not None:
            document_of(stored)
    except (DatabaseError, InvalidPolicyError) as error:
        yield f"the policy cannot be obeyed: {error.what}"


def _view_damages(connection: Connection) -> Iterator[str]:
    """Read the policies of views, without which nothing is seen through them."""
    for name, content in connection.execute(text(_POLICIES_OF_VIEWS)):
        try:
            read_policy(as_text(content).encode(), as_text(name))
        except (InvalidPolicyError, TypeError, ValueError):
            yield f"the policy of a view cannot be obeyed: {name}"


_POLICIES_OF_VIEWS = "SELECT name, policy FROM views WHERE policy IS NOT NULL"

_GO_TOGETHER = {
    "SELECT DISTINCT f.filename FROM files AS f JOIN listings AS l "
    "ON l.file_id = f.id WHERE l.project != f.project": "listed under another project",
    "SELECT f.filename FROM files AS f JOIN listings AS l ON l.file_id = f.id "
    "WHERE l.until IS NULL GROUP BY f.id HAVING count(*) > 1": "listed twice at once",
    "SELECT f.filename FROM files AS f JOIN listings AS l ON l.file_id = f.id "
    "WHERE l.until <= l.since": "listed until before it came",
    "SELECT f.filename FROM files AS f JOIN listings AS l ON l.file_id = f.id "
    "WHERE l.since > (SELECT coalesce(max(number), 0) FROM generations)": (
        "listed from a generation that is not there"
    ),
    "SELECT action FROM journal WHERE generation > "
    "(SELECT coalesce(max(number), 0) FROM generations)": (
        "noted of a generation that is not there"
    ),
}
"""Queries that find what does not go together, and what they find."""
