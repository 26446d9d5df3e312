"""METADATA and PKG-INFO: the headers that a resolution reads, and nothing more.

Real metadata has many harmless flaws, so this is no validation. The description is
never looked at, and headers are split by hand: a lazy resolution reads a thousand of
these (a test holds the splitting against the standard library's `email`).
"""

import re
from collections.abc import Mapping, Sequence

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

_HEADER = re.compile(rb"([!-9;-~]+):[ \t]*(.*)")
_END_OF_HEADERS = re.compile(rb"\n\r?\n|\r\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_headers(raw: bytes) -> Mapping[str, tuple[str, ...]]:
    """Split the headers: lower-case name -> values in order, folded lines joined.

    As in `email`, the first line that is no header ends them.

    Source: core metadata specification (RFC 822 headers, UTF-8).
    """
    found: dict[str, list[list[bytes]]] = {}
    value: list[bytes] = []
    end = _END_OF_HEADERS.search(raw)
    head = raw[: end.start()] if end else raw
    for line in head.removeprefix(_BYTE_ORDER_MARK).splitlines():
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
    contradicted = contradiction(headers, file.project, file.version)
    if contradicted is not None:
        return UnusableMetadata(reason=contradicted)
    metadata = FileMetadata(
        requires_dist=headers.get("requires-dist", ()),
        requires_python=headers.get("requires-python", ("",))[0] or None,
        provides_extra=headers.get("provides-extra", ()),
    )
    excess = _excess(metadata)
    return metadata if excess is None else UnusableMetadata(reason=excess)


def _excess(metadata: FileMetadata) -> str | None:
    """Say which bound is passed, if one is; long lines are the resolver's to find."""
    requirements, extras = len(metadata.requires_dist), len(metadata.provides_extra)
    if requirements > MOST_REQUIREMENTS:
        return (
            f"its METADATA has {requirements} Requires-Dist, over {MOST_REQUIREMENTS}"
        )
    if extras > MOST_EXTRAS:
        return f"its METADATA has {extras} Provides-Extra, over {MOST_EXTRAS}"
    if len(metadata.requires_python or "") > LONGEST_REQUIRES_PYTHON:
        return (
            f"its METADATA has a Requires-Python of over {LONGEST_REQUIRES_PYTHON} "
            "characters"
        )
    return None


def contradiction(
    headers: Mapping[str, tuple[str, ...]], project: NormalizedName, version: str
) -> str | None:
    """Say where metadata names another project or version than the file's name.

    Versions are compared as values, local parts included: no installer takes a file
    that calls itself otherwise inside. A legacy version says nothing.

    :param version: as spelled in the file name.
    """
    name = headers.get("name", ("",))[0]
    if canonicalize_name(name) != project:
        return f"its metadata says Name: {name or '(none)'}, not {project}"
    said = headers.get("version", ("",))[0]
    named = parse_version(version)
    if not said or (named is not None and parse_version(said) != named):
        return f"its metadata says Version: {said or '(none)'}, not {version}"
    return None


def unknown_format(headers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Say why a wheel with this WHEEL file is of no format that installers know.

    Source: binary distribution format: a greater major version must be refused.
    """
    version = headers.get("wheel-version", ("",))[0]
    if version.split(".")[0].strip() == "1":
        return None
    return f"its WHEEL says Wheel-Version: {version or '(none)'}, not 1.x"
