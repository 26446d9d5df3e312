"""Candidates as pip finds them: made one at a time, their metadata read as each is made.

Source: pip 26.3, `resolution/resolvelib/factory.py` and `found_candidates.py`. What is
read and fetched on the way is the price of a run of pip, and is counted here.
"""

from collections.abc import Container, Iterator
from dataclasses import field
from typing import Literal

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.queries.pip_requirements import (
    PipCandidate,
    PipRequirement,
    is_pin,
    newest_python,
    require,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge


class TooManyFilesError(Exception):
    """More metadata would be read than the caller wants to spend; never shown."""

    end: Literal["files", "unbuildable"] = "files"

    def __init__(self, unbuilt: str = "") -> None:
        """Say which sdist would have to be built, if that is why."""
        super().__init__(unbuilt)
        self.unbuilt = unbuilt


class UnbuildableError(TooManyFilesError):
    """pip would stop at an sdist that cannot be built; never shown."""

    end = "unbuildable"


@dataclass(frozen=True, slots=True, kw_only=True)
class InPassing:
    """What it is worth to follow pip where something else was asked for."""

    most_new_files: int
    """Files that are read beside those that were read before."""
    unread: Container[DistributionFile] = ()
    """Files that would have to be built to be read; it grows as they are met."""

    def check_read(self, file: DistributionFile) -> None:
        """Refuse to go on from a file that was not read.

        :raises TooManyFilesError: it is one.
        """
        if file in self.unread:
            raise TooManyFilesError(file.filename)


@dataclass(slots=True, kw_only=True)
class PipIndex:
    """Candidates as pip finds them, read one at a time and counted."""

    knowledge: Knowledge
    allow_prereleases: bool = False
    most_files: int
    in_passing: InPassing | None = None
    fetched: dict[NormalizedName, int] = field(default_factory=dict)
    """Project -> files whose metadata was read."""
    size_bytes: int = 0
    """Of the files that pip downloads whole, for want of separate metadata."""
    _new_files: int = field(init=False, default=0)
    """Files that nobody had read before."""
    _candidates: dict[tuple[Release, frozenset[NormalizedName]], PipCandidate] = field(
        default_factory=dict
    )
    _applicable: dict[
        tuple[NormalizedName, frozenset[Specifier]], tuple[Release, ...]
    ] = field(default_factory=dict)
    _dependencies: dict[PipCandidate, tuple[PipRequirement, ...]] = field(
        default_factory=dict
    )

    def candidate(
        self, release: Release, extras: frozenset[NormalizedName] = frozenset()
    ) -> PipCandidate:
        """Return the one object for it, as in pip.

        resolvelib tells candidates apart by identity when it gathers what has a way
        to the roots; of two equal ones it loses what the other one requires.
        """
        key = (release, extras)
        found = self._candidates.get(key)
        if found is None:
            name = with_extras(release.project, sorted(extras))
            found = PipCandidate(release=release, extras=extras, identifier=name)
            self._candidates[key] = found
        return found

    def applicable(
        self, project: NormalizedName, specifiers: frozenset[Specifier]
    ) -> tuple[Release, ...]:
        """List the releases that pip would look at, in its order, without reading."""
        key = (project, specifiers)
        found = self._applicable.get(key)
        if found is None:
            found = self._applicable[key] = self._filter(project, specifiers)
        return found

    def _filter(
        self, project: NormalizedName, specifiers: frozenset[Specifier]
    ) -> tuple[Release, ...]:
        self.knowledge.read_pages([project])
        releases = self.knowledge.releases[project]
        if releases is None:
            return ()
        python = newest_python(self.knowledge)
        listed = [
            release
            for release in releases.all
            if release.files and self.knowledge.micros_of(release) & python
        ]
        fitting = tuple(
            SpecifierSet(specifiers).filter(
                listed,
                prereleases=True if self.allow_prereleases else None,
                key=_version_of,
            )
        )
        if all(release.is_yanked for release in fitting):
            return fitting if any(map(is_pin, specifiers)) else ()
        return tuple(release for release in fitting if not release.is_yanked)

    def read(self, release: Release) -> bool:
        """Read a release's metadata, once; tell whether it is valid.

        :raises TooManyFilesError: when it would be one file more than `most_files`, or
            than it is worth in passing.
        :raises UnbuildableError: it is an sdist that cannot be built.
        """
        knowledge = self.knowledge
        if not knowledge.is_read(release):
            if sum(self.fetched.values()) >= self.most_files:
                raise TooManyFilesError
            self._count_new(release)
            knowledge.read_metadata([release])
            if self.in_passing is not None:
                self.in_passing.check_read(knowledge.file_of(release))
            # pip leaves a version whose metadata is invalid, other files and all.
            project = release.project
            self.fetched[project] = self.fetched.get(project, 0) + 1
            file = release.files[0]
            if file.metadata_hashes is None:
                self.size_bytes += file.size_bytes or 0
            self._check_unread(release)
        if knowledge.is_fallen(release) or knowledge.is_unread(release):
            return False
        return bool(knowledge.micros_of(release) & newest_python(knowledge))

    def _check_unread(self, release: Release) -> None:
        file = self.knowledge.file_of(release)
        answer = self.knowledge.unread.get(file)
        if answer is None or file is not release.files[0]:
            return
        if answer.is_spared:
            raise TooManyFilesError(file.filename)
        raise UnbuildableError(file.filename)

    def _count_new(self, release: Release) -> None:
        universe = self.knowledge.universe
        if self.in_passing is None or not isinstance(universe, MemoUniverse):
            return
        if self.knowledge.file_of(release) not in universe.metadata_of:
            if self._new_files == self.in_passing.most_new_files:
                raise TooManyFilesError
            self._new_files += 1

    def dependencies(self, candidate: PipCandidate) -> tuple[PipRequirement, ...]:
        """Return what a candidate requires; with extras, first its own base."""
        known = self._dependencies.get(candidate)
        if known is None:
            known = self._dependencies[candidate] = tuple(self._require(candidate))
        return known

    def _require(self, candidate: PipCandidate) -> Iterator[PipRequirement]:
        release = candidate.release
        found = self.knowledge.dependencies[release]
        if candidate.extras:
            yield PipRequirement(
                identifier=release.project,
                project=release.project,
                candidate=self.candidate(release),
            )
        provided = frozenset(filter(found.provides, candidate.extras))
        python = newest_python(self.knowledge)
        for line in found.lines(provided, among=python):
            yield from require(line.target, frozenset(line.extras), line.specifier)


def _version_of(release: Release) -> Version:
    return release.version
