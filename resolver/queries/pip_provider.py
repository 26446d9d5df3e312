"""pip's side of resolvelib, over a `Universe`: what pip prefers, and what it reads.

Source: pip 26.3, `resolution/resolvelib/provider.py`, `factory.py`, `candidates.py`
and `found_candidates.py`. Candidates are made one at a time and metadata is read as
each is made, since that is the price of a run of pip.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version
from resolvelib import AbstractProvider

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits

if TYPE_CHECKING:
    # resolvelib defines the type for checkers only.
    from resolvelib.structs import RequirementInformation

    _Information: TypeAlias = "RequirementInformation[PipRequirement, PipCandidate]"

_PROMOTED_AFTER = 5
"""Conflicts after which a project is decided before others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipCandidate:
    """A release, with the extras that pip makes a node of its own for.

    Compared by identity: there is one object for each (`PipIndex.candidate`).
    """

    release: Release
    extras: frozenset[NormalizedName] = frozenset()
    identifier: str
    """The node's name: `ray`, or `ray[default,serve]`."""

    @property
    def project(self) -> NormalizedName:
        """Return whose release it is."""
        return self.release.project


@dataclass(frozen=True, slots=True, eq=False)
class PipRange:
    """Some specifiers, with what is asked of them by the hundred thousand."""

    specifiers: frozenset[Specifier] = frozenset()
    is_pin: bool = False
    is_bounded_above: bool = False
    _fitting: dict[Release, bool] = field(default_factory=dict)

    def admits(self, release: Release) -> bool:
        """Tell whether a release is in the range; gates play no part."""
        found = self._fitting.get(release)
        if found is None:
            found = self._fitting[release] = all(
                s.contains(release.version, prereleases=True) for s in self.specifiers
            )
        return found


