"""What any archive must keep to before something is unpacked from it."""

import gzip
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from axletree.limits import Limits
from axletree.wheelhouse.findings import Findings

METADATA_LIMIT_BYTES = Limits().metadata_bytes
"""More than any real METADATA, less than a bomb."""

# The public index's own limits; real files seldom pass ratio 10.
UNPACKED_UNSUSPICIOUS_BYTES = 64 << 20
RATIO_LIMIT = 50
TOO_MUCH = f"over {RATIO_LIMIT} times its size"

_ENCRYPTED = 0x1
_DAMAGE = (
    BadZipFile,  # also a wrong CRC
    tarfile.TarError,
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    NotImplementedError,  # a packing method that zipfile does not know
)


@contextmanager
def damage_is_a_defect(findings: Findings) -> Iterator[None]:
    """Translate what the standard library raises on a damaged archive.

    :raises InvalidDistributionError: in place of all of it.
    """
    try:
        yield
    except _DAMAGE as error:
        raise findings.stop(f"its archive is damaged: {error}") from error


def check_zip_members(
    archive: ZipFile, size_bytes: int, findings: Findings
) -> Mapping[str, ZipInfo]:
    """Look at the directory of the archive, before anything is unpacked."""
    members: dict[str, ZipInfo] = {}
    for member in archive.infolist():
        problem = unsafe_path(member.orig_filename) or _unsafe_kind(member)
        if problem:
            findings.defect(f"{member.orig_filename!r} {problem}")
        if member.filename in members:
            findings.defect(f"it holds {member.filename} twice")
        if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            findings.flaw(f"{member.filename} is packed by an unusual method")
        members[member.filename] = member
    unpacked = sum(member.file_size for member in members.values())
    if unpacked > unpacked_limit_bytes(size_bytes):
        findings.defect(f"it unpacks to {unpacked} bytes, {TOO_MUCH}")
    findings.settle()
    return {name: info for name, info in members.items() if not info.is_dir()}


def unsafe_path(name: str) -> str | None:
    """Say why an archive member's path must not be unpacked; None if it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "leads out of the archive"
    if "\\" in name or "\0" in name or ":" in path.parts[0]:
        return "is no portable path"
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
