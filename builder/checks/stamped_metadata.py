"""METADATA of a finished wheel: its version, and what the recipe lets it declare.

Every byte that is not changed stays as it is.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.checks.abi_pins import pinned_lines
from axletree.builder.checks.required_lines import exchanged, headers_of, normalised
from axletree.builder.errors import MetadataDiffersError, StampMissingError
from axletree.builder.recipes.stamp import Stamp, stamped_version

_NO_HEADER = re.compile(rb"^(?!From |[\x21-\x39\x3b-\x7e]*:|[\t ])", re.MULTILINE)
"""Where the standard library's parser ends the head: not at an empty line alone."""
_EXTRA = re.compile(r"""extra == ["']([^"']+)["']""")


def stamped_metadata(wheel: Path, content: bytes, old: Version, stamp: Stamp) -> bytes:
    """Replace the version, exchange, drop and add requirements, and pin ABIs.

    :raises StampMissingError: it does not say the version of the file name, once.
    :raises MetadataDiffersError: it has not what is to be exchanged, or has already
        what is to be added, or no extra of which an added requirement is.
    """
    body_at = _NO_HEADER.search(content)
    # The line break belongs to the body; there may be none at the end of all.
    end = max(0, body_at.start() - 1) if body_at else len(content)
    lines, body = content[:end].split(b"\n"), content[end:]
    lines = _with_version(wheel, lines, old, stamped_version(old, stamp.local))
    redeclared = stamp.redeclared
    where = f"{stamp.recipe}, [requires-dist]"
    lines, missing = exchanged(lines, redeclared.exchanged)
    if missing:
        raise MetadataDiffersError(
            f"METADATA of the built wheel does not require {', '.join(missing)}, which "
            "the recipe exchanges",
            where=where,
            hint="name each requirement as the source states it",
        )
    _check_added(
        lines,
        (*redeclared.added, *redeclared.exchanged.values()),
        redeclared.added,
        where,
    )
    end_of_line = b"\r" if lines[0].endswith(b"\r") else b""
    if redeclared.requires_python is not None:
        headers = headers_of(lines)
        kept = [each for each in headers if _key(each[0]) != b"requires-python"]
        lines = [line for header in kept for line in header]
        if redeclared.requires_python:
            said = f"Requires-Python: {redeclared.requires_python}".encode()
            lines.insert(_after_version(lines), said + end_of_line)
    pinned = pinned_lines(_values(lines, b"requires-dist"), stamp.pins, redeclared)
    new = (*redeclared.added, *pinned)
    added = (f"Requires-Dist: {text}".encode() + end_of_line for text in new)
    return b"\n".join([*lines, *added]) + body


def _check_added(
    lines: Sequence[bytes], new: Iterable[str], added: Sequence[str], where: str
) -> None:
    there = {normalised(text) for text in _values(lines, b"requires-dist")}
    doubled = [text for text in added if normalised(text) in there]
    if doubled:
        raise MetadataDiffersError(
            f"METADATA of the built wheel requires {', '.join(doubled)} already, which "
            "the recipe adds",
            where=where,
            hint="leave it out of add",
        )
    extras = set(map(canonicalize_name, _values(lines, b"provides-extra")))
    named = {extra for text in new for extra in _EXTRA.findall(text)}
    unknown = sorted(name for name in named if canonicalize_name(name) not in extras)
    if unknown:
        raise MetadataDiffersError(
            f"the built wheel has no extra {', '.join(unknown)}, of which the recipe "
            "adds a requirement",
            where=where,
            hint="name one of its extras in the marker, or no extra",
        )


def _with_version(
    wheel: Path, lines: Sequence[bytes], old: Version, new: Version
) -> list[bytes]:
    places = [at for at, line in enumerate(lines) if _key(line) == b"version"]
    if len(places) != 1 or _version_of(lines[places[0]]) != old:
        raise StampMissingError(
            f"METADATA of the built wheel does not say version {old} once",
            where=wheel.name,
        )
    carriage_return = b"\r" if lines[places[0]].endswith(b"\r") else b""
    stamped = list(lines)
    stamped[places[0]] = b"Version: " + str(new).encode() + carriage_return
    return stamped


def _after_version(lines: Sequence[bytes]) -> int:
    return 1 + next(at for at, line in enumerate(lines) if _key(line) == b"version")


def _key(line: bytes) -> bytes:
    return line.partition(b":")[0].lower()


def _values(lines: Iterable[bytes], key: bytes) -> list[str]:
    return [
        line.partition(b":")[2].decode(errors="replace").strip()
        for line in lines
        if _key(line) == key
    ]


def _version_of(line: bytes) -> Version | None:
    try:
        return Version(line.partition(b":")[2].strip().decode())
    except ValueError:
        return None
