"""What is kept: rows in, records out. Nothing is decided here.

Files are never removed, so a generation is "all files up to its number": a reader
that keeps its number sees one state whole, over any number of calls.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    delete,
    insert,
    select,
    text,
    update,
)

from axletree.wheelhouse.catalog import tables
from axletree.wheelhouse.catalog.state_queries import NEWEST_GENERATION
from axletree.wheelhouse.catalog.stored_rows import (
    FILE_FIELDS,
    as_text,
    batches,
    sound_rows,
    stored_file,
    stored_policy,
)
from axletree.wheelhouse.model import (
    Collection,
    JournalEntry,
    Sha256,
    StoredFile,
    StoredPolicy,
)

# Made once: a server asks it for every page.
_NEWEST = text(NEWEST_GENERATION)


def read_generation(connection: Connection) -> int:
    """Return the newest generation; 0 before the first publish."""
    row = connection.execute(_NEWEST).first()
    return 0 if row is None else row.number


def read_made_at(connection: Connection) -> datetime | None:
    """Return when the newest generation was made."""
    table = tables.generations
    newest = select(table.c.made_at).order_by(table.c.number.desc()).limit(1)
    made_at = connection.execute(newest).scalar()
    return made_at if isinstance(made_at, datetime) else None


def read_projects(connection: Connection, generation: int) -> list[NormalizedName]:
    """List the projects that have files, by name."""
    query = (
        select(tables.files.c.project)
        .where(tables.files.c.generation <= generation)
        .distinct()
        .order_by(tables.files.c.project)
    )
    with sound_rows(_path(connection)):
        return [
            NormalizedName(as_text(name))
            for name in connection.execute(query).scalars()
        ]


def read_files(
    connection: Connection, projects: Sequence[NormalizedName], generation: int
) -> list[StoredFile]:
    """List the files of some projects, in the order in which they came."""
    found: list[StoredFile] = []
    for batch in batches(projects):
        found += _select_files(
            connection,
            tables.files.c.project.in_(batch),
            tables.files.c.generation <= generation,
        )
    return found


def find_file(connection: Connection, filename: str) -> StoredFile | None:
    """Look a file up by its exact name."""
    found = _select_files(connection, tables.files.c.filename == filename)
    return found[0] if found else None


def find_same(
    connection: Connection, wanted: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], StoredFile]:
    """Look files up by name or identity; of two, the one of that name."""
    by_name = _files_by(
        connection, tables.files.c.filename, [name for name, _ in wanted]
    )
    by_identity = _files_by(
        connection, tables.files.c.identity, [identity for _, identity in wanted]
    )
    found = {
        (name, identity): by_name.get(name) or by_identity.get(identity)
        for name, identity in wanted
    }
    return {key: stored for key, stored in found.items() if stored is not None}


def _files_by(
    connection: Connection, column: Column[str], values: Sequence[str]
) -> Mapping[str, StoredFile]:
    """Map what a column of that many different values holds to its files."""
    query = select(column, *_FILE_COLUMNS)
    with sound_rows(_path(connection)):
        return {
            as_text(value): stored_file(tuple(row))
            for batch in batches(values)
            for value, *row in connection.execute(query.where(column.in_(batch)))
        }


def referenced(connection: Connection, digests: Sequence[Sha256]) -> set[Sha256]:
    """Say which of these blobs published files consist of."""
    return _selected(connection, tables.files.c.sha256, digests)


def _selected(
    connection: Connection, column: Column[str], digests: Sequence[Sha256]
) -> set[Sha256]:
    return {
        Sha256(found)
        for batch in batches(digests)
        for found in connection.execute(
            select(column).where(column.in_(batch))
        ).scalars()
    }


def read_metadata(
    connection: Connection, digests: Sequence[Sha256]
) -> Mapping[Sha256, bytes]:
    """Read METADATA by digest; unknown digests are left out."""
    query = select(tables.metadata.c.sha256, tables.metadata.c.content)
    return {
        Sha256(sha256): content
        for batch in batches(digests)
        for sha256, content in connection.execute(
            query.where(tables.metadata.c.sha256.in_(batch))
        )
    }


_FILE_COLUMNS = [tables.files.c[name] for name in FILE_FIELDS]


def _select_files(
    connection: Connection, *where: ColumnElement[bool]
) -> list[StoredFile]:
    query = select(*_FILE_COLUMNS).where(*where).order_by(tables.files.c.id)
    with sound_rows(_path(connection)):
        return [stored_file(tuple(row)) for row in connection.execute(query)]


def _path(connection: Connection) -> str:
    return str(connection.engine.url.database)


def add_generation(connection: Connection, made_at: datetime) -> int:
    """Begin the next generation and return its number."""
    number = read_generation(connection) + 1
    connection.execute(
        insert(tables.generations), {"number": number, "made_at": made_at}
    )
    return number


def add_metadata(connection: Connection, content_of: Mapping[Sha256, bytes]) -> None:
    """Keep METADATA that is not kept yet."""
    known = _selected(connection, tables.metadata.c.sha256, list(content_of))
    new = [
        {"sha256": sha256, "content": content}
        for sha256, content in content_of.items()
        if sha256 not in known
    ]
    if new:
        connection.execute(insert(tables.metadata), new)


def repair_metadata(connection: Connection, content_of: Mapping[Sha256, bytes]) -> None:
    """Write METADATA anew that is lost or damaged."""
    table = tables.metadata
    for sha256, content in content_of.items():
        same = table.c.sha256 == sha256
        done = connection.execute(update(table).where(same).values(content=content))
        if not done.rowcount:
            add_metadata(connection, {sha256: content})


def add_files(
    connection: Connection, stored: Sequence[StoredFile], identities: Sequence[str]
) -> None:
    """Add rows; `identities` has one entry for each file."""
    rows = [
        {name: getattr(file, name) for name in FILE_FIELDS} | {"identity": identity}
        for file, identity in zip(stored, identities, strict=True)
    ]
    connection.execute(insert(tables.files), rows)


def read_policy(connection: Connection) -> StoredPolicy | None:
    """Return the policy that holds now."""
    table = tables.policies
    query = select(table.c.since, table.c.name, table.c.content)
    rows = connection.execute(query.where(table.c.until.is_(None))).all()
    with sound_rows(_path(connection)):
        return stored_policy([tuple(row) for row in rows])


def put_policy(connection: Connection, policy: StoredPolicy) -> None:
    """Let a policy hold from its generation on, and the one before up to it."""
    table = tables.policies
    ended = update(table).where(table.c.until.is_(None))
    connection.execute(ended.values(until=policy.since))
    connection.execute(
        insert(table),
        {"since": policy.since, "name": policy.name, "content": policy.content},
    )


def add_journal_entry(connection: Connection, entry: JournalEntry) -> None:
    """Note who did what."""
    connection.execute(
        insert(tables.journal),
        {
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "generation": entry.generation,
            "subjects": json.dumps(entry.subjects),
        },
    )


def read_journal(connection: Connection) -> list[JournalEntry]:
    """Read the whole journal, oldest first."""
    table = tables.journal
    with sound_rows(_path(connection)):
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [
            JournalEntry(
                at=row["at"],
                actor=row["actor"],
                action=row["action"],
                generation=row["generation"],
                subjects=tuple(json.loads(row["subjects"])),
            )
            for row in rows
        ]


def put_collection(connection: Connection, collection: Collection) -> None:
    """Keep a collection, in place of an earlier one with the same key."""
    table = tables.collections
    connection.execute(delete(table).where(table.c.key == collection.key))
    connection.execute(
        insert(table),
        {
            "key": collection.key,
            "requirements": collection.requirements,
            "environment": collection.environment,
            "exclude_newer": collection.exclude_newer,
            "pins": json.dumps(dict(collection.pins)),
            "filenames": json.dumps(collection.filenames),
            "generation": collection.generation,
            "recorded_at": collection.recorded_at,
        },
    )


def find_collection(connection: Connection, key: str) -> Collection | None:
    """Look a collection up."""
    table = tables.collections
    query = select(table).where(table.c.key == key)
    with sound_rows(_path(connection)):
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _collection(row)


def _collection(row: RowMapping) -> Collection:
    return Collection(
        key=row["key"],
        requirements=row["requirements"],
        environment=row["environment"],
        exclude_newer=row["exclude_newer"],
        pins=dict(json.loads(row["pins"])),
        filenames=tuple(map(as_text, json.loads(row["filenames"]))),
        generation=row["generation"],
        recorded_at=row["recorded_at"],
    )
