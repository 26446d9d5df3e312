"""What an answer needs not send: unchanged pages and the unasked parts of files.

Written by hand for one reason: `bytes=-N` with N beyond the file's size must give the
whole file (RFC 9110 section 14.1.2), and Werkzeug answers 416, on which pip's and
uv's reading of a small wheel's tail fails.
"""

import re
from dataclasses import dataclass

_SINGLE_RANGE = re.compile(
    r"bytes=\s*([0-9]{0,40})\s*-\s*([0-9]{0,40})\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """A part of a file: `start` included, `stop` not."""

    start: int
    stop: int


class UnsatisfiableRangeError(ValueError):
    """The range begins after the file's end: to be answered with 416."""


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Say whether the client already holds what `etag` names.

    Compared weakly: a proxy that compresses marks our tag with `W/`.

    Source: RFC 9110 section 13.1.2.
    """
    if not if_none_match:
        return False
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in {etag, "*"} for tag in tags)


def choose_range(
    range_header: str | None, if_range: str | None, *, etag: str, size_bytes: int
) -> ByteRange | None:
    """Read which part of a file is wanted.

    :returns: None for all of it: nothing asked, not understood, several parts at
        once, or a condition on another content.
    :raises UnsatisfiableRangeError: it begins at or after `size_bytes`.

    Source: RFC 9110 sections 13.1.5 and 14.2.
    """
    match = _SINGLE_RANGE.fullmatch(range_header or "")
    if match is None or (if_range and if_range.strip() != etag):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return _last_bytes(int(last), size_bytes)
    if last and int(last) < int(first):
        return None
    if int(first) >= size_bytes:
        raise UnsatisfiableRangeError(range_header)
    stop = min(int(last) + 1, size_bytes) if last else size_bytes
    return ByteRange(start=int(first), stop=stop)


def _last_bytes(count: int, size_bytes: int) -> ByteRange:
    if count == 0 or size_bytes == 0:
        raise UnsatisfiableRangeError
    return ByteRange(start=max(0, size_bytes - count), stop=size_bytes)
