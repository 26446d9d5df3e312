"""The envelope around a signed statement (DSSE): what is signed, and how it is written.

Source: secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.2.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence

import orjson

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.json_types import Json, JsonObject, is_too_deep
from axletree.sizes import size_words
from axletree.wheelhouse.model import ATTESTATION_LIMIT_BYTES

IN_TOTO = "application/vnd.in-toto+json"
"""The type of what we sign. Source: in-toto attestation framework, spec/v1/envelope.md."""

_MOST_SIGNATURES = 16


class EnvelopeError(ValueError):
    """A clause that says why something is no envelope: `it is no JSON`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature, which nobody has checked yet."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A text with a type, and signatures over both."""

    payload: bytes
    payload_type: str = IN_TOTO
    signatures: tuple[Signature, ...] = ()

    @property
    def signed_bytes(self) -> bytes:
        """Return what a signature is made of (the pre-authentication encoding)."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (
            len(kind),
            kind,
            len(self.payload),
            self.payload,
        )

    def as_json(self) -> JsonObject:
        """Give it as JSON."""
        return {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": self.payload_type,
            "signatures": [
                {"keyid": each.keyid, "sig": base64.b64encode(each.sig).decode()}
                for each in self.signatures
            ],
        }

    def written(self) -> bytes:
        """Write it as it is kept."""
        return orjson.dumps(self.as_json())


def read_envelope(content: bytes) -> Envelope:
    """Read an envelope of any origin; nothing in it is believed by that.

    :raises EnvelopeError: it is none.
    """
    if len(content) > ATTESTATION_LIMIT_BYTES:
        raise EnvelopeError(f"it is larger than {size_words(ATTESTATION_LIMIT_BYTES)}")
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise EnvelopeError("it is no JSON") from error
    if not isinstance(said, Mapping):
        raise EnvelopeError("it is no JSON object")
    signatures = said.get("signatures")
    if not isinstance(signatures, list) or len(signatures) > _MOST_SIGNATURES:
        raise EnvelopeError("its signatures are no short list")
    return Envelope(
        payload=_decoded(said, "payload"),
        payload_type=_text(said, "payloadType"),
        signatures=tuple(map(_signature, signatures)),
    )


def _signature(said: object) -> Signature:
    if not isinstance(said, Mapping):
        raise EnvelopeError("a signature is no JSON object")
    # The specification lets the name of the key be absent.
    keyid = said.get("keyid") or ""
    if not isinstance(keyid, str) or len(keyid) > 1000 or not keyid.isprintable():
        raise EnvelopeError("the name of a signature's key is no text")
    return Signature(keyid=keyid, sig=_decoded(said, "sig"))


def _text(said: Mapping[object, object], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str):
        raise EnvelopeError(f"its {key} is no text")
    return value


def _decoded(said: Mapping[object, object], key: str) -> bytes:
    text = _text(said, key)
    try:
        # Source: envelope.md: either alphabet may be used.
        return base64.b64decode(text.translate(_STANDARD), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError(f"its {key} is no base64") from error


_STANDARD = str.maketrans("-_", "+/")


def subjects_of(statement: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """Give the name and SHA-256 of each file that an in-toto statement is about."""
    subjects = statement.get("subject")
    found = []
    for each in subjects if isinstance(subjects, list) else ():
        digest = each.get("digest") if isinstance(each, Mapping) else None
        sha256 = digest.get("sha256") if isinstance(digest, Mapping) else None
        if isinstance(sha256, str):
            found.append((str(each.get("name", "")), sha256))
    return found


def read_statement(envelope: Envelope) -> JsonObject:
    """Read the statement in an envelope.

    :raises EnvelopeError: there is none.
    """
    if envelope.payload_type != IN_TOTO:
        raise EnvelopeError("what it holds is no in-toto statement")
    try:
        said: Json = orjson.loads(envelope.payload)
    except orjson.JSONDecodeError as error:
        raise EnvelopeError("its statement is no JSON") from error
    if not isinstance(said, Mapping):
        raise EnvelopeError("its statement is no JSON object")
    if is_too_deep(said):
        raise EnvelopeError("its statement is nested too deeply")
    return dict(said)


def part_of(statement: Mapping[str, object], *keys: str) -> object:
    """Return what stands in a statement under some keys; None: nothing does."""
    found: object = statement
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
