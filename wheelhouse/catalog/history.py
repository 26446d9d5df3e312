"""Generations, the journal, and collections: rows in, records out.

A generation is never changed, but `gc` may have taken what it lists, unless it is pinned.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.errors import GoneGenerationError, UnknownGenerationError
from axletree.wheelhouse.model import (
    Action,
    Collection,
    JournalEntry,
    Pin,
    StoredPolicy,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.state_queries import NEWEST_GENERATION
from axletree.wheelhouse.sql.stored_rows import (
    as_text,
    batches,
    sound_rows,
    stored_policy,
)
from axletree.wheelhouse.store.accounts import account_name

# Made once: a server asks it for every page.
_NEWEST = text(NEWEST_GENERATION)
_NEWEST_ENTRY = text("SELECT max(id) FROM journal")


def read_generation(connection: Connection) -> int:
    """Return the newest generation; 0 before the first publish."""
    row = connection.execute(_NEWEST).first()
    return 0 if row is None else row.number


def newest_entry(connection: Connection) -> int:
    """Return the number of the newest journal entry; 0 before the first."""
    found = connection.execute(_NEWEST_ENTRY).scalar()
    return found if isinstance(found, int) else 0


def add_generation(
    connection: Connection, made_at: datetime, *, number: int | None = None
) -> int:
    """Begin the next generation and return its number.

    :param number: what it is to be called, if not by the next number.
    """
    if number is None:
        number = read_generation(connection) + 1
    connection.execute(
        insert(tables.generations), {"number": number, "made_at": made_at}
    )
    return number


def read_numbers(connection: Connection, after: int, until: int) -> list[int]:
    """List the generations after one, up to another, the oldest first."""
    column = tables.generations.c.number
    query = select(column).where(column > after, column <= until).order_by(column)
    return list(connection.execute(query).scalars())


def read_made_at(
    connection: Connection, generation: int | None = None
) -> datetime | None:
    """Return when a generation was made, by default the newest; None: there is none."""
    table = tables.generations
    query = select(table.c.made_at).order_by(table.c.number.desc()).limit(1)
    if generation is not None:
        query = query.where(table.c.number == generation)
    made_at = connection.execute(query).scalar()
    return made_at if isinstance(made_at, datetime) else None


def read_policy(
    connection: Connection, generation: int | None = None
) -> StoredPolicy | None:
    """Return the policy that holds in a generation, by default now."""
    table = tables.policies
    query = select(table.c.since, table.c.name, table.c.content)
    is_open = table.c.until.is_(None)
    if generation is None:
        query = query.where(is_open)
    else:
        query = query.where(table.c.since <= generation)
        query = query.where(or_(is_open, table.c.until > generation))
    rows = connection.execute(query).all()
    with sound_rows(path_of(connection)):
        return stored_policy([tuple(row) for row in rows])


def policy_touches_all(connection: Connection, generation: int) -> bool:
    """Tell whether a policy was set after a generation, or may count age."""
    table = tables.policies
    counts_age = and_(table.c.until.is_(None), table.c.content.contains("minimum-age"))
    found = select(table.c.id).where(or_(table.c.since > generation, counts_age))
    return connection.execute(found.limit(1)).first() is not None


def put_policy(connection: Connection, policy: StoredPolicy) -> None:
    """Let a policy hold from its generation on, and the one before up to it."""
    table = tables.policies
    ended = update(table).where(table.c.until.is_(None))
    connection.execute(ended.values(until=policy.since))
    connection.execute(
        insert(table),
        {"since": policy.since, "name": policy.name, "content": policy.content},
    )


def require_generation(connection: Connection, number: int) -> None:
    """Refuse a generation that cannot be read as it was.

    :raises UnknownGenerationError: there never was one, or a restore has lost it.
    :raises GoneGenerationError: `gc` has taken some of it.
    """
    if number == 0:
        return
    table = tables.generations
    query = select(table.c.gone).where(table.c.number == number)
    row = connection.execute(query).first()
    if row is None:
        newest = read_generation(connection)
        why = "a restore has lost it" if number < newest else f"the newest is {newest}"
        raise UnknownGenerationError(
            f"there is no generation {number}: {why}",
            where=path_of(connection),
        )
    if row.gone is not None:
        raise GoneGenerationError(
            f"generation {number} is gone: {row.gone}", where=path_of(connection)
        )


def mark_gone(connection: Connection, since: int, until: int, why: str) -> None:
    """Say of generations, `since` and all up to without `until`, why they are gone."""
    table = tables.generations
    concerned = and_(
        table.c.number >= since, table.c.number < until, table.c.gone.is_(None)
    )
    connection.execute(update(table).where(concerned).values(gone=why))


def put_pin(connection: Connection, pin: Pin) -> None:
    """Keep a generation, in place of an earlier word on it."""
    drop_pin(connection, pin.generation)
    connection.execute(
        insert(tables.pins),
        {
            "generation": pin.generation,
            "reason": pin.reason,
            "until": pin.until,
            "actor": pin.actor,
            "at": pin.at,
        },
    )


def drop_pin(connection: Connection, generation: int) -> bool:
    """Keep a generation no more; False: it was not pinned."""
    table = tables.pins
    done = connection.execute(delete(table).where(table.c.generation == generation))
    return bool(done.rowcount)


def read_pins(connection: Connection, at: datetime | None = None) -> list[Pin]:
    """Read the pins, by generation.

    :param at: only those that hold at this time.
    """
    table = tables.pins
    query = select(table).order_by(table.c.generation)
    if at is not None:
        query = query.where(or_(table.c.until.is_(None), table.c.until > at))
    with sound_rows(path_of(connection)):
        return [
            Pin(
                generation=row["generation"],
                reason=row["reason"],
                until=row["until"],
                actor=row["actor"],
                at=row["at"],
            )
            for row in connection.execute(query).mappings()
        ]


def read_collections(connection: Connection) -> list[Collection]:
    """Read all finished collections, the oldest first."""
    table = tables.collections
    with sound_rows(path_of(connection)):
        rows = connection.execute(select(table).order_by(table.c.recorded_at))
        return [_collection(row) for row in rows.mappings()]


def forget_collections(connection: Connection, keys: Sequence[str]) -> None:
    """Let collections be no longer complete."""
    table = tables.collections
    for key in keys:
        connection.execute(delete(table).where(table.c.key == key))


def note(  # noqa: PLR0913  one argument for each thing that is said
    connection: Connection,
    action: Action,
    subjects: Iterable[str],
    *,
    at: datetime,
    detail: str = "",
    generation: int | None = None,
    actor: str | None = None,
) -> None:
    """Write into the journal who did what; `JournalEntry` says what is what.

    :param generation: None: the newest.
    :param actor: None: the account that runs this process.
    """
    row = {
        "at": at,
        "actor": actor or account_name(),
        "action": action,
        "generation": read_generation(connection) if generation is None else generation,
        "subjects": json.dumps(tuple(subjects)),
        "detail": detail,
    }
    connection.execute(insert(tables.journal), row)


def read_journal(connection: Connection) -> list[JournalEntry]:
    """Read the whole journal, oldest first."""
    table = tables.journal
    with sound_rows(path_of(connection)):
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [
            JournalEntry(
                at=row["at"],
                actor=row["actor"],
                action=row["action"],
                generation=row["generation"],
                subjects=tuple(json.loads(row["subjects"])),
                detail=row["detail"],
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
    with sound_rows(path_of(connection)):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A set whose lock has a file."""

    name: str
    environment: str
    filename: str


