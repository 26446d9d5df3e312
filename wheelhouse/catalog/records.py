"""What is kept: rows in, records out. Nothing is decided here.

Rows carry the generations of which they are true: a reader that keeps its number sees
one state whole, over any number of calls and whatever is changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    insert,
    or_,
    select,
    text,
    union,
    update,
)

from axletree.house_place import address_of
from axletree.wheelhouse.model import (
    ProjectStatus,
    Sha256,
    StoredFile,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.state_queries import PROJECTS_SINCE
from axletree.wheelhouse.sql.stored_rows import (
    FILE_FIELDS,
    OF_LISTING,
    as_text,
    batches,
    project_status,
    sound_rows,
    stored_file,
)

NOW = 2**31 - 1
"""What no generation reaches, and a column of any database compares."""
_PROJECTS_SINCE = text(PROJECTS_SINCE.replace("?1", ":since"))
FILE_COLUMNS = [
    (tables.listings if name in OF_LISTING else tables.files).c[name]
    for name in FILE_FIELDS
]


def read_projects(connection: Connection, generation: int) -> list[NormalizedName]:
    """List the projects that have files, by name."""
    table = tables.listings
    query = select(table.c.project).where(is_listed(generation)).distinct()
    with sound_rows(path_of(connection)):
        # Sorted here: a server sorts as its country does.
        return sorted(
            NormalizedName(as_text(name))
            for name in connection.execute(query).scalars()
        )


def changed_projects(
    connection: Connection, generation: int
) -> Sequence[NormalizedName]:
    """List the projects of which something visible was changed after a generation."""
    with sound_rows(path_of(connection)):
        found = connection.execute(_PROJECTS_SINCE, {"since": generation})
        return [NormalizedName(as_text(name)) for name in found.scalars()]


def knows(connection: Connection, project: NormalizedName) -> bool:
    """Tell whether anything was ever kept, or said, of a project."""
    return any(
        connection.execute(select(table.c.id).where(table.c.project == project)).first()
        for table in (tables.files, tables.statuses)
    )


def known_projects(connection: Connection) -> list[NormalizedName]:
    """List the projects of which anything was ever kept, or said, by name."""
    query = union(select(tables.files.c.project), select(tables.statuses.c.project))
    found = connection.execute(query).scalars()
    return sorted(NormalizedName(as_text(name)) for name in found)


def _holds(
    since: Column[int], until: Column[int], generation: int
) -> ColumnElement[bool]:
    """Hold of rows that are true of a generation."""
    return and_(since <= generation, or_(until.is_(None), until > generation))


def is_listed(generation: int) -> ColumnElement[bool]:
    """Hold of listings that are true of a generation."""
    return _holds(tables.listings.c.since, tables.listings.c.until, generation)


def read_files(
    connection: Connection, projects: Sequence[NormalizedName], generation: int
) -> list[StoredFile]:
    """List the files of some projects, in the order in which they came.

    Those that were withdrawn are among them, whenever that was.
    """
    found: list[StoredFile] = []
    for batch in batches(projects):
        found += _select_files(
            connection,
            tables.listings.c.project.in_(batch),
            is_listed(generation),
        )
    return found


def all_files(connection: Connection, generation: int) -> list[StoredFile]:
    """List every file of a generation, also those that were withdrawn."""
    return _select_files(connection, is_listed(generation))


def all_statuses(
    connection: Connection, generation: int
) -> Mapping[NormalizedName, ProjectStatus]:
    """Read what is said of all projects; of the others nothing is."""
    table = tables.statuses
    return _statuses(connection, _holds(table.c.since, table.c.until, generation))


def read_statuses(
    connection: Connection, projects: Sequence[NormalizedName], generation: int
) -> Mapping[NormalizedName, ProjectStatus]:
    """Read what is said of some projects; of the others nothing is."""
    table = tables.statuses
    holds = _holds(table.c.since, table.c.until, generation)
    return {
        name: said
        for batch in batches(projects)
        for name, said in _statuses(
            connection, and_(table.c.project.in_(batch), holds)
        ).items()
    }


def _statuses(
    connection: Connection, where: ColumnElement[bool]
) -> Mapping[NormalizedName, ProjectStatus]:
    table = tables.statuses
    query = select(table.c.project, table.c.status, table.c.reason).where(where)
    with sound_rows(path_of(connection)):
        return {
            NormalizedName(as_text(project)): project_status(*said)
            for project, *said in connection.execute(query)
        }


def find_file(connection: Connection, filename: str) -> StoredFile | None:
    """Look a file up that is listed now, by its exact name."""
    found = _select_files(
        connection,
        tables.files.c.filename == filename,
        tables.listings.c.until.is_(None),
        tables.files.c.withdrawn.is_(None),
    )
    return found[0] if found else None


def numbers_listed_in(connection: Connection, generations: Sequence[int]) -> set[int]:
    """Give the rows of the files that some generations list."""
    column = tables.listings.c.file_id
    return {
        number
        for generation in generations
        for number in connection.execute(
            select(column).where(is_listed(generation))
        ).scalars()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Generations: `since`, and all up to without `until`."""

    since: int
    until: int | None


def read_spans(
    connection: Connection, numbers: Sequence[int]
) -> Mapping[int, list[Span]]:
    """Say which generations list some files, by their rows."""
    columns = tables.listings.c
    found: dict[int, list[Span]] = {number: [] for number in numbers}
    for batch in batches(numbers):
        query = select(columns.file_id, columns.since, columns.until)
        for number, since, until in connection.execute(
            query.where(columns.file_id.in_(batch)).order_by(columns.id)
        ):
            found[number].append(Span(since=since, until=until))
    return found


def blobs_by_row(connection: Connection) -> Mapping[int, Sha256]:
    """Map the rows of all files that have their bytes to their blobs."""
    columns = tables.files.c
    query = select(columns.id, columns.sha256).where(columns.swept_at.is_(None))
    return {number: Sha256(sha256) for number, sha256 in connection.execute(query)}


def referenced(connection: Connection, digests: Sequence[Sha256]) -> set[Sha256]:
    """Say which of these blobs belong to files, listed now or once."""
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


def _select_files(
    connection: Connection, *where: ColumnElement[bool]
) -> list[StoredFile]:
    query = (
        select(*FILE_COLUMNS)
        .join_from(tables.listings, tables.files)
        .where(*where)
        .order_by(tables.files.c.id)
    )
    with sound_rows(path_of(connection)):
        return [stored_file(tuple(row)) for row in connection.execute(query)]


def path_of(connection: Connection) -> str:
    """Say where the database lies, without any login."""
    url = connection.engine.url
    if url.host is None:
        return str(url.database)
    return address_of(url.render_as_string())


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
