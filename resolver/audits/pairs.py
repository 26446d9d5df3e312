"""Which two projects can never be together, of tens of millions of pairs.

Most pairs stand in one model of everything. Where a project was not in it, or needs a
gate that is open for it alone, its own choice is laid beside a model: whatever of the
model reaches no project of which the two choose differently can join it, since two
solutions that agree on what they share are one. Only what is then left is asked for,
and each answer that is a choice shows others like it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from packaging.utils import NormalizedName

from axletree.resolver.audits.queries import (
    Choice,
    Queries,
)
from axletree.resolver.universe.candidates import Release

Pair: TypeAlias = tuple[NormalizedName, NormalizedName]

MOST_WITNESSES = 4
"""Choices of one project that are tried at first."""
MOST_MODELS = 64
"""Models of all projects that are kept; each is as large as the universe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What one model without gates chooses, of all projects."""

    chosen: Choice
    mask: int
    micros: int
    """The patch releases of Python for which it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witness:
    """A choice that holds for one project alone."""

    chosen: Choice
    micros: int
    """The patch releases of Python for which it does."""


@dataclass(kw_only=True)
class Pairs:
    """Finds them, over queries that know which releases can be installed."""

    queries: Queries
    installable: Mapping[NormalizedName, Sequence[Release]]
    """Each project that can be installed -> its releases that can, newest first."""
    bases: dict[Pair, Pair] = field(init=False, default_factory=dict)
    """Each pair -> the one that it is apart for: itself, or what both cannot do without.

    The two of a pair are in the order of their names.
    """
    _models: list[_Model] = field(init=False, default_factory=list)
    _seen: list[int] = field(init=False)
    """By place: the projects that were in a model without gates with this one."""
    _lasting: list[int] = field(init=False)
    """By place: what is apart from this one whatever gates are open. Of two that are
    only while gates are shut, a third may be what opens them."""
    _order: Mapping[NormalizedName, int] = field(init=False)
    _let_in: dict[NormalizedName, set[Release]] = field(
        init=False, default_factory=dict
    )
    """What has a gate and a project cannot do without, or so it seemed at first."""

    def __post_init__(self) -> None:
        self._seen = [0] * len(self.queries.cones.names)
        self._lasting = [0] * len(self.queries.cones.names)

    def apart(self) -> Iterator[Pair]:
        """Yield the pairs, in no order.

        What a project cannot do without is asked before it, so that what is apart
        from that need not be asked again.
        """
        cones = self.queries.cones
        self._prefer_newest()
        without_gates = {n for n in self.installable if self._needs_no_gate(n)}
        ordered = sorted(
            self.installable,
            key=lambda name: (name in without_gates, cones.of(name).bit_count()),
        )
        self._order = {name: place for place, name in enumerate(ordered)}
        left = cones.mask(ordered)
        for one in ordered:
            left &= ~cones.mask([one])
            found = left & self._apart_by_needs(one)
            others = left & cones.may_clash(one) & ~found
            for other in cones.members(found):
                base = self._base_by_needs(one, other)
                yield self._noted(one, other, base, is_lasting=True)
            for other, is_lasting in self._apart_from(one, others):
                alike = self._needing[cones.place[other]] if is_lasting else 0
                more = left & (alike | cones.mask([other])) & ~found
                found |= more
                for needing in cones.members(more):
                    base = one, other
                    yield self._noted(one, needing, base, is_lasting=is_lasting)

    def _noted(
        self,
        one: NormalizedName,
        other: NormalizedName,
        base: Pair,
        *,
        is_lasting: bool,
    ) -> Pair:
        cones = self.queries.cones
        if is_lasting:
            self._lasting[cones.place[one]] |= cones.mask([other])
            self._lasting[cones.place[other]] |= cones.mask([one])
        pair = _pair(one, other)
        self.bases[pair] = _pair(*base)
        return pair

    def _is_lasting(self, one: NormalizedName, other: NormalizedName) -> bool:
        queries = self.queries
        return not queries.solve(queries.presence(one), queries.presence(other))

    def _base_by_needs(self, one: NormalizedName, other: NormalizedName) -> Pair:
        cones = self.queries.cones
        need = next(
            need
            for need in self._needs[one]
            if need in cones.place
            and self._lasting[cones.place[need]] >> cones.place[other] & 1
        )
        return self.bases[_pair(need, other)]

    def _apart_by_needs(self, one: NormalizedName) -> int:
        """Return what is apart for good from what a project cannot do without."""
        found = 0
        for need in self._needs.get(one, ()):
            found |= self._lasting[self.queries.cones.place[need]]
        return found

    @cached_property
    def _needs(self) -> Mapping[NormalizedName, frozenset[NormalizedName]]:
        """Map each project to what all its installable releases require."""
        dependencies = self.queries.knowledge.dependencies
        return {
            name: frozenset.intersection(
                *(
                    frozenset(
                        line.target for line in dependencies[release].certain_lines()
                    )
                    for release in releases
                )
            )
            - {name}
            for name, releases in self.installable.items()
        }

    @cached_property
    def _needing(self) -> list[int]:
        """Return by place those that cannot do without a project, itself included."""
        cones = self.queries.cones
        found: list[list[NormalizedName]] = [[] for _ in cones.names]
        for name in self.installable:
            waiting, seen = [name], set[NormalizedName]()
            while waiting:
                need = waiting.pop()
                if need not in seen:
                    seen.add(need)
                    found[cones.place[need]].append(name)
                    waiting += self._needs.get(need, ())
        return [cones.mask(names) for names in found]

    def _prefer_newest(self) -> None:
        newest = (releases[0] for releases in self.installable.values())
        self.queries.prefer(newest)

    def _needs_no_gate(self, name: NormalizedName) -> bool:
        if self._seen[self.queries.cones.place[name]]:
            return True
        queries = self.queries
        if queries.solve(queries.no_gates, queries.presence(name)):
            self._keep_model()
            return True
        return False

    def _apart_from(
        self, one: NormalizedName, others: int
    ) -> Iterator[tuple[NormalizedName, bool]]:
        """Yield what is apart from one, and whether it is whatever gates are open.

        If so, what cannot do without it is not asked for.
        """
        place = self.queries.cones.place[one]
        others = self._witness(one, others & ~self._seen[place])
        for witness in self._witnesses(one) if others else ():
            others = self._not_joining(witness, others)
        if others:
            if one in self._let_in:
                self._prefer_only(others)
            yield from self._asked_apart(one, others)
            self._prefer_newest()

    def _prefer_only(self, others: int) -> None:
        """Let models have these and little else, against which they may have lost.

        For a project behind gates only: other models show other pairs, too.
        """
        queries = self.queries
        rest = queries.cones.mask(self.installable) & ~others
        names = queries.cones.members(rest)
        queries.sat.prefer(-queries.presence(name) for name in names)

    def _asked_apart(
        self, one: NormalizedName, others: int
    ) -> Iterator[tuple[NormalizedName, bool]]:
        """Ask one by one; each that can be shows others like it."""
        queries = self.queries
        place = queries.cones.place
        for other in sorted(queries.cones.members(others), key=self._order.__getitem__):
            if not others >> place[other] & 1:
                continue
            others &= ~queries.cones.mask([other])
            if not self._can_both(one, other):
                is_lasting = self._is_lasting(one, other)
                yield other, is_lasting
                if is_lasting:
                    others &= ~self._needing[place[other]]
                continue
            others &= ~self._seen[place[one]]
            choice = queries.reached([one])
            if others and queries.verdict(choice, [one]) is None:
                witness = _Witness(chosen=choice, micros=queries.micros(choice))
                others = self._not_joining(witness, others & ~self._ungated())
                # What is like the other may want the same releases of what both need.
                queries.prefer(queries.reached([one, other]).values())

    def _ungated(self) -> int:
        """Return those that the last model has without any gate."""
        queries = self.queries
        holds, chosen = queries.sat.holds, queries.chosen
        found = queries.present()
        for release in queries.gated:
            if holds(chosen(release)):
                found &= ~queries.cones.reaching(release.project)
        return found

    def _witness(self, one: NormalizedName, others: int) -> int:
        """Look for models of one with as many of others as come; return the rest."""
        queries, place = self.queries, self.queries.cones.place[one]
        literals = queries.no_gates, queries.presence(one)
        before = -1
        while others and others != before and self._seen[place]:
            before = others
            queries.solve(*literals)
            self._keep_model()
            others &= ~self._seen[place]
        return others

    def _not_joining(self, witness: _Witness, others: int) -> int:
        """Return those of others that no model lets join a choice."""
        for model in self._models:
            if not others:
                break
            if others & model.mask:
                others &= ~self._joining(witness, model)
        return others

    def _witnesses(self, one: NormalizedName) -> Iterator[_Witness]:
        """Yield choices that hold for a project alone, from the models that have it."""
        queries = self.queries
        having = [model for model in self._models if one in model.chosen]
        yield from (self._part(model, one) for model in having[:MOST_WITNESSES])
        if not having and queries.solve_admitted([queries.presence(one)], [one]):
            choice = queries.reached([one])
            yield _Witness(chosen=choice, micros=queries.micros(choice))

    def _part(self, model: _Model, one: NormalizedName) -> _Witness:
        """Cut out what a project and all that it needs have in a model."""
        cone = self.queries.cones.members(self.queries.cones.of(one) & model.mask)
        chosen = {name: model.chosen[name] for name in cone}
        return _Witness(chosen=chosen, micros=model.micros)

    def _joining(self, witness: _Witness, model: _Model) -> int:
        """Return those of a model that can join a choice without a change of either.

        What is let in for the choice alone is let in with more requirements, too,
        which open gates and never shut them; what joins it has none.
        """
        if not witness.micros & model.micros:
            return 0
        clashing = 0
        for name, release in witness.chosen.items():
            if model.chosen.get(name) is not release:
                clashing |= self.queries.cones.reaching(name)
        return model.mask & ~clashing

    def _can_both(self, one: NormalizedName, other: NormalizedName) -> bool:
        queries = self.queries
        literals = [queries.presence(name) for name in (one, other)]
        let_in = self._let_in.get(one)
        if let_in is None:
            if queries.solve(*literals, queries.no_gates):
                self._keep_model()
                return True
        elif queries.solve_admitted(
            [*literals, queries.through(frozenset(let_in))], (one, other)
        ):
            return True
        return queries.solve_admitted(literals, (one, other))

    def _keep_model(self) -> None:
        """Keep the last model, one without gates, or at least who is in it."""
        queries = self.queries
        mask = queries.present()
        for place in _places(mask):
            self._seen[place] |= mask
        if len(self._models) == MOST_MODELS:
            return
        chosen: Choice = {}
        for name in queries.cones.members(mask):
            release = queries.chosen_of(name)
            if release is not None:
                chosen[name] = release
        micros = queries.micros(chosen)
        self._models.append(_Model(chosen=chosen, mask=mask, micros=micros))


def _places(mask: int) -> Iterator[int]:
    """Yield the set bits of a mask of which most are set."""
    for place, digit in enumerate(reversed(f"{mask:b}")):
        if digit == "1":
            yield place


def _pair(one: NormalizedName, other: NormalizedName) -> Pair:
    return (one, other) if one < other else (other, one)
