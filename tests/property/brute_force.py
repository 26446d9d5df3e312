"""What may be chosen by RESOLVING.md 1, once more: naive, slow, and obviously right.

It shares no code with the engine, only value types and packaging. All choices that
hold together are listed, one by one. Whatever this module and the engine disagree
about is decided by the text.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal, TypeAlias

from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import FrozenUniverse

UNDEFINED_MARKERS: Mapping[str, bool] = {
    'implementation_name === "cpython"': True,
    'implementation_name === "pypy"': False,
    'platform_machine ~= "x86_64"': False,
}
"""Markers that packaging does not evaluate, with what RESOLVING.md 1 says of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A release with the file that would be installed."""

    project: NormalizedName
    version: Version
    file: DistributionFile
    lines: tuple[Requirement, ...]
    micros: frozenset[int]
    """Patch releases of Python that the file admits."""

    def __repr__(self) -> str:
        return f"{self.file.filename}{'!' if self.is_yanked else ''}"

    @property
    def is_yanked(self) -> bool:
        return self.file.yanked is not None

    @property
    def is_final(self) -> bool:
        """Tell whether it can keep the gate of pre-releases shut."""
        return not self.version.is_prerelease and not self.is_yanked


FallenReason: TypeAlias = Literal[
    "no-time",
    "date",
    "tag",
    "binary-policy",
    "requires-python",
    "metadata",
    "hash",
    "policy",
]
Gate: TypeAlias = tuple[NormalizedName, Literal["pre-release", "yanked"]]
Choice: TypeAlias = Mapping[NormalizedName, Candidate]


@dataclass(kw_only=True)
class Demands:
    """Requirements in force on one project, and the extras asked of it."""

    specifiers: list[SpecifierSet] = field(default_factory=list)
    extras: set[str] = field(default_factory=set)
    is_required: bool = False
    """Not only constrained."""
    has_url: bool = False


def fits(specifiers: SpecifierSet, candidate: Candidate) -> bool:
    """Tell whether all specifiers admit a candidate; gates are not looked at."""
    return all(_fits(specifier, candidate) for specifier in specifiers)


def _fits(specifier: Specifier, candidate: Candidate) -> bool:
    if specifier.operator == "===":
        return specifier.version.lower() == candidate.file.version.lower()
    return specifier.contains(candidate.version, prereleases=True)


def true_lines(
    candidate: Candidate, extras: Iterable[str], world: "World"
) -> list[Requirement]:
    """List the lines true for the base or any of the extras, in METADATA's order."""
    asked = ["", *extras]
    return [
        line
        for line in candidate.lines
        if any(world.holds(line, extra) for extra in asked)
    ]


