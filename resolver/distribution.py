"""Distribution files as an index page lists them, and the metadata inside them.

A page of thousands of files is read on the hot path, so a file name is split by hand
here (a property test holds it against `packaging.utils`), and versions and tags are
parsed late, once for each distinct spelling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from packaging.utils import NormalizedName, canonicalize_name

FileKind: TypeAlias = Literal["wheel", "sdist"]

UnusableKind: TypeAlias = Literal["invalid", "backend", "limits", "host"]
"""Whose no it is: the file's own, its build backend's, or not the world's at all: it
was not read within the limits of a build, or this machine lacks what its build needs."""
UNUSABLE_KINDS: tuple[UnusableKind, ...] = get_args(UnusableKind)

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistributionFile:
    """One file of one release; compared by identity, since a page is read once."""

    project: NormalizedName
    filename: str
    version: str
    """As spelled in the file name (`===` compares the spelling)."""
    kind: FileKind
    build: str = ""
    """Build tag of a wheel, or empty."""
    tag: str = ""
    """Compressed tag set of a wheel, such as `py2.py3-none-any`."""
    url: str = ""
    """Absolute, without fragment; empty where there is none (snapshots)."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Algorithm -> hex digest."""
    requires_python: str | None = None
    size_bytes: int | None = None
    upload_time: datetime | None = None
    """Aware, UTC."""
    yanked: str | None = None
    """None: not yanked. Else the reason, which may be empty."""
    metadata_hashes: Mapping[str, str] | None = None
    """None: the index offers no PEP 658 metadata. Else its hashes (may be empty)."""
    index_rank: int = 0
    """Place of its index, where several are read as one; 0 is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All files of one project on one index."""

    project: NormalizedName
    files: tuple[DistributionFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """The part of a file's METADATA that a resolution reads."""

    requires_dist: tuple[str, ...] = ()
    """Requirement lines as spelled, in order."""
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableMetadata:
    """Why a file's metadata cannot be had, although the index was reached."""

    reason: str
    """One clause for an explanation: `its METADATA is not valid: …`."""
    kind: UnusableKind = "invalid"

    @property
    def is_of_the_world(self) -> bool:
        """Tell whether it is the same on every machine."""
        return self.kind in {"invalid", "backend"}


def split_filename(project: NormalizedName, filename: str) -> dict[str, str] | None:
    """Split a file name of `project` into kind, version, build and tag.

    :returns: keyword arguments of `DistributionFile`, or None for anything that is
        neither a wheel nor an sdist of this project (eggs, installers, signatures).

    Source: binary distribution format, file name convention; PEP 625.
    """
    if filename.endswith(".whl"):
        return _split_wheel(filename)
    for suffix in SDIST_SUFFIXES:
        if filename.endswith(suffix):
            return _split_sdist(project, filename[: -len(suffix)])
    return None


def _split_wheel(filename: str) -> dict[str, str] | None:
    parts = filename[:-4].split("-")
    if len(parts) == 5:
        _, version, python, abi, platform = parts
        build = ""
    elif len(parts) == 6 and parts[2][:1].isdigit():
        _, version, build, python, abi, platform = parts
    else:
        return None
    return {
        "kind": "wheel",
        "version": version.replace("_", "-"),
        "build": build,
        "tag": f"{python}-{abi}-{platform}",
    }


def _split_sdist(project: NormalizedName, stem: str) -> dict[str, str] | None:
    # Sdist names older than PEP 625 keep the project's dashes, so the project's
    # own length, not the last dash, says where the version begins.
    length = len(project)
    head, dash, version = stem[:length], stem[length : length + 1], stem[length + 1 :]
    is_plain = head.lower().replace("_", "-").replace(".", "-") == project
    if not is_plain or dash != "-":
        version = _after_long_name(project, stem)
    return {"kind": "sdist", "version": version} if version else None


def _after_long_name(project: NormalizedName, stem: str) -> str:
    """Return what follows a name with runs of separators, such as `my__project`."""
    ends = (place for place, character in enumerate(stem) if character == "-")
    names = (end for end in ends if canonicalize_name(stem[:end]) == project)
    return stem[next(names, len(stem)) + 1 :]
