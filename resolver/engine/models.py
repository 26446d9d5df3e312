"""Models of facts: who can hold together, as far as is read or may be read.

A release not yet read counts as usable and without requirements, and a project whose
page is not read as there, so that a refusal is one for ever. A model counts only once
everything that it chooses is read. Source: RESOLVING.md 3 and 4.
"""

from __future__ import annotations

from itertools import islice

from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.engine.fact_slices import FactSlice
from axletree.resolver.universe.tables_read import PAGE, Unread

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Mapping,
        Sequence,
    )

    from axletree.resolver.engine.fact_clauses import Named
    from axletree.resolver.engine.gates import GateClause
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.tables_read import Reading

GROWTH = 3
"""Doublings from one batch of a project's releases to the next."""
MAX_DOUBLINGS = 12
"""More releases than any project has."""


class _Others:
    """All facts but some, those included that reading brings up."""

    def __init__(self, clauses: FactClauses, hidden: Container[FactKey]) -> None:
        self._clauses = clauses
        self._hidden = hidden
        self._literals: list[int] = []
        self._seen = 0

    def __contains__(self, key: object) -> bool:
        """Tell it of a fact that is known."""
        return key not in self._hidden

    def literals(self) -> Sequence[int]:
        """Return those that put them in force; it grows."""
        selectors, hidden = self._clauses.selectors, self._hidden
        if len(selectors) > self._seen:
            new = islice(selectors.items(), self._seen, None)
            self._literals += [literal for key, literal in new if key not in hidden]
            self._seen = len(selectors)
        return self._literals


