"""Cores: sets of facts that cannot hold together, and what is claimed of them.

The refused question is encoded with a selector for each fact, so that facts can be
left out one by one. Read is only what models choose: a release not yet read counts as
usable and without requirements, so a refusal is one for ever, and a model counts only
once everything that it chooses is read. Source: RESOLVING.md 3 and 4; deletion and
hitting sets as in Ignatiev et al., "Smallest MUS extraction with minimal hitting set
dualization", CP 2015.
"""

from __future__ import annotations

from axletree.resolver.fact_clauses import FactClauses
from axletree.resolver.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.hitting_sets import HittingSets, TooManyStepsError
from axletree.resolver.reading_order import in_reading_order

TYPE_CHECKING = False  # see axletree.resolver.compiled
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Literal, Protocol, TypeAlias

    from axletree.resolver.fact_keys import FactKey
    from axletree.resolver.swift_reading import Reading, SwiftRoot

    Claim: TypeAlias = Literal["cause", "irreducible", "smallest"]

    class Judge(Protocol):
        """Tells whether a choice of releases is let in by its gates."""

        def verdict(
            self, chosen: Mapping[str, int], waived: Collection[FallenKey]
        ) -> TableObjection | Unread | None:
            """Object to a choice that has a gated release; None: it is let in.

            :param chosen: project -> position.
            :param waived: gates that are left out.
            """
            ...


MAX_DOUBLINGS = 12
"""More releases than any project has."""
MOST_CORES = 10
"""Conflicts reported at most (RESOLVING.md 4)."""
MOST_ASKED = 1_000
"""Roots and constraints from which the claim stays `irreducible`: a model may violate
thousands of them, and each takes a call of the solver to be sure of."""
MOST_HITTING_SETS = 400
"""Hitting sets tried before the claim stays `irreducible`."""


class KeyCore:
    """A core as keys, before it is put into words."""

    __slots__ = ("claim", "keys")

    def __init__(self, *, keys: tuple[FactKey, ...], claim: Claim) -> None:
        self.keys = keys
        self.claim: Claim = claim


class TableObjection:
    """A clause against a shut gate (`axletree.resolver.encoding.Objection`)."""

    __slots__ = ("admitted", "facts", "refused", "required")

    def __init__(
        self,
        refused: Sequence[tuple[str, int]],
        admitted: Sequence[tuple[str, int]],
        required: Sequence[str],
        facts: Sequence[FallenKey],
    ) -> None:
        self.refused = refused
        """One of these is not chosen…"""
        self.admitted = admitted
        """…or one of these is…"""
        self.required = required
        """…or one of these projects is."""
        self.facts = facts
        """The shut gates; with one of them left out, the clause says nothing."""


class Unread:
    """What to read before the last model is more than a possible one."""

    __slots__ = ("pages", "releases")

    def __init__(
        self, releases: Sequence[tuple[str, int]] = (), pages: Sequence[str] = ()
    ) -> None:
        self.releases = releases
        self.pages = pages


