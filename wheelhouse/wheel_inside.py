"""METADATA of a wheel that lies here whole, as an installer would find it."""

import zipfile
import zlib
from pathlib import Path

from axletree.wheelhouse.bounded_zip import opened_zip, read_member
from axletree.wheelhouse.core_metadata import read_headers, unknown_format
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.wheel_tail import metadata_name, oversized_metadata

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # encrypted, or a packing method that zipfile does not know
    ValueError,
    UnicodeError,
)


def metadata_inside(wheel: Path, project: str, most_bytes: int) -> bytes:
    """Read METADATA.

    :param most_bytes: what it may have.
    :raises OversizedMetadataError: if it has more.
    :raises InvalidDistributionError: it is no wheel of `project`, or one of a format
        that no installer knows.
    """
    try:
        with opened_zip(wheel) as archive:
            name = metadata_name(project, archive.namelist())
            same = (i for i in archive.infolist() if i.filename == name)
            if len({(info.CRC, info.file_size) for info in same}) > 1:
                raise InvalidDistributionError("it has two METADATA that differ")
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
