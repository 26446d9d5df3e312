"""What is known, as clauses.

One variable says that a release is chosen; for the releases of a project, newest
first, `order[i]` says that one of the first `i + 1` is, so that at most one is chosen
and a range of versions costs two clauses. Whose fact a clause states plays no part
here; to explain a conflict, `axletree.resolver.engine.fact_clauses` keeps facts apart.

Clauses are only ever added: what is read later makes the problem stronger, never
weaker, which is what makes a lazy refusal final (RESOLVING.md 3).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.engine.sat import Sat
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import (
    bits,
    lowest,
)
from tests.property.reference.objection import Objection


class Encoding:
    """The clauses of one question over what is known."""

    def __init__(self, knowledge: Knowledge, question: Question) -> None:
        """Encode the roots and constraints."""
        self.knowledge = knowledge
        self.sat = Sat()
        self.chosen: dict[Release, int] = {}
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
        self._micros: list[int] = []
        self._refused: defaultdict[
            tuple[tuple[int, ...], NormalizedName], set[Release]
        ] = defaultdict(set)
        self._seen = 0
        for root in question.roots:
            self._add_root(root)
        for constraint in question.constraints:
            self._add_constraint(constraint)

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
        self.sat.add(clause)

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

    def present(self, name: NormalizedName) -> int:
        """Return the literal that says that some release of a project is chosen."""
        return self._presence(name)

    def prefer(self, releases: Iterable[Release]) -> None:
        """Let the solver try first to choose these, and what lines demand."""
        literals = list(self._filters.values())
        for release in releases:
            order, position = self._order[release.project], release.position
            literals += (-literal for literal in order[:position])
            literals += order[position:]
            listed = self.knowledge.releases[release.project]
            others = () if listed is None else listed.all
            literals += (-self.chosen[other] for other in others)
            literals.append(self.chosen[release])
        self.sat.prefer(literals)

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

    # Roots, constraints and lines.

    def _add_root(self, root: RootRequirement) -> None:
        name = canonicalize_name(root.requirement.name)
        self.sat.add([self._presence(name)])
        self._limit([], name, root.requirement.specifier)
        for extra in root.requirement.extras:
            self.sat.add([self._extra(name, canonicalize_name(extra))])

    def _add_constraint(self, constraint: RootRequirement) -> None:
        name = canonicalize_name(constraint.requirement.name)
        self._limit([], name, constraint.requirement.specifier)

    def _add_line(self, condition: list[int], line: ParsedLine) -> None:
        if line.requirement.url:
            # Asked for by a dependency alone, a direct URL is refused.
            self.sat.add(condition)
            return
        self.sat.add([*condition, self._presence(line.target)])
        self._limit(condition, line.target, line.specifier)
        for asked in line.extras:
            self.sat.add([*condition, self._extra(line.target, asked)])

    def _limit(
        self, condition: list[int], name: NormalizedName, specifier: SpecifierSet
    ) -> None:
        if len(specifier):
            self.sat.add([*condition, self._filter(name, specifier)])

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
        for line in self.knowledge.dependencies[release].extra_lines(extra):
            self._add_line([-self.chosen[release], -literal], line)

    # Pages and releases.

    def _add_page(self, name: NormalizedName) -> None:
        releases = self.knowledge.releases[name]
        present = self._presence(name)
        if releases is None or not releases.all:
            self.sat.add([-present])
            return
        self._order[name] = self._add_releases(releases, present)
        for release in releases.all:
            if release.files:
                self._add_possible_micros(release)
            else:
                self.sat.add([-self.chosen[release]])
        for literal, specifier in self._waiting.pop(name, ()):
            self._define_filter(literal, releases, specifier)

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
            self.sat.add([-self.chosen[release]])
            return
        for line in self.knowledge.dependencies[release].lines():
            self._add_line([-self.chosen[release]], line)
        self._read[release.project].append(release)
        for extra, literal in list(self._extras[release.project].items()):
            self._add_extra_lines(release, extra, literal)
        micros = self.knowledge.micros_of(release)
        self._limit_micros(self.chosen[release], micros)

    # Patch releases of Python.

    def _add_possible_micros(self, release: Release) -> None:
        """Say which patch releases some file of an unread release admits."""
        found = 0
        for file in release.candidate_files:
            found |= self.knowledge.compiler.micros(file.requires_python or "")
        self._limit_micros(self.chosen[release], found)

    def _limit_micros(self, literal: int, micros: int) -> None:
        refused = self.knowledge.all_micros & ~micros
        if not refused:
            return
        if not self._micros:
            count = len(self.knowledge.environment.micros)
            self._micros = [self.sat.variable() for _ in range(count)]
            self.sat.add(self._micros)
        for micro in bits(refused):
            self.sat.add([-literal, -self._micros[micro]])
