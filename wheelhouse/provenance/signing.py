"""The wheelhouse's key made and known, and statements signed with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import orjson
from sqlalchemy import Connection, insert, select

from axletree.house_place import HousePlace, place_at
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, tables
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.records import path_of
from axletree.wheelhouse.catalog.stored_rows import as_text, sound_rows
from axletree.wheelhouse.errors import UnsafeKeyError
from axletree.wheelhouse.model import Attestation, JournalEntry
from axletree.wheelhouse.provenance.envelope import (
    Envelope,
    EnvelopeError,
    Signature,
    part_of,
    read_envelope,
    read_statement,
    subjects_of,
)
from axletree.wheelhouse.provenance.key_file import (
    has_key_file,
    key_path,
    read_key,
    write_key,
)
from axletree.wheelhouse.provenance.keys import PrivateKey, PublicKey
from axletree.wheelhouse.store.accounts import account_name

SIGNED_AT = "full"
"""The one level of isolation at which a build cannot reach what signs it."""
ISOLATION = ("predicate", "buildDefinition", "internalParameters", "isolation")
"""Where our statements say it."""


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
                public=PublicKey.read(as_text(row["public"]), where),
                made_at=row["made_at"],
            )
            for row in rows
        ]


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
    entry = JournalEntry(
        at=made.made_at,
        actor=account_name(),
        action="make key",
        generation=history.read_generation(connection),
        subjects=(made.public.keyid,),
    )
    history.add_journal_entry(connection, entry)


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


class Attester(Protocol):
    """Makes what is kept of the statements about builds."""

    def attest(self, statement: Mapping[str, object], isolation: str) -> Attestation:
        """Sign a statement about a build of now, or say why not."""
        ...

    def accept(self, kept: bytes, sha256: str, isolation: str) -> Attestation | None:
        """Take over what was made of a build of earlier.

        :param sha256: of what was built.
        :param isolation: at which it would be built now.
        :return: None: it is not as good as a build of now would give.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelhouseAttester:
    """Signs what was built at `full`, and says of all else why it does not."""

    place: Path | HousePlace

    def attest(self, statement: Mapping[str, object], isolation: str) -> Attestation:
        """Make what is kept of a statement.

        :raises UnsafeKeyError: the wheelhouse's key is not what it must be.
        """
        envelope = Envelope(payload=orjson.dumps(statement))
        key = self._key() if isolation == SIGNED_AT else None
        if key is None:
            return _unsigned(envelope, statement)
        signature = Signature(
            keyid=key.public.keyid, sig=key.sign(envelope.signed_bytes)
        )
        signed = Envelope(payload=envelope.payload, signatures=(signature,))
        return Attestation(kind="built", content=signed.written())

    def accept(self, kept: bytes, sha256: str, isolation: str) -> Attestation | None:
        """Take over what the same key has signed; where it cannot sign now, anything.

        What lies about unsigned is not signed later: who knows who has written it.

        :raises UnsafeKeyError: the wheelhouse's key is not what it must be.
        """
        found = _read_kept(kept, sha256)
        key = self._key() if isolation == SIGNED_AT else None
        if found is None or key is None:
            return found and _unsigned(*found)
        envelope, _ = found
        is_ours = any(
            key.public.has_signed(envelope.signed_bytes, each.sig)
            for each in envelope.signatures
        )
        return Attestation(kind="built", content=kept) if is_ours else None

    @property
    def _home(self) -> Path:
        return place_at(self.place).home

    def _key(self) -> PrivateKey | None:
        if not has_key_file(self._home):
            return None
        with Wheelhouse.open_to_read(self.place) as house:
            return present_key(house)

    def check(self, isolation: str) -> str:
        """Look at the key before anything is built; say what a build could do to it.

        :raises UnsafeKeyError: it is not what it must be.
        """
        if isolation == SIGNED_AT:
            self._key()
        elif has_key_file(self._home):
            return (
                f"at isolation {isolation} what is built can read the wheelhouse's key "
                f"({key_path(self._home)}), and is not signed: build only what you "
                "trust, or move the key away meanwhile"
            )
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAttester:
    """Signs nothing: for builds that are of no wheelhouse."""

    def attest(self, statement: Mapping[str, object], isolation: str) -> Attestation:
        """Keep it without a signature."""
        del isolation
        return _unsigned(Envelope(payload=orjson.dumps(statement)), statement)

    def accept(self, kept: bytes, sha256: str, isolation: str) -> Attestation | None:
        """Take over what is about the same bytes."""
        del isolation
        found = _read_kept(kept, sha256)
        return found and _unsigned(*found)


def _read_kept(
    kept: bytes, sha256: str
) -> tuple[Envelope, Mapping[str, object]] | None:
    try:
        envelope = read_envelope(kept)
        statement = read_statement(envelope)
    except EnvelopeError:
        return None
    is_about_it = sha256 in {digest for _, digest in subjects_of(statement)}
    return (envelope, statement) if is_about_it else None


def _unsigned(envelope: Envelope, statement: Mapping[str, object]) -> Attestation:
    """Keep a statement that nobody has signed, or not who should, with the reason."""
    isolation = part_of(statement, *ISOLATION)
    why = "the wheelhouse had no key when it was built"
    if isolation != SIGNED_AT:
        why = f"it was built at isolation {isolation}, where it could reach the key"
    bare = Envelope(payload=envelope.payload)
    return Attestation(kind="built", content=bare.written(), unsigned=why)
