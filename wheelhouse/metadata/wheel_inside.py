"""METADATA of a wheel that lies here whole, as an installer would find it."""

import zipfile
import zlib
from pathlib import Path

from axletree.wheelhouse.archives.bounded_zip import (
    opened_zip,
    read_member,
)
from axletree.wheelhouse.archives.rules import (
    ZSTANDARD,
    check_zip_archive,
)
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.metadata.core import (
    read_headers,
    unknown_format,
)
from axletree.wheelhouse.metadata.wheel_tail import (
    metadata_name,
    oversized_metadata,
)

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # encrypted, or a packing method that zipfile does not know
    ValueError,
    UnicodeError,
)


def unpacked_since(wheel: Path) -> str | None:
    """Return the first Python whose pip unpacks a wheel that can be opened, if not all.

    Source: PEP 784: zstd is in the standard library from Python 3.14 on.
    """
    with opened_zip(wheel) as archive:
        methods = {info.compress_type for info in archive.infolist()}
    return "3.14" if ZSTANDARD in methods else None


def metadata_inside(wheel: Path, project: str, most_bytes: int) -> bytes:
    """Read METADATA.

    :param most_bytes: what it may have.
    :raises OversizedMetadataError: if it has more.
    :raises InvalidDistributionError: it is no wheel of `project`, or one of a format
        that no installer knows.
    """
    try:
        with opened_zip(wheel) as archive:
            findings = Findings(filename=wheel.name, strictness="lenient")
            check_zip_archive(archive, findings)
            name = metadata_name(project, archive.namelist())
            raw = _read(archive, f"{name.rpartition('/')[0]}/WHEEL", most_bytes)
            unknown = unknown_format(read_headers(raw))
            if unknown is not None:
                raise InvalidDistributionError(unknown)
            return _read(archive, name, most_bytes)
    except _UNREADABLE as error:
        raise InvalidDistributionError(f"it cannot be opened: {error}") from error


def _read(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise InvalidDistributionError(f"it has no {name}") from None
    content = read_member(archive, member, most_bytes)
    if content is None:
        raise oversized_metadata(most_bytes)
    return content
