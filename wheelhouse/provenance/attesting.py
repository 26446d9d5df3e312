"""Statements about builds: signed with the wheelhouse's key, or not, and why.

Whoever builds imports this, also where nothing is kept: so the database is imported
where a key is found.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import orjson

from axletree.house_place import HousePlace, place_at
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.provenance.envelope import (
    Envelope,
    EnvelopeError,
    Signature,
    part_of,
    read_envelope,
    read_statement,
    subjects_of,
)
from axletree.wheelhouse.provenance.key_file import has_key_file, key_path
from axletree.wheelhouse.provenance.keys import PrivateKey

SIGNED_AT = "full"
"""The one level of isolation at which a build cannot reach what signs it."""
ISOLATION = ("predicate", "buildDefinition", "internalParameters", "isolation")
"""Where our statements say it."""


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
        from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy
        from axletree.wheelhouse.provenance.signing import present_key  # noqa: PLC0415  as above

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
