"""Cores: sets of facts that cannot hold together, and what is claimed of them.

Source: RESOLVING.md 4; deletion and hitting sets as in Ignatiev et al., "Smallest MUS
extraction with minimal hitting set dualization", CP 2015.
"""

from __future__ import annotations

from axletree.resolver.conflicts.fact_order import in_reading_order, place_of
from axletree.resolver.conflicts.hitting_sets import (
    HittingSets,
    TooManyStepsError,
)
from axletree.resolver.conflicts.witnesses import Witnesses
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.model.facts import Claim

MOST_CORES = 10
"""Conflicts reported at most (RESOLVING.md 4)."""
MOST_ASKED = 1_000
"""Roots and constraints from which the claim stays `irreducible`: a model may violate
thousands of them, and each takes a call of the solver to be sure of."""
MOST_HITTING_SETS = 400
"""Hitting sets tried before the claim stays `irreducible`."""
MOST_AS_SMALL = 40
"""Of those, with as many facts as a core that is known, so that it may come first."""


class KeyCore:
    """A core as keys, before it is put into words."""

    __slots__ = ("claim", "keys")

    def __init__(self, *, keys: tuple[FactKey, ...], claim: Claim) -> None:
        self.keys = keys
        self.claim: Claim = claim


class CoreSearch:
    """A refused question, taken apart into facts."""

    def __init__(self, models: FactModels, root_names: Sequence[str]) -> None:
        """Take what can be asked of the facts.

        :param root_names: the projects that the roots name, in their order.
        """
        self._models = models
        self._root_names = root_names
        self._witnesses = Witnesses(models, root_names)
        written = (
            k for k in models.selectors if isinstance(k, (RootKey, ConstraintKey))
        )
        self._is_huge = sum(1 for _ in written) > MOST_ASKED
        self._fewest: int | None = None
        """Facts of a smallest core of all, once known."""
        self._spared: list[set[FactKey]] = []
        """Facts without which all others hold together: there is a model."""
        self._clashes: list[frozenset[int]] = []
        """Literals that cannot hold together, as far as some were met."""

    def cores(self) -> tuple[tuple[KeyCore, ...], bool]:
        """Return the conflicts, the one to show first, and whether that is all.

        First disjoint ones, then those met when one root or constraint of each core
        on the path is left out.
        """
        found: list[KeyCore] = []
        left_out: set[FactKey] = set()
        while len(found) < MOST_CORES and (core := self._core(left_out)) is not None:
            found.append(core)
            left_out.update(core.keys)
        cores, is_complete = self._tree(found)
        if self._models.is_frozen:
            self._read_named(cores)
        return cores, is_complete

    def first(self) -> KeyCore | None:
        """Return one irreducible core, without looking for a smaller one or others."""
        if self._models.can_hold_without(()):
            return None
        core = self._made(self._irreducible(), self._claim)
        if self._models.is_frozen:
            self._read_named([core])
        return core

    def _read_named(self, cores: Iterable[KeyCore]) -> None:
        """Read all releases of which a fact is told: the text lists them."""
        told = (
            key
            for core in cores
            for key in core.keys
            if isinstance(key, (EdgeKey, FallenKey))
        )
        names = dict.fromkeys(key.project for key in told)
        chosen = self._models.clauses.chosen
        places = (
            (name, at) for name in names for at in range(len(chosen.get(name, ())))
        )
        self._models.read(places)

    def _made(self, keys: Iterable[FactKey], claim: Claim) -> KeyCore:
        return KeyCore(keys=in_reading_order(keys, self._root_names), claim=claim)

    # Which conflicts.

    def _tree(self, found: list[KeyCore]) -> tuple[tuple[KeyCore, ...], bool]:
        seen = {frozenset(core.keys) for core in found}
        tried: set[frozenset[FactKey]] = set()
        queue: list[frozenset[FactKey]] = [frozenset()]
        # It grows on the way.
        for left_out in queue:
            core = next((c for c in found if not left_out & set(c.keys)), None)
            if core is None:
                core = self._core(left_out)
            if core is None:
                continue
            if frozenset(core.keys) not in seen:
                if len(found) == MOST_CORES:
                    return tuple(found), False
                seen.add(frozenset(core.keys))
                found.append(core)
            for key in core.keys:
                path = left_out | {key}
                if isinstance(key, (RootKey, ConstraintKey)) and path not in tried:
                    tried.add(path)
                    queue.append(path)
        return tuple(found), True

    def _core(self, left_out: Collection[FactKey]) -> KeyCore | None:
        """Return a core among the other facts, minimal and with its claim."""
        hidden = set(left_out)
        is_known = any(spared <= hidden for spared in self._spared)
        if is_known or self._models.can_hold_without(hidden):
            return None
        if not self._models.is_frozen or self._is_huge:
            return self._made(self._irreducible(), self._claim)
        core = self._minimised()
        needed = self._needed(hidden, core)
        core = self._confirm(core, needed)
        claim = self._claim
        if claim == "cause":
            return self._made(core, claim)
        try:
            smallest = self._smallest(hidden, core, needed)
        except TooManyStepsError:
            return self._made(core, "irreducible")
        if not hidden:
            self._fewest = len(smallest)
        is_smallest = len(smallest) == self._fewest
        return self._made(smallest, "smallest" if is_smallest else "irreducible")

    def _irreducible(self) -> tuple[FactKey, ...]:
        """Minimise what the last refusal used, and confirm each fact by a witness."""
        return self._confirm(self._minimised())

    def _minimised(self) -> tuple[FactKey, ...]:
        """Leave out of what the last refusal used what is to spare."""
        refused = self._models.used()
        self._note_clash()
        first, *others = _orders(refused)
        core = self._minimise(first)
        if len(core) == len(refused):
            # None of them is to spare, whichever is tried first.
            return core
        cores = (core, *map(self._minimise, others))
        return min(cores, key=lambda c: (len(c), _texts(c)))

    def _minimise(self, keys: Sequence[FactKey]) -> tuple[FactKey, ...]:
        """Leave out one fact after the other, in the order given."""
        core = list(keys)
        for key in keys:
            if key not in core:
                continue
            rest = [other for other in core if other != key]
            if not self._models.holds(rest):
                used = set(self._models.used())
                core = [other for other in rest if other in used]
        return tuple(core)

    # The claim "irreducible": a witness for each fact, all of it read.

    @property
    def _claim(self) -> Claim:
        """Return what the witnesses of the last core allow to claim."""
        return "cause" if self._witnesses.lacks_some else "irreducible"

    def _confirm(
        self, core: tuple[FactKey, ...], known: Collection[FactKey] = ()
    ) -> tuple[FactKey, ...]:
        """Look for a witness for each fact; shrink the core where there is none.

        :param known: facts without which all others hold, which was seen.
        """
        confirmed = [key for key in core if key in known]
        self._witnesses.lacks_some = False
        while len(confirmed) < len(core):
            key = next(key for key in core if key not in confirmed)
            rest = tuple(other for other in core if other != key)
            if self._witnesses.has_one(rest, without=key):
                confirmed.append(key)
            else:
                core = self._minimise(rest)
                confirmed = [k for k in confirmed if k in core]
        return core

    # The claim "smallest": hitting sets over models in which all is read.

    def _needed(
        self, hidden: Collection[FactKey], core: Iterable[FactKey]
    ) -> list[FactKey]:
        """List the facts of a core without which all others hold, in a model all read.

        Every core has them, and the model is a witness: often that is all of a core.
        """
        needed: list[FactKey] = []
        for key in sorted(core, key=place_of):
            spared = {*hidden, key}
            if self._models.settles_without(spared, knows_all=True):
                self._spared.append(spared)
                needed.append(key)
            else:
                self._note_clash()
        return needed

    def _smallest(
        self,
        hidden: Collection[FactKey],
        core: tuple[FactKey, ...],
        needed: Iterable[FactKey],
    ) -> tuple[FactKey, ...]:
        """Return a core than which none is smaller, and the first of those as small.

        :param core: one that is irreducible.
        :param needed: facts that every core has.
        :raises TooManyStepsError: the search gave up, and nobody knows one.
        """
        sets = HittingSets()
        for key in needed:
            sets.add([place_of(key)])
        try:
            return self._first_of_smallest(hidden, core, sets)
        except TooManyStepsError:
            if sets.size < len(core):
                raise
            # It is as small as any, though another may come before it.
            return core

    def _first_of_smallest(
        self,
        hidden: Collection[FactKey],
        core: tuple[FactKey, ...],
        sets: HittingSets,
    ) -> tuple[FactKey, ...]:
        """Try hitting sets, until one of them is a core.

        :param sets: that each core hits.
        :raises TooManyStepsError: it gave up.
        """
        known = {place_of(key): key for key in core}
        own = set(known)
        left, left_as_small = MOST_HITTING_SETS, MOST_AS_SMALL
        while left and left_as_small:
            left -= 1
            places = set(sets.smallest())
            if places == own:
                return core
            left_as_small -= len(places) == len(core)
            selectors = self._models.selectors
            among = map(known.__getitem__, places)
            hit = tuple(sorted(among, key=selectors.__getitem__))
            violated = {place_of(key): key for key in self._violated_by(hidden, hit)}
            if not violated:
                return hit
            known.update(violated)
            sets.add(list(violated))
        raise TooManyStepsError

    def _violated_by(
        self, hidden: Collection[FactKey], hit: tuple[FactKey, ...]
    ) -> list[FactKey]:
        """Return what a model of some facts violates, all of it read; [] without one.

        :raises TooManyStepsError: there are only models that cannot be read.
        """
        self._models.clauses.prefer_facts()
        # Gates are in force only where they are looked at, and seldom matter.
        gates = [gate for gate in self._models.clauses.gates if gate not in hidden]
        held = (*hit, *gates)
        if not gates or not self._models.settles(held, knows_all=True):
            held = hit
            if not self._models.settles(hit):
                return []
            if self._models.never_read() and not self._models.settles(
                hit, knows_all=True
            ):
                raise TooManyStepsError
        return self._models.clauses.facts_of(self._violated(hidden, held))

    def _violated(
        self, hidden: Collection[FactKey], kept: Iterable[FactKey]
    ) -> list[int]:
        """Return what the last model violates once it holds all it can.

        By the literals of facts: there are hundreds, each looked at again and again.

        :param kept: the facts that the model was asked for.
        """
        models, selectors = self._models, self._models.clauses.selectors
        hiding = {selectors[key] for key in hidden if key in selectors}
        held = self._held(hiding, [selectors[key] for key in kept])
        tried: set[int] = set()
        while True:
            # It grows while what it leads to is read.
            spoken_of = hiding.union(held)
            missing = [lit for lit in models.literals() if lit not in spoken_of]
            untried = (lit for lit in missing if lit not in tried)
            literal = next((lit for lit in untried if not self._clash(held, lit)), None)
            if literal is None:
                return missing
            tried.add(literal)
            if models.settles_literals([*held, literal], knows_all=True):
                held = self._held(hiding, (*held, literal))
            else:
                self._note_clash()

    def _clash(self, held: Collection[int], literal: int) -> bool:
        """Tell whether it is known that a literal cannot hold with some others."""
        return any(
            literal in clash and all(each == literal or each in held for each in clash)
            for clash in self._clashes
        )

    def _note_clash(self) -> None:
        """Remember what the last refusal used: it holds together no more."""
        self._clashes.append(frozenset(self._models.clauses.sat.core()))

    def _held(self, hiding: Iterable[int], kept: Iterable[int]) -> dict[int, None]:
        """Return what the last model holds; of gates, those that were looked at."""
        clauses = self._models.clauses
        gates = set(map(clauses.selector, clauses.gates)).difference(kept)
        found = dict.fromkeys(clauses.held_in_model())
        for literal in (*hiding, *gates):
            found.pop(literal, None)
        return found


def _texts(core: Iterable[FactKey]) -> tuple[str, ...]:
    return tuple(sorted(map(repr, core)))


def _orders(keys: list[FactKey]) -> list[list[FactKey]]:
    """Return orders in which to try to leave facts out; each may end elsewhere."""
    roots_last = sorted(keys, key=lambda key: isinstance(key, RootKey))
    return [roots_last, keys[::-1], roots_last[::-1]]
