"""What an sdist says about itself without running its code."""

import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from axletree.wheelhouse.archives import damage_is_a_defect
from axletree.wheelhouse.core_metadata import read_headers
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.wheel_tail import MAX_METADATA_BYTES

_FIRST_WITH_DYNAMIC = (2, 2)
_READ_BY_RESOLVER = {"requires-dist", "requires-python", "provides-extra"}


def static_metadata(sdist: Path) -> bytes | None:
    """Return PKG-INFO if a wheel built from the sdist must say the same.

    :raises InvalidDistributionError: if the sdist cannot be opened.

    Source: core metadata specification, Dynamic (PEP 643).
    """
    raw = _pkg_info(sdist)
    return raw if raw is not None and _is_static(read_headers(raw)) else None


def _is_static(headers: Mapping[str, tuple[str, ...]]) -> bool:
    version = headers.get("metadata-version", ("",))[0]
    try:
        numbers = tuple(int(part) for part in version.split("."))
    except ValueError:
        return False
    dynamic = {name.strip().lower() for name in headers.get("dynamic", ())}
    return numbers >= _FIRST_WITH_DYNAMIC and not dynamic & _READ_BY_RESOLVER


def _pkg_info(sdist: Path) -> bytes | None:
    with damage_is_a_defect(Findings(filename=sdist.name, strictness="lenient")):
        return _from_zip(sdist) if sdist.suffix == ".zip" else _from_tar(sdist)


def _from_tar(sdist: Path) -> bytes | None:
    with tarfile.open(sdist) as archive:
        for member in archive:
            if member.isfile() and _is_pkg_info(member.name):
                stream = archive.extractfile(member)
                return stream.read(MAX_METADATA_BYTES) if stream else None
    return None


def _from_zip(sdist: Path) -> bytes | None:
    with zipfile.ZipFile(sdist) as archive:
        for name in archive.namelist():
            if _is_pkg_info(name):
                with archive.open(name) as stream:
                    return stream.read(MAX_METADATA_BYTES)
    return None


def _is_pkg_info(name: str) -> bool:
    parts = name.removeprefix("./").split("/")
    return len(parts) == 2 and parts[1] == "PKG-INFO"
