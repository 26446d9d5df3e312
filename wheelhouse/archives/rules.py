"""What any archive must keep to before something is unpacked from it."""

import errno
import hashlib
import os
import posixpath
import re
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, cast
from zipfile import (
    ZIP_BZIP2,
    ZIP_DEFLATED,
    ZIP_LZMA,
    ZIP_STORED,
    BadZipFile,
    ZipFile,
    ZipInfo,
)

from axletree.limits import IndexLimits
from axletree.sizes import size_words
from axletree.wheelhouse.archives.streams import ArchiveError
from axletree.wheelhouse.archives.zip_structure import check_zip_structure
from axletree.wheelhouse.findings import Findings

CHUNK_BYTES = 1 << 20

METADATA_LIMIT_BYTES = IndexLimits().metadata_bytes
"""More than any real METADATA, less than a bomb."""

# The public index's own limits; real files seldom pass ratio 10.
UNPACKED_UNSUSPICIOUS_BYTES = 64 << 20
RATIO_LIMIT = 50
TOO_MUCH = f"over {RATIO_LIMIT} times its size"

_is_odd = re.compile(r"(?:^|/)\.{0,2}(?:/|$)").search
"""Finds a path that is spelled otherwise than it lands."""
_ENCRYPTED = 0x1
_USUAL = frozenset({ZIP_STORED, ZIP_DEFLATED})
_UNUSUAL = frozenset({ZIP_BZIP2, ZIP_LZMA})
ZSTANDARD = 93
_DAMAGE = (
    BadZipFile,  # also a wrong CRC
    EOFError,
    zlib.error,
    NotImplementedError,  # a packing method that zipfile does not know
    ValueError,  # among them names that are no text
    struct.error,
)


@contextmanager
def damage_is_a_defect(findings: Findings) -> Iterator[None]:
    """Translate what the standard library raises on a damaged archive.

    :raises InvalidDistributionError: in place of all of it.
    """
    try:
        yield
    except ArchiveError as error:
        raise findings.stop(_said(error)) from error
    except _DAMAGE as error:
        raise findings.stop(f"its archive is damaged: {error}") from error
    except OSError as error:
        # bz2 has no error of its own, and an offset before the file's beginning is
        # refused by the system; all else is the disk's.
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise findings.stop(f"its archive is damaged: {error}") from error


def _said(error: ArchiveError) -> str:
    if error.name or not error.what.startswith("it "):
        return str(error)
    return "its archive " + error.what.removeprefix("it ")


def check_zip_members(archive: ZipFile, findings: Findings) -> Mapping[str, ZipInfo]:
    """Look at the records of the archive, before anything is unpacked.

    :returns: the files in it, by name.
    """
    infos = archive.infolist()
    for member in infos:
        problem = unsafe_path(member.orig_filename) or _unsafe_kind(member)
        if problem:
            findings.defect(f"{member.orig_filename!r} {problem}")
        _check_method(member, findings)
    check_zip_archive(archive, findings)
    return {member.filename: member for member in infos if not member.is_dir()}


def check_zip_archive(archive: ZipFile, findings: Findings) -> None:
    """Refuse a bomb, and what two readers could take for different archives.

    :raises InvalidDistributionError: it is one, or has other defects already.
    """
    file = cast("IO[bytes]", archive.fp)
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > unpacked_limit_bytes(file.seek(0, os.SEEK_END)):
        findings.defect(f"it unpacks to {size_words(unpacked)}, {TOO_MUCH}")
    check_zip_structure(file, archive, findings)
    findings.settle()
    _check_doubles(archive, findings)
    findings.settle()


def _check_method(member: ZipInfo, findings: Findings) -> None:
    method = member.compress_type
    if method in _UNUSUAL:
        findings.flaw(f"{member.filename} is packed by an unusual method")
    elif method == ZSTANDARD:
        findings.defect(
            f"{member.filename} is packed by zstd, which no Python before 3.14 unpacks"
        )
    elif method not in _USUAL:
        findings.defect(f"{member.filename} is packed by method {method}")


def _check_doubles(archive: ZipFile, findings: Findings) -> None:
    """Take two members that land in one place only if their bytes are the same."""
    by_place: dict[str, list[ZipInfo]] = {}
    for member in archive.infolist():
        name = member.filename
        place = posixpath.normpath(name) if _is_odd(name) else name
        by_place.setdefault(place, []).append(member)
    for place, members in by_place.items():
        if len(members) == 1:
            continue
        same = len({(m.CRC, m.file_size, m.is_dir()) for m in members}) == 1
        # A checksum can be forged, so that alone is no proof.
        if same and len({_digest(archive, member) for member in members}) == 1:
            findings.flaw(f"it holds {place} twice, with the same bytes")
        else:
            findings.defect(f"it holds {place} twice, with different bytes")


def _digest(archive: ZipFile, member: ZipInfo) -> bytes:
    with archive.open(member) as file:
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()


def unsafe_path(name: str) -> str | None:
    """Say why an archive member's path must not be unpacked; None if it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "leads out of the archive"
    if "\\" in name or "\0" in name or ":" in path.parts[0]:
        return "is not a portable path"
    return None


def _unsafe_kind(member: ZipInfo) -> str | None:
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    kind = stat.S_IFMT(member.external_attr >> 16)
    # Archives made on other systems have no kind at all.
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or special file"
    return None


def unpacked_limit_bytes(packed_bytes: int) -> int:
    """Say how much an archive may unpack to."""
    return max(UNPACKED_UNSUSPICIOUS_BYTES, packed_bytes * RATIO_LIMIT)
