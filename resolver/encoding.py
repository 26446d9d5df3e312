"""What is known, as clauses.

One variable says that a release is chosen; for the releases of a project, newest
first, `order[i]` says that one of the first `i + 1` is, so that at most one is chosen
and a range of versions costs two clauses. With `explains`, every clause that stems
from a fact carries that fact's selector, and leaving the selector out of the
assumptions leaves the fact out of the problem.

Clauses are only ever added: what is read later makes the problem stronger, never
weaker, which is what makes a lazy refusal final (RESOLVING.md 3).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.candidates import Reason, Release, Releases
from axletree.resolver.dependencies import ParsedLine
from axletree.resolver.distribution import DistributionFile
from axletree.resolver.knowledge import Knowledge
from axletree.resolver.masks import bits, lowest
from axletree.resolver.model import RootRequirement
from axletree.resolver.question import Question
from axletree.resolver.sat import Sat


@dataclass(frozen=True, slots=True)
class RootKey:
    """A root requirement, by its place in the question."""

    index: int


@dataclass(frozen=True, slots=True)
class ConstraintKey:
    """A constraint, by its place in the question."""

    index: int


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """All that one project (or one extra of it) requires of another."""

    project: NormalizedName
    extra: NormalizedName | Literal[""]
    target: NormalizedName


@dataclass(frozen=True, slots=True)
class FallenKey:
    """One reason why releases of a project cannot be chosen."""

    project: NormalizedName
    reason: Reason | Literal["metadata", "pre-release", "yanked"]


@dataclass(frozen=True, slots=True)
class AbsentKey:
    """The universe has no such project, or no distribution file of it."""

    project: NormalizedName


FactKey: TypeAlias = RootKey | ConstraintKey | EdgeKey | FallenKey | AbsentKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A clause the checker asks for: one of these must hold."""

    refused: tuple[Release, ...]
    """One of these is not chosen…"""
    admitted: tuple[Release, ...]
    """…or one of these is…"""
    required: tuple[NormalizedName, ...]
    """…or one of these projects is."""
    facts: tuple[FallenKey, ...]
    """The shut gates; with one of them left out, the clause says nothing."""


