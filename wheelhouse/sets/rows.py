"""Texts of requirement sets, and what was found of them: rows in, records out.

They are only ever added to, so that the past of a set stays. Nothing is decided here.
"""

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select

from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.sets.records import (
    RESULTS,
    Outcome,
    SetText,
    SetVersion,
    Target,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows, text_or_none


def add_version(connection: Connection, version: SetVersion) -> None:
    """Add the next text of a set."""
    text = version.text
    targets = [[each.python_version, each.platform] for each in version.targets]
    connection.execute(
        insert(tables.set_versions),
        {
            "name": version.name,
            "number": version.number,
            "requirements": text.requirements,
            "constraints": text.constraints,
            "view": text.view or None,
            "environments": json.dumps(targets),
            "is_removed": version.is_removed,
            "actor": version.actor,
            "at": version.at,
            "generation": version.generation,
        },
    )


def read_versions(connection: Connection, name: str) -> list[SetVersion]:
    """Read all texts that a set has had, the oldest first."""
    return _versions(connection, tables.set_versions.c.name == name)


def read_current(connection: Connection) -> list[SetVersion]:
    """Read the newest text of each set that is not removed, by name."""
    other = tables.set_versions.alias()
    newest = (
        select(func.max(other.c.number))
        .where(other.c.name == tables.set_versions.c.name)
        .scalar_subquery()
    )
    found = _versions(connection, tables.set_versions.c.number == newest)
    return [version for version in found if not version.is_removed]


def _versions(connection: Connection, where: ColumnElement[bool]) -> list[SetVersion]:
    table = tables.set_versions
    query = select(table).where(where).order_by(table.c.name, table.c.number)
    with sound_rows(path_of(connection)):
        return [
            SetVersion(
                name=as_text(row["name"]),
                number=row["number"],
                text=SetText(
                    requirements=as_text(row["requirements"]),
                    constraints=as_text(row["constraints"]),
                    view=text_or_none(row["view"]) or "",
                ),
                targets=tuple(
                    _target(as_text(python), as_text(platform))
                    for python, platform in json.loads(row["environments"])
                ),
                is_removed=bool(row["is_removed"]),
                actor=as_text(row["actor"]),
                at=row["at"],
                generation=row["generation"],
            )
            for row in connection.execute(query).mappings()
        ]


def _target(python: str, platform: str) -> Target:
    """Take an environment.

    :raises ValueError: it is none, and has no name.
    """
    target = Target(python_version=python, platform=platform)
    if not target.name:
        raise ValueError(python)
    return target


def add_outcome(
    connection: Connection,
    name: str,
    environment: str,
    outcome: Outcome,
    filenames: Iterable[str],
) -> int:
    """Add what was found, with the files of its lock; returns its row."""
    added = connection.execute(
        insert(tables.set_outcomes).returning(tables.set_outcomes.c.id),
        {
            "name": name,
            "version": outcome.version,
            "environment": environment,
            "result": outcome.result,
            "since": outcome.since,
            "cause": outcome.cause,
            "report": outcome.report,
            "lock": outcome.lock,
            "generation": outcome.generation,
            "at": outcome.at,
        },
    )
    number: int = added.scalar_one()
    rows = [
        {"outcome_id": number, "filename": filename}
        for filename in sorted(set(filenames))
    ]
    if rows:
        connection.execute(insert(tables.set_lock_files), rows)
    return number


def read_outcomes(connection: Connection, name: str) -> list[tuple[str, Outcome]]:
    """Read all that was ever found of a set: environment and outcome, oldest first."""
    table = tables.set_outcomes
    query = select(table).where(table.c.name == name).order_by(table.c.id)
    with sound_rows(path_of(connection)):
        rows = connection.execute(query).mappings()
        return [(as_text(row["environment"]), outcome_of(row)) for row in rows]


def outcome_of(row: RowMapping) -> Outcome:
    """Take a row of `set_outcomes` apart."""
    lock = row["lock"]
    return Outcome(
        result=RESULTS[as_text(row["result"])],
        since=row["since"],
        cause=as_text(row["cause"]),
        report=as_text(row["report"]),
        lock=None if lock is None else as_text(lock),
        generation=row["generation"],
        at=row["at"],
        version=row["version"],
    )
