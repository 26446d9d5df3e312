"""What may be chosen by RESOLVING.md 1, once more: naive, slow, and obviously right.

It shares no code with the engine, only value types and packaging. All choices that
hold together are listed, one by one. Whatever this module and the engine disagree
about is decided by the text.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from packaging.markers import UndefinedComparison
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from axletree.resolver.model.distribution import (
    FileMetadata,
)
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.brute_files import (
    Candidate,
    Files,
    edited,
    fits,
    fits_one,
)

UNDEFINED_MARKERS: Mapping[str, bool] = {
    'implementation_name === "cpython"': True,
    'implementation_name === "pypy"': False,
    'platform_machine ~= "x86_64"': False,
}
"""Markers that packaging does not evaluate, with what RESOLVING.md 1 says of them."""


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
        self.files = Files(universe, question)
        parsed = (Requirement(root.text) for root in question.roots)
        self.roots = tuple(edited(question, parsed, None))
        """What the user requires, in words of packaging."""
        self.candidates: dict[NormalizedName, list[Candidate]] = {
            project: self.files.candidates(page.files)
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
            tuple(self.micro in self.files.micros(text) for text in texts),
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
            [t for t in dict.fromkeys(texts) if self.files.micros(t) != everything],
            [
                Requirement(line)
                for line in dict.fromkeys(lines)
                if "full_version" in line or "implementation_version" in line
            ],
        )

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
            for requirement in self.roots:
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
        and fits_one(specifier, candidate)
        for specifier in specifiers
    )


def _opts_in(specifiers: SpecifierSet) -> bool:
    return any(
        specifier.operator in {"==", "===", "~=", ">=", ">"}
        and _is_prerelease(specifier.version)
        for specifier in specifiers
    )


def _is_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except InvalidVersion:
        return False
