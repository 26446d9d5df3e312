"""What a generation has changed, in a clause: `numpy 2.0.0 came in`."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName
from sqlalchemy import Connection, select

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows

_MOST_NAMED = 2
_NOTHING = "time has passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    project: NormalizedName | None
    """None: it is about all."""
    text: str


def cause_of(
    connection: Connection,
    generation: int,
    concerned: Collection[NormalizedName],
    reads: Collection[NormalizedName],
) -> str:
    """Say what a generation has changed of some projects.

    :param concerned: those that are told of first; of others only where there is none.
    """
    with sound_rows(path_of(connection)):
        changes = list(_changes(connection, generation))
    for wanted in (concerned, reads):
        own = [each.text for each in changes if each.project in wanted]
        if own:
            return _joined(own)
    return _joined([each.text for each in changes if each.project is None]) or _NOTHING


def _joined(texts: Sequence[str]) -> str:
    unique = list(dict.fromkeys(texts))
    more = len(unique) - _MOST_NAMED
    others = [f"{more} more"] if more > 0 else []
    parts = [*unique[:_MOST_NAMED], *others]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _changes(connection: Connection, generation: int) -> Iterator[_Change]:
    yield from _listed(connection, generation)
    files = tables.files.c
    withdrawn = select(files.project, files.version, files.withdrawn).where(
        files.withdrawn_since == generation
    )
    for project, version, reason in connection.execute(withdrawn):
        yield _change(project, f"{project} {version} was withdrawn", reason)
    statuses = tables.statuses.c
    said = select(statuses.project, statuses.status, statuses.reason).where(
        statuses.since == generation
    )
    for project, status, reason in connection.execute(said):
        yield _change(project, f"{project} became {status}", reason)
    policies = tables.policies.c
    names = select(policies.name).where(policies.since == generation)
    for name in connection.execute(names).scalars():
        yield _Change(project=None, text=f"the policy {name} was set")


def _change(project: object, text: str, reason: object) -> _Change:
    because = f": {reason}" if reason else ""
    return _Change(project=NormalizedName(as_text(project)), text=f"{text}{because}")


def _listed(connection: Connection, generation: int) -> Iterator[_Change]:
    ended = {each.number: each for each in _rows(connection, generation, begin=False)}
    begun = {each.number: each for each in _rows(connection, generation, begin=True)}
    known = _older(connection, generation, [each.project for each in begun.values()])
    for number, each in begun.items():
        if number not in ended:
            is_new = each.release not in known
            what = each.release if is_new else each.filename
            yield _change(each.project, f"{what} came in", None)
        elif each.yanked is not None:
            yield _change(each.project, f"{each.release} was yanked", each.yanked)
        else:
            yield _change(each.project, f"{each.release} is yanked no more", None)
    for number, each in ended.items():
        if number not in begun:
            yield _change(each.project, f"{each.release} was removed", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    project: NormalizedName
    release: str
    filename: str
    yanked: str | None


def _rows(connection: Connection, generation: int, *, begin: bool) -> Iterator[_Row]:
    files, listings = tables.files.c, tables.listings.c
    column = listings.since if begin else listings.until
    query = (
        select(files.id, files.project, files.version, files.filename, listings.yanked)
        .join_from(tables.listings, tables.files)
        .where(column == generation)
        .order_by(files.id)
    )
    for number, project, version, filename, yanked in connection.execute(query):
        yield _Row(
            number=number,
            project=NormalizedName(as_text(project)),
            release=f"{project} {version}",
            filename=as_text(filename),
            yanked=yanked,
        )


def _older(
    connection: Connection, generation: int, projects: Sequence[NormalizedName]
) -> frozenset[str]:
    """Name the releases of projects that had a file before."""
    files, listings = tables.files.c, tables.listings.c
    found: Mapping[NormalizedName, None] = dict.fromkeys(projects)
    return frozenset(
        f"{name} {version}"
        for name in found
        for version in connection.execute(
            select(files.version)
            .join_from(tables.listings, tables.files)
            .where(listings.project == name, listings.since < generation)
            .distinct()
        ).scalars()
    )