class World:
    """A universe as one question sees it."""

    def __init__(
        self, universe: FrozenUniverse, question: Question, micro: int | None = None
    ) -> None:
        """See it for one patch release of Python; None: for any."""
        self.universe = universe
        self.question = question
        self.micro = micro
        self._pythons: list[World] | None = None
        self.candidates: dict[NormalizedName, list[Candidate]] = {
            project: self._candidates(page.files)
            for project, page in universe.page_of.items()
        }

    # Patch releases of Python.

    def pythons(self) -> list["World"]:
        """Give the world of each patch release, newest first, of those alike but one."""
        if self.micro is not None:
            return [self]
        if self._pythons is None:
            found: dict[object, World] = {}
            for micro in sorted(self.question.environment.micros, reverse=True):
                world = copy(self)
                world.micro = micro
                found.setdefault(world._signature(), world)  # noqa: SLF001  of the same class
            self._pythons = list(found.values())
        return self._pythons

    def _signature(self) -> object:
        """Return what Requires-Python and markers say for this patch release."""
        texts, lines = self._telling
        return (
            tuple(self.micro in self._micros(text) for text in texts),
            tuple(self.holds(line, x) for line in lines for x in ("", "x", "y")),
        )

    @cached_property
    def _telling(self) -> tuple[list[str | None], list[Requirement]]:
        """List what may tell patch releases apart."""
        metadata = [
            answer
            for answer in self.universe.metadata_of.values()
            if isinstance(answer, FileMetadata)
        ]
        pages = self.universe.page_of.values()
        texts = [file.requires_python for page in pages for file in page.files]
        texts += [answer.requires_python for answer in metadata]
        everything = frozenset(self.question.environment.micros)
        asked = (*self.question.roots, *self.question.constraints)
        lines = [line for answer in metadata for line in answer.requires_dist]
        lines += [each.text for each in asked]
        return (
            [t for t in dict.fromkeys(texts) if self._micros(t) != everything],
            [
                Requirement(line)
                for line in dict.fromkeys(lines)
                if "full_version" in line or "implementation_version" in line
            ],
        )

    # What may be chosen.

    def _candidates(self, files: Iterable[DistributionFile]) -> list[Candidate]:
        """List one candidate for each release: newest first, yanked last."""
        releases: dict[Version, list[DistributionFile]] = {}
        for file in files:
            try:
                releases.setdefault(Version(file.version), []).append(file)
            except InvalidVersion:
                continue
        found = [
            candidate
            for version, listed in releases.items()
            if (candidate := self._candidate(version, listed)) is not None
        ]
        found.sort(key=lambda candidate: candidate.version, reverse=True)
        return sorted(found, key=lambda candidate: candidate.is_yanked)

    def _candidate(
        self, version: Version, files: Iterable[DistributionFile]
    ) -> Candidate | None:
        left = [file for file in files if not self.reasons(file)]
        # A yanked file falls away while another of its release is left.
        best = min(
            left, key=lambda f: (f.yanked is not None, self._rank(f)), default=None
        )
        return None if best is None else self.candidate(version, best)

    def candidate(self, version: Version, file: DistributionFile) -> Candidate:
        """Make a candidate of a file; one without valid metadata has no lines."""
        metadata = self.universe.metadata_of.get(file.filename)
        lines: tuple[Requirement, ...] = ()
        micros = self._micros(self._requires_python(file))
        # A file that its own metadata's Python excludes stands for an invalid one.
        is_read = bool(micros or file.requires_python) and not self._is_invalid(file)
        if isinstance(metadata, FileMetadata) and is_read:
            lines = tuple(map(Requirement, metadata.requires_dist))
            lines = tuple(self.edited(lines, file.project))
        return Candidate(
            project=file.project,
            version=version,
            file=file,
            lines=lines,
            micros=micros,
        )

    def reasons(self, file: DistributionFile) -> frozenset[FallenReason]:
        """Name all reasons why a file falls away, yanks apart."""
        limits = self.question.limits
        time, limit = file.upload_time, limits.exclude_newer
        allows = (
            limits.formats.allows_sdist
            if file.kind == "sdist"
            else limits.formats.allows_wheel
        )
        found: dict[FallenReason, bool] = {
            "no-time": limit is not None and time is None,
            "date": limit is not None and time is not None and time >= limit,
            "tag": file.kind == "wheel" and not self._tag_places(file),
            "binary-policy": not allows(file.project),
            "requires-python": not self._micros(self._requires_python(file)),
            "metadata": self._is_invalid(file),
            "hash": self._is_unlisted(file),
            "policy": self._is_refused(file),
        }
        return frozenset(reason for reason, is_given in found.items() if is_given)

    def has_time(self, name: str) -> bool:
        """Tell whether all files that a project's page lets through have a time."""
        page = self.universe.page_of.get(canonicalize_name(name))
        return page is None or all(
            file.upload_time is not None
            for file in page.files
            if _is_version(file.version)
            and self.reasons(file) <= {"metadata", "requires-python"}
            and self._micros(file.requires_python)
        )

    def _is_unlisted(self, file: DistributionFile) -> bool:
        """Tell whether a line gives hashes of the project, but none of this file.

        A kind of hash that nobody gives of the file tells nothing.
        """
        lines = (*self.question.roots, *self.question.constraints)
        given = [
            [value.lower() for value in line.hashes]
            for line in lines
            if canonicalize_name(line.requirement.name) == file.project and line.hashes
        ]
        own = [f"{kind}:{digest}" for kind, digest in file.hashes.items()]
        known = [
            listed
            for listed in given
            if all(value.split(":")[0] in file.hashes for value in listed)
        ]
        return not all(any(value in listed for value in own) for listed in known)

    def _is_refused(self, file: DistributionFile) -> bool:
        policy = self.question.limits.policy
        for exemption in policy.exemptions:
            if (exemption.project, exemption.version) == (
                file.project,
                Version(file.version),
            ):
                return False
        age = policy.minimum_age
        if age is not None and (
            file.upload_time is None or age.now - file.upload_time < age.age
        ):
            return True
        release = Candidate(
            project=file.project,
            version=Version(file.version),
            file=file,
            lines=(),
            micros=frozenset(),
        )
        return any(
            block.project == file.project and fits(block.specifier, release)
            for block in policy.blocked
        )

    def _requires_python(self, file: DistributionFile) -> str | None:
        """Return the page's word, or that of valid metadata."""
        if file.requires_python or self._is_invalid(file):
            return file.requires_python
        metadata = self.universe.metadata_of[file.filename]
        return metadata.requires_python if isinstance(metadata, FileMetadata) else None

    def _is_invalid(self, file: DistributionFile) -> bool:
        metadata = self.universe.metadata_of.get(file.filename)
        if not isinstance(metadata, FileMetadata):
            return True
        try:
            list(map(Requirement, metadata.requires_dist))
        except InvalidRequirement:
            return True
        return False

    def _micros(self, text: str | None) -> frozenset[int]:
        environment = self.question.environment
        everything = frozenset(environment.micros)
        try:
            specifiers = SpecifierSet(text or "")
        except InvalidSpecifier:
            return everything  # limits nothing, as in pip
        major, minor = environment.python_version.split(".")[:2]
        return frozenset(
            micro
            for micro in everything
            if specifiers.contains(f"{major}.{minor}.{micro}", prereleases=True)
        )

    def _tag_places(self, file: DistributionFile) -> list[int]:
        pythons, abis, platforms = (part.split(".") for part in file.tag.split("-"))
        tags = {"-".join(parts) for parts in product(pythons, abis, platforms)}
        listed = self.question.environment.tags
        return [place for place, tag in enumerate(listed) if tag in tags]

    def _rank(self, file: DistributionFile) -> tuple[int, int, int, str]:
        """Order files: best tag, then highest build tag, sdist last."""
        if file.kind == "sdist":
            return (1, 0, 0, file.filename)
        digits = "".join(c for c in file.build if c.isdigit())
        best = min(self._tag_places(file))
        return (0, best, -int(digits or -1), file.filename)

    # Overrides and exclusions.

    def edited(
        self, lines: Iterable[Requirement], requirer: str | None
    ) -> Iterator[Requirement]:
        """Exchange versions, and drop what is excluded; None stands for the user."""
        changes = self.question.changes
        for line in lines:
            target = canonicalize_name(line.name)
            for scope in (requirer, None):
                texts = [
                    str(override.specifier)
                    for override in changes.overrides
                    if (override.requirer, override.target) == (scope, target)
                ]
                if texts:
                    line.specifier = SpecifierSet(",".join(filter(None, texts)))
                    line.url = None
                    break
            if target not in {exclusion.project for exclusion in changes.exclusions}:
                yield line

    # Markers.

    def holds(self, line: Requirement, extra: str) -> bool:
        """Evaluate a line's marker."""
        if line.marker is None:
            return True
        environment = self.question.environment
        micro = max(environment.micros) if self.micro is None else self.micro
        full_version = f"{environment.markers['python_version']}.{micro}"
        variables = {
            **environment.markers,
            "extra": extra,
            "python_full_version": full_version,
            "implementation_version": full_version,
        }
        try:
            return line.marker.evaluate(variables)
        except UndefinedComparison:
            return UNDEFINED_MARKERS[str(line.marker)]

    # Requirements in force.

    def demands(self, choice: Choice) -> dict[NormalizedName, Demands]:
        """Collect what roots, constraints and all of `choice` require."""
        found: dict[NormalizedName, Demands] = {}
        known_extras = -1
        while known_extras != sum(len(d.extras) for d in found.values()):
            known_extras = sum(len(d.extras) for d in found.values())
            asked = {name: d.extras for name, d in found.items()}
            found = {}
            for constraint in self.question.constraints:
                if not self.holds(constraint.requirement, ""):
                    continue
                name = canonicalize_name(constraint.requirement.name)
                demand = found.setdefault(name, Demands())
                demand.specifiers.append(constraint.requirement.specifier)
            roots = (Requirement(root.text) for root in self.question.roots)
            for requirement in self.edited(roots, None):
                if self.holds(requirement, ""):
                    _require(found, requirement)
            for name, candidate in choice.items():
                for line in true_lines(candidate, asked.get(name, ()), self):
                    _require(found, line)
        return found

    def admitted(
        self, choice: Choice, waived: frozenset[Gate] = frozenset()
    ) -> dict[NormalizedName, Candidate]:
        """Find the least fixed point of admission.

        :param waived: gates taken away.
        """
        found: dict[NormalizedName, Candidate] = {}
        while True:
            demands = self.demands(found)
            more = {
                name: choice[name]
                for name, demand in demands.items()
                if demand.is_required
                and name in choice
                and name not in found
                and self.is_open(choice[name], demand.specifiers, waived)
            }
            if not more:
                return found
            found.update(more)

    def is_open(
        self,
        candidate: Candidate,
        specifiers: Iterable[SpecifierSet],
        waived: frozenset[Gate] = frozenset(),
    ) -> bool:
        """Tell whether requirements in force open the gates of a candidate."""
        listed = list(specifiers)
        project = candidate.project
        fitting = [
            other
            for other in self.candidates[project]
            if all(fits(specifier, other) for specifier in listed)
        ]
        if candidate.is_yanked and (project, "yanked") not in waived:
            if not any(_pins(specifier, candidate) for specifier in listed):
                return False
            if not all(other.is_yanked for other in fitting):
                return False
        if candidate.version.is_prerelease and (project, "pre-release") not in waived:
            return (
                self.question.limits.allow_prereleases
                or any(map(_opts_in, listed))
                or not any(other.is_final for other in fitting)
            )
        return True

    # Whole solutions.

    def is_solution(self, choice: Choice) -> bool:
        """Tell whether a choice holds together and is wholly admitted."""
        if self.micro is None:
            return any(world.is_solution(choice) for world in self.pythons())
        demands = self.demands(choice)
        for name, demand in demands.items():
            if demand.has_url:
                return False
            if name not in choice:
                if demand.is_required:
                    return False
            elif not all(fits(s, choice[name]) for s in demand.specifiers):
                return False
        is_fit = all(self.micro in candidate.micros for candidate in choice.values())
        return is_fit and self.admitted(choice).keys() == choice.keys()

    def solutions(self) -> list[Choice]:
        """List every solution, those for newer patch releases of Python first."""
        if self.micro is None:
            return [c for world in self.pythons() for c in world.solutions()]
        return [choice for choice in self._closed({}) if self.is_solution(choice)]

    def _closed(self, choice: Choice) -> Iterator[Choice]:
        """List all choices in which whatever is required is chosen, and nothing else."""
        for name, demand in self.demands(choice).items():
            if demand.is_required and name not in choice:
                for candidate in self.candidates.get(name, ()):
                    yield from self._closed({**choice, name: candidate})
                return
        yield choice


def _require(found: dict[NormalizedName, Demands], requirement: Requirement) -> None:
    demand = found.setdefault(canonicalize_name(requirement.name), Demands())
    demand.specifiers.append(requirement.specifier)
    demand.extras.update(map(canonicalize_name, requirement.extras))
    demand.is_required = True
    demand.has_url |= requirement.url is not None


def _pins(specifiers: SpecifierSet, candidate: Candidate) -> bool:
    return any(
        specifier.operator in {"==", "==="}
        and not specifier.version.endswith(".*")
        and _fits(specifier, candidate)
        for specifier in specifiers
    )


def _opts_in(specifiers: SpecifierSet) -> bool:
    return any(
        specifier.operator in {"==", "===", "~=", ">=", ">"}
        and _is_prerelease(specifier.version)
        for specifier in specifiers
    )


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _is_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except InvalidVersion:
        return False
