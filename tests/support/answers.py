"""Makers of resolutions and conflicts, spelled short for tests."""

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.origins import Origin, RequestedBy
from axletree.resolver.model.requirements import RootRequirement


def make_file(
    filename: str, digest: str | None = "a" * 64, *, size_bytes: int | None = None
) -> DistributionFile:
    """Make a wheel or sdist by its file name; its address holds a secret."""
    project, version, *_ = filename.removesuffix(".tar.gz").split("-")
    return DistributionFile(
        project=canonicalize_name(project),
        filename=safe_name(filename),
        version=version,
        kind="wheel" if filename.endswith(".whl") else "sdist",
        tag="-".join(filename.removesuffix(".whl").split("-")[-3:]),
        url=f"https://me:secret@index.invalid/files/{filename}",
        hashes={} if digest is None else {"sha256": digest},
        size_bytes=size_bytes,
    )


def make_pin(
    name: str,
    version: str,
    *requested_by: RequestedBy,
    files: tuple[DistributionFile, ...] = (),
    extras: tuple[str, ...] = (),
) -> Pin:
    """Make a pin; without files it has one pure wheel."""
    stem = f"{name.replace('-', '_')}-{version}"
    files = files or (make_file(f"{stem}-py3-none-any.whl"),)
    return Pin(
        name=canonicalize_name(name),
        version=Version(version),
        extras=extras,
        file=files[0],
        files=files,
        requested_by=requested_by,
    )


def make_resolution(*pins: Pin, notes: tuple[str, ...] = ()) -> Resolution:
    """Make a resolution for Python 3.9 on linux."""
    return Resolution(
        environment=environment_for("3.9", "linux"), pins=pins, notes=notes
    )


def make_root(
    text: str, file: str = "command line", line: int | None = None
) -> RootRequirement:
    """Make a root requirement."""
    return RootRequirement(
        requirement=Requirement(text), text=text, origin=Origin(file=file, line=line)
    )


def name(text: str) -> NormalizedName:
    """Normalise a project's name."""
    return canonicalize_name(text)
