"""What a conflict may claim, by listing all that any choice violates.

A set of facts cannot hold together when every choice violates one of them; that is
all there is to RESOLVING.md 4. A choice takes, of each project, a release by one of
its files, or nothing. A fact left out still counts for reachability and for opening
gates. Of the engine only the names of facts are used.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import TypeAlias, TypeVar

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.brute_files import Candidate, fits
from tests.property.brute_force import Gate, World

T = TypeVar("T")
_Node: TypeAlias = tuple[NormalizedName, str]
"""A project and an extra of it that is asked for."""
Named: TypeAlias = tuple[FactKey, str]
"""A fact, and a version that it is about; none for roots, constraints and absences."""
_Facts: TypeAlias = frozenset[Named]


@dataclass(frozen=True, kw_only=True, eq=False)
class Option:
    """A release by one of its files, with the facts that forbid it."""

    candidate: Candidate | None
    """None: a project that does not exist, and could be anything."""
    forbidden_by: _Facts


class Choices:
    """All choices over a small universe, and what each violates."""

    def __init__(self, universe: FrozenUniverse, question: Question) -> None:
        self.world = World(universe, question)
        self.question = question
        self.violated_of_named = _least(
            violated
            for world in self.world.pythons()
            for violated in _OfPython(world).violated()
        )
        """The sets of facts about versions that choices violate, likewise."""
        self.violated = _least(
            frozenset(key for key, _ in violated) for violated in self.violated_of_named
        )
        """The sets of facts that choices violate, without those that contain another."""
        self.facts = frozenset(chain.from_iterable(self.violated))
        """The facts that play any part."""

    def can_hold(self, facts: Collection[FactKey]) -> bool:
        """Tell whether some choice violates none of the facts."""
        return any(violated.isdisjoint(facts) for violated in self.violated)

    def can_hold_as_named(self, named: Collection[Named]) -> bool:
        """Tell it when facts say nothing but of the versions that they name."""
        return any(violated.isdisjoint(named) for violated in self.violated_of_named)

    def has_core_of(self, size: int) -> bool:
        """Tell whether so many facts cannot hold together."""
        listed = sorted(self.facts, key=repr)
        return not all(map(self.can_hold, combinations(listed, size)))


class _OfPython:
    """All choices for one patch release of Python."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.question = world.question

    def violated(self) -> Iterator[_Facts]:
        """List the sets of facts that choices violate."""
        for choice in self._choices({}):
            yield from self._violations(choice)

    # What may be chosen, and by which facts it may not.

    def _options(self, project: NormalizedName) -> Iterator[Option]:
        world = self.world
        page = world.universe.page_of.get(project)
        files = [
            file
            for file in (page.files if page is not None else ())
            # As of a date, what was uploaded later is not there.
            if "date" not in world.files.reasons(file)
        ]
        if not files:
            absent: _Facts = frozenset({(AbsentKey(project), "")})
            yield Option(candidate=None, forbidden_by=absent)
            return
        usable = {candidate.version for candidate in world.candidates[project]}
        for candidate in world.candidates[project]:
            yield Option(candidate=candidate, forbidden_by=frozenset())
        for file in files:
            version = Version(file.version)
            if version not in usable:
                reasons = world.files.reasons(file)
                yield Option(
                    candidate=world.files.candidate(version, file),
                    forbidden_by=frozenset(
                        (FallenKey(project, reason), str(version)) for reason in reasons
                    ),
                )

    def _choices(
        self, choice: dict[NormalizedName, Option | None]
    ) -> Iterator[dict[NormalizedName, Option]]:
        """List the choices in which nothing is chosen that nobody asks for."""
        taken = {name: option for name, option in choice.items() if option is not None}
        for name, demand in self.world.demands(_files(taken)).items():
            if demand.is_required and name not in choice:
                for option in (None, *self._options(name)):
                    yield from self._choices({**choice, name: option})
                return
        yield taken

    # What a choice violates.

    def _violations(self, choice: Mapping[NormalizedName, Option]) -> Iterator[_Facts]:
        """List what a choice violates, by what is left out and what is in force."""
        files = _files(choice)
        asked = self.world.demands(files)
        nodes = [
            (name, extra) for name in choice for extra in sorted(asked[name].extras)
        ]
        forbidden = frozenset(
            chain.from_iterable(option.forbidden_by for option in choice.values())
        )
        unmet = _least(
            frozenset(self._unmet(choice, frozenset(extras)))
            for extras in _subsets(nodes)
        )
        unfit = self._unfit(files)
        for parts in product(self._waivers(files), unmet):
            yield forbidden.union(unfit, *parts)

    def _waivers(self, files: Mapping[NormalizedName, Candidate]) -> list[_Facts]:
        """List the gates that must be left out for all of a choice to be admitted."""
        gates: list[Gate] = [
            (c.project, "yanked") for c in files.values() if c.is_yanked
        ]
        gates += [
            (c.project, "pre-release")
            for c in files.values()
            if c.version.is_prerelease
        ]
        return _least(
            frozenset(
                (FallenKey(project, gate), str(files[project].version))
                for project, gate in waived
            )
            for waived in map(frozenset, _subsets(gates))
            if self.world.admitted(files, waived).keys() == files.keys()
        )

    def _unfit(self, files: Mapping[NormalizedName, Candidate]) -> _Facts:
        """Tell whose files refuse this patch release of Python."""
        return frozenset(
            (FallenKey(name, "requires-python"), str(candidate.version))
            for name, candidate in files.items()
            if candidate.micros and self.world.micro not in candidate.micros
        )

    def _unmet(
        self, choice: Mapping[NormalizedName, Option], extras: frozenset[_Node]
    ) -> Iterator[Named]:
        """List the demands that are not met when just these extras are in force."""
        for index, root in enumerate(self.question.roots):
            is_asked = self.world.holds(root.requirement, "")
            if is_asked and not _is_met(root.requirement, choice, extras):
                yield RootKey(index), ""
        for index, constraint in enumerate(self.question.constraints):
            name = canonicalize_name(constraint.requirement.name)
            option = choice.get(name)
            is_asked = self.world.holds(constraint.requirement, "")
            if not is_asked or option is None:
                continue
            if not _fits(constraint.requirement, option):
                yield ConstraintKey(index), ""
        for name, candidate in _files(choice).items():
            for line in candidate.lines:
                if not _is_met(line, choice, extras):
                    # Where its marker is false, nothing names it.
                    target = canonicalize_name(line.name)
                    for extra in self._sources(name, line, extras):
                        yield EdgeKey(name, extra, target), str(candidate.version)

    def _sources(
        self, name: NormalizedName, line: Requirement, extras: frozenset[_Node]
    ) -> list[NormalizedName]:
        """Name the extras by which a line is true; the empty one for the base."""
        if self.world.holds(line, ""):
            return [NormalizedName("")]
        return [
            NormalizedName(extra)
            for project, extra in sorted(extras)
            if project == name and self.world.holds(line, extra)
        ]


def _is_met(
    requirement: Requirement,
    choice: Mapping[NormalizedName, Option],
    extras: frozenset[_Node],
) -> bool:
    name = canonicalize_name(requirement.name)
    return (
        requirement.url is None
        and name in choice
        and _fits(requirement, choice[name])
        and all((name, canonicalize_name(e)) in extras for e in requirement.extras)
    )


def _fits(requirement: Requirement, option: Option) -> bool:
    return option.candidate is None or fits(requirement.specifier, option.candidate)


def _files(choice: Mapping[NormalizedName, Option]) -> dict[NormalizedName, Candidate]:
    return {
        name: option.candidate
        for name, option in choice.items()
        if option.candidate is not None
    }


def _subsets(items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def _least(sets: Iterable[frozenset[T]]) -> list[frozenset[T]]:
    """Leave out every set that contains another."""
    found: list[frozenset[T]] = []
    for candidate in sorted(set(sets), key=len):
        if not any(other <= candidate for other in found):
            found.append(candidate)
    return found
