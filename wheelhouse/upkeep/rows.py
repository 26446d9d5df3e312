"""Whether the rows of the database can be read, and go together."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, text

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, variants
from axletree.wheelhouse.catalog.kept_files import KeptFile, find_kept
from axletree.wheelhouse.errors import DatabaseError, InvalidPolicyError
from axletree.wheelhouse.policy.document import read_policy
from axletree.wheelhouse.policy.reading import document_of
from axletree.wheelhouse.provenance.soundness import provenance_damages
from axletree.wheelhouse.sets.locks import read_back
from axletree.wheelhouse.sets.rows import read_current
from axletree.wheelhouse.sets.state_rows import read_states
from axletree.wheelhouse.sets.texts import parse_set
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, batches


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
    said = _engine_damages(connection) if connection.dialect.name == "sqlite" else []
    for query, what in _GO_TOGETHER.items():
        said += [f"{what}: {name}" for (name,) in connection.execute(text(query))]
    return [
        *said,
        *_policy_damages(connection),
        *_view_damages(connection),
        *_set_damages(connection),
        *provenance_damages(connection),
        *variants.damages(connection),
    ]


def _engine_damages(connection: Connection) -> list[str]:
    """Ask SQLite; a server looks after its pages itself, and heeds foreign keys."""
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
    return said


def _policy_damages(connection: Connection) -> Iterator[str]:
    """Read the policy that holds, without which nothing is resolved."""
    try:
        stored = history.read_policy(connection)
        if stored is not None:
            document_of(stored)
    except (DatabaseError, InvalidPolicyError) as error:
        yield f"the policy cannot be obeyed: {error.what}"


def _set_damages(connection: Connection) -> Iterator[str]:
    """Read the texts and the locks of sets."""
    try:
        versions = read_current(connection)
        states = read_states(connection)
    except DatabaseError:
        yield "the requirement sets cannot be read"
        return
    targets = {(v.name, t.name): t for v in versions for t in v.targets}
    for version in versions:
        with suppress(AxletreeError):
            parse_set(version.text, version.name)
            continue
        yield f"the text of a requirement set cannot be read: {version.name}"
    for state in states:
        target = targets.get((state.name, state.environment))
        with suppress(AxletreeError):
            if target is not None and state.lock is not None:
                read_back(state.lock.lock or "", target)
            continue
        yield f"the lock of a requirement set cannot be read: {state.name}"


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
    "SELECT filename FROM variants WHERE until IS NULL "
    "GROUP BY filename HAVING count(*) > 1": "listed twice at once",
    "SELECT filename FROM variants WHERE until <= since OR since > "
    "(SELECT coalesce(max(number), 0) FROM generations)": (
        "a listing of variants is of generations that are not there"
    ),
    "SELECT DISTINCT s.name FROM set_states AS s JOIN set_lock_files AS l "
    "ON l.outcome_id = s.lock_id LEFT JOIN files AS f ON f.filename = l.filename "
    "WHERE f.id IS NULL": "a requirement set is locked with a file that is not there",
    "SELECT DISTINCT s.name FROM set_states AS s JOIN set_lock_files AS l "
    "ON l.outcome_id = s.lock_id JOIN files AS f ON f.filename = l.filename "
    "WHERE f.swept_at IS NOT NULL AND f.withdrawn IS NULL": (
        "a requirement set is locked with a file whose bytes are gone"
    ),
    "SELECT DISTINCT name FROM set_states WHERE generation > "
    "(SELECT coalesce(max(number), 0) FROM generations)": (
        "a requirement set was checked in a generation that is not there"
    ),
    "SELECT action FROM journal WHERE generation > "
    "(SELECT coalesce(max(number), 0) FROM generations)": (
        "noted of a generation that is not there"
    ),
}
"""Queries that find what does not go together, and what they find."""
