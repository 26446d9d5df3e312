"""What is kept of how files came about: rows in, records out. Nothing is judged here."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, insert, select, update

from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.errors import CorruptStoredFileError
from axletree.wheelhouse.model import Attestation, StoredFile
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import (
    as_text,
    batches,
    is_sound_metadata,
    sound_rows,
)


def keep(
    connection: Connection, said: Mapping[str, Sequence[Attestation]], generation: int
) -> None:
    """Keep what is said of files, by their names; what is signed replaces what is not.

    :param generation: from which an index shows what is new.
    """
    columns = tables.files.c
    for batch in batches([name for name, each in said.items() if each]):
        found = connection.execute(
            select(columns.id, columns.filename).where(columns.filename.in_(batch))
        )
        for number, filename in found.all():
            for attestation in said[filename]:
                _keep_one(connection, number, attestation, generation)


def _keep_one(
    connection: Connection, number: int, new: Attestation, generation: int
) -> None:
    table = tables.attestations
    is_same = (table.c.file_id == number, table.c.kind == new.kind)
    values = {"content": new.content, "unsigned": new.unsigned}
    there = connection.execute(select(table.c.unsigned).where(*is_same)).first()
    if there is None:
        row = {"file_id": number, "kind": new.kind, "since": generation, **values}
        connection.execute(insert(table), row)
    elif there[0] and not new.unsigned:
        connection.execute(update(table).where(*is_same).values(**values))


def read_of(
    connection: Connection, numbers: Sequence[int]
) -> Mapping[int, tuple[Attestation, ...]]:
    """Read what is said of files, by their rows; of those without it, nothing."""
    table = tables.attestations
    found: dict[int, tuple[Attestation, ...]] = {}
    with sound_rows(path_of(connection)):
        for batch in batches(numbers):
            query = select(table).where(table.c.file_id.in_(batch))
            for row in connection.execute(query.order_by(table.c.id)).mappings():
                number: int = row["file_id"]
                found[number] = (*found.get(number, ()), _attestation(row))
    return found


def read_received(connection: Connection, stored: StoredFile) -> bytes:
    """Read what an index has given along with a file, as it came.

    :raises CorruptStoredFileError: it is gone or changed, or never was there.
    """
    table, files = tables.attestations.c, tables.files.c
    query = (
        select(table.content)
        .join_from(tables.attestations, tables.files)
        .where(files.filename == stored.filename, table.kind == "upstream")
    )
    found: object = connection.execute(query).scalar_one_or_none()
    sha256 = stored.provenance_sha256
    if (
        sha256 is None
        or not isinstance(found, bytes)
        or not is_sound_metadata(sha256, found)
    ):
        raise CorruptStoredFileError(
            f"the provenance of {stored.filename} is not in the wheelhouse as it came"
        )
    return found


def _attestation(row: RowMapping) -> Attestation:
    kind, content = row["kind"], row["content"]
    if kind not in {"built", "upstream"} or not isinstance(content, bytes):
        raise ValueError(kind)
    return Attestation(
        kind="built" if kind == "built" else "upstream",
        content=content,
        unsigned=as_text(row["unsigned"]),
    )
