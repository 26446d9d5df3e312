"""Which two projects can never be together, of tens of millions of pairs.

Most pairs stand in one model of everything. Where a project was not in it, or needs a
gate that is open for it alone, its own choice is laid beside a model: whatever of the
model reaches no project of which the two choose differently can join it, since two
solutions that agree on what they share are one. Only what is then left is asked for,
and each answer that is a choice shows others like it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from packaging.utils import NormalizedName

from axletree.resolver.audit_queries import Choice, Queries
from axletree.resolver.candidates import Release

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
    patches: int
    """The patch releases of Python that fit all of it."""


@dataclass(kw_only=True)
class Pairs:
    """Finds them, over queries that know which releases can be installed."""

    queries: Queries
    newest: Choice
    """Of each project that can be installed its newest installable release."""
    _models: list[_Model] = field(init=False, default_factory=list)
    _seen: list[int] = field(init=False)
    """By place: the projects that were in a model without gates with this one."""
    _let_in: dict[NormalizedName, set[Release]] = field(
        init=False, default_factory=dict
    )
    """What has a gate and a project cannot do without, or so it seemed at first."""
    _patches_of: dict[Release, int] = field(init=False)
    """For the few that refuse some patch releases of Python."""

    def __post_init__(self) -> None:
        knowledge = self.queries.knowledge
        self._seen = [0] * len(self.queries.cones.names)
        self._patches_of = {
            release: patches
            for release in knowledge.dependencies
            if (patches := knowledge.patches_of(release)) != knowledge.all_patches
        }

    def apart(self) -> Iterator[Pair]:
        """Yield the pairs, in no order; those with a project that needs gates first."""
        cones = self.queries.cones
        self.queries.encoding.prefer(self.newest.values())
        without_gates = {name for name in self.newest if self._needs_no_gate(name)}
        ordered = sorted(self.newest, key=without_gates.__contains__)
        left = cones.mask(ordered)
        for one in ordered:
            left &= ~cones.mask([one])
            yield from self._apart_from(one, left & cones.may_clash(one))

    def _needs_no_gate(self, name: NormalizedName) -> bool:
        if self._seen[self.queries.cones.place[name]]:
            return True
        queries = self.queries
        if queries.solve(queries.no_gates, queries.encoding.present(name)):
            self._keep_model()
            return True
        return False

    def _apart_from(self, one: NormalizedName, others: int) -> Iterator[Pair]:
        queries = self.queries
        place = queries.cones.place[one]
        others = self._witness(one, others & ~self._seen[place])
        for witness in self._witnesses(one) if others else ():
            others = self._not_joining(witness, others)
        if others:
            if one in self._let_in:
                self._prefer_only(others)
            yield from self._asked_apart(one, others)
            queries.encoding.prefer(self.newest.values())

    def _prefer_only(self, others: int) -> None:
        """Let models have these and little else, against which they may have lost.

        For a project behind gates only: other models show other pairs, too.
        """
        cones, encoding = self.queries.cones, self.queries.encoding
        rest = cones.mask(self.newest) & ~others
        encoding.sat.prefer(-encoding.present(name) for name in cones.members(rest))

    def _asked_apart(self, one: NormalizedName, others: int) -> Iterator[Pair]:
        """Ask for pairs one by one; each that can be shows others like it."""
        queries = self.queries
        place = queries.cones.place[one]
        while others:
            [other] = queries.cones.members(others & -others)
            others &= others - 1
            if not self._can_both(one, other):
                yield one, other
                continue
            others &= ~self._seen[place]
            choice = queries.reached([one])
            if others and queries.verdict(choice, [one]) is None:
                others = self._not_joining(choice, others & ~self._ungated())
                # What is like the other may want the same releases of what both need.
                queries.encoding.prefer(queries.reached([one, other]).values())

    def _ungated(self) -> int:
        """Return those that the last model has without any gate."""
        queries = self.queries
        holds, chosen = queries.encoding.sat.holds, queries.encoding.chosen
        found = queries.present()
        for release in queries.gated:
            if holds(chosen[release]):
                found &= ~queries.cones.reaching(release.project)
        return found

    def _witness(self, one: NormalizedName, others: int) -> int:
        """Look for models of one with as many of others as come; return the rest."""
        queries, place = self.queries, self.queries.cones.place[one]
        literals = queries.no_gates, queries.encoding.present(one)
        before = -1
        while others and others != before and self._seen[place]:
            before = others
            queries.solve(*literals)
            self._keep_model()
            others &= ~self._seen[place]
        return others

    def _not_joining(self, choice: Choice, others: int) -> int:
        """Return those of others that no model lets join a choice."""
        for model in self._models:
            if not others:
                break
            if others & model.mask:
                others &= ~self._joining(choice, model)
        return others

    def _witnesses(self, one: NormalizedName) -> Iterator[Choice]:
        """Yield choices that hold for a project alone, from the models that have it."""
        queries = self.queries
        having = [model for model in self._models if one in model.chosen]
        yield from (self._part(model, one) for model in having[:MOST_WITNESSES])
        if not having and queries.solve_admitted(
            [queries.encoding.present(one)], [one]
        ):
            yield queries.reached([one])

    def _part(self, model: _Model, one: NormalizedName) -> Choice:
        """Cut out what a project and all that it needs have in a model."""
        cone = self.queries.cones.members(self.queries.cones.of(one) & model.mask)
        return {name: model.chosen[name] for name in cone}

    def _joining(self, witness: Choice, model: _Model) -> int:
        """Return those of a model that can join a choice without a change of either.

        What is let in for the choice alone is let in with more requirements, too,
        which open gates and never shut them; what joins it has none.
        """
        if not self._patches(witness.values()) & model.patches:
            return 0
        clashing = 0
        for name, release in witness.items():
            if model.chosen.get(name) is not release:
                clashing |= self.queries.cones.reaching(name)
        return model.mask & ~clashing

    def _can_both(self, one: NormalizedName, other: NormalizedName) -> bool:
        queries = self.queries
        literals = [queries.encoding.present(name) for name in (one, other)]
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
            release = queries.encoding.chosen_of(name)
            if release is not None:
                chosen[name] = release
        patches = self._patches(chosen.values())
        self._models.append(_Model(chosen=chosen, mask=mask, patches=patches))

    def _patches(self, releases: Iterable[Release]) -> int:
        left = self.queries.knowledge.all_patches
        for release in releases:
            left &= self._patches_of.get(release, left)
        return left


def _places(mask: int) -> Iterator[int]:
    """Yield the set bits of a mask of which most are set."""
    for place, digit in enumerate(reversed(f"{mask:b}")):
        if digit == "1":
            yield place


def in_order(pairs: Iterable[Pair], names: Sequence[NormalizedName]) -> Iterator[Pair]:
    """Sort pairs, and the two of each, as the projects are listed."""
    place = {name: place for place, name in enumerate(names)}
    placed = [sorted((place[one], place[other])) for one, other in pairs]
    yield from ((names[one], names[other]) for one, other in sorted(placed))
