"""METADATA and PKG-INFO: the headers that a resolution reads, and nothing more.

Real metadata has many harmless flaws, so this is no validation. The description is
never looked at, and headers are split by hand: a lazy resolution reads a thousand of
these (a test holds the splitting against the standard library's `email`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.bounds import (
    LONGEST_REQUIRES_PYTHON,
    MOST_EXTRAS,
    MOST_REQUIREMENTS,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.gate import Kind

_HEADER = re.compile(rb"([!-9;-~]+):[ \t]*(.*)")
_END_OF_HEADERS = re.compile(rb"\n\r?\n|\r\r")
_INSTALLED_FORMAT = re.compile(r"1(?:\.[0-9]+)+", re.ASCII)
"""Of WHEEL: pip wants numbers between dots, uv a dot."""


def read_headers(raw: bytes) -> Mapping[str, tuple[str, ...]]:
    """Split the headers: lower-case name -> values in order, folded lines joined.

    As in `email`, the first line that is no header ends them, and one that begins with
    a byte order mark is none.

    Source: core metadata specification (RFC 822 headers, UTF-8).
    """
    found: dict[str, list[list[bytes]]] = {}
    value: list[bytes] = []
    end = _END_OF_HEADERS.search(raw)
    head = raw[: end.start()] if end else raw
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t"):
            # Joined at the end: to add to one value again and again is quadratic.
            if value:
                value.append(line.strip())
            continue
        header = _HEADER.match(line)
        if header is None:
            break
        value = [header[2].rstrip()]
        found.setdefault(header[1].decode("ascii").lower(), []).append(value)
    return {name: tuple(map(_text, values)) for name, values in found.items()}


def _text(lines: Sequence[bytes]) -> str:
    # An author's name in another encoding is no reason to lose the requirements; a
    # requirement that is damaged so is found by the resolver.
    return b" ".join(lines).decode("utf-8", errors="replace")


def parse_metadata(
    raw: bytes, file: DistributionFile
) -> FileMetadata | UnusableMetadata:
    """Read what a resolution needs; requirement lines stay as spelled.

    Lines that do not parse are the resolver's to find: whether they matter depends
    on the question.
    """
    headers = read_headers(raw)
    for _, text in faults_of(headers, file.project, file.version):
        return UnusableMetadata(reason=text)
    return FileMetadata(
        requires_dist=headers.get("requires-dist", ()),
        requires_python=headers.get("requires-python", ("",))[0] or None,
        provides_extra=headers.get("provides-extra", ()),
    )


def faults_of(
    headers: Mapping[str, tuple[str, ...]], project: NormalizedName, version: str
) -> Iterator[tuple[Kind, str]]:
    """Yield why a file with this METADATA is neither chosen nor let in.

    Versions are compared as values, local parts included: no installer takes a file
    that calls itself otherwise inside. A legacy version says nothing. What is said
    twice is taken by one reader and not by the other, if it is not the same twice.

    :param version: as spelled in the file name.
    """
    names, versions = headers.get("name", ()), headers.get("version", ())
    name, said = next(iter(names), ""), next(iter(versions), "")
    if canonicalize_name(name) != project:
        text = f"its metadata says Name: {shown(name) or '(none)'}, not {project}"
        yield Kind.WRONG_NAME, text
    elif len(set(map(canonicalize_name, names))) > 1:
        yield (
            Kind.SAID_TWICE,
            f"its metadata says two names: {' and '.join(dict.fromkeys(names))}",
        )
    named = parse_version(version)
    if not said or (named is not None and parse_version(said) != named):
        text = f"its metadata says Version: {shown(said) or '(none)'}, not {version}"
        yield Kind.WRONG_VERSION, text
    elif len(set(versions)) > 1:
        other = next(each for each in versions if each != said)
        text = f"its metadata says two versions: {said} and {other}"
        yield Kind.SAID_TWICE, text
    yield from _excess(headers)


def _excess(headers: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Kind, str]]:
    """Say which bounds are passed; long lines are the resolver's to find."""
    bounds = (("Requires-Dist", MOST_REQUIREMENTS), ("Provides-Extra", MOST_EXTRAS))
    for header, most in bounds:
        count = len(headers.get(header.lower(), ()))
        if count > most:
            text = f"its METADATA has {count} {header}, over {most}"
            yield Kind.TOO_MUCH_METADATA, text
    if len(headers.get("requires-python", ("",))[0]) > LONGEST_REQUIRES_PYTHON:
        most = LONGEST_REQUIRES_PYTHON
        text = f"its METADATA has a Requires-Python of over {most} characters"
        yield Kind.TOO_MUCH_METADATA, text


def unknown_format(headers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Say why a wheel with this WHEEL file is of no format that installers know.

    Source: binary distribution format: a greater major version must be refused.
    """
    version = headers.get("wheel-version", ("",))[0]
    if _INSTALLED_FORMAT.fullmatch(version.strip()):
        return None
    return f"its WHEEL says Wheel-Version: {shown(version) or '(none)'}, not 1.x"
