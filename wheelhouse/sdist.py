"""The entry check of an sdist: safe members, and a PKG-INFO that agrees with the name.

Source: source distribution format (PEP 625 for names, PEP 643 for static metadata).
"""

import bz2
import gzip
import posixpath
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
)
from packaging.version import Version

from axletree.resolver.file_names import SDIST_SUFFIXES, FileNames
from axletree.resolver.foreign_text import parse_version
from axletree.wheelhouse.archives import (
    METADATA_LIMIT_BYTES,
    TOO_MUCH,
    check_zip_members,
    damage_is_a_defect,
    unpacked_limit_bytes,
    unsafe_path,
)
from axletree.wheelhouse.bounded_tar import members_of, opened_tar
from axletree.wheelhouse.bounded_zip import opened_zip
from axletree.wheelhouse.core_metadata import read_headers
from axletree.wheelhouse.findings import (
    Findings,
    Inspected,
    check_metadata,
    check_name_and_version,
)
from axletree.wheelhouse.model import Strictness
from axletree.wheelhouse.static_metadata import is_final

_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tar")


def inspect_sdist(path: Path, filename: str, strictness: Strictness) -> Inspected:
    """Check an sdist; reads every byte.

    :param filename: the name under which it is to be published.
    :raises InvalidDistributionError: it is no valid sdist; the error names all defects.
    """
    findings = Findings(filename=filename, strictness=strictness)
    with damage_is_a_defect(findings):
        metadata = read_pkg_info(path, filename, findings)
    headers = read_headers(metadata)
    project = canonicalize_name(headers.get("name", ("",))[0])
    spelled = FileNames(project).read(filename)
    spelling = spelled[2] if isinstance(spelled, tuple) else ""
    version = parse_version(spelling)
    if version is None:
        raise findings.stop(
            f"its file name is not one of {project or '(no name)'}, which it holds"
        )
    _check_name(filename, project, version, findings)
    check_name_and_version(headers, project, version, findings)
    check_metadata(metadata, findings)
    suffix = next(end for end in SDIST_SUFFIXES if filename.endswith(end))
    return Inspected(
        project=project,
        version=spelling,
        kind="sdist",
        identity=f"{project} {version} {suffix}",
        metadata=metadata if is_final(metadata) else None,
        requires_python=headers.get("requires-python", ("",))[0] or None,
        notes=findings.settle(),
    )


def _check_name(
    filename: str, project: NormalizedName, version: Version, findings: Findings
) -> None:
    expected = f"{project.replace('-', '_')}-{version}.tar.gz"
    try:
        parse_sdist_filename(filename)
    except InvalidSdistFilename as error:
        findings.flaw(f"its file name is not valid: {error}")
    else:
        if filename != expected:
            findings.flaw(f"its file name should be {expected} (PEP 625)")


def read_pkg_info(path: Path, filename: str, findings: Findings) -> bytes:
    """Walk the archive and return the PKG-INFO of its one top folder."""
    if filename.endswith(".zip"):
        return _read_zip(path, findings)
    if not filename.endswith(_SUFFIXES):
        raise findings.stop("its kind of archive is not known")
    return _read_tar(path, findings)


def _read_zip(path: Path, findings: Findings) -> bytes:
    with opened_zip(path) as archive:
        members = check_zip_members(archive, path.stat().st_size, findings)
        _check_one_top(set(members), findings)
        member = members.get(f"{_top(next(iter(members), ''))}/PKG-INFO")
        if member is None:
            raise findings.stop("it has no PKG-INFO")
        if member.file_size > METADATA_LIMIT_BYTES:
            raise findings.stop(f"its PKG-INFO has {member.file_size} bytes")
        broken = archive.testzip()
        if broken is not None:
            findings.defect(f"its {broken} is damaged")
        return archive.read(member)


def _read_tar(path: Path, findings: Findings) -> bytes:
    names: set[str] = set()
    found: bytes | None = None
    with unpacked(path, findings) as stream, opened_tar(stream) as archive:
        for member in members_of(archive):
            problem = unsafe_path(member.name) or _unsafe_kind(member)
            if problem:
                findings.defect(f"{member.name!r} {problem}")
            if not member.isdir():
                names.add(member.name)
            if member.isfile() and _is_pkg_info(member.name):
                found = _read_member(archive, member, findings)
    _check_one_top(names, findings)
    if found is None:
        raise findings.stop("it has no PKG-INFO")
    return found


def _is_pkg_info(name: str) -> bool:
    return name.removeprefix("./").count("/") == 1 and name.endswith("/PKG-INFO")


def _read_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, findings: Findings
) -> bytes:
    if member.size > METADATA_LIMIT_BYTES:
        raise findings.stop(f"its PKG-INFO has {member.size} bytes")
    file = archive.extractfile(member)
    return file.read() if file else b""


def _unsafe_kind(member: tarfile.TarInfo) -> str | None:
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        return "is a special file"
    # Not `tarfile.data_filter`: the first releases of Python 3.11 lack it. A symbolic
    # link starts at its own folder, a hard link at the archive's top.
    start = posixpath.dirname(member.name) if member.issym() else ""
    target = posixpath.normpath(posixpath.join(start, member.linkname))
    is_link = member.issym() or member.islnk()
    return unsafe_path(target) if is_link else None


def _check_one_top(names: set[str], findings: Findings) -> None:
    tops = {_top(name) for name in names}
    if len(tops) != 1:
        findings.flaw(f"it has {len(tops)} top folders, not one")


def _top(name: str) -> str:
    return name.removeprefix("./").partition("/")[0]


@dataclass(slots=True, kw_only=True)
class _Limited:
    """A stream that stops at a bomb, however the archive's headers lie."""

    stream: BufferedIOBase
    left_bytes: int
    findings: Findings

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes."""
        part = self.stream.read(size)
        self.left_bytes -= len(part)
        if self.left_bytes < 0:
            raise self.findings.stop(f"it unpacks to {TOO_MUCH}")
        return part


@contextmanager
def unpacked(path: Path, findings: Findings) -> Iterator[_Limited]:
    """Open a tar archive for reading, of any usual compression and within limits."""
    with path.open("rb") as file:
        magic = file.read(6)
        file.seek(0)
        stream: BufferedIOBase = file
        if magic.startswith(b"\x1f\x8b"):
            stream = gzip.GzipFile(fileobj=file)
        elif magic.startswith(b"BZh"):
            stream = bz2.BZ2File(file)
        limit = unpacked_limit_bytes(path.stat().st_size)
        yield _Limited(stream=stream, left_bytes=limit, findings=findings)