class FactModels:
    """A question over what is read, of which facts can be left out one by one."""

    def __init__(
        self,
        reading: Reading,
        asked: Problem,
        *,
        is_frozen: bool,
        named: Named | None = None,
    ) -> None:
        """Encode what is asked, and what was read.

        :param reading: one that keeps releases without a usable file.
        :param is_frozen: all that it takes to know may be read.
        :param named: the releases that facts name, where not all.
        """
        self.clauses = FactClauses(reading, asked.roots, asked.constraints, named)
        self.is_frozen = is_frozen
        self.unread = Unread()
        """What gates depend on in the last model."""
        self.reading = reading
        self.asked = asked
        self._times_read: dict[str, int] = {}
        self._slice_calls = 0
        self._objections: list[GateClause] = []

    @property
    def selectors(self) -> Mapping[FactKey, int]:
        """Return the literal of each fact known so far."""
        return self.clauses.selectors

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver."""
        return self._slice_calls + self.clauses.sat.calls

    def holds(self, keys: Collection[FactKey], *literals: int) -> bool:
        """Tell whether facts can hold together (with some literals besides)."""
        self.clauses.sync()
        selectors = self.clauses.selectors
        assumed = [*map(selectors.__getitem__, keys), *literals]
        return self._hold(assumed, lambda: frozenset(keys))

    def _hold(
        self, assumed: Sequence[int], kept: Callable[[], Container[FactKey]]
    ) -> bool:
        """Tell whether facts can hold together.

        :param kept: gives these facts, where it matters which gates they are.
        """
        sat, no_gates = self.clauses.sat, self.clauses.no_gates
        if sat.solve([*assumed, no_gates]):
            # Most often there is a model in which no gate plays a part.
            self.unread = Unread()
            return True
        if no_gates not in sat.core():
            return False
        in_force = kept()
        while sat.solve(assumed):
            if not self._is_objected(in_force):
                return True
        return False

    def possible(
        self, keys: Collection[FactKey], name: str, named: Named | None = None
    ) -> list[int]:
        """List the releases of a project with which facts can hold together.

        :param named: the releases that facts name, where not all.
        """
        facts = FactSlice(self.reading, self.asked, keys, name, named)
        # Only where gates decide all clauses are needed.
        whole: FactModels | None = None
        found: list[int] = []
        for position, is_possible in facts.possible():
            if is_possible is None:
                whole = whole or self.naming(named)
            if is_possible or (
                whole is not None
                and is_possible is None
                and whole.has_model(keys, name, [position])
            ):
                found.append(position)
        self._slice_calls += facts.solver_calls
        if whole is not None and whole is not self:
            self._slice_calls += whole.solver_calls
        return found

    def naming(self, named: Named | None) -> FactModels:
        """Give the models of the same facts when they name some releases only."""
        if not named:
            return self
        found = FactModels(
            self.reading, self.asked, is_frozen=self.is_frozen, named=named
        )
        found.clauses.sync()
        for objection in self._objections:
            found.object_to(objection)
        return found

    def has_model(
        self, keys: Collection[FactKey], name: str, positions: Sequence[int]
    ) -> bool:
        """Tell whether facts can hold together with one of some releases.

        Where all may be read, in a model in which all is.
        """
        self.clauses.sync()
        chosen = self.clauses.chosen[name]
        literal = self.clauses.better(chosen[position] for position in positions)
        while self.holds(keys, literal):
            if not (self.is_frozen and self._read_model()):
                return True
        return False

    def can_hold_without(self, hidden: Container[FactKey], *literals: int) -> bool:
        """Tell whether all facts but some can hold together.

        Where all may be read, in a model in which all is.
        """
        if self.is_frozen:
            return self.settles_without(hidden, *literals)
        return self._others_hold(_Others(self.clauses, hidden), literals)

    def settles(self, keys: Collection[FactKey], *, knows_all: bool = False) -> bool:
        """Tell whether facts hold together in a model in which all is read.

        :param knows_all: and nothing is chosen that cannot be.
        """
        self.clauses.sync()
        selectors = self.clauses.selectors
        return self.settles_literals([selectors[k] for k in keys], knows_all=knows_all)

    def settles_literals(
        self, literals: Sequence[int], *, knows_all: bool = False
    ) -> bool:
        """Tell it of the facts that some literals put in force."""
        clauses = self.clauses
        clauses.sync()
        while self._hold(
            [*literals, *(self.never_read() if knows_all else ())],
            lambda: frozenset(clauses.facts_of(literals)),
        ):
            if not self._read_model():
                return True
            clauses.sync()
        return False

    def settles_without(
        self, hidden: Container[FactKey], *literals: int, knows_all: bool = False
    ) -> bool:
        """Tell it of all facts but some, those included that reading brings up."""
        others = _Others(self.clauses, hidden)
        while self._others_hold(
            others, (*literals, *(self.never_read() if knows_all else ()))
        ):
            if not self._read_model():
                return True
        return False

    def _others_hold(self, others: _Others, literals: Iterable[int]) -> bool:
        self.clauses.sync()
        return self._hold([*others.literals(), *literals], lambda: others)

    def never_read(self) -> list[int]:
        """Return literals that keep out what cannot be read."""
        chosen = self.clauses.chosen
        return [-chosen[name][at] for name, at in self.reading.unread if name in chosen]

    def _read_model(self) -> bool:
        """Read what the last model chooses, and 1, 8, 64… beside what it chooses anew.

        False if that is nothing: the model counts.
        """
        clauses, read = self.clauses, self.reading.releases
        chosen = clauses.chosen_in_model()
        wanted: list[tuple[str, int]] = []
        for name, position in chosen.items():
            if position in read[name]:
                continue
            times = self._times_read[name] = self._times_read.get(name, 0) + 1
            batch = 1 << min(GROWTH * (times - 1), MAX_DOUBLINGS)
            last = len(clauses.chosen[name])
            # In a row, so that what they have in common is said once.
            following = range(position, min(position + batch, last))
            wanted += ((name, each) for each in following)
        return self.read(wanted, clauses.missing_in_model())

    def literals(self) -> Iterable[int]:
        """Give those that put the facts in force that are known so far."""
        self.clauses.sync()
        return self.clauses.selectors.values()

    def used(self) -> list[FactKey]:
        """Return what the last refusal used; some of it may be spared."""
        return self.clauses.facts_of(self.clauses.sat.core())

    def object_to(self, objection: GateClause) -> None:
        """Add a clause against a shut gate, unless it is one of a release not named."""
        self._objections.append(objection)
        if any(
            fact.project == name and not self.clauses.is_named(fact, position)
            for name, position in objection.refused
            for fact in objection.facts
        ):
            return
        selectors = map(self.clauses.selector, objection.facts)
        self.clauses.object_to(objection, unless=[-literal for literal in selectors])

    def read(
        self, releases: Iterable[tuple[str, int]], pages: Sequence[str] = ()
    ) -> bool:
        """Read what is not yet, and what gates depend on; False if that is nothing."""
        read, history = self.reading.releases, self.reading.history
        before = len(history)
        wanted = [*releases, *self.unread.releases]
        wanted = [(name, at) for name, at in wanted if at not in read[name]]
        self.reading.read_ahead([*pages, *self.unread.pages], wanted)
        return len(history) > before

    def unread_of(self, names: Iterable[str]) -> list[int]:
        """Return literals that keep some projects to releases that are read."""
        chosen, read = self.clauses.chosen, self.reading.releases
        return [
            *self.never_read(),
            *(
                -literal
                for name in names
                for position, literal in enumerate(chosen.get(name, ()))
                if position not in read[name]
            ),
        ]

    def _is_objected(self, kept: Container[FactKey]) -> bool:
        """Look for a shut gate in the last model, and say what is against it.

        :param kept: the gates among these are in force.
        """
        clauses = self.clauses
        self.unread = Unread()
        if self._is_ungated():
            return False
        chosen = clauses.chosen_in_model()
        waived = [
            gate
            for gate in clauses.gates
            if gate not in kept
            or not clauses.is_named(gate, chosen.get(gate.project, PAGE))
        ]
        python = clauses.python_in_model()
        from axletree.resolver.engine.gates import admitted  # noqa: PLC0415  most models need no gate

        verdict = admitted(self.reading, self.asked, chosen, python, waived)
        if isinstance(verdict, Unread):
            # While something chosen is unread, every gate counts as open.
            self.unread = verdict
        elif verdict is not None:
            self.object_to(verdict)
            return True
        return False

    def _is_ungated(self) -> bool:
        """Tell whether the last model chooses nothing that may have a gate."""
        return not any(map(self.clauses.sat.holds, self.clauses.gated))