def holdings(connection: Connection, filenames: Sequence[str]) -> list[Holding]:
    """Name the sets whose locks have some of these files."""
    states, files = tables.set_states, tables.set_lock_files
    query = (
        select(states.c.name, states.c.environment, files.c.filename)
        .join(files, files.c.outcome_id == states.c.lock_id)
        .order_by(states.c.name, states.c.id, files.c.filename)
    )
    with sound_rows(path_of(connection)):
        return [
            Holding(
                name=as_text(name),
                environment=as_text(environment),
                filename=as_text(filename),
            )
            for batch in batches(filenames)
            for name, environment, filename in connection.execute(
                query.where(files.c.filename.in_(batch))
            )
        ]


def has_unchecked_sets(connection: Connection) -> bool:
    """Tell whether of some set it is not known that it is as it was."""
    column = tables.set_states.c.generation
    query = select(column).where(column < read_generation(connection)).limit(1)
    return connection.execute(query).first() is not None


def held_names(connection: Connection) -> frozenset[str]:
    """Name all files that the lock of some set has."""
    states, files = tables.set_states, tables.set_lock_files
    query = select(files.c.filename).join(
        states, files.c.outcome_id == states.c.lock_id
    )
    return frozenset(map(as_text, connection.execute(query.distinct()).scalars()))
