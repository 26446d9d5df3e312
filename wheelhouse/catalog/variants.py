"""Listings of variants that are kept: rows in, records out.

The one kind of file here that may change: each row is one content, of the generations
that list it, so that a frozen one lists the bytes that it always had. The bytes are a part
of the row, as METADATA is; nothing of the store is theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    RowMapping,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import safe_name
from axletree.wheelhouse.catalog import kept_files
from axletree.wheelhouse.catalog.as_of import as_of
from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.errors import CorruptStoredFileError, NotKeptError
from axletree.wheelhouse.model import VariantsFile, variants_beside
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.databases import Database
from axletree.wheelhouse.sql.stored_rows import (
    as_text,
    batches,
    is_sound_metadata,
    number_of,
    sha256_of,
    sound_rows,
    text_or_none,
    utc_time,
)

_TABLE = tables.variants
_COLUMNS = [each for each in _TABLE.c if each.name != "content"]
_IS_OPEN = _TABLE.c.until.is_(None)
# Made once: a server asks it for every page.
_LISTED = (
    select(*_COLUMNS)
    .where(
        _TABLE.c.project == bindparam("project"),
        _TABLE.c.since <= bindparam("number"),
        or_(_IS_OPEN, _TABLE.c.until > bindparam("number")),
    )
    .order_by(_TABLE.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVariants:
    """Reads the listings of one wheelhouse; each method sees one generation whole."""

    database: Database

    def of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[VariantsFile, ...]:
        """List those of a project, by name.

        :param generation: as of this generation; None: now.
        :raises UnknownGenerationError: there is no such generation.
        :raises GoneGenerationError: it can not be had any more.
        """
        with as_of(self.database, generation) as (connection, number):
            asked = {"project": project, "number": number}
            listed = _read(connection, connection.execute(_LISTED, asked))
        return tuple(each for each in listed if not each.is_withdrawn_in(generation))

    def find(self, filename: str, sha256: str) -> VariantsFile | None:
        """Look one up by its name and content, in whatever generation it was listed."""
        with self.database.reading() as connection:
            found = find(connection, _TABLE.c.filename == filename)
        return next((each for each in found if each.sha256 == sha256), None)

    def content(self, file: VariantsFile) -> bytes:
        """Read a listing, byte for byte as it came.

        :raises CorruptStoredFileError: it is gone or changed.
        """
        with self.database.reading() as connection:
            return read_content(connection, file)


def find(connection: Connection, *where: ColumnElement[bool]) -> list[VariantsFile]:
    """Look listings up, also those of the past; by name, the oldest first."""
    query = select(*_COLUMNS).where(*where).order_by(_TABLE.c.id)
    return _read(connection, connection.execute(query))


def _read(connection: Connection, rows: CursorResult[object]) -> list[VariantsFile]:
    with sound_rows(path_of(connection)):
        # Sorted here: a server sorts as its country does.
        return sorted(map(_record, rows.mappings()), key=lambda each: each.filename)


def find_named(connection: Connection, filenames: Sequence[str]) -> list[VariantsFile]:
    """Look listings up by their names, with all that they ever were."""
    return [
        each
        for batch in batches(filenames)
        for each in find(connection, _TABLE.c.filename.in_(batch))
    ]


def known(
    connection: Connection, filenames: Sequence[str]
) -> dict[str, list[VariantsFile]]:
    """Look listings up with their past.

    :raises NotKeptError: there never was one of that name.
    """
    found: dict[str, list[VariantsFile]] = {name: [] for name in filenames}
    for each in find_named(connection, filenames):
        found[each.filename].append(each)
    for name, files in found.items():
        if not files:
            raise NotKeptError(f"there is no {name} in the wheelhouse")
    return found


def read_content(connection: Connection, file: VariantsFile) -> bytes:
    """Read the bytes of a row, as they came.

    :raises CorruptStoredFileError: they are gone or changed.
    """
    query = select(_TABLE.c.content).where(_TABLE.c.id == file.number)
    found: object = connection.execute(query).scalar()
    if not isinstance(found, bytes) or not is_sound_metadata(file.sha256, found):
        raise CorruptStoredFileError(
            f"{file.filename} is not in the wheelhouse as it came",
            where=path_of(connection),
            hint="add the same file again, or restore it from a backup",
        )
    return found


def has_release(connection: Connection, file: VariantsFile) -> bool:
    """Tell whether a file of its release is listed now."""
    kept = kept_files.find_kept(connection, tables.files.c.project == file.project)
    listed = (
        each.stored for each in kept if each.is_listed and each.stored.withdrawn is None
    )
    return bool(variants_beside(listed, [file]))


def add(connection: Connection, file: VariantsFile, content: bytes) -> None:
    """List what a name holds from its generation on, in place of what it held."""
    unlist(connection, [file.filename], file.since)
    row = {
        name: getattr(file, name)
        for name in _TABLE.c.keys()  # noqa: SIM118  not a mapping
        if name not in {"id", "content"}
    }
    connection.execute(insert(_TABLE), {**row, "content": content})


def put_back(connection: Connection, file: VariantsFile, content: bytes) -> None:
    """Write the bytes of a row anew that are damaged."""
    same = _TABLE.c.sha256 == file.sha256
    connection.execute(update(_TABLE).where(same).values(content=content))


def unlist(connection: Connection, filenames: Sequence[str], generation: int) -> None:
    """End what is listed by some names with the generation before this one."""
    for batch in batches(filenames):
        is_meant = and_(_TABLE.c.filename.in_(batch), _IS_OPEN)
        connection.execute(update(_TABLE).where(is_meant).values(until=generation))


def withdraw(
    connection: Connection, filenames: Sequence[str], generation: int, reason: str
) -> None:
    """Keep what some names ever held from being given out, in any generation.

    Their bytes go at once: there is no way back.
    """
    for batch in batches(filenames):
        is_meant = and_(_TABLE.c.filename.in_(batch), _TABLE.c.withdrawn.is_(None))
        connection.execute(
            update(_TABLE)
            .where(is_meant)
            .values(withdrawn=reason, withdrawn_since=generation, content=b"")
        )


def read_withdrawn(connection: Connection) -> list[VariantsFile]:
    """Read those that were withdrawn, as `keep_withdrawn` takes them."""
    return find(connection, _TABLE.c.withdrawn.is_not(None))


def lacking_withdrawals(
    connection: Connection, files: Sequence[VariantsFile]
) -> list[VariantsFile]:
    """Say which listings, withdrawn elsewhere, are not withdrawn here; one of a name."""
    by_name = {each.filename: each for each in files}
    for each in find_named(connection, list(by_name)):
        if each.withdrawn is not None:
            by_name.pop(each.filename, None)
    return list(by_name.values())


def keep_withdrawn(
    connection: Connection,
    files: Sequence[VariantsFile],
    generation: int,
    at: datetime,
) -> None:
    """Keep listings out that were withdrawn in a past that is lost, without their bytes."""
    for file in files:
        if not find_named(connection, [file.filename]):
            again = replace(file, since=generation, until=None, entered_at=at)
            add(connection, again, b"")
        withdraw(connection, [file.filename], generation, file.withdrawn or "")


def damages(connection: Connection) -> Iterator[str]:
    """Say of which listings the bytes are not those that they were."""
    query = select(_TABLE.c.filename, _TABLE.c.sha256, _TABLE.c.content).where(
        _TABLE.c.withdrawn.is_(None)
    )
    for filename, sha256, content in connection.execute(query.order_by(_TABLE.c.id)):
        try:
            is_sound = is_sound_metadata(sha256_of(sha256), content)
        except (TypeError, ValueError):
            is_sound = False
        if not is_sound:
            yield f"a listing of variants is not what it was: {filename}"


def _record(row: RowMapping) -> VariantsFile:
    entered_at = utc_time(row["entered_at"])
    if entered_at is None:
        raise ValueError(row)
    until, withdrawn_since = row["until"], row["withdrawn_since"]
    return VariantsFile(
        number=number_of(row["id"]),
        project=NormalizedName(as_text(row["project"])),
        version=as_text(row["version"]),
        filename=safe_name(as_text(row["filename"])),
        since=number_of(row["since"]),
        until=None if until is None else number_of(until),
        sha256=sha256_of(row["sha256"]),
        size_bytes=number_of(row["size_bytes"]),
        upload_time=utc_time(row["upload_time"]),
        entered_at=entered_at,
        origin=as_text(row["origin"]),
        withdrawn=text_or_none(row["withdrawn"]),
        withdrawn_since=None if withdrawn_since is None else number_of(withdrawn_since),
    )
