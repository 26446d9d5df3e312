"""Files that are kept, or of which name and hash are: looked up, listed or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, not_, or_, select

from axletree.wheelhouse.catalog.records import FILE_COLUMNS, path_of
from axletree.wheelhouse.model import Sha256, StoredFile
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import batches, sound_rows, stored_file


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is kept, or of which name and hash are, as it was listed last."""

    number: int
    """Its row."""
    stored: StoredFile
    is_listed: bool
    """Now; one that is withdrawn is none the less."""
    is_by_hand: bool
    """Whether somebody here has said last whether it is yanked."""
    has_bytes: bool
    """Whether `gc` has left them."""


_KEPT_COLUMNS = (
    tables.files.c.id,
    tables.listings.c.until,
    tables.listings.c.is_by_hand,
    tables.files.c.swept_at,
)
_newer = tables.listings.alias()
_IS_LAST_LISTING = tables.listings.c.id == (
    select(func.max(_newer.c.id))
    .where(_newer.c.file_id == tables.files.c.id)
    .scalar_subquery()
)


def find_kept(connection: Connection, *where: ColumnElement[bool]) -> list[KeptFile]:
    """Look up files, listed or not, by a condition on their row; in their order."""
    query = (
        select(*_KEPT_COLUMNS, *FILE_COLUMNS)
        .join_from(tables.files, tables.listings)
        .where(_IS_LAST_LISTING, *where)
        .order_by(tables.files.c.id)
    )
    with sound_rows(path_of(connection)):
        return [
            KeptFile(
                number=number,
                stored=stored_file(tuple(row)),
                is_listed=until is None,
                is_by_hand=bool(is_by_hand),
                has_bytes=swept_at is None,
            )
            for number, until, is_by_hand, swept_at, *row in connection.execute(query)
        ]


def find_unlisted(connection: Connection) -> list[KeptFile]:
    """Look up the files with bytes that are given out no more."""
    files, listings = tables.files.c, tables.listings.c
    is_listed = exists().where(listings.file_id == files.id, listings.until.is_(None))
    # Few of many, so that the whole of each is only read then.
    numbers = connection.execute(
        select(files.id).where(
            files.swept_at.is_(None), or_(not_(is_listed), files.withdrawn.is_not(None))
        )
    ).scalars()
    return [
        kept
        for batch in batches(list(numbers))
        for kept in find_kept(connection, files.id.in_(batch))
    ]


def find_by_names(connection: Connection, names: Sequence[str]) -> list[KeptFile]:
    """Look up files, listed or not, by their exact names."""
    return [
        kept
        for batch in batches(names)
        for kept in find_kept(connection, tables.files.c.filename.in_(batch))
    ]


def find_by_bytes(connection: Connection, digests: Sequence[Sha256]) -> list[KeptFile]:
    """Look up files, listed or not, whatever they are called."""
    return [
        kept
        for batch in batches(digests)
        for kept in find_kept(connection, tables.files.c.sha256.in_(batch))
    ]


def find_same(
    connection: Connection, wanted: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], KeptFile]:
    """Look files up by name or identity; of two, the one of that name."""
    names, identities = [name for name, _ in wanted], [key for _, key in wanted]
    by_name = {
        str(kept.stored.filename): kept for kept in find_by_names(connection, names)
    }
    by_identity = _by_identity(connection, identities)
    found = {
        (name, identity): by_name.get(name) or by_identity.get(identity)
        for name, identity in wanted
    }
    return {key: kept for key, kept in found.items() if kept is not None}


def _by_identity(
    connection: Connection, identities: Sequence[str]
) -> Mapping[str, KeptFile]:
    columns = tables.files.c
    number_of = {
        number: identity
        for batch in batches(identities)
        for number, identity in connection.execute(
            select(columns.id, columns.identity).where(columns.identity.in_(batch))
        )
    }
    return {
        number_of[kept.number]: kept
        for batch in batches(list(number_of))
        for kept in find_kept(connection, columns.id.in_(batch))
    }
