"""The entry check of an sdist: safe members, and a PKG-INFO that agrees with the name.

Source: source distribution format (PEP 625 for names, PEP 643 for static metadata).
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from packaging.utils import (
    InvalidSdistFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
)
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import (
    SDIST_SUFFIXES,
    FileNames,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.sizes import size_words
from axletree.wheelhouse.archives.bounded_zip import (
    opened_zip,
    read_member,
)
from axletree.wheelhouse.archives.members import (
    Member,
    read_tar,
)
from axletree.wheelhouse.archives.rules import (
    CHUNK_BYTES,
    METADATA_LIMIT_BYTES,
    check_zip_members,
    damage_is_a_defect,
    unpacked_limit_bytes,
    unsafe_path,
)
from axletree.wheelhouse.archives.streams import unpacked
from axletree.wheelhouse.findings import Findings, Inspected, check_metadata
from axletree.wheelhouse.metadata.core import (
    contradiction,
    read_headers,
)
from axletree.wheelhouse.metadata.static import static_of
from axletree.wheelhouse.model import Strictness

_PKG_INFO, _PYPROJECT = "PKG-INFO", "pyproject.toml"
_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
_USUAL_SUFFIXES = (".tar.gz", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    project: NormalizedName
    version: Version
    spelled: str
    """The version, as in the file name."""


def inspect_sdist(
    path: Path,
    filename: str,
    strictness: Strictness,
    project: NormalizedName | None = None,
) -> Inspected:
    """Check an sdist; reads every byte.

    What its backend answers decides, and the wheel built from it is what counts: a
    PKG-INFO that is missing, or says another name or version, is a flaw.

    :param filename: the name under which it is to be published.
    :param project: whose it is, where known: an old name does not tell.
    :raises InvalidDistributionError: it is no valid sdist; the error names all defects.
    """
    findings = Findings(filename=filename, strictness=strictness)
    with damage_is_a_defect(findings):
        top = read_top_files(path, filename, findings)
    metadata = top.pkg_info
    headers = read_headers(metadata or b"")
    name = _parse_name(filename, project, headers, findings)
    _check_name(filename, name.project, name.version, findings)
    if metadata is None:
        findings.flaw("it has no PKG-INFO")
    else:
        check_metadata(metadata, findings)
        contradicted = contradiction(headers, name.project, name.spelled)
        if contradicted:
            findings.flaw(f"in its PKG-INFO, {contradicted}")
            metadata, headers = None, {}
    suffix = next(end for end in SDIST_SUFFIXES if filename.endswith(end))
    return Inspected(
        project=name.project,
        version=name.spelled,
        kind="sdist",
        identity=f"{name.project} {name.version} {suffix}",
        metadata=static_of(filename, metadata, top.pyproject),
        requires_python=headers.get("requires-python", ("",))[0] or None,
        notes=findings.settle(),
    )


def _parse_name(
    filename: str,
    project: NormalizedName | None,
    headers: Mapping[str, tuple[str, ...]],
    findings: Findings,
) -> _Name:
    """Split the file name: by whose it is, else by PKG-INFO, else at its last dash."""
    said = canonicalize_name(headers.get("name", ("",))[0])
    names = possible_projects(filename)
    for candidate in (project,) if project else (said, *reversed(names)):
        read = FileNames(candidate).read(filename) if candidate in names else None
        spelled = read[2] if isinstance(read, tuple) else ""
        version = parse_version(spelled)
        if version is not None:
            return _Name(project=candidate, version=version, spelled=spelled)
    whose = f" of {project}" if project else ""
    raise findings.stop(f"its file name is not one of an sdist{whose}")


def possible_projects(filename: str) -> tuple[NormalizedName, ...]:
    """List whose sdist it may be: old names do not tell name from version."""
    for suffix in SDIST_SUFFIXES:
        if filename.endswith(suffix):
            parts = filename.removesuffix(suffix).split("-")
            heads = ("-".join(parts[:count]) for count in range(1, len(parts)))
            return tuple(dict.fromkeys(map(canonicalize_name, heads)))
    return ()


def _check_name(
    filename: str, project: NormalizedName, version: Version, findings: Findings
) -> None:
    if not filename.endswith(_USUAL_SUFFIXES):
        kind = next(end for end in SDIST_SUFFIXES if filename.endswith(end))
        findings.flaw(f"it is packed as {kind}, which not every installer unpacks")
        return
    expected = f"{project.replace('-', '_')}-{version}.tar.gz"
    try:
        parse_sdist_filename(filename)
    except InvalidSdistFilename as error:
        findings.flaw(f"its file name is not valid: {error}")
    else:
        if filename != expected:
            findings.flaw(f"its file name should be {expected} (PEP 625)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopFiles:
    """What an sdist says of itself in its one top folder; of two that differ none."""

    pkg_info: bytes | None
    pyproject: bytes | None


def read_top_files(path: Path, filename: str, findings: Findings) -> TopFiles:
    """Walk the whole archive."""
    if filename.endswith(".zip"):
        found = _read_zip(path, findings)
    elif filename.endswith(_SUFFIXES):
        found = _read_tar(path, findings)
    else:
        raise findings.stop("its kind of archive is not known")
    if len(found[_PKG_INFO]) > 1:
        findings.flaw("it has two PKG-INFO that differ")
    pkg_info, pyproject = (
        contents.pop() if len(contents) == 1 else None
        for contents in (found[_PKG_INFO], found[_PYPROJECT])
    )
    return TopFiles(pkg_info=pkg_info, pyproject=pyproject)


def _read_zip(path: Path, findings: Findings) -> defaultdict[str, set[bytes]]:
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    with opened_zip(path) as archive:
        members = check_zip_members(archive, findings)
        _check_one_top(set(members), findings)
        broken = archive.testzip()
        if broken is not None:
            findings.defect(f"its {broken} is damaged")
            return found
        for path_inside, member in members.items():
            name = name_at_top(path_inside)
            if name:
                found[name].add(_read_zip_member(archive, member, findings))
    return found


def _read_zip_member(archive: ZipFile, member: ZipInfo, findings: Findings) -> bytes:
    content = read_member(archive, member, METADATA_LIMIT_BYTES)
    if content is None:
        raise findings.stop(f"its {member.filename} has {size_words(member.file_size)}")
    return content


def _read_tar(path: Path, findings: Findings) -> defaultdict[str, set[bytes]]:
    names: set[str] = set()
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for member in tar_members(path):
        path_inside = name_of(member)
        problem = unsafe_path(path_inside) or _unsafe_link(member)
        if problem:
            findings.defect(f"{path_inside!r} {problem}")
        if member.kind != "folder":
            names.add(path_inside)
        name = name_at_top(path_inside) if member.kind == "file" else ""
        if name and len(found[name]) < 2:
            content = content_of(member, METADATA_LIMIT_BYTES)
            if content is None:
                raise findings.stop(
                    f"its {path_inside} has {size_words(member.size_bytes)}"
                )
            found[name].add(content)
    _check_one_top(names, findings)
    return found


def name_at_top(path: str) -> str:
    """Return the name of a file that is read in an sdist's one folder, or nothing."""
    parts = path.removeprefix("./").split("/")
    is_ours = len(parts) == 2 and parts[1] in {_PKG_INFO, _PYPROJECT}
    return parts[1] if is_ours else ""


