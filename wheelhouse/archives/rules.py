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
from axletree.wheelhouse.archives.members import MOST_MEMBERS
from axletree.wheelhouse.archives.paths import (
    check_places,
    path_faults,
    shown_path,
)
from axletree.wheelhouse.archives.streams import ArchiveError
from axletree.wheelhouse.archives.zip_structure import check_zip_structure
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

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
def damage_is_a_finding(findings: Findings) -> Iterator[None]:
    """Translate what the standard library raises on a damaged archive.

    :raises InvalidDistributionError: in place of all of it.
    """
    try:
        yield
    except ArchiveError as error:
        raise findings.stop(Kind.UNSOUND_ARCHIVE, _said(error)) from error
    except _DAMAGE as error:
        text = f"its archive is damaged: {error}"
        raise findings.stop(Kind.UNSOUND_ARCHIVE, text) from error
    except OSError as error:
        # bz2 has no error of its own, and an offset before the file's beginning is
        # refused by the system; all else is the disk's.
        if error.errno not in {None, errno.EINVAL}:
            raise
        text = f"its archive is damaged: {error}"
        raise findings.stop(Kind.UNSOUND_ARCHIVE, text) from error


def _said(error: ArchiveError) -> str:
    if error.name or not error.what.startswith("it "):
        return str(error)
    return "its archive " + error.what.removeprefix("it ")


def check_zip_members(
    archive: ZipFile, findings: Findings, *, is_case_kept: bool = False
) -> Mapping[str, ZipInfo]:
    """Look at the records of the archive, before anything is unpacked.

    :param is_case_kept: it is for systems alone where case counts in file names.
    :returns: the files in it, by name.
    """
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        text = f"it holds {len(infos)} members, over {MOST_MEMBERS}"
        raise findings.stop(Kind.TOO_MANY_MEMBERS, text)
    for member in infos:
        _check_member(member, findings)
    check_zip_archive(archive, findings)
    files = {member.filename: member for member in infos if not member.is_dir()}
    contents = {name: (file.CRC, file.file_size) for name, file in files.items()}
    check_places(contents, findings, is_case_kept=is_case_kept)
    return files


def check_zip_archive(archive: ZipFile, findings: Findings) -> None:
    """Refuse a bomb, and what two readers could take for different archives.

    :raises InvalidDistributionError: it is one, or has other errors already.
    """
    file = cast("IO[bytes]", archive.fp)
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > unpacked_limit_bytes(file.seek(0, os.SEEK_END)):
        text = f"it unpacks to {size_words(unpacked)}, {TOO_MUCH}"
        findings.found(Kind.BOMB, text)
    check_zip_structure(file, archive, findings)
    findings.settle()
    _check_doubles(archive, findings)
    findings.settle()


def _check_member(member: ZipInfo, findings: Findings) -> None:
    path, shown = member.orig_filename, shown_path(member.orig_filename)
    for kind, text in path_faults(path):
        findings.found(kind, text, path)
    if member.flag_bits & _ENCRYPTED:
        findings.found(Kind.ENCRYPTED, f"{shown} is encrypted", path)
    mode = stat.S_IFMT(member.external_attr >> 16)
    # Archives made on other systems have no kind at all.
    if mode not in {0, stat.S_IFREG, stat.S_IFDIR}:
        findings.found(Kind.LINK, f"{shown} is a link or special file", path)
    if member.is_dir() and member.file_size:
        text = f"{shown} is a folder, and has {member.file_size} bytes"
        findings.found(Kind.FILE_AND_FOLDER, text, path)
    packing = _unusual_packing(member.compress_type)
    if packing is not None:
        kind, how = packing
        findings.found(kind, f"{shown} is packed by {how}", path)


def _unusual_packing(method: int) -> tuple[Kind, str] | None:
    if method in _USUAL:
        return None
    if method in _UNUSUAL:
        return Kind.UNUSUAL_PACKING, "an unusual method"
    if method == ZSTANDARD:
        return Kind.ZSTD, "zstd, which no Python before 3.14 unpacks"
    return Kind.UNKNOWN_PACKING, f"method {method}"


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
            text = f"it holds {place} twice, with the same bytes"
            findings.found(Kind.REPEATED_PATH, text, place)
        else:
            text = f"it holds {place} twice, with different bytes"
            findings.found(Kind.TWO_CONTENTS, text, place)


def _digest(archive: ZipFile, member: ZipInfo) -> bytes:
    with archive.open(member) as file:
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()


def unpacked_limit_bytes(packed_bytes: int) -> int:
    """Say how much an archive may unpack to."""
    return max(UNPACKED_UNSUSPICIOUS_BYTES, packed_bytes * RATIO_LIMIT)
