"""Clauses that can be left out fact by fact, to explain a conflict.

Every clause that stems from a fact carries that fact's selector; without the selector
among the assumptions, the fact is out of the problem. A release without a usable file
can be chosen by any of its files, unless a reason against that file is in force. A fact
may name some releases only: then it says nothing of the others.
"""

from __future__ import annotations

from itertools import islice

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
    from collections.abc import (
        Collection,
        Container,
        Hashable,
        Iterable,
        Mapping,
        Sequence,
    )
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

_NONE = -1
"""In place of a position: none is chosen."""


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
        self._chosen_before: dict[str, tuple[int, int, int]] = {}
        """What the model before chose, and where a model says that: the place of what
        holds then, and of what does not. Most models differ in little."""
        self._pageless: dict[str, int] = {}
        """Of the projects that are there or not: those whose page was not read."""
        self._seen_presences = 0
        self._preferred = 0
        """So many facts are guessed to hold already."""
        self._edges: dict[tuple[str, str, str], tuple[EdgeKey, Sequence[int]]] = {}
        for index, root in enumerate(roots):
            unless = self.where([-self.selector(RootKey(index))], root.micros)
            self.add_demand(unless, root.name, root.specifier, root.extras)
        for index, limit in enumerate(constraints):
            unless = self.where([-self.selector(ConstraintKey(index))], limit.micros)
            self.add_limit(unless, limit.name, limit.specifier)

    def selector(self, fact: FactKey) -> int:
        """Return the literal that, when assumed, puts a fact in force."""
        found = self.selectors.get(fact)
        if found is None:
            found = self.selectors[fact] = self.sat.variable()
        return found

    def prefer_facts(self) -> None:
        """Let the solver's first guess be that a fact holds."""
        new = islice(self.selectors.items(), self._preferred, None)
        self.sat.prefer([literal for key, literal in new if key not in self.gates])
        self._preferred = len(self.selectors)

    def order(self, name: str) -> Sequence[int]:
        """Return a literal for each release: it or a newer one is chosen."""
        return self._order.get(name, ())

    def chosen_in_model(self) -> dict[str, int]:
        """Return what the last model chooses: project -> position."""
        model, known = self.sat.model, self._chosen_before
        found: dict[str, int] = {}
        for name, (at, chosen, newer) in known.items():
            # Looked at here, since most often all is as before.
            if model[chosen] > 0 and (not at or model[newer] < 0):
                found[name] = at
            elif at != _NONE or model[chosen] > 0:
                self._look(name, found)
        if len(known) < len(self.chosen):
            for name in [name for name in self.chosen if name not in known]:
                self._look(name, found)
        return found

    def _look(self, name: str, found: dict[str, int]) -> None:
        """Look up what the last model chooses of a project, and where it says so."""
        order = self.chosen[name].order
        at, present = self.chosen[name].position_in_model(), order[-1] - 1
        if at is not None:
            found[name] = at
            newer = order[at - 1] if at else order[0]
            self._chosen_before[name] = at, order[at] - 1, newer - 1
        elif present < len(self.sat.model):
            # Else it was made after the model, which says nothing of it.
            self._chosen_before[name] = _NONE, present, present

    def missing_in_model(self) -> list[str]:
        """List the projects that the last model has, and whose page is not read."""
        projects, pageless = self.reading.projects, self._pageless
        pageless.update(islice(self._present.items(), self._seen_presences, None))
        self._seen_presences = len(self._present)
        for name in [name for name in pageless if name in projects]:
            del pageless[name]
        return self.sat.held(pageless)

    def facts_of(self, literals: Collection[int]) -> list[FactKey]:
        """List the facts that some literals put in force."""
        among = frozenset(literals)
        return [key for key, literal in self.selectors.items() if literal in among]

    def held_in_model(self) -> list[int]:
        """List the literals that put a fact in force, and hold in the last model."""
        return self.sat.values(self.selectors.values())

    def kinds(self, name: str) -> list[Hashable]:
        """Return for each release of a project what no clause tells apart if equal.

        But for those against shut gates.
        """
        project = self.reading.projects[name]
        if project is None:
            return []
        filters = [0] * len(project.versions)
        asked = (*self._filters.get(name, ()), *self._demands.get(name, ()))
        for place, specifier in enumerate(filter(None, dict.fromkeys(asked))):
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
            base = self.where([-switch, *self.chosen[name].unless(position)], micros)
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

    def _unless_edge(
        self, project: str, position: int, extra: str, target: str
    ) -> Sequence[int] | None:
        key = project, extra, target
        found = self._edges.get(key)
        if found is None:
            fact = EdgeKey(*key)
            found = self._edges[key] = fact, (-self.selector(fact),)
        fact, unless = found
        return unless if not self.named or self.is_named(fact, position) else None

    def _unless_absence(self, name: str) -> Sequence[int]:
        return (-self.selector(AbsentKey(name)),)

    def _unless_python(self, name: str, position: int) -> Sequence[int] | None:
        return self._unless_fallen(FallenKey(name, "requires-python"), position)

    def _unless_fallen(self, fact: FallenKey, position: int) -> Sequence[int] | None:
        return (-self.selector(fact),) if self.is_named(fact, position) else None

    def is_named(self, fact: FactKey, position: int) -> bool:
        """Tell whether a fact names a release of its project."""
        named = self.named
        return not named or fact not in named or position in named[fact]

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

    def _add_releases(self, name: str, positions: range) -> None:
        if not self.named:
            super()._add_releases(name, positions)
            return
        # One by one, where a fact names some releases only.
        read = self.reading.releases[name]
        for position in positions:
            self._add_release(name, position, read[position])

    def _add_ways(self, name: str, position: int, ways: Sequence[WayTable]) -> None:
        """Let a release be chosen by a file none of whose reasons is in force."""
        known = self._ways.get((name, position))
        if known is None:
            literals: Iterable[int] = self.sat.variables(len(ways))
            self.sat.add([*self.chosen[name].unless(position), *literals])
        else:
            literals = [literal for literal, _ in known]
        listed = self._ways[name, position] = list(zip(literals, ways, strict=True))
        for literal, (reasons, micros, _) in listed:
            for reason in reasons:
                unless = self._unless_fallen(FallenKey(name, reason), position)
                if unless is not None:
                    self._add([-literal, *unless])
            if micros:
                self._limit_micros(name, position, micros, literal)

    def _unless(
        self, name: str, position: int, release: ReleaseTable | None
    ) -> list[int] | None:
        """Begin the clauses on a release; a file that is not valid demands nothing."""
        if release is None:
            return None
        ways = self._ways.get((name, position), ())
        return [
            *self.chosen[name].unless(position),
            *(literal for literal, (_, _, is_invalid) in ways if is_invalid),
        ]
