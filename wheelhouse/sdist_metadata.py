"""What an sdist says about itself without running its code: the reading of its files."""

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast
from zipfile import ZipFile

from axletree.wheelhouse.archives import METADATA_LIMIT_BYTES, damage_is_a_defect
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.sdist import unpacked
from axletree.wheelhouse.static_metadata import is_final, static_of

_PKG_INFO, _PYPROJECT = "PKG-INFO", "pyproject.toml"


def static_metadata(sdist: Path) -> bytes | None:
    """Return METADATA if a wheel built from the sdist must say the same.

    :raises InvalidDistributionError: if the sdist cannot be opened.
    """
    findings = Findings(filename=sdist.name, strictness="lenient")
    members = _top_of_zip if sdist.suffix == ".zip" else _top_of_tar
    with damage_is_a_defect(findings):
        found = _first_of_each(members(sdist, findings))
    return static_of(sdist.name, found.get(_PKG_INFO), found.get(_PYPROJECT))


def _first_of_each(members: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Read until there is enough: a large sdist is not unpacked for nothing."""
    found: dict[str, bytes] = {}
    for name, content in members:
        found.setdefault(name, content)
        if len(found) == 2 or (name == _PKG_INFO and is_final(content)):
            break
    return found


def _top_of_tar(sdist: Path, findings: Findings) -> Iterator[tuple[str, bytes]]:
    with (
        unpacked(sdist, findings) as stream,
        tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive,
    ):
        for member in archive:
            name = _name_at_top(member.name)
            file = archive.extractfile(member) if name and member.isfile() else None
            if file is not None and member.size <= METADATA_LIMIT_BYTES:
                yield name, file.read()


def _top_of_zip(sdist: Path, findings: Findings) -> Iterator[tuple[str, bytes]]:
    del findings
    with ZipFile(sdist) as archive:
        for member in archive.infolist():
            name = _name_at_top(member.filename)
            if name and member.file_size <= METADATA_LIMIT_BYTES:
                yield name, archive.read(member)


def _name_at_top(path: str) -> str:
    """Return the name of a file that we read in an sdist's one folder, or nothing."""
    parts = path.removeprefix("./").split("/")
    is_ours = len(parts) == 2 and parts[1] in {_PKG_INFO, _PYPROJECT}
    return parts[1] if is_ours else ""