def _unsafe_link(member: Member) -> str | None:
    # By its text alone: what it leads to, the unpacker finds out. A symbolic link
    # starts at its own folder, a hard link at the archive's top.
    if member.kind not in {"link", "hard link"}:
        return None
    start = posixpath.dirname(member.name) if member.kind == "link" else b""
    target = posixpath.normpath(posixpath.join(start, member.target))
    return unsafe_path(target.decode("utf-8", "surrogateescape"))


def _check_one_top(names: Iterable[str], findings: Findings) -> None:
    tops = set(map(_top, names))
    if len(tops) != 1:
        findings.flaw(f"it has {len(tops)} top folders, not one")


def _top(name: str) -> str:
    return name.removeprefix("./").partition("/")[0]


def tar_members(path: Path) -> Iterator[Member]:
    """Yield the members of a tar of any usual compression, within limits.

    :raises ArchiveError: it is none, is damaged, or holds what no sdist may.
    """
    with path.open("rb") as file:
        start = file.read(6)
        file.seek(0)
        limit_bytes = unpacked_limit_bytes(path.stat().st_size)
        yield from read_tar(unpacked(file, start), limit_bytes)


def name_of(member: Member) -> str:
    """Return a member's name; bytes that are no UTF-8 become lone surrogates."""
    return member.name.decode("utf-8", "surrogateescape")


def content_of(member: Member, most_bytes: int) -> bytes | None:
    """Read a member; None if it has more than so many bytes."""
    if member.size_bytes > most_bytes:
        return None
    return b"".join(iter(lambda: member.read(CHUNK_BYTES), b""))
