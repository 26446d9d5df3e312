"""Clauses that can be left out fact by fact, to explain a conflict.

Every clause that stems from a fact carries that fact's selector; without the selector
among the assumptions, the fact is out of the problem. A release without a usable file
can be chosen by any of its files, unless a reason against that file is in force. A fact
may name some releases only: then it says nothing of the others.
"""

from __future__ import annotations

from axletree.resolver.engine.clauses import Clauses
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.problem import Demand
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.table_types import (
        ReleaseTable,
        WayTable,
    )
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

    Named: TypeAlias = Mapping[FactKey, Container[int]]
    """Fact -> the releases that it names; what is not among them names all."""

_UNNAMED = AbsentKey("")
"""In place of a fact that does not name the release in question."""


class FactClauses(Clauses):
    """The clauses of what was read, and of what is asked, each with its fact."""

    def __init__(
        self,
        reading: Reading,
        roots: Sequence[Demand],
        constraints: Sequence[Demand],
        named: Named | None = None,
    ) -> None:
        super().__init__(reading)
        self.named: Named = {} if named is None else named
        self.selectors: dict[FactKey, int] = {}
        """Literals that, when assumed, put a fact in force."""
        self.gates: dict[FallenKey, None] = {}
        """The facts that are gates: what they refuse is said by objections."""
        self.gated: list[int] = []
        """Literals of releases that may have a gate."""
        self.no_gates = self.sat.variable()
        """When assumed, none of those is chosen."""
        self._ways: dict[tuple[str, int], Sequence[tuple[int, WayTable]]] = {}
        for index, root in enumerate(roots):
            fact, where = RootKey(index), self.pythons.beyond((), root.micros)
            self.add_demand(where, root.name, root.specifier, root.extras, fact)
        for index, limit in enumerate(constraints):
            key, where = ConstraintKey(index), self.pythons.beyond((), limit.micros)
            self.add_limit(where, limit.name, limit.specifier, key)

    def selector(self, fact: FactKey) -> int:
        """Return the literal that, when assumed, puts a fact in force."""
        found = self.selectors.get(fact)
        if found is None:
            found = self.selectors[fact] = self.sat.variable()
        return found

    def prefer_facts(self) -> None:
        """Let the solver's first guess be that a fact holds."""
        self.sat.prefer(
            literal for key, literal in self.selectors.items() if key not in self.gates
        )

    def order(self, name: str) -> Sequence[int]:
        """Return a literal for each release: it or a newer one is chosen."""
        return self._order.get(name, ())

    def chosen_in_model(self) -> dict[str, int]:
        """Return what the last model chooses: project -> position."""
        only = self.sat.only
        return {
            name: position
            for name, literals in self.chosen.items()
            if (position := only(literals)) is not None
        }

    def missing_in_model(self) -> list[str]:
        """List the projects that the last model has, and whose page is not read."""
        projects, holds = self.reading.projects, self.sat.holds
        return [
            name
            for name, literal in self._present.items()
            if name not in projects and holds(literal)
        ]

    def kinds(self, name: str) -> list[Hashable]:
        """Return for each release of a project what no clause tells apart if equal.

        But for those against shut gates.
        """
        project = self.reading.projects[name]
        if project is None:
            return []
        filters = [0] * len(project.versions)
        for place, specifier in enumerate(self._filters.get(name, ())):
            for position in bits(self.reading.mask(name, specifier)[0]):
                filters[position] |= 1 << place
        gated = project.prereleases | project.partly_yanked
        read = self.reading.releases[name]
        return [
            (
                *(admitted, gated >> position & 1, self._naming(name, position)),
                *(project.unusable.get(position), project.possible.get(position)),
                (release := read.get(position)) and (release[0], *release[2:4]),
            )
            for position, admitted in enumerate(filters)
        ]

    def demanding(self, name: str, position: int) -> int:
        """Return a literal that, when assumed, keeps what a release requires chosen.

        In whatever version, and although the facts that say so may be left out.
        """
        switch = self.sat.variable()
        release = self.reading.releases[name][position]
        lines = () if release is None else release[0]
        for target, _, extras, when, micros in lines:
            base = self.pythons.beyond([-switch, -self.chosen[name][position]], micros)
            conditions = [base] if when is None else []
            if when is not None:
                asked = self._extras.get(name, {}).items()
                conditions = [[*base, -lit] for extra, lit in asked if extra in when]
            for condition in conditions:
                self.sat.add([*condition, self.presence(target)])
                for extra in extras:
                    self.sat.add([*condition, self._extra(target, extra)])
        return switch

    # Whose fact it is.

    def _add(self, clause: list[int], fact: FactKey | None = None) -> None:
        if fact is _UNNAMED:
            return
        if fact is not None:
            clause = [*clause, -self.selector(fact)]
        self.sat.is_changed = True
        self.sat.add(clause)

    def _edge(
        self, project: str, position: int, extra: str, target: str
    ) -> FactKey | None:
        return self._if_named(EdgeKey(project, extra, target), position)

    def _absence(self, name: str) -> FactKey | None:
        return AbsentKey(name)

    def _python_limit(self, name: str, position: int) -> FactKey | None:
        return self._if_named(FallenKey(name, "requires-python"), position)

    def _if_named(self, fact: FactKey, position: int) -> FactKey:
        return fact if self.is_named(fact, position) else _UNNAMED

    def is_named(self, fact: FactKey, position: int) -> bool:
        """Tell whether a fact names a release of its project."""
        return fact not in self.named or position in self.named[fact]

    def _naming(self, name: str, position: int) -> tuple[bool, ...]:
        """Tell it of each fact about a project that names some releases only."""
        return tuple(
            position in listed
            for fact, listed in self.named.items()
            if isinstance(fact, (EdgeKey, FallenKey)) and fact.project == name
        )

    # Releases without a usable file, and gates.

    def _add_unusable(self, name: str, project: Project) -> None:
        for position, ways in project.unusable.items():
            self._add_ways(name, position, ways)
        for reason, mask in (
            ("pre-release", project.prereleases),
            ("yanked", project.partly_yanked),
        ):
            if mask:
                gate = FallenKey(name, reason)
                self.gates[gate] = None
                self.selector(gate)
                literals = [self.chosen[name][position] for position in bits(mask)]
                self.gated += literals
                for literal in literals:
                    self.sat.add([-self.no_gates, -literal])

    def _add_release(
        self, name: str, position: int, release: ReleaseTable | None
    ) -> None:
        if release is not None and release[3]:
            self._add_ways(name, position, release[3])
        super()._add_release(name, position, release)

    def _add_ways(self, name: str, position: int, ways: Sequence[WayTable]) -> None:
        """Let a release be chosen by a file none of whose reasons is in force."""
        known = self._ways.get((name, position))
        if known is None:
            literals: Iterable[int] = self.sat.variables(len(ways))
            self.sat.add([-self.chosen[name][position], *literals])
        else:
            literals = [literal for literal, _ in known]
        listed = self._ways[name, position] = list(zip(literals, ways, strict=True))
        for literal, (reasons, micros, _) in listed:
            for reason in reasons:
                fact = self._if_named(FallenKey(name, reason), position)
                self._add([-literal], fact)
            if micros:
                self._limit_micros(literal, micros, name, position)

    def _unless(
        self, name: str, position: int, release: ReleaseTable | None
    ) -> list[int] | None:
        """Begin the clauses on a release; a file that is not valid demands nothing."""
        if release is None:
            return None
        ways = self._ways.get((name, position), ())
        return [
            -self.chosen[name][position],
            *(literal for literal, (_, _, is_invalid) in ways if is_invalid),
        ]