class CoreSearch:
    """A refused question, taken apart into facts."""

    def __init__(
        self,
        reading: Reading,
        roots: Sequence[SwiftRoot],
        constraints: Sequence[SwiftRoot],
        judge: Judge,
    ) -> None:
        """Encode what is asked, and what was read.

        :param reading: one that keeps releases without a usable file.
        """
        self.clauses = FactClauses(reading, roots, constraints)
        self._reading = reading
        self._root_names = [root.name for root in roots]
        self._judge = judge
        self._is_huge = len(roots) + len(constraints) > MOST_ASKED
        self._fewest: int | None = None
        """Facts of a smallest core of all, once known."""
        self._unread = Unread()
        self._times_read: dict[str, int] = {}

    @property
    def selectors(self) -> Mapping[FactKey, int]:
        """Return the literal of each fact known so far."""
        return self.clauses.selectors

    def cores(self, *, is_frozen: bool) -> tuple[tuple[KeyCore, ...], bool]:
        """Return the conflicts, the one to show first, and whether that is all.

        First disjoint ones, then those met when one root or constraint of each core
        on the path is left out.

        :param is_frozen: all that a claim takes may be read.
        """
        found: list[KeyCore] = []
        left_out: set[FactKey] = set()
        while (
            len(found) < MOST_CORES
            and (core := self._core(left_out, is_frozen=is_frozen)) is not None
        ):
            found.append(core)
            left_out.update(core.keys)
        cores, is_complete = self._tree(found, is_frozen=is_frozen)
        if is_frozen:
            self._read_edges(cores)
        return cores, is_complete

    def first(self, *, is_frozen: bool) -> KeyCore | None:
        """Return one irreducible core, without looking for a smaller one or others."""
        if self.can_hold(set(), is_frozen=is_frozen):
            return None
        core = self._made(self._irreducible(), "irreducible")
        if is_frozen:
            self._read_edges([core])
        return core

    def _read_edges(self, cores: Iterable[KeyCore]) -> None:
        """Read all releases whose requirements are named: the text lists them."""
        edges = (key for core in cores for key in core.keys if isinstance(key, EdgeKey))
        names = dict.fromkeys(key.project for key in edges)
        chosen = self.clauses.chosen
        places = (
            (name, at) for name in names for at in range(len(chosen.get(name, ())))
        )
        self._reading.read_ahead((), places)
        self.clauses.sync()

    def holds(self, keys: Collection[FactKey], *literals: int) -> bool:
        """Tell whether facts can hold together (with some literals besides)."""
        self.clauses.sync()
        selectors = self.clauses.selectors
        kept = frozenset(keys)
        assumed = [*(selectors[key] for key in keys), *literals]
        if not self.clauses.sat.solve(assumed):
            return False
        if self._is_ungated() or self.clauses.sat.solve(
            [*assumed, self.clauses.no_gates]
        ):
            # Most often there is a model in which no gate plays a part.
            self._unread = Unread()
            return True
        while self.clauses.sat.solve(assumed):
            if not self._is_objected(kept):
                return True
        return False

    def can_hold(
        self, hidden: Collection[FactKey], *literals: int, is_frozen: bool
    ) -> bool:
        """Tell whether all facts but some can hold together.

        :param is_frozen: all that it takes to know may be read.
        """
        if is_frozen:
            return self._settles_without(hidden, *literals)
        return self.holds(self._others(hidden), *literals)

    def used(self) -> list[FactKey]:
        """Return what the last refusal used; some of it may be spared."""
        used = set(self.clauses.sat.core())
        return [key for key, lit in self.clauses.selectors.items() if lit in used]

    def object_to(self, objection: TableObjection) -> None:
        """Add a clause against a shut gate."""
        chosen = self.clauses.chosen
        clause = [-chosen[name][position] for name, position in objection.refused]
        clause += [chosen[name][position] for name, position in objection.admitted]
        clause += map(self.clauses.presence, objection.required)
        clause += [-self.clauses.selector(fact) for fact in objection.facts]
        self.clauses.sat.add(clause)

    def _made(self, keys: Iterable[FactKey], claim: Claim) -> KeyCore:
        return KeyCore(keys=in_reading_order(keys, self._root_names), claim=claim)

    # Which conflicts.

    def _tree(
        self, found: list[KeyCore], *, is_frozen: bool
    ) -> tuple[tuple[KeyCore, ...], bool]:
        seen = {frozenset(core.keys) for core in found}
        tried: set[frozenset[FactKey]] = set()
        queue: list[frozenset[FactKey]] = [frozenset()]
        # It grows on the way.
        for left_out in queue:
            core = next((c for c in found if not left_out & set(c.keys)), None)
            if core is None:
                core = self._core(left_out, is_frozen=is_frozen)
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

    def _core(
        self, left_out: Collection[FactKey], *, is_frozen: bool
    ) -> KeyCore | None:
        """Return a core among the other facts, minimal and with its claim."""
        hidden = set(left_out)
        if self.can_hold(hidden, is_frozen=is_frozen):
            return None
        core = self._irreducible()
        if not is_frozen or self._is_huge:
            return self._made(core, "irreducible")
        smallest = self._smallest(hidden, core)
        if smallest is None:
            return self._made(core, "irreducible")
        if not hidden:
            self._fewest = len(smallest)
        is_smallest = len(smallest) == self._fewest
        return self._made(smallest, "smallest" if is_smallest else "irreducible")

    def _others(self, hidden: Collection[FactKey]) -> list[FactKey]:
        self.clauses.sync()
        return [key for key in self.clauses.selectors if key not in hidden]

    def _irreducible(self) -> tuple[FactKey, ...]:
        """Minimise what the last refusal used, and confirm each fact by a witness."""
        refused = self.used()
        core = min(
            (self._minimise(order) for order in _orders(refused)),
            key=lambda c: (len(c), _texts(c)),
        )
        return self._confirm(core)

    def _is_objected(self, kept: frozenset[FactKey]) -> bool:
        """Look for a shut gate in the last model, and say what is against it.

        :param kept: the gates among these are in force.
        """
        clauses = self.clauses
        self._unread = Unread()
        if self._is_ungated():
            return False
        waived = [gate for gate in clauses.gates if gate not in kept]
        verdict = self._judge.verdict(clauses.chosen_in_model(), waived)
        if isinstance(verdict, TableObjection):
            pages = self._reading.projects
            unread = [name for name in verdict.required if name not in pages]
            if not unread:
                self.object_to(verdict)
                return True
            # The judge knows pages that the model has without versions.
            verdict = Unread((), unread)
        # While something chosen is unread, every gate counts as open.
        self._unread = verdict or Unread()
        return False

    def _is_ungated(self) -> bool:
        """Tell whether the last model chooses nothing that may have a gate."""
        return not any(map(self.clauses.sat.holds, self.clauses.gated))

    def _minimise(self, keys: Sequence[FactKey]) -> tuple[FactKey, ...]:
        """Leave out one fact after the other, in the order given."""
        core = list(keys)
        for key in keys:
            if key not in core:
                continue
            rest = [other for other in core if other != key]
            if not self.holds(rest):
                used = set(self.used())
                core = [other for other in rest if other in used]
        return tuple(core)

    # The claim "irreducible": a witness for each fact, all of it read.

    def _confirm(self, core: tuple[FactKey, ...]) -> tuple[FactKey, ...]:
        confirmed: list[FactKey] = []
        while len(confirmed) < len(core):
            key = next(key for key in core if key not in confirmed)
            rest = tuple(other for other in core if other != key)
            if self._has_witness(rest, without=key):
                confirmed.append(key)
            else:
                core = self._minimise(rest)
                confirmed = [k for k in confirmed if k in core]
        return core

    def _has_witness(self, rest: tuple[FactKey, ...], *, without: FactKey) -> bool:
        while True:
            if not self._solve_plainly(rest, without) and not self.holds(rest):
                return False
            reached = self._reached(rest)
            if not self._read(reached.releases, reached.pages):
                return True

    def _solve_plainly(self, rest: tuple[FactKey, ...], without: FactKey) -> bool:
        """Solve with every file fallen that has fallen, which reads best."""
        plain = [
            key
            for key in self.clauses.selectors
            if isinstance(key, (FallenKey, AbsentKey))
            and key not in self.clauses.gates
            and key != without
        ]
        return self.holds([*rest, *plain])

    def _reached(self, core: Iterable[FactKey]) -> Unread:
        """Return what the last model chose along the roots and edges of a core.

        With the pages of what is required there, and may not be there at all.
        """
        keys = list(core)
        names = [
            self._root_names[key.index] for key in keys if isinstance(key, RootKey)
        ]
        chosen = self.clauses.chosen_in_model()
        missing = set(self.clauses.missing_in_model())
        reached: dict[str, int] = {}
        pages: dict[str, None] = {}
        while names:
            name = names.pop()
            if name in missing:
                pages[name] = None
            if name in reached or name not in chosen:
                continue
            reached[name] = chosen[name]
            names += [
                key.target
                for key in keys
                if isinstance(key, EdgeKey) and key.project == name
            ]
        return Unread(list(reached.items()), list(pages))

    def _read(
        self, releases: Iterable[tuple[str, int]], pages: Sequence[str] = ()
    ) -> bool:
        """Read what is not yet, and what gates depend on; False if that is nothing."""
        read, history = self._reading.releases, self._reading.history
        before = len(history)
        wanted = [*releases, *self._unread.releases]
        wanted = [(name, at) for name, at in wanted if at not in read[name]]
        self._reading.read_ahead([*pages, *self._unread.pages], wanted)
        return len(history) > before

    # The claim "smallest": hitting sets over models in which all is read.

    def _settles(self, keys: Collection[FactKey]) -> bool:
        """Tell whether facts hold together in a model in which all is read."""
        while self.holds(keys):
            if not self._read_model():
                return True
        return False

    def _settles_without(self, hidden: Collection[FactKey], *literals: int) -> bool:
        """Tell it of all facts but some, those included that reading brings up."""
        while self.holds(self._others(hidden), *literals):
            if not self._read_model():
                return True
        return False

    def _read_model(self) -> bool:
        """Read what the last model chooses, and 1, 2, 4… beside what it chooses anew.

        False if that is nothing: the model counts.
        """
        clauses, read = self.clauses, self._reading.releases
        chosen = clauses.chosen_in_model()
        beside: list[tuple[str, int]] = []
        for name, position in chosen.items():
            if position not in read[name]:
                times = self._times_read[name] = self._times_read.get(name, 0) + 1
                batch = 1 << min(times - 1, MAX_DOUBLINGS)
                last = len(clauses.chosen[name])
                following = range(position + 1, min(position + batch, last))
                beside += ((name, other) for other in following)
        return self._read([*chosen.items(), *beside], clauses.missing_in_model())

    def _smallest(
        self, hidden: Collection[FactKey], core: tuple[FactKey, ...]
    ) -> tuple[FactKey, ...] | None:
        if len(core) == 1:
            return core
        selectors = self.clauses.selectors
        sets = HittingSets()
        for key in core:
            # Often each fact alone stands in the way: then no core has fewer.
            if self._settles_without({*hidden, key}):
                sets.add([selectors[key]])
        for _ in range(MOST_HITTING_SETS):
            try:
                literals = set(sets.smallest())
            except TooManyStepsError:
                return None
            hit = tuple(k for k, literal in selectors.items() if literal in literals)
            if len(hit) >= len(core):
                return core
            self.clauses.prefer_facts()
            if not self._settles(hit):
                return hit
            violated = self._violated(hidden, hit)
            sets.add([selectors[key] for key in violated])
        return None

    def _violated(
        self, hidden: Collection[FactKey], hit: tuple[FactKey, ...]
    ) -> list[FactKey]:
        """Return what the last model, of `hit`, violates once it holds all it can."""
        held = self._held(hidden, hit)
        tried: set[FactKey] = set()
        while True:
            waiting = (k for k in self._others(hidden) if k not in held)
            key = next((k for k in waiting if k not in tried), None)
            if key is None:
                return [k for k in self._others(hidden) if k not in held]
            tried.add(key)
            if self._settles([*held, key]):
                held = self._held(hidden, (*held, key))

    def _held(
        self, hidden: Collection[FactKey], kept: Iterable[FactKey]
    ) -> dict[FactKey, None]:
        """Return what the last model holds; of gates, those that were looked at."""
        clauses = self.clauses
        holds, gates, looked_at = clauses.sat.holds, clauses.gates, set(kept)
        return {
            key: None
            for key, literal in clauses.selectors.items()
            if key not in hidden
            and holds(literal)
            and (key in looked_at or key not in gates)
        }


def _texts(core: Iterable[FactKey]) -> tuple[str, ...]:
    return tuple(sorted(map(repr, core)))


def _orders(keys: list[FactKey]) -> list[list[FactKey]]:
    """Return orders in which to try to leave facts out; each may end elsewhere."""
    roots_last = sorted(keys, key=lambda key: isinstance(key, RootKey))
    return [roots_last, keys[::-1], roots_last[::-1]]
