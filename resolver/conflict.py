"""Cores: sets of facts that cannot hold together, and what is claimed of them.

The refused question is encoded once more, each fact with its own selector, so that
facts can be left out one by one. Source: RESOLVING.md 4; deletion and hitting sets as
in Ignatiev et al., "Smallest MUS extraction with minimal hitting set dualization",
CP 2015.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.admission import Admission, MustRead
from axletree.resolver.candidates import Release
from axletree.resolver.encoding import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    Encoding,
    FactKey,
    FallenKey,
    Objection,
    RootKey,
)
from axletree.resolver.knowledge import Knowledge, MemoUniverse
from axletree.resolver.model import Claim
from axletree.resolver.question import Question
from axletree.resolver.reading_order import in_reading_order
from axletree.resolver.sat import HittingSets

MOST_CORES = 10
"""Conflicts reported at most (RESOLVING.md 4)."""
MOST_ASKED = 1_000
"""Roots and constraints from which the claim stays `irreducible`: a model may violate
thousands of them, and each takes a call of the solver to be sure of."""
MOST_HITTING_SETS = 400
"""Hitting sets tried before the claim stays `irreducible`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCore:
    """A core as keys, before it is put into words."""

    keys: tuple[FactKey, ...]
    claim: Claim


class Explanation:
    """A refused question, taken apart into facts."""

    def __init__(
        self,
        universe: MemoUniverse,
        question: Question,
        known: Knowledge,
        objections: Sequence[Objection],
    ) -> None:
        """Encode all that `known` has read, with a selector for each fact."""
        self.question = question
        self.knowledge = Knowledge(
            universe,
            question.environment,
            question.limits,
            question.edits,
            keep_fallen=True,
        )
        self._universe = universe
        self.knowledge.read_pages(known.releases)
        self._read_metadata_at_hand()
        self._fewest: int | None = None
        """Facts of a smallest core of all, once known."""
        self._unread = MustRead()
        """What to read before the last model is more than a possible one."""
        self.encoding = Encoding(self.knowledge, question, explains=True)
        self.encoding.sync()
        for objection in objections:
            self.encoding.object_to(self._translate(objection))

    def _read_metadata_at_hand(self) -> None:
        self.knowledge.read_metadata(
            release
            for releases in self.knowledge.releases.values()
            if releases is not None
            for release in releases.all
            if release.candidate_files[0] in self._universe.metadata_of
        )

    def catch_up(self) -> bool:
        """Take in what others have read meanwhile; False if that was nothing."""
        before = len(self.knowledge.history)
        self.knowledge.read_pages(self._universe.page_of)
        self._read_metadata_at_hand()
        self.encoding.sync()
        return len(self.knowledge.history) > before

    def cores(self) -> tuple[tuple[KeyCore, ...], bool]:
        """Return the conflicts, the one to show first, and whether that is all.

        First disjoint ones, then those met when one root or constraint of each core
        on the path is left out.
        """
        if self.knowledge.universe.is_frozen:
            self._read_everything()
        found: list[KeyCore] = []
        left_out: set[FactKey] = set()
        while len(found) < MOST_CORES and (core := self._core(left_out)) is not None:
            found.append(core)
            left_out.update(core.keys)
        return self._tree(found)

    def first(self) -> KeyCore | None:
        """Return one irreducible core, without looking for a smaller one or others."""
        if self.knowledge.universe.is_frozen:
            self._read_everything()
        if self.holds(list(self.encoding.selectors)):
            return None
        keys = in_reading_order(self._irreducible(), self.question)
        return KeyCore(keys=keys, claim="irreducible")

    def _tree(self, found: list[KeyCore]) -> tuple[tuple[KeyCore, ...], bool]:
        seen = {frozenset(core.keys) for core in found}
        tried: set[frozenset[FactKey]] = set()
        queue: deque[frozenset[FactKey]] = deque([frozenset()])
        while queue:
            left_out = queue.popleft()
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
                if isinstance(key, RootKey | ConstraintKey) and path not in tried:
                    tried.add(path)
                    queue.append(path)
        return tuple(found), True

    def _core(self, left_out: Iterable[FactKey]) -> KeyCore | None:
        """Return a core among the other facts, minimal and with its claim."""
        hidden = set(left_out)
        keys = [key for key in self.encoding.selectors if key not in hidden]
        if self.holds(keys):
            return None
        core = self._irreducible()
        if self.knowledge.universe.is_frozen and not self._is_huge:
            smallest = self._smallest(keys, core)
            if smallest is not None:
                if not hidden:
                    self._fewest = len(smallest)
                is_smallest = len(smallest) == self._fewest
                claim: Claim = "smallest" if is_smallest else "irreducible"
                return KeyCore(
                    keys=in_reading_order(smallest, self.question), claim=claim
                )
        return KeyCore(keys=in_reading_order(core, self.question), claim="irreducible")

    def _irreducible(self) -> tuple[FactKey, ...]:
        """Minimise what the last refusal used, and confirm each fact by a witness."""
        refused = self._used()
        core = min(
            (self._minimise(order) for order in _orders(refused)),
            key=lambda c: (len(c), self._texts(c)),
        )
        return self._confirm(core)

    @property
    def _is_huge(self) -> bool:
        question = self.question
        return len(question.roots) + len(question.constraints) > MOST_ASKED

    def holds(self, keys: Collection[FactKey], *literals: int) -> bool:
        """Tell whether facts can hold together (with some literals besides)."""
        selectors = self.encoding.selectors
        kept = frozenset(keys)
        assumed = [*(selectors[key] for key in keys), *literals]
        while self.encoding.sat.solve(assumed):
            if not self._is_objected(kept):
                return True
        return False

    def _is_objected(self, kept: frozenset[FactKey]) -> bool:
        """Look for a shut gate in the last model, and say what is against it.

        :param kept: the gates among these are in force.
        """
        encoding, knowledge = self.encoding, self.knowledge
        self._unread = MustRead()
        if not any(map(encoding.sat.holds, encoding.gated)):
            return False
        chosen = {
            name: release
            for name in knowledge.releases
            if (release := encoding.chosen_of(name)) is not None
        }
        verdict = Admission(
            knowledge=knowledge,
            question=self.question,
            chosen=chosen,
            waived=frozenset(encoding.gates) - kept,
        ).verdict()
        if isinstance(verdict, Objection):
            encoding.object_to(verdict)
            return True
        # While something chosen is unread, every gate counts as open.
        self._unread = verdict or MustRead()
        return False

    def _used(self) -> list[FactKey]:
        used = set(self.encoding.sat.core())
        return [key for key, lit in self.encoding.selectors.items() if lit in used]

    def _texts(self, core: Iterable[FactKey]) -> tuple[str, ...]:
        return tuple(sorted(map(repr, core)))

    def _minimise(self, keys: Sequence[FactKey]) -> tuple[FactKey, ...]:
        """Leave out one fact after the other, in the order given."""
        core = list(keys)
        for key in keys:
            if key not in core:
                continue
            rest = [other for other in core if other != key]
            if not self.holds(rest):
                used = set(self._used())
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
            unread = self._unread_along(rest)
            if not unread.releases and not unread.pages:
                return True
            self.knowledge.read_pages(unread.pages)
            self.knowledge.read_metadata(unread.releases)
            self.encoding.sync()

    def _solve_plainly(self, rest: tuple[FactKey, ...], without: FactKey) -> bool:
        """Solve with every file fallen that has fallen, which reads best."""
        plain = [
            key
            for key in self.encoding.selectors
            if isinstance(key, FallenKey | AbsentKey)
            and key not in self.encoding.gates
            and key != without
        ]
        return self.holds([*rest, *plain])

    def _unread_along(self, core: Iterable[FactKey]) -> MustRead:
        """List what the last model chose unread along the roots and edges of a core."""
        keys = list(core)
        names = [self._root_name(key) for key in keys if isinstance(key, RootKey)]
        reached: set[NormalizedName] = set()
        pages = list(self._unread.pages)
        releases = list(self._unread.releases)
        while names:
            name = names.pop()
            if name in reached:
                continue
            reached.add(name)
            release = self.encoding.chosen_of(name)
            if release is None:
                # What is required and has no page yet may not be there at all.
                if name not in self.knowledge.releases and self._is_present(name):
                    pages.append(name)
                continue
            if not self.knowledge.is_read(release):
                releases.append(release)
            names += [
                key.target
                for key in keys
                if isinstance(key, EdgeKey) and key.project == name
            ]
        return MustRead(pages=tuple(pages), releases=tuple(releases))

    def _is_present(self, name: NormalizedName) -> bool:
        return self.encoding.sat.holds(self.encoding.present(name))

    def _root_name(self, key: RootKey) -> NormalizedName:
        return canonicalize_name(self.question.roots[key.index].requirement.name)

    # The claim "smallest": hitting sets over models in which all is read.

    def _smallest(
        self, keys: Sequence[FactKey], core: tuple[FactKey, ...]
    ) -> tuple[FactKey, ...] | None:
        selectors = self.encoding.selectors
        key_of = {selectors[key]: key for key in keys}
        self.encoding.sat.prefer(
            literal for literal, key in key_of.items() if key not in self.encoding.gates
        )
        sets = HittingSets()
        for _ in range(MOST_HITTING_SETS):
            hit = tuple(key_of[literal] for literal in sets.smallest())
            if len(hit) >= len(core):
                return core
            if not self.holds(hit):
                return hit
            sets.add(selectors[key] for key in self._violated(keys, hit))
        return None

    def _violated(
        self, keys: Sequence[FactKey], hit: tuple[FactKey, ...]
    ) -> list[FactKey]:
        """Return what the last model, of `hit`, violates once it holds all it can."""
        held = self._held(keys, hit)
        for key in keys:
            if key not in held and self.holds([*held, key]):
                held = self._held(keys, (*held, key))
        return [key for key in keys if key not in held]

    def _held(
        self, keys: Iterable[FactKey], kept: Iterable[FactKey]
    ) -> dict[FactKey, None]:
        """Return what the last model holds; of gates, those that were looked at."""
        holds, selectors = self.encoding.sat.holds, self.encoding.selectors
        looked_at = set(kept)
        return {
            key: None
            for key in keys
            if holds(selectors[key])
            and (key in looked_at or key not in self.encoding.gates)
        }

    def _read_everything(self) -> None:
        """Read all that can be reached, so that models know what they violate."""
        pages: list[NormalizedName] = list(self.knowledge.releases)
        while pages:
            self.knowledge.read_pages(pages)
            releases = [
                release
                for name in pages
                if (found := self.knowledge.releases[name]) is not None
                for release in found.all
            ]
            self.knowledge.read_metadata(releases)
            # A dictionary, since thousands of lines name the same few projects.
            named = dict.fromkeys(
                line.target
                for release in releases
                if (lines := self.knowledge.dependencies.get(release)) is not None
                for line in lines.all_lines
            )
            pages = [name for name in named if name not in self.knowledge.releases]
        self.encoding.sync()

    def _translate(self, objection: Objection) -> Objection:
        """Put a clause of the plain encoding into the releases of this one.

        A fallen release may open a gate once its fact is left out, so all of them
        are let through.
        """
        fallen = [
            release
            for releases in self.knowledge.releases.values()
            if releases is not None
            for release in releases.all
            if not release.files
        ]
        return replace(
            objection,
            refused=tuple(map(self._same, objection.refused)),
            admitted=(*map(self._same, objection.admitted), *fallen),
        )

    def _same(self, release: Release) -> Release:
        releases = self.knowledge.releases[release.project]
        found = releases.all if releases is not None else ()
        return next(other for other in found if other.version == release.version)


def _orders(keys: list[FactKey]) -> list[list[FactKey]]:
    """Return orders in which to try to leave facts out; each may end elsewhere."""
    roots_last = sorted(keys, key=lambda key: isinstance(key, RootKey))
    return [roots_last, keys[::-1], roots_last[::-1]]
