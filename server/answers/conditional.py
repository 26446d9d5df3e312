"""What an answer needs not send: unchanged pages and the unasked parts of files.

Written by hand for one reason: `bytes=-N` with N beyond the file's size must give the
whole file (RFC 9110 section 14.1.2), and Werkzeug answers 416, on which pip's and
uv's reading of a small wheel's tail fails.
"""

import re
from dataclasses import dataclass

MOST_RANGES = 16
"""In one request; who asks for more gets the whole file. A zip's tail and a few members
take two or three."""
_is_range = re.compile(r"([0-9]{0,40})\s*-\s*([0-9]{0,40})", re.ASCII).fullmatch


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


def is_refused(if_match: str | None, etag: str) -> bool:
    """Say whether the client wants only another content than what `etag` names.

    Source: RFC 9110 section 13.1.1: compared strongly.
    """
    if not if_match:
        return False
    return all(tag.strip() not in {etag, "*"} for tag in if_match.split(","))


def choose_ranges(
    range_header: str | None, if_range: str | None, *, etag: str, size_bytes: int
) -> tuple[ByteRange, ...]:
    """Read which parts of a file are wanted, as they were asked for.

    :returns: none for all of it: nothing asked, not understood, more than is worth
        answering in parts, or a condition on another content.
    :raises UnsatisfiableRangeError: all begin at or after `size_bytes`.

    Source: RFC 9110 sections 13.1.5 and 14.2.
    """
    unit, _, listed = (range_header or "").partition("=")
    if unit.strip().lower() != "bytes" or (if_range and if_range.strip() != etag):
        return ()
    asked = [
        part for part in map(str.strip, listed.split(",", MOST_RANGES + 1)) if part
    ]
    read = [_read(part, size_bytes) for part in asked]
    if not read or None in read or len(read) > MOST_RANGES:
        return ()
    chosen = tuple(part for part in read if part is not None and part.stop > part.start)
    if not chosen:
        raise UnsatisfiableRangeError(range_header)
    # Parts that overlap would make more of a file than there is.
    is_more = sum(part.stop - part.start for part in chosen) > size_bytes
    return () if is_more else chosen


def _read(part: str, size_bytes: int) -> ByteRange | None:
    """Read one part, empty where the file has nothing of it; None: it is none."""
    match = _is_range(part)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        return (
            ByteRange(start=max(0, size_bytes - int(last)), stop=size_bytes)
            if last
            else None
        )
    if last and int(last) < int(first):
        return None
    stop = min(int(last) + 1, size_bytes) if last else size_bytes
    return ByteRange(start=int(first), stop=stop)
