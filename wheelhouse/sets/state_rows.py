"""What holds now of requirement sets: rows in, records out. Nothing is decided here.

A state says up to which generation it is known: what came after it and touches what was
read is the queue of what is to be checked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    insert,
    select,
    union,
    update,
)

from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.sets.records import Outcome, SetState
from axletree.wheelhouse.sets.rows import outcome_of
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, batches, sound_rows


def read_states(
    connection: Connection,
    name: str | None = None,
    *,
    numbers: Sequence[int] | None = None,
) -> list[SetState]:
    """Read what holds, by name, in the order of environments.

    :param name: of one set only.
    :param numbers: of these rows only.
    """
    table = tables.set_states
    query = select(table).order_by(table.c.name, table.c.id)
    if name is not None:
        query = query.where(table.c.name == name)
    queries = (
        [query]
        if numbers is None
        else [query.where(table.c.id.in_(batch)) for batch in batches(numbers)]
    )
    with sound_rows(path_of(connection)):
        rows = [row for each in queries for row in connection.execute(each).mappings()]
        wanted = {row["outcome_id"] for row in rows} | {row["lock_id"] for row in rows}
        outcomes = _by_number(connection, sorted(wanted - {None}))
        return [
            SetState(
                number=row["id"],
                name=as_text(row["name"]),
                environment=as_text(row["environment"]),
                outcome_number=row["outcome_id"],
                outcome=outcomes[row["outcome_id"]],
                lock=None if row["lock_id"] is None else outcomes[row["lock_id"]],
                generation=row["generation"],
                checked_at=row["checked_at"],
            )
            for row in rows
        ]


def _by_number(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Outcome]:
    table = tables.set_outcomes
    return {
        row["id"]: outcome_of(row)
        for batch in batches(numbers)
        for row in connection.execute(
            select(table).where(table.c.id.in_(batch))
        ).mappings()
    }


def put_state(  # noqa: PLR0913  one argument for each column
    connection: Connection,
    name: str,
    environment: str,
    *,
    outcome_number: int,
    lock_number: int | None,
    generation: int,
    at: datetime,
    reads: Iterable[NormalizedName],
) -> None:
    """Say what holds of a set in an environment, in place of what did."""
    drop_states(connection, name, [environment])
    table = tables.set_states
    added = connection.execute(
        insert(table).returning(table.c.id),
        {
            "name": name,
            "environment": environment,
            "outcome_id": outcome_number,
            "lock_id": lock_number,
            "generation": generation,
            "checked_at": at,
        },
    )
    _put_reads(connection, added.scalar_one(), reads)


def move_state(  # noqa: PLR0913  one argument for each column
    connection: Connection,
    state: SetState,
    *,
    outcome_number: int,
    has_new_lock: bool,
    generation: int,
    at: datetime,
    reads: Iterable[NormalizedName],
) -> bool:
    """Say what holds after a check; False: it is another's by now, and stays so."""
    table = tables.set_states
    values: dict[str, object] = {
        "outcome_id": outcome_number,
        "generation": generation,
        "checked_at": at,
    }
    if has_new_lock:
        values["lock_id"] = outcome_number
    done = connection.execute(update(table).where(_is_still(state)).values(values))
    if not done.rowcount:
        return False
    reading = tables.set_reads
    connection.execute(delete(reading).where(reading.c.state_id == state.number))
    _put_reads(connection, state.number, reads)
    return True


def read_lock_number(connection: Connection, state: SetState) -> int | None:
    """Give the row of the lock that holds; None: there is none."""
    columns = tables.set_states.c
    query = select(columns.lock_id).where(columns.id == state.number)
    return connection.execute(query).scalar()


def is_still(connection: Connection, state: SetState) -> bool:
    """Tell whether nobody has checked or changed it meanwhile."""
    found = connection.execute(select(tables.set_states.c.id).where(_is_still(state)))
    return found.first() is not None


def _is_still(state: SetState) -> ColumnElement[bool]:
    columns = tables.set_states.c
    return and_(
        columns.id == state.number,
        columns.outcome_id == state.outcome_number,
        columns.generation == state.generation,
    )


def lagging(connection: Connection, newest: int) -> Mapping[int, list[int]]:
    """Give the rows of states that are known up to an older generation, by that."""
    columns = tables.set_states.c
    query = select(columns.generation, columns.id).where(columns.generation < newest)
    found: dict[int, list[int]] = {}
    for generation, number in connection.execute(query.order_by(columns.id)):
        found.setdefault(generation, []).append(number)
    return found


def know_on(
    connection: Connection, numbers: Sequence[int], before: int, generation: int
) -> None:
    """Say that nothing which came since touches these states."""
    columns = tables.set_states.c
    for batch in batches(numbers):
        is_meant = and_(columns.id.in_(batch), columns.generation == before)
        connection.execute(
            update(tables.set_states).where(is_meant).values(generation=generation)
        )


def drop_states(
    connection: Connection, name: str, environments: Sequence[str] | None = None
) -> None:
    """Forget what holds of a set, in all or in some environments."""
    states, reading = tables.set_states, tables.set_reads
    is_meant = states.c.name == name
    if environments is not None:
        is_meant = and_(is_meant, states.c.environment.in_(environments))
    numbers = list(connection.execute(select(states.c.id).where(is_meant)).scalars())
    for batch in batches(numbers):
        connection.execute(delete(reading).where(reading.c.state_id.in_(batch)))
        connection.execute(delete(states).where(states.c.id.in_(batch)))


def _put_reads(
    connection: Connection, number: int, reads: Iterable[NormalizedName]
) -> None:
    rows = [{"state_id": number, "project": name} for name in sorted(set(reads))]
    if rows:
        connection.execute(insert(tables.set_reads), rows)


def read_reads(connection: Connection, number: int) -> frozenset[NormalizedName]:
    """Name the projects that the last resolution of a state has asked for."""
    table = tables.set_reads
    query = select(table.c.project).where(table.c.state_id == number)
    return frozenset(
        NormalizedName(as_text(name)) for name in connection.execute(query).scalars()
    )


def readers_of(connection: Connection, projects: Sequence[NormalizedName]) -> set[int]:
    """Give the rows of the states that hang on some of these projects."""
    table = tables.set_reads
    return {
        number
        for batch in batches(projects)
        for number in connection.execute(
            select(table.c.state_id).where(table.c.project.in_(batch)).distinct()
        ).scalars()
    }


def changed_after(
    connection: Connection, generation: int
) -> list[tuple[int, NormalizedName]]:
    """List the generations after one, each with the projects that it changed.

    What a policy changes is not among it.
    """
    listings, statuses, files = tables.listings, tables.statuses, tables.files
    columns = (
        (listings.c.since, listings.c.project),
        (listings.c.until, listings.c.project),
        (statuses.c.since, statuses.c.project),
        (files.c.withdrawn_since, files.c.project),
    )
    query = union(
        *(
            select(number, project).where(number > generation)
            for number, project in columns
        )
    )
    with sound_rows(path_of(connection)):
        return sorted(
            (number, NormalizedName(as_text(project)))
            for number, project in connection.execute(query)
        )
