"""METADATA and PKG-INFO against the core metadata specification, all at once."""

import re
from collections.abc import Iterator

from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.metadata.core import read_headers
from axletree.wheelhouse.store.threads import make_fit

_MOST_SHOWN = 60
"""Characters of a header's name."""


def check_metadata(raw: bytes, findings: Findings, where: str) -> None:
    """Hold METADATA against the core metadata specification.

    :param where: its place in the file.
    """
    make_fit()  # The server checks files in threads that are not ours.
    said = read_headers(raw).get("metadata-version", ("",))[0].strip()
    if _is_of_later_kind(said):
        # Source: core metadata specification, "Metadata-Version".
        text = f"its metadata says Metadata-Version: {said}, later than all 2.x"
        findings.found(Kind.METADATA_VERSION, text, where)
        return
    try:
        for field, text in _faults(raw):
            findings.found(
                Kind.INVALID_METADATA,
                f"its metadata is not valid: {text}",
                f"{where}, {field}" if field else where,
            )
    except (ValueError, RecursionError):
        # What packaging does not expect: numbers of 5,000 digits, deep markers.
        text = "its metadata is not valid: it holds what is beyond all measure"
        findings.found(Kind.INVALID_METADATA, text, where)


_is_of_later_kind = re.compile(
    r"0*(?:[3-9]|[1-9][0-9]{1,5})\.[0-9]{1,6}", re.ASCII
).fullmatch
"""Whether a major version is one that a reader of 2.x must refuse."""


def _faults(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield field and fault; `Metadata.from_email` would tell the unread ones alone."""
    # Late: it takes as long as all else here, and only an entry check needs it.
    from packaging.metadata import (  # noqa: PLC0415  as said above
        InvalidMetadata,
        Metadata,
        parse_email,
    )

    known, unread = parse_email(raw)
    for name, values in sorted(unread.items()):
        shown = ascii(name[:_MOST_SHOWN])[1:-1]
        if len(values) > 1 and name in _SAID_ONCE:
            yield shown, f"it says {shown} {len(values)} times"
        else:
            yield shown, f"{shown} is unknown, or cannot be read"
    try:
        Metadata.from_raw(known, validate=True)
    except ExceptionGroup as group:
        for error in group.exceptions:
            field = error.field if isinstance(error, InvalidMetadata) else ""
            if field not in unread:
                yield field, str(error)


_SAID_ONCE = frozenset(
    {
        *("metadata-version", "name", "version", "summary", "description"),
        *("requires-python", "description-content-type", "license", "author"),
        *("author-email", "license-expression", "home-page", "keywords"),
    }
)
