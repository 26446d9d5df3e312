"""What an sdist says about itself without running its code: the reading of its files."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from axletree.limits import IndexLimits
from axletree.sizes import size_words
from axletree.wheelhouse.archives.bounded_zip import (
    opened_zip,
    read_member,
)
from axletree.wheelhouse.archives.rules import damage_is_a_finding
from axletree.wheelhouse.entry.sdist import (
    content_of,
    name_at_top,
    name_of,
    tar_members,
)
from axletree.wheelhouse.errors import (
    InvalidDistributionError,
    OversizedMetadataError,
)
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.metadata.core import read_headers
from axletree.wheelhouse.metadata.egg_info import requirements_in
from axletree.wheelhouse.metadata.static import (
    is_final,
    static_of,
)

_PKG_INFO, _PYPROJECT = "PKG-INFO", "pyproject.toml"
_EGG_INFO = re.compile(r"(?:\./)?(?:[^/]+/){1,2}[^/]+\.egg-info/")
_REQUIRES_TXT = re.compile(_EGG_INFO.pattern + r"requires\.txt")
_MOST_HINTED_BYTES = 4_000_000
"""A larger sdist is not unpacked for a hint."""


def static_metadata(sdist: Path, most_bytes: int | None = None) -> bytes | None:
    """Return METADATA if a wheel built from the sdist must say the same.

    :param most_bytes: what one file of metadata may have.
    :raises OversizedMetadataError: if one has more.
    :raises InvalidDistributionError: if the sdist cannot be opened.
    """
    most_bytes = most_bytes or IndexLimits().metadata_bytes
    findings = Findings(filename=sdist.name, strictness="lenient")
    members = _top_of_zip if sdist.suffix == ".zip" else _top_of_tar
    with damage_is_a_finding(findings):
        found = _first_of_each(members(sdist, most_bytes), most_bytes)
    return static_of(sdist.name, found.get(_PKG_INFO), found.get(_PYPROJECT))


def hinted_requirements(sdist: Path) -> tuple[str, ...] | None:
    """Return what an earlier build of an sdist required, by what was packed with it.

    None: it does not say.
    """
    if sdist.suffix == ".zip" or sdist.stat().st_size > _MOST_HINTED_BYTES:
        return None
    findings = Findings(filename=sdist.name, strictness="lenient")
    with suppress(InvalidDistributionError), damage_is_a_finding(findings):
        return next(_hints(sdist), None)
    return None


def _hints(sdist: Path) -> Iterator[tuple[str, ...]]:
    most_bytes = IndexLimits().metadata_bytes
    has_egg_info = False
    for member in tar_members(sdist):
        if member.kind != "file":
            continue
        name = name_of(member)
        has_egg_info |= _EGG_INFO.match(name) is not None
        if name_at_top(name) == _PKG_INFO:
            headers = read_headers(content_of(member, most_bytes) or b"")
            if "requires-dist" in headers:
                yield headers["requires-dist"]
        elif _REQUIRES_TXT.fullmatch(name):
            content = content_of(member, most_bytes)
            if content is not None:
                yield requirements_in(content.decode(errors="replace"))
    if has_egg_info:
        # What requires nothing has no such file in it.
        yield ()


def _first_of_each(
    members: Iterable[tuple[str, bytes | None]], most_bytes: int
) -> dict[str, bytes]:
    """Read until there is enough: a large sdist is not unpacked for nothing.

    :param members: name at the top, and content; None if it has more than that.
    """
    found: dict[str, bytes] = {}
    for name, content in members:
        if content is None:
            raise OversizedMetadataError(
                f"its {name} is larger than {size_words(most_bytes)}"
            )
        found.setdefault(name, content)
        if len(found) == 2 or (name == _PKG_INFO and is_final(content)):
            break
    return found


def _top_of_tar(sdist: Path, most_bytes: int) -> Iterator[tuple[str, bytes | None]]:
    for member in tar_members(sdist):
        name = name_at_top(name_of(member)) if member.kind == "file" else ""
        if name:
            yield name, content_of(member, most_bytes)


def _top_of_zip(sdist: Path, most_bytes: int) -> Iterator[tuple[str, bytes | None]]:
    with opened_zip(sdist) as archive:
        for member in archive.infolist():
            name = name_at_top(member.filename)
            if name:
                yield name, read_member(archive, member, most_bytes)
