"""A wheelhouse generation as something to resolve over."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    Page,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.model import (
    ACTIVE,
    ProjectStatus,
    Sha256,
    StoredFile,
    StoredPolicy,
)

UNBUILT = UnusableMetadata(
    reason="its requirements are only known after building it, and no "
    "sdist of a folder or wheelhouse is built for that",
    # Who builds it knows them: no fact about the project.
    kind="host",
)
_LOST = UnusableMetadata(reason="its metadata is not in the wheelhouse")


class Readable(Protocol):
    """What is asked of a wheelhouse."""

    def generation(self) -> int:
        """Count the publishes so far that changed something."""
        ...

    def projects(self, generation: int) -> Sequence[NormalizedName]:
        """List the projects that have files, by name."""
        ...

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of several projects at once, also withdrawn ones."""
        ...

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        """Say of which projects more is to be said than that they are active."""
        ...

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest; unknown digests are left out."""
        ...


class Stock(Readable, Protocol):
    """What builds take from a wheelhouse."""

    def policy(self) -> StoredPolicy | None:
        """Read the policy that holds now; None: there is none."""
        ...

    def find(self, filename: str) -> StoredFile | None:
        """Look a file up that is listed now, by its exact name."""
        ...

    def lay_out(self, stored: StoredFile, path: Path) -> None:
        """Copy the file's bytes."""
        ...


class WheelhouseUniverse:
    """One generation, whatever is published later."""

    is_frozen = True

    def __init__(self, wheelhouse: Readable, generation: int | None = None) -> None:
        """Read a generation; None: the one that is current now."""
        self._wheelhouse = wheelhouse
        self.generation = wheelhouse.generation() if generation is None else generation

    def projects(self) -> Sequence[NormalizedName]:
        """List the projects of the generation."""
        return self._wheelhouse.projects(self.generation)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read all pages with two queries."""
        stored = self._wheelhouse.listed_of_all(projects, self.generation)
        statuses = self._wheelhouse.statuses_of(projects, self.generation)
        return {
            name: _page(name, files, statuses.get(name, ACTIVE))
            for name, files in stored.items()
        }

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read all metadata with one query."""
        digest_of = {file: _metadata_digest(file) for file in files}
        wanted = list({digest for digest in digest_of.values() if digest})
        content = self._wheelhouse.metadata(wanted)
        # Wheels of one release share their METADATA as a rule.
        parsed: dict[tuple[Sha256, NormalizedName, str], MetadataAnswer] = {}
        answers: dict[DistributionFile, MetadataAnswer] = {}
        for file, digest in digest_of.items():
            if digest is None or digest not in content:
                answers[file] = _LOST if digest else UNBUILT
                continue
            key = (digest, file.project, file.version)
            if key not in parsed:
                parsed[key] = parse_metadata(content[digest], file)
            answers[file] = parsed[key]
        return answers


def _metadata_digest(file: DistributionFile) -> Sha256 | None:
    hashes = file.metadata_hashes
    return Sha256(hashes["sha256"]) if hashes else None


def _page(
    project: NormalizedName, files: tuple[StoredFile, ...], status: ProjectStatus
) -> Page | None:
    """Make a page; what may not be chosen is left out of it with the reason."""
    if status.is_quarantined:
        said = f"the project is quarantined{_because(status.reason)}"
        excluded = ExcludedFile(name="all its files", reason=said)
        why = (status.marker, status.reason)
        return Page(project=project, files=(), excluded=(excluded,), status=why)
    if not files:
        return None
    return Page(
        project=project,
        files=tuple(as_distribution(f) for f in files if f.withdrawn is None),
        excluded=tuple(
            _excluded(file, f"it was withdrawn{_because(file.withdrawn)}")
            for file in files
            if file.withdrawn is not None
        ),
        status=None if status == ACTIVE else (status.marker, status.reason),
    )


def _excluded(file: StoredFile, reason: str) -> ExcludedFile:
    return ExcludedFile(name=file.filename, reason=reason, upload_time=file.upload_time)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def as_distribution(stored: StoredFile) -> DistributionFile:
    """Show a published file as the resolver sees it; it has no address."""
    digest = stored.metadata_sha256
    return DistributionFile(
        project=stored.project,
        filename=stored.filename,
        version=stored.version,
        kind=stored.kind,
        build=stored.build,
        tag=stored.tag,
        hashes={"sha256": stored.sha256},
        requires_python=stored.requires_python,
        size_bytes=stored.size_bytes,
        upload_time=stored.upload_time,
        own_since=None if stored.is_from_upstream else stored.entered_at,
        yanked=stored.yanked,
        metadata_hashes=None if digest is None else {"sha256": digest},
    )
