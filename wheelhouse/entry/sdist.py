"""The entry check of an sdist: safe members, and a PKG-INFO that agrees with the name.

Source: source distribution format (PEP 625 for names, PEP 643 for static metadata).
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

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
from axletree.wheelhouse.archives.paths import (
    check_places,
    path_faults,
    shown_path,
    unsafe_path,
)
from axletree.wheelhouse.archives.rules import (
    CHUNK_BYTES,
    METADATA_LIMIT_BYTES,
    check_zip_members,
    damage_is_a_finding,
    unpacked_limit_bytes,
)
from axletree.wheelhouse.archives.streams import unpacked
from axletree.wheelhouse.entry.core_metadata import check_metadata
from axletree.wheelhouse.findings import Findings, Inspected
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.metadata.core import (
    faults_of,
    read_headers,
)
from axletree.wheelhouse.metadata.static import static_of
from axletree.wheelhouse.model import Strictness

_PKG_INFO, _PYPROJECT = "PKG-INFO", "pyproject.toml"
_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
_USUAL_SUFFIXES = (".tar.gz", ".zip")
_STARTS = {
    ".gz": b"\x1f\x8b",
    ".tgz": b"\x1f\x8b",
    ".bz2": b"BZh",
    ".xz": b"\xfd7zXZ\0",
}
"""How a file begins that is packed as its name says; pip goes by the name alone."""


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
    with damage_is_a_finding(findings):
        top = read_top_files(path, filename, findings)
    metadata = top.pkg_info
    headers = read_headers(metadata or b"")
    name = _parse_name(filename, project, headers, findings)
    _check_name(filename, name.project, name.version, findings)
    if metadata is None:
        findings.found(Kind.NO_PKG_INFO, "it has no PKG-INFO")
    else:
        check_metadata(metadata, findings, _PKG_INFO)
        faults = list(faults_of(headers, name.project, name.spelled))
        for _, text in faults:
            said = f"in its PKG-INFO, {text}"
            findings.found(Kind.PKG_INFO_DIFFERS, said, _PKG_INFO)
        if faults:
            metadata, headers = None, {}
    _check_top_name(top.folder, name, findings)
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
    text = f"its file name is not one of an sdist{whose}"
    raise findings.stop(Kind.FILE_NAME, text)


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
        text = f"it is packed as {kind}, which not every installer unpacks"
        findings.found(Kind.UNUSUAL_SUFFIX, text)
        return
    expected = f"{project.replace('-', '_')}-{version}.tar.gz"
    try:
        parse_sdist_filename(filename)
    except InvalidSdistFilename as error:
        text = f"its file name is not valid: {error}"
        findings.found(Kind.OLD_FILE_NAME, text)
    else:
        if filename != expected:
            text = f"its file name should be {expected} (PEP 625)"
            findings.found(Kind.OLD_FILE_NAME, text)


def _check_top_name(folder: str, name: _Name, findings: Findings) -> None:
    """Look at the name of the one folder that holds all; empty: it has none."""
    project, _, version = folder.rpartition("-")
    is_own = canonicalize_name(project) == name.project
    if folder and not (is_own and parse_version(version) == name.version):
        text = (
            f"its top folder is {shown_path(folder)}, not "
            f"{name.project.replace('-', '_')}-{name.version}"
        )
        findings.found(Kind.TOP_NAME, text, folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopFiles:
    """What an sdist says of itself in its one top folder; of two that differ none."""

    pkg_info: bytes | None
    pyproject: bytes | None
    folder: str = ""
    """The one that holds all; empty: there is none, or more than one."""


def read_top_files(path: Path, filename: str, findings: Findings) -> TopFiles:
    """Walk the whole archive."""
    if filename.endswith(".zip"):
        found = _read_zip(path, findings)
    elif filename.endswith(_SUFFIXES):
        found = _read_tar(path, findings)
        _check_packing(path, filename, findings)
    else:
        raise findings.stop(Kind.FILE_NAME, "its kind of archive is not known")
    if len(found.contents[_PKG_INFO]) > 1:
        findings.found(Kind.TWO_PKG_INFO, "it has two PKG-INFO that differ")
    tops = set(map(_top, found.paths))
    if len(tops) != 1:
        text = f"it has {len(tops)} top folders, not one"
        findings.found(Kind.SEVERAL_TOPS, text)
    return TopFiles(
        pkg_info=found.only(_PKG_INFO),
        pyproject=found.only(_PYPROJECT),
        folder=tops.pop() if len(tops) == 1 else "",
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    """What a walk through an sdist has seen."""

    paths: set[str] = field(default_factory=set)
    """Of all but folders."""
    contents: defaultdict[str, set[bytes]] = field(
        default_factory=lambda: defaultdict(set)
    )
    """Of the files at the top that are read, by name."""

    def only(self, name: str) -> bytes | None:
        """Return the one content; None: there is none, or are two."""
        contents = self.contents[name]
        return next(iter(contents)) if len(contents) == 1 else None


def _read_zip(path: Path, findings: Findings) -> _Found:
    with opened_zip(path) as archive:
        members = check_zip_members(archive, findings)
        broken = archive.testzip()
        if broken is not None:
            text = f"its {broken} is damaged"
            raise findings.stop(Kind.UNSOUND_ARCHIVE, text, broken)
        found = _Found(paths=set(members))
        for path_inside, member in members.items():
            name = name_at_top(path_inside)
            if name:
                content = read_member(archive, member, METADATA_LIMIT_BYTES)
                size = member.file_size
                found.contents[name].add(_bounded(content, path_inside, size, findings))
        return found


def _bounded(
    content: bytes | None, path: str, size_bytes: int, findings: Findings
) -> bytes:
    if content is None:
        text = f"its {shown_path(path)} has {size_words(size_bytes)}"
        raise findings.stop(Kind.OVERSIZED_FILE, text, path)
    return content


def _read_tar(path: Path, findings: Findings) -> _Found:
    found = _Found()
    for member in tar_members(path):
        path_inside = name_of(member)
        _check_member(member, path_inside, findings)
        if member.kind == "folder":
            continue
        if path_inside in found.paths:
            text = f"it holds {shown_path(path_inside)} twice"
            findings.found(Kind.REPEATED_PATH, text, path_inside)
        found.paths.add(path_inside)
        name = name_at_top(path_inside) if member.kind == "file" else ""
        if name and len(found.contents[name]) < 2:
            content = content_of(member, METADATA_LIMIT_BYTES)
            size = member.size_bytes
            found.contents[name].add(_bounded(content, path_inside, size, findings))
    check_places(dict.fromkeys(found.paths), findings)
    return found


def _check_packing(path: Path, filename: str, findings: Findings) -> None:
    suffix = "." + filename.rpartition(".")[2]
    with path.open("rb") as file:
        if not file.read(6).startswith(_STARTS.get(suffix, b"")):
            text = f"it is not packed as {suffix}, as its name says"
            findings.found(Kind.UNSOUND_ARCHIVE, text)


def _check_member(member: Member, path: str, findings: Findings) -> None:
    for kind, text in path_faults(path):
        findings.found(kind, text, path)
    problem = _unsafe_link(member)
    if problem:
        text = f"{shown_path(path)} is a link that {problem}"
        findings.found(Kind.LINK, text, path)


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
