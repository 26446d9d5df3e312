"""What is listed from a generation on, and how: rows that begin, and rows that end.

Nothing is decided here; each function is a part of one write transaction, and keeps the
sums of the projects true that it concerns.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import Connection, and_, insert, or_, select, update

from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.catalog.tallies import keep_tallies
from axletree.wheelhouse.model import ProjectStatus, StoredFile
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import FILE_FIELDS, OF_LISTING, batches


def add_files(
    connection: Connection, stored: Sequence[StoredFile], identities: Sequence[str]
) -> None:
    """Add rows, listed from now on; `identities` has one entry for each file."""
    columns = [name for name in FILE_FIELDS if name not in OF_LISTING]
    rows = [
        {name: getattr(file, name) for name in columns} | {"identity": identity}
        for file, identity in zip(stored, identities, strict=True)
    ]
    connection.execute(insert(tables.files), rows)
    number_of = {
        filename: number
        for batch in batches([file.filename for file in stored])
        for filename, number in connection.execute(
            select(tables.files.c.filename, tables.files.c.id).where(
                tables.files.c.filename.in_(batch)
            )
        )
    }
    listings = [
        {
            "file_id": number_of[file.filename],
            "project": file.project,
            "since": file.generation,
            "yanked": file.yanked,
            "is_by_hand": False,
            "provenance_sha256": file.provenance_sha256,
        }
        for file in stored
    ]
    connection.execute(insert(tables.listings), listings)
    keep_tallies(connection, {file.project for file in stored})


def relist(
    connection: Connection,
    files: Sequence[KeptFile],
    generation: int,
    *,
    is_by_hand: bool,
) -> None:
    """List files from a generation on, yanked as their records say."""
    _end(connection, [file for file in files if file.is_listed], generation)
    rows = [
        {
            "file_id": file.number,
            "project": file.stored.project,
            "since": generation,
            "yanked": file.stored.yanked,
            "is_by_hand": is_by_hand,
            "provenance_sha256": file.stored.provenance_sha256,
        }
        for file in files
    ]
    if rows:
        connection.execute(insert(tables.listings), rows)
    _say_swept(connection, files, None)
    _keep_tallies(connection, files)


def sweep(connection: Connection, files: Sequence[KeptFile], at: datetime) -> None:
    """Say that files have lost their bytes to `gc`."""
    _say_swept(connection, files, at)


def _say_swept(
    connection: Connection, files: Sequence[KeptFile], at: datetime | None
) -> None:
    table = tables.files
    for batch in batches([file.number for file in files]):
        concerned = table.c.id.in_(batch)
        connection.execute(update(table).where(concerned).values(swept_at=at))


def unlist(connection: Connection, files: Sequence[KeptFile], generation: int) -> None:
    """End what is listed with the generation before this one."""
    _end(connection, files, generation)
    _keep_tallies(connection, files)


def _keep_tallies(connection: Connection, files: Sequence[KeptFile]) -> None:
    keep_tallies(connection, {file.stored.project for file in files})


def _end(connection: Connection, files: Sequence[KeptFile], generation: int) -> None:
    table = tables.listings
    for batch in batches([file.number for file in files]):
        is_open = and_(table.c.file_id.in_(batch), table.c.until.is_(None))
        connection.execute(update(table).where(is_open).values(until=generation))


def withdraw(
    connection: Connection, files: Sequence[KeptFile], generation: int, reason: str
) -> None:
    """Keep files from being given out, in any generation."""
    table = tables.files
    for batch in batches([file.number for file in files]):
        connection.execute(
            update(table)
            .where(table.c.id.in_(batch))
            .values(withdrawn=reason, withdrawn_since=generation)
        )
    _keep_tallies(connection, files)


def read_withdrawn(connection: Connection) -> Sequence[Mapping[str, object]]:
    """Read the rows of withdrawn files, as `keep_withdrawn` takes them."""
    table = tables.files
    query = select(table).where(table.c.withdrawn.is_not(None))
    return [dict(row) for row in connection.execute(query).mappings()]


def keep_withdrawn(
    connection: Connection,
    rows: Sequence[Mapping[str, object]],
    generation: int,
    at: datetime,
) -> None:
    """Keep files out that were withdrawn in a past that is lost, without their bytes.

    Whose name is taken by others here is passed over.
    """
    table = tables.files
    for row in rows:
        is_taken = or_(
            table.c.filename == row["filename"], table.c.identity == row["identity"]
        )
        if connection.execute(select(table.c.id).where(is_taken)).first() is not None:
            continue
        own = {name: value for name, value in row.items() if name != "id"}
        own |= {"metadata_sha256": None, "swept_at": at}
        own |= {"generation": generation, "withdrawn_since": generation}
        added = connection.execute(insert(table).returning(table.c.id), own)
        listed = {
            "file_id": added.scalar_one(),
            "project": row["project"],
            "since": generation,
            "is_by_hand": False,
        }
        connection.execute(insert(tables.listings), listed)


def has_status_by_hand(connection: Connection, project: NormalizedName) -> bool:
    """Tell whether somebody here has said last how a project is."""
    table = tables.statuses
    query = (
        select(table.c.is_by_hand)
        .where(table.c.project == project)
        .order_by(table.c.id.desc())
    )
    return bool(connection.execute(query).scalars().first())


def put_status(
    connection: Connection,
    project: NormalizedName,
    status: ProjectStatus,
    generation: int,
    *,
    is_by_hand: bool,
) -> None:
    """Say how a project is from a generation on."""
    table = tables.statuses
    is_open = and_(table.c.project == project, table.c.until.is_(None))
    connection.execute(update(table).where(is_open).values(until=generation))
    connection.execute(
        insert(table),
        {
            "project": project,
            "since": generation,
            "status": status.marker,
            "reason": status.reason,
            "is_by_hand": is_by_hand,
        },
    )
