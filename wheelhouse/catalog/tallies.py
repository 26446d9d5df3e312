"""What the files of each project come to, added up.

Of what is listed now the sums are kept, so that a list of all reads a row for each project
and not one for each file: whoever changes what is listed keeps them true in the same
transaction. Of an older generation they are added up when somebody asks.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from packaging.utils import NormalizedName
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    not_,
    select,
    text,
)

from axletree.wheelhouse.catalog.records import NOW, is_listed, path_of
from axletree.wheelhouse.model import StoredFile
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, batches, sound_rows
from axletree.wheelhouse.sql.version_lists import checked_versions, versions_text


class Tally(NamedTuple):
    """What a project's files come to; made by the ten thousand."""

    project: NormalizedName
    file_count: int
    size_bytes: int
    versions: str
    """As `axletree.wheelhouse.sql.version_lists` writes them."""


_KEPT = text(f"SELECT {', '.join(Tally._fields)} FROM tallies")  # noqa: S608  our own names


def tally_of(project: NormalizedName, files: Sequence[StoredFile]) -> Tally:
    """Add up some files, one at least."""
    return Tally(
        project=project,
        file_count=len(files),
        size_bytes=sum(file.size_bytes for file in files),
        versions=versions_text((f.version, f.yanked is not None) for f in files),
    )


def read_tallies(connection: Connection) -> list[Tally]:
    """Read what is kept: the sums of all that is given out now."""
    with sound_rows(path_of(connection)):
        return [
            Tally(
                NormalizedName(as_text(project)),
                int(file_count),
                int(size_bytes),
                checked_versions(versions),
            )
            for project, file_count, size_bytes, versions in _kept(connection)
        ]


def _kept(connection: Connection) -> Sequence[tuple[str, int, int, str]]:
    """Read the driver's own rows: SQLAlchemy's take longer than all else together."""
    with connection.execute(_KEPT) as found:
        rows: Sequence[tuple[str, int, int, str]] = found.cursor.fetchall()
        return rows


def add_up(
    connection: Connection, generation: int, *where: ColumnElement[bool]
) -> Iterator[Tally]:
    """Add up what a generation gives out of each project.

    The database does it: a row for each project is read much faster than one for each
    file.
    """
    files, listings = tables.files.c, tables.listings.c
    is_withdrawn = and_(
        files.withdrawn_since.is_not(None), files.withdrawn_since <= generation
    )
    query = (
        select(
            listings.project,
            func.count(),
            func.sum(files.size_bytes),
            func.aggregate_strings(
                case((listings.yanked.is_(None), "0"), else_="1") + files.version, "\n"
            ),
        )
        .join_from(tables.listings, tables.files)
        .where(is_listed(generation), not_(is_withdrawn), *where)
        .group_by(listings.project)
    )
    with sound_rows(path_of(connection)):
        for project, count, size_bytes, marked in connection.execute(query):
            lines = as_text(marked).split("\n")
            yield Tally(
                project=NormalizedName(as_text(project)),
                file_count=count,
                size_bytes=int(size_bytes),
                versions=versions_text((line[1:], line[0] == "1") for line in lines),
            )


def keep_tallies(connection: Connection, projects: Collection[NormalizedName]) -> None:
    """Keep the sums of some projects true, of which something was changed."""
    kept, listings = tables.tallies, tables.listings.c
    for batch in batches(sorted(set(projects))):
        rows = [
            tally._asdict()
            for tally in add_up(connection, NOW, listings.project.in_(batch))
        ]
        connection.execute(delete(kept).where(kept.c.project.in_(batch)))
        if rows:
            connection.execute(insert(kept), rows)


def false_tallies(connection: Connection) -> Sequence[NormalizedName]:
    """Name the projects of which the sums that are kept are not those of the files."""
    kept = {str(row[0]): row for row in _kept(connection)}
    true = {str(tally.project): tally for tally in add_up(connection, NOW)}
    return [
        NormalizedName(name)
        for name in sorted(kept.keys() | true.keys())
        if kept.get(name) != true.get(name)
    ]
