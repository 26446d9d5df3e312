"""The values of an index page's entries, each checked for what it says it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from axletree.resolver.model.bounds import (
    EARLIEST_YEAR,
    LATEST_YEAR,
)
from axletree.wheelhouse.model import PROJECT_MARKERS

_DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64, "md5": 16, "sha1": 20}
_MOST_BYTES = 1 << 53
"""JSON's numbers are exact up to here."""
_LONGEST_REASON = 1_000
_read_time = datetime.fromisoformat
_NO_HASHES: Mapping[str, str] = {}


class BadEntryError(ValueError):
    """An entry that is left out; the message is the reason, one clause."""


def are_digests(texts: Sequence[object]) -> bool:
    """Tell whether all of many texts are SHA-256 digests, in a tenth of the time."""
    try:
        together = bytes.fromhex("".join(texts))  # type: ignore[arg-type]  # what it is for
        # Which skips spaces, so all lengths count.
        return len(together) == 32 * len(texts) and set(map(len, texts)) <= {64}  # type: ignore[arg-type]  # as above
    except (TypeError, ValueError):
        return False


def digests(hashes: object) -> Mapping[str, str]:
    """Take the hashes of kinds that we know.

    :raises BadEntryError: one of them is none.
    """
    if not isinstance(hashes, dict | None):
        raise BadEntryError("its hashes are not an object")
    said = hashes or {}
    known = {kind: said[kind] for kind in _DIGEST_BYTES if kind in said}
    for kind, digest in known.items():
        if not is_digest(kind, digest):
            raise BadEntryError(f"its {kind} is not a hash of that kind")
    return known


def is_digest(kind: str, digest: object) -> bool:
    """Tell whether a text is a hash of a kind that we know."""
    try:
        # `fromhex` skips spaces, so both lengths count.
        length = len(digest)  # type: ignore[arg-type]  # what it is for
        return length == 2 * _DIGEST_BYTES[kind] == 2 * len(bytes.fromhex(digest))  # type: ignore[arg-type]  # as above
    except (KeyError, TypeError, ValueError):
        return False


def named_digest(text: str) -> Mapping[str, str]:
    """Read `sha256=…`, not yet looked at; anything else (`true`) holds no hash."""
    for part in text.split("&"):
        kind, is_there, digest = part.partition("=")
        if is_there and kind in _DIGEST_BYTES:
            return {kind: digest}
    return _NO_HASHES


def said_of_metadata(text: str | None) -> object:
    """Bring an attribute into the form that JSON has."""
    if text is None or text == "false":
        return None
    kind, is_there, digest = text.partition("=")
    return {kind: digest} if is_there else True


def metadata_hashes(said: object) -> Mapping[str, str] | None:
    """Return None where nothing is offered, or what is offered cannot be checked."""
    if said is True:
        return _NO_HASHES
    if not isinstance(said, dict):
        return None
    try:
        return digests(said)
    except BadEntryError:
        return None


def size_bytes(said: object) -> int | None:
    """Read a size, where one is given.

    :raises BadEntryError: it is none.
    """
    # A bool is an int to Python, not to JSON.
    if said.__class__ is int and 0 <= said <= _MOST_BYTES:
        return said
    if said is None:
        return None
    raise BadEntryError("its size is not a number of bytes")


def yank_reason(said: object) -> str:
    """Take why a file was yanked, which it is whatever is said; surrogates go."""
    text = said if isinstance(said, str) else ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def project_status(marker: object, reason: object) -> tuple[str, str] | None:
    """Take what is said of a project; None where it is active, or nothing we know.

    Source: PEP 792
    """
    if marker not in PROJECT_MARKERS or marker == "active":
        return None
    return str(marker), yank_reason(reason)[:_LONGEST_REASON]


def upload_time(text: object) -> datetime | None:
    """Read a time as UTC; None for what is none, and for one out of all time."""
    try:
        time = _read_time(text)  # type: ignore[arg-type]  # what it is for
    except (TypeError, ValueError):
        return None
    if not EARLIEST_YEAR <= time.year <= LATEST_YEAR:
        # A conversion could leave what Python can hold.
        return None
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
