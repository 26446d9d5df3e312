"""Candidates as pip finds them: made one at a time, their metadata read as each is made.

Source: pip 26.3, `resolution/resolvelib/factory.py` and `found_candidates.py`. What is
read and fetched on the way is the price of a run of pip, and is counted here.
"""

from collections.abc import Collection, Container, Iterator
from dataclasses import field
from typing import Literal

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.requirements import address_in
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.queries.pip_requirements import (
    IS_DIRECT,
    PipCandidate,
    PipRange,
    PipRequirement,
    is_pin,
    require,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.tables import UNREAD, Tables, unpack_file
from axletree.resolver.universe.tables_read import active_lines


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

    most_new_files: int | None
    """Files that are read beside those that were read before; None: it is no matter."""
    unread: Collection[DistributionFile] = ()
    """Files that would have to be built to be read; it grows as they are met."""


@dataclass(slots=True, kw_only=True)
class PipIndex:
    """Candidates as pip finds them, read one at a time and counted."""

    tables: Tables
    """What was read before is there."""
    knowledge: Knowledge
    """Who reads what they lack, and knows what they do not say."""
    allow_prereleases: bool = False
    most_files: int
    in_passing: InPassing | None = None
    fetched: dict[NormalizedName, int] = field(default_factory=dict)
    """Project -> files whose metadata was read."""
    size_bytes: int = 0
    """Of the files that pip downloads whole, for want of separate metadata."""
    _new_files: int = field(init=False, default=0)
    """Files that nobody had read before."""
    _read: dict[tuple[NormalizedName, int], bool] = field(
        init=False, default_factory=dict
    )
    """Of what pip has read: whether it is a candidate."""
    _versions: dict[NormalizedName, tuple[Version, ...]] = field(
        init=False, default_factory=dict
    )
    _ranges: dict[str, PipRange] = field(init=False, default_factory=dict)
    _candidates: dict[
        tuple[NormalizedName, int, frozenset[NormalizedName]], PipCandidate
    ] = field(init=False, default_factory=dict)
    _applicable: dict[tuple[NormalizedName, frozenset[PipRange]], tuple[int, ...]] = (
        field(init=False, default_factory=dict)
    )
    _dependencies: dict[PipCandidate, tuple[PipRequirement, ...]] = field(
        init=False, default_factory=dict
    )

    def range(self, text: str) -> PipRange:
        """Return the one object for some specifiers, so that they share what they know."""
        found = self._ranges.get(text)
        if found is None:
            found = self._ranges[text] = PipRange.of(text)
        return found

    def candidate(
        self,
        project: NormalizedName,
        position: int,
        extras: frozenset[NormalizedName] = frozenset(),
    ) -> PipCandidate:
        """Return the one object for it, as in pip.

        resolvelib tells candidates apart by identity when it gathers what has a way
        to the roots; of two equal ones it loses what the other one requires.
        """
        key = (project, position, extras)
        found = self._candidates.get(key)
        if found is None:
            found = self._candidates[key] = PipCandidate(
                project=project,
                position=position,
                version=self._versions[project][position],
                extras=extras,
                identifier=with_extras(project, sorted(extras)),
            )
        return found

    def applicable(
        self, project: NormalizedName, ranges: frozenset[PipRange]
    ) -> tuple[int, ...]:
        """List the releases that pip would look at, in its order, without reading."""
        key = (project, ranges)
        found = self._applicable.get(key)
        if found is None:
            found = self._applicable[key] = self._filter(project, ranges)
        return found

    def _filter(
        self, name: NormalizedName, ranges: frozenset[PipRange]
    ) -> tuple[int, ...]:
        project = self.tables.project(name)
        if project is None:
            return ()
        versions = self._versions.get(name)
        if versions is None:
            versions = self._versions[name] = tuple(map(Version, project.versions))
        gone, possible = set(project.unusable), project.possible
        listed = [
            position
            for position in range(len(versions))
            if position not in gone and self._is_for_python(possible.get(position, -1))
        ]
        specifiers = frozenset[Specifier]().union(*(each.specifiers for each in ranges))
        fitting = tuple(
            SpecifierSet(specifiers).filter(
                listed,
                prereleases=True if self.allow_prereleases else None,
                key=versions.__getitem__,
            )
        )
        unyanked = [p for p in fitting if not project.yanked_by_page >> p & 1]
        if not unyanked:
            return fitting if any(map(is_pin, specifiers)) else ()
        return tuple(unyanked)

    def _is_for_python(self, micros: int) -> bool:
        """Tell whether patch releases include that which a pip of today would run on."""
        return bool(micros >> self.tables.newest_python & 1)

    def read(self, name: NormalizedName, position: int) -> bool:
        """Read a release's metadata, once; tell whether it is valid.

        :raises TooManyFilesError: when it would be one file more than `most_files`, or
            than it is worth in passing.
        :raises UnbuildableError: it is an sdist that cannot be built.
        """
        found = self._read.get((name, position))
        if found is None:
            found = self._read_first(name, position)
            self._read[name, position] = found
        return found

    def _read_first(self, name: NormalizedName, position: int) -> bool:
        project = self.tables.project(name)
        if project is None:
            return False
        if sum(self.fetched.values()) >= self.most_files:
            raise TooManyFilesError
        self._count_new(name, position)
        found = self.tables.release(project, position)
        if self.in_passing is not None and self.in_passing.unread:
            self._check_spared(name, position, self.in_passing.unread)
        # pip leaves a version whose metadata is invalid, other files and all.
        self.fetched[name] = self.fetched.get(name, 0) + 1
        self.size_bytes += unpack_file(found[4])[4]
        _, _, micros, ways, _, worth = found
        if worth == UNREAD:
            self._check_unread(name, position)
        return worth != UNREAD and not ways and self._is_for_python(micros)

    def _check_spared(
        self,
        name: NormalizedName,
        position: int,
        unread: Container[DistributionFile],
    ) -> None:
        file = self.knowledge.file_of(self._release(name, position))
        if file in unread:
            raise TooManyFilesError(file.filename)

    def _check_unread(self, name: NormalizedName, position: int) -> None:
        release = self._release(name, position)
        file = self.knowledge.file_of(release)
        answer = self.knowledge.unread.get(file)
        if answer is None or file is not release.files[0]:
            return
        if answer.is_spared:
            raise TooManyFilesError(file.filename)
        raise UnbuildableError(file.filename)

    def _release(self, name: NormalizedName, position: int) -> Release:
        """Return a release that was read."""
        release = self._listed(name)[position]
        self.knowledge.read_metadata([release])
        return release

    def _listed(self, name: NormalizedName) -> tuple[Release, ...]:
        self.knowledge.read_pages([name])
        releases = self.knowledge.releases[name]
        return () if releases is None else releases.all

    def _count_new(self, name: NormalizedName, position: int) -> None:
        universe = self.knowledge.universe
        most = None if self.in_passing is None else self.in_passing.most_new_files
        if most is None or not isinstance(universe, MemoUniverse):
            return
        release = self._listed(name)[position]
        if self.knowledge.file_of(release) not in universe.metadata_of:
            if self._new_files == most:
                raise TooManyFilesError
            self._new_files += 1

    def dependencies(self, candidate: PipCandidate) -> tuple[PipRequirement, ...]:
        """Return what a candidate requires; with extras, first its own base."""
        known = self._dependencies.get(candidate)
        if known is None:
            known = self._dependencies[candidate] = tuple(self._require(candidate))
        return known

    def _require(self, candidate: PipCandidate) -> Iterator[PipRequirement]:
        name, position = candidate.project, candidate.position
        project = self.tables.project(name)
        if project is None:
            return
        if candidate.extras:
            yield PipRequirement(
                identifier=name,
                project=name,
                candidate=self.candidate(name, position),
                what=IS_DIRECT,
            )
        release = self.tables.release(project, position)
        provided = candidate.extras.intersection(release[1])
        python = self.tables.newest_python
        for target, specifier, extras, _, _ in active_lines(release, provided, python):
            # Of a direct URL no version is asked.
            text = "" if specifier is None or address_in(specifier) else specifier
            asked = frozenset(map(NormalizedName, extras))
            yield from require(NormalizedName(target), asked, self.range(text))