class Encoding:
    """The clauses of one question over what is known."""

    def __init__(
        self, knowledge: Knowledge, question: Question, *, explains: bool = False
    ) -> None:
        """Encode the roots and constraints."""
        self.knowledge = knowledge
        self.sat = Sat()
        self.selectors: dict[FactKey, int] = {}
        """Empty unless the encoding explains."""
        self.gates: dict[FallenKey, None] = {}
        """The facts that are gates; only if the encoding explains."""
        self.gated: list[int] = []
        """Literals of releases that may have a gate; likewise."""
        self.chosen: dict[Release, int] = {}
        self._explains = explains
        self._order: dict[NormalizedName, Sequence[int]] = {}
        self._present: dict[NormalizedName, int] = {}
        self._extras: defaultdict[NormalizedName, dict[NormalizedName, int]] = (
            defaultdict(dict)
        )
        self._filters: dict[tuple[NormalizedName, str], int] = {}
        self._waiting: defaultdict[NormalizedName, list[tuple[int, SpecifierSet]]] = (
            defaultdict(list)
        )
        self._read: defaultdict[NormalizedName, list[Release]] = defaultdict(list)
        self._patches: list[int] = []
        self._ways: defaultdict[Release, dict[DistributionFile, int]] = defaultdict(
            dict
        )
        """For a release without a usable file: each file, and that it is the one."""
        self._refused: defaultdict[
            tuple[tuple[int, ...], NormalizedName], set[Release]
        ] = defaultdict(set)
        self._seen = 0
        for index, root in enumerate(question.roots):
            self._add_root(RootKey(index), root)
        for index, constraint in enumerate(question.constraints):
            self._add_constraint(ConstraintKey(index), constraint)

    def sync(self) -> None:
        """Encode what became known since the last call."""
        history = self.knowledge.history
        while self._seen < len(history):
            event = history[self._seen]
            self._seen += 1
            if isinstance(event, Release):
                self._add_release(event)
            else:
                self._add_page(event)

    def object_to(self, objection: Objection, *, unless: Iterable[int] = ()) -> None:
        """Add a checker's clause, which says nothing where one of `unless` holds."""
        clause = [*unless]
        clause += [-self.chosen[release] for release in objection.refused]
        clause += [self.chosen[release] for release in objection.admitted]
        clause += [self._presence(name) for name in objection.required]
        if self._explains:
            clause += [-self.selector(fact) for fact in objection.facts]
        self.sat.add(clause)

    def selector(self, fact: FactKey) -> int:
        """Return the literal that, when assumed, puts a fact in force."""
        found = self.selectors.get(fact)
        if found is None:
            found = self.selectors[fact] = self.sat.variable()
        return found

    def refused_after(
        self, assumed: tuple[int, ...], name: NormalizedName
    ) -> set[Release]:
        """Return the releases of a project refused before, after the same decisions.

        Clauses are only ever added, so they are refused for ever; the caller adds to
        the set what it finds refused.
        """
        return self._refused[assumed, name]

    def better(self, releases: Iterable[Release]) -> int:
        """Return a literal that, when assumed, demands one of `releases`."""
        switch = self.sat.variable()
        self.sat.add([-switch, *(self.chosen[release] for release in releases)])
        return switch

    def demanding(self, release: Release) -> int:
        """Return a literal that, when assumed, keeps what a release requires chosen.

        In whatever version, and although the facts that say so may be left out.
        """
        switch = self.sat.variable()
        found = self.knowledge.dependencies[release]
        conditions = [(found.lines(), [-switch, -self.chosen[release]])]
        for extra, literal in self._extras[release.project].items():
            conditions.append((found.extra_lines(extra), [*conditions[0][1], -literal]))
        for lines, condition in conditions:
            for line in lines:
                self.sat.add([*condition, self._presence(line.target)])
                for asked in line.extras:
                    self.sat.add([*condition, self._extra(line.target, asked)])
        return switch

    def present(self, name: NormalizedName) -> int:
        """Return the literal that says that some release of a project is chosen."""
        return self._presence(name)

    def chosen_of(self, name: NormalizedName) -> Release | None:
        """Return the project's release in the last model."""
        releases = self.knowledge.releases.get(name)
        order = self._order.get(name)
        if releases is None or order is None or not self.sat.holds(order[-1]):
            return None
        # The order's literals are false up to the chosen release, then true.
        position = bisect_left(order, True, key=self.sat.holds)  # noqa: FBT003  the value sought
        return releases.all[position]

    def _presence(self, name: NormalizedName) -> int:
        found = self._present.get(name)
        if found is None:
            found = self._present[name] = self.sat.variable()
        return found

    def _add(self, clause: list[int], fact: FactKey | None) -> None:
        if self._explains and fact is not None:
            clause = [*clause, -self.selector(fact)]
        self.sat.add(clause)

    # Roots, constraints and lines.

    def _add_root(self, key: RootKey, root: RootRequirement) -> None:
        name = canonicalize_name(root.requirement.name)
        self._add([self._presence(name)], key)
        self._limit([], name, root.requirement.specifier, key)
        for extra in root.requirement.extras:
            self._add([self._extra(name, canonicalize_name(extra))], key)

    def _add_constraint(self, key: ConstraintKey, constraint: RootRequirement) -> None:
        name = canonicalize_name(constraint.requirement.name)
        self._limit([], name, constraint.requirement.specifier, key)

    def _add_line(
        self,
        condition: list[int],
        line: ParsedLine,
        extra: NormalizedName | None,
        project: NormalizedName,
    ) -> None:
        key = EdgeKey(project, extra or "", line.target)
        if line.requirement.url:
            # Asked for by a dependency alone, a direct URL is refused.
            self._add(condition, key)
            return
        self._add([*condition, self._presence(line.target)], key)
        self._limit(condition, line.target, line.specifier, key)
        for asked in line.extras:
            self._add([*condition, self._extra(line.target, asked)], key)

    def _limit(
        self,
        condition: list[int],
        name: NormalizedName,
        specifier: SpecifierSet,
        key: FactKey,
    ) -> None:
        if len(specifier):
            self._add([*condition, self._filter(name, specifier)], key)

    def _filter(self, name: NormalizedName, specifier: SpecifierSet) -> int:
        key = (name, str(specifier))
        literal = self._filters.get(key)
        if literal is None:
            literal = self._filters[key] = self.sat.variable()
            releases = self.knowledge.releases.get(name)
            if name in self._order and releases is not None:
                self._define_filter(literal, releases, specifier)
            else:
                self._waiting[name].append((literal, specifier))
        return literal

    def _define_filter(
        self, literal: int, releases: Releases, specifier: SpecifierSet
    ) -> None:
        order = self._order[releases.project]
        allowed = releases.masks.of(specifier)
        if not allowed:
            self.sat.add([-literal, -self._presence(releases.project)])
            return
        first, last = lowest(allowed), allowed.bit_length() - 1
        if first > 0:
            self.sat.add([-literal, -order[first - 1]])
        if last < len(order) - 1:
            present = self._presence(releases.project)
            self.sat.add([-literal, -present, order[last]])
        holes = ~allowed & ((1 << last) - 1) & ~((1 << first) - 1)
        for hole in bits(holes):
            self.sat.add([-literal, -self.chosen[releases.all[hole]]])

    def _extra(self, name: NormalizedName, extra: NormalizedName) -> int:
        literal = self._extras[name].get(extra)
        if literal is None:
            literal = self._extras[name][extra] = self.sat.variable()
            for release in self._read[name]:
                self._add_extra_lines(release, extra, literal)
        return literal

    def _add_extra_lines(
        self, release: Release, extra: NormalizedName, literal: int
    ) -> None:
        condition = [*self._unless(release), -literal]
        for line in self.knowledge.dependencies[release].extra_lines(extra):
            self._add_line(condition, line, extra, release.project)

    # Pages and releases.

    def _add_page(self, name: NormalizedName) -> None:
        releases = self.knowledge.releases[name]
        present = self._presence(name)
        if releases is None or not releases.all:
            self._add([-present], AbsentKey(name))
            return
        self._order[name] = self._add_releases(releases, present)
        for release in releases.all:
            if release.files:
                self._add_possible_patches(release)
            else:
                self._add_ways(release)
        if self._explains:
            self._add_gates(releases)
        for literal, specifier in self._waiting.pop(name, ()):
            self._define_filter(literal, releases, specifier)

    def _add_gates(self, releases: Releases) -> None:
        """Make facts of the gates: what they refuse is said by objections."""
        if releases.prereleases:
            self._add_gate(FallenKey(releases.project, "pre-release"))
        yanked = [
            release
            for release in releases.all
            if any(file.yanked is not None for file in release.candidate_files)
        ]
        if yanked:
            self._add_gate(FallenKey(releases.project, "yanked"))
        prereleases = (
            releases.all[position] for position in bits(releases.prereleases)
        )
        self.gated += [self.chosen[release] for release in (*prereleases, *yanked)]

    def _add_gate(self, gate: FallenKey) -> None:
        self.gates[gate] = None
        self.selector(gate)

    def _add_releases(self, releases: Releases, present: int) -> list[int]:
        # Made from the oldest to the newest, and with the order preferred true, so
        # that the solver's first guess is "absent", then "the newest without a gate".
        order = [self.sat.variable() for _ in releases.all[1:]]
        order = [*order[::-1], present]
        for position, release in enumerate(releases.all):
            chosen = self.chosen[release] = self.sat.variable()
            within = order[position]
            self.sat.add([-chosen, within])
            if position == 0:
                self.sat.add([-within, chosen])
                continue
            newer = order[position - 1]
            self.sat.add([-chosen, -newer])
            self.sat.add([-newer, within])
            self.sat.add([-within, newer, chosen])
        ungated = releases.masks.all & ~releases.prereleases & ~releases.yanked
        first = lowest(ungated) if ungated else 0
        self.sat.prefer([*(-literal for literal in order[:first]), *order[first:-1]])
        return order

    def _add_release(self, release: Release) -> None:
        if self.knowledge.is_fallen(release):
            self._add_ways(release)
        if self.knowledge.is_dead(release):
            return
        for line in self.knowledge.dependencies[release].lines():
            self._add_line(self._unless(release), line, None, release.project)
        self._read[release.project].append(release)
        for extra, literal in list(self._extras[release.project].items()):
            self._add_extra_lines(release, extra, literal)
        if not self.knowledge.is_fallen(release):
            patches = self.knowledge.patches_of(release)
            self._limit_patches(self.chosen[release], patches, release.project)

    # Releases without a usable file.

    def _add_ways(self, release: Release) -> None:
        """Let a release be chosen by a file none of whose reasons is in force."""
        ways = self._ways[release]
        if not ways:
            ways.update((file, self.sat.variable()) for file in release.candidate_files)
            self.sat.add([-self.chosen[release], *ways.values()])
        for file, reasons in self.knowledge.reasons(release).items():
            for reason in sorted(reasons):
                self._add([-ways[file]], FallenKey(release.project, reason))
            patches = self.knowledge.compiler.patches(
                self.knowledge.python_of(file) or ""
            )
            if patches and file not in self.knowledge.unusable:
                self._limit_patches(ways[file], patches, release.project)

    def _unless(self, release: Release) -> list[int]:
        """Start a clause on a chosen release; a file not valid demands nothing."""
        unusable = self.knowledge.unusable
        ways = self._ways.get(release, {})
        return [
            -self.chosen[release],
            *(way for file, way in ways.items() if file in unusable),
        ]

    # Patch releases of Python.

    def _add_possible_patches(self, release: Release) -> None:
        """Say which patch releases some file of an unread release admits."""
        found = 0
        for file in release.candidate_files:
            found |= self.knowledge.compiler.patches(file.requires_python or "")
        self._limit_patches(self.chosen[release], found, release.project)

    def _limit_patches(self, literal: int, patches: int, name: NormalizedName) -> None:
        refused = self.knowledge.all_patches & ~patches
        if not refused:
            return
        if not self._patches:
            count = len(self.knowledge.environment.patches)
            self._patches = [self.sat.variable() for _ in range(count)]
            self.sat.add(self._patches)
        for patch in bits(refused):
            clause = [-literal, -self._patches[patch]]
            self._add(clause, FallenKey(name, "requires-python"))
