"""The wheelhouse's key: made, and known to its database."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.errors import UnsafeKeyError
from axletree.wheelhouse.provenance.key_file import (
    key_path,
    read_key,
    write_key,
)
from axletree.wheelhouse.provenance.keys import PrivateKey, PublicKey
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key that is, or was, the wheelhouse's."""

    public: PublicKey
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """What `make_key` has found or done."""

    key: KnownKey
    is_new: bool


def known_keys(house: Wheelhouse) -> Sequence[KnownKey]:
    """List the keys that are, or were, the wheelhouse's, the oldest first."""
    with house.database.reading() as connection:
        return read_keys(connection)


def read_keys(connection: Connection) -> Sequence[KnownKey]:
    """As `known_keys`, in a transaction that is under way."""
    query = select(tables.keys).order_by(tables.keys.c.id)
    where = path_of(connection)
    with sound_rows(where):
        rows = connection.execute(query).mappings().all()
        return [
            KnownKey(
                public=_kept_key(as_text(row["public"]), where),
                made_at=row["made_at"],
            )
            for row in rows
        ]


def _kept_key(pem: str, where: str) -> PublicKey:
    """Read a key out of a row.

    :raises ValueError: it was changed there; no file of a key is to blame.
    """
    try:
        return PublicKey.read(pem, where)
    except UnsafeKeyError as error:
        raise ValueError(error.what) from error


def make_key(house: Wheelhouse, *, clock: Callable[[], datetime] = utc_now) -> KeyMade:
    """Make the wheelhouse's key, unless it has one here.

    The file comes first: a process that is killed in between is completed by the next.

    :raises UnsafeKeyError: there is a file that is none, or that others can read.
    """
    with house.publishing():
        key = read_key(house.home)
        if key is None:
            key = PrivateKey.generate()
            write_key(house.home, key)
        with house.database.writing() as connection:
            public = key.public
            for known in read_keys(connection):
                if known.public == public:
                    return KeyMade(key=known, is_new=False)
            made = KnownKey(public=public, made_at=clock())
            _register(connection, made)
    return KeyMade(key=made, is_new=True)


def _register(connection: Connection, made: KnownKey) -> None:
    row = {
        "keyid": made.public.keyid,
        "public": made.public.pem,
        "made_at": made.made_at,
    }
    connection.execute(insert(tables.keys), row)
    history.note(connection, "make key", [made.public.keyid], at=made.made_at)


def present_key(house: Wheelhouse) -> PrivateKey | None:
    """Return the key that the wheelhouse signs with; None: it has none here.

    :raises UnsafeKeyError: others can read it, or the wheelhouse does not know it.
    """
    key = read_key(house.home)
    if key is None:
        return None
    if all(known.public != key.public for known in known_keys(house)):
        raise UnsafeKeyError(
            "the key that lies there is none that the wheelhouse knows",
            where=str(key_path(house.home)),
            hint="if you have put it there, axletree key init makes it known",
        )
    return key