_ANYTHING = PipRange()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipRequirement:
    """One demand on a node: a range, or exactly one candidate."""

    identifier: str
    project: NormalizedName
    extras: frozenset[NormalizedName] = frozenset()
    range: PipRange = _ANYTHING
    candidate: PipCandidate | None = None
    """The base that an extra's node pins; None for a range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipRoots:
    """What the user asks of pip."""

    requirements: tuple[PipRequirement, ...]
    constraints: Mapping[NormalizedName, frozenset[Specifier]]
    order: Mapping[str, int]
    """Node -> where the user named it first."""


def collect_roots(
    roots: Sequence[RootRequirement],
    constraints: Sequence[RootRequirement],
    knowledge: Knowledge,
) -> PipRoots:
    """Turn what the user wrote into requirements, those with extras last."""
    requirements: list[PipRequirement] = []
    order: dict[str, int] = {}
    for index, root in enumerate(roots):
        if not _applies(root, knowledge):
            continue
        requirement = root.requirement
        made = require(
            canonicalize_name(requirement.name),
            frozenset(map(canonicalize_name, requirement.extras)),
            _versions_of(root, knowledge),
        )
        order.setdefault(made[0].identifier, index)
        requirements += made
    requirements.sort(key=lambda requirement: bool(requirement.extras))
    limits: defaultdict[NormalizedName, frozenset[Specifier]] = defaultdict(frozenset)
    for constraint in constraints:
        if _applies(constraint, knowledge):
            name = canonicalize_name(constraint.requirement.name)
            limits[name] |= frozenset(_versions_of(constraint, knowledge))
    return PipRoots(
        requirements=tuple(requirements), constraints=dict(limits), order=order
    )


def _versions_of(root: RootRequirement, knowledge: Knowledge) -> SpecifierSet:
    """Return the versions that a line admits: of an address the one that is there."""
    address = root.address_in_force
    if address is None:
        return root.requirement.specifier
    name = canonicalize_name(root.requirement.name)
    knowledge.read_pages([name])
    page = knowledge.releases[name]
    there = 0 if page is None else page.at(address.url)
    versions = [] if page is None else [page.all[at].version for at in bits(there)]
    return SpecifierSet("".join(f"=={version}" for version in versions[:1]))


def require(
    project: NormalizedName,
    extras: frozenset[NormalizedName],
    specifier: SpecifierSet,
) -> list[PipRequirement]:
    """Ask for a project; a range on extras is also asked of the base, and first."""
    range_ = _range(str(specifier))
    asked = PipRequirement(
        identifier=with_extras(project, sorted(extras)),
        project=project,
        extras=extras,
        range=range_,
    )
    if not extras or not range_.specifiers:
        return [asked]
    base = PipRequirement(identifier=project, project=project, range=range_)
    return [base, asked]


@cache
def _range(text: str) -> PipRange:
    """Give equal ranges as one object, so that they share what they know."""
    specifiers = frozenset(SpecifierSet(text))
    return PipRange(
        specifiers,
        is_pin=any(s.operator[:2] == "==" and "*" not in s.version for s in specifiers),
        is_bounded_above=any(map(_is_bounded_above, specifiers)),
    )


def _applies(root: RootRequirement, knowledge: Knowledge) -> bool:
    marker = root.requirement.marker
    if marker is None:
        return True
    micros = knowledge.evaluator.micros(marker, str(marker))
    return bool(micros & _newest_python(knowledge))


def _newest_python(knowledge: Knowledge) -> int:
    """Return the mask of the patch release that a pip of today would run on."""
    return (knowledge.all_micros + 1) >> 1


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
        python = _newest_python(self.knowledge)
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
            return fitting if any(map(_is_pin, specifiers)) else ()
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
        return bool(knowledge.micros_of(release) & _newest_python(knowledge))

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
        python = _newest_python(self.knowledge)
        for line in found.lines(provided, among=python):
            yield from require(line.target, frozenset(line.extras), line.specifier)


@dataclass(slots=True, kw_only=True)
class PipProvider(AbstractProvider[PipRequirement, PipCandidate, str]):
    """Answers resolvelib's questions as pip does."""

    index: PipIndex
    roots: PipRoots
    _conflicts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _promoted: set[str] = field(default_factory=set)
    _nodes: dict[str, PipRequirement | PipCandidate] = field(default_factory=dict)
    """Of each name that was given: what it was given to first."""

    def identify(self, requirement_or_candidate: PipRequirement | PipCandidate) -> str:
        """Name the node."""
        name = requirement_or_candidate.identifier
        self._nodes.setdefault(name, requirement_or_candidate)
        return name

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, PipCandidate],
        candidates: Mapping[str, Iterator[PipCandidate]],  # noqa: ARG002  resolvelib passes it by name
        information: "Mapping[str, Iterator[_Information]]",  # noqa: ARG002  resolvelib passes it by name
        backtrack_causes: "Sequence[_Information]",
    ) -> Iterable[str]:
        """Take the causes of the last backtracking first, then repeated offenders."""
        causes: set[str] = set()
        for cause in backtrack_causes:
            names = [cause.requirement.identifier]
            if cause.parent is not None:
                names.append(cause.parent.identifier)
            causes.update(names)
            self._count(name for name in names if name not in resolutions)
        listed = list(identifiers)
        return (
            [name for name in listed if name in causes]
            or [name for name in listed if name in self._promoted]
            or listed
        )

    def _count(self, names: Iterable[str]) -> None:
        for name in names:
            self._conflicts[name] += 1
            if self._conflicts[name] >= _PROMOTED_AFTER:
                self._promoted.add(name)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, PipCandidate],  # noqa: ARG002  resolvelib passes it by name
        candidates: Mapping[str, Iterator[PipCandidate]],  # noqa: ARG002  resolvelib passes it by name
        information: "Mapping[str, Iterator[_Information]]",
        backtrack_causes: "Sequence[_Information]",  # noqa: ARG002  resolvelib passes it by name
    ) -> tuple[bool, bool, bool, bool, float, bool, str]:
        """Order: direct, pinned, bounded above, as the user named, by name."""
        is_ranged = is_pinned = is_bounded = is_direct = False
        for cause in information[identifier]:
            requirement = cause.requirement
            range_ = requirement.range
            is_ranged |= bool(range_.specifiers)
            is_pinned |= range_.is_pin
            is_bounded |= range_.is_bounded_above
            is_direct |= requirement.candidate is not None
        return (
            identifier not in self._promoted,
            not is_direct,
            not is_pinned,
            not is_bounded,
            self.roots.order.get(identifier, inf),
            not is_ranged,
            identifier,
        )

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[PipRequirement]],
        incompatibilities: Mapping[str, Iterator[PipCandidate]],
    ) -> Callable[[], Iterator[PipCandidate]]:
        """List the candidates, newest first; each is read when it is reached."""
        asked = list(requirements[identifier])
        node = self._nodes[identifier]
        project, extras = node.project, node.extras
        base = list(requirements[project]) if extras and project in requirements else []
        refused = set(incompatibilities[identifier])
        specifiers = self.roots.constraints.get(project, frozenset()).union(
            *(requirement.range.specifiers for requirement in asked + base)
        )
        exact = {
            self.index.candidate(requirement.candidate.release, extras)
            for requirement in asked + base
            if requirement.candidate is not None
        }

        def found() -> Iterator[PipCandidate]:
            if not asked + base:
                # A backjump has taken back all that asked for it: so does pip.
                return
            for release in self.index.applicable(project, specifiers):
                candidate = self.index.candidate(release, extras)
                if candidate not in refused and self.index.read(release):
                    yield candidate

        def explicit() -> Iterator[PipCandidate]:
            limit = self.roots.constraints.get(project, frozenset())
            for candidate in exact - refused:
                version = candidate.release.version
                if all(s.contains(version, prereleases=True) for s in limit) and all(
                    self.is_satisfied_by(requirement, candidate)
                    for requirement in asked
                ):
                    yield candidate

        return explicit if exact else found

    def is_satisfied_by(
        self, requirement: PipRequirement, candidate: PipCandidate
    ) -> bool:
        """Tell whether a candidate is in the range; gates were looked at before."""
        if requirement.candidate is not None:
            return requirement.candidate is candidate
        return requirement.range.admits(candidate.release)

    def get_dependencies(self, candidate: PipCandidate) -> tuple[PipRequirement, ...]:
        """Return what a candidate requires."""
        return self.index.dependencies(candidate)


def _version_of(release: Release) -> Version:
    return release.version


def _is_pin(specifier: Specifier) -> bool:
    if specifier.operator == "===":
        return True
    return specifier.operator == "==" and not specifier.version.endswith(".*")


def _is_bounded_above(specifier: Specifier) -> bool:
    is_prefix = specifier.operator == "==" and "*" in specifier.version
    return is_prefix or specifier.operator in {"<", "<=", "~="}
