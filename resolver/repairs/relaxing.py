"""Repairs by what the user wrote: other versions of roots and constraints.

Sets of one, then two, then three of them are opened, so that a set that works and
contains no smaller one that does is irreducible. Each of its members is then moved to
the versions that work (`axletree.resolver.repairs.moving`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import combinations, groupby

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.phrases import version_span
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    FactKey,
    RootKey,
)
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import Edit, RootRequirement
from axletree.resolver.repairs.costs import RELAX_ROOT, Floor, cost_of, far_older
from axletree.resolver.repairs.far_older import is_far_older
from axletree.resolver.repairs.moving import Mover
from axletree.resolver.repairs.places import Moved
from axletree.resolver.repairs.proving import (
    Prover,
    WrittenKey,
    name_of,
    spell,
    with_line,
    with_specifier,
    written,
)
from axletree.resolver.resolve import Refusal

MOST_TOGETHER = 3
"""Requirements changed in one repair."""
MOST_TRIED = 40
"""Sets that are resolved before the search stops."""


@dataclass(slots=True)
class WrittenRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)
    """Every set of requirements so far was tried to the end, or cannot work."""
    _listed: list[WrittenKey] = field(init=False, default_factory=list)
    """Requirements that may have to move."""
    _mover: Mover = field(init=False)

    def __post_init__(self) -> None:
        self._mover = Mover(self.prover)

    def find(self) -> Iterator[Repair | Floor]:
        """Yield repairs, those with fewer changes first."""
        size = 1
        working: list[frozenset[WrittenKey]] = []
        given_up: list[frozenset[WrittenKey]] = []
        tried = 0
        for keys in self._sets():
            if len(keys) > size:
                size = len(keys)
                yield Floor((RELAX_ROOT, size))
            if any(done.issubset(keys) for done in working):
                continue
            if not self.prover.may_hold_without(keys):
                if not self.prover.refuses_for_certain:
                    given_up.append(frozenset(keys))
                    self.is_complete = False
                continue
            if tried == MOST_TRIED:
                self.is_complete = False
                return
            tried += 1
            is_known = not any(part.issubset(keys) for part in given_up)
            found = self._relax(keys, is_irreducible=is_known)
            match found:
                case Found(value=(repair, moved)):
                    working.append(moved)
                    yield repair
                case GaveUp():
                    given_up.append(frozenset(keys))
                    self.is_complete = False
                    self._list_unread()
                    self._list_refusing(keys)
                case ProvedNone():
                    self.is_complete &= self._looks_further(keys)
        # That larger sets are not tried matters to none that is found.
        yield Floor((RELAX_ROOT, size + 1))
        self.is_complete &= len(self._listed) <= MOST_TOGETHER

    def _sets(self) -> Iterator[tuple[WrittenKey, ...]]:
        """Yield sets of requirements, the larger ones of what was found meanwhile."""
        self._list(self.prover.cores)
        if not self.prover.universe.is_frozen:
            # Over an index files may be held against the hashes of a line that moves.
            question = self.prover.question
            hashed = (written(question, key).hashes for key in self._listed)
            self.is_complete &= not any(hashed)
        for size in range(1, MOST_TOGETHER + 1):
            yield from combinations(tuple(self._listed), size)

    def _list(self, cores: Iterable[KeyCore]) -> None:
        """Let move what stands in some cores."""
        self._list_movable(key for core in cores for key in core.keys)

    def _list_unread(self) -> None:
        """Let move the roots of which a release could not be read here.

        That clashes with nothing, so that they are in no core; but a lock stops at it.
        """
        explanation = self.prover.explanation
        if not self.prover.universe.is_frozen:
            self.prover.catch_up()
        unread = explanation.knowledge.unread.items()
        names = {file.project for file, why in unread if not why.is_spared}
        keys = map(RootKey, range(len(self.prover.question.roots)))
        self._list_movable(
            key for key in keys if name_of(self.prover.question, key) in names
        )

    def _list_refusing(self, keys: Sequence[WrittenKey]) -> None:
        """Let move what clashes once others move, by what was read to try that."""
        if not self.prover.universe.is_frozen:
            self.prover.catch_up()
            self._list_movable(self.prover.explanation.refusing_without(keys))

    def _list_movable(self, keys: Iterable[FactKey]) -> None:
        for key in keys:
            if (
                isinstance(key, RootKey | ConstraintKey)
                and key not in self._listed
                and self._is_movable(written(self.prover.question, key))
            ):
                self._listed.append(key)

    @staticmethod
    def _is_movable(line: RootRequirement) -> bool:
        # Of an overridden line the versions are not those that are in force.
        return len(line.requirement.specifier) > 0 and not line.overrides

    def _looks_further(self, keys: Sequence[WrittenKey]) -> bool:
        """Let move what is in the way of some that move, whatever versions they get.

        A requirement that is in no core may clash only once another one moves.

        :returns: what that is, if anything, is known.
        """
        question = self.prover.question
        lines = (*question.roots, *question.constraints)
        if sum(bool(each.requirement.specifier) for each in lines) <= len(self._listed):
            return True
        self._list_unread()
        if not self.prover.universe.is_frozen:
            # To be sure takes reading, which is better spent on others.
            self._list_refusing(keys)
            return False
        for key in keys:
            question = with_specifier(question, key, "")
        try:
            refused = self.prover.resolver.resolve(question, is_brief=True)
        except UnreadFileError:
            return False
        if not isinstance(refused, Refusal):
            return False
        self._list(refused.cores)
        return True

    def _relax(
        self, keys: Sequence[WrittenKey], *, is_irreducible: bool
    ) -> Answer[tuple[Repair, frozenset[WrittenKey]]]:
        """Move some requirements, and tell which of them had to be."""
        question = self.prover.question
        floors = {key: self._mover.floor(key) for key in keys}
        for key in keys:
            question = with_specifier(question, key, floors[key])
        moved: list[Moved] = []
        for key in keys:
            one = self._mover.move(question, key, keys)
            if not isinstance(one, Found):
                # Once one is moved, the others might do with other versions of it.
                return GaveUp() if moved or any(floors.values()) else one
            if one.value is None:
                # What it would be moved to changes nothing: the others do without it.
                fewer = [each for each in keys if each != key]
                if not fewer:
                    return GaveUp()
                return self._relax(fewer, is_irreducible=is_irreducible)
            moved.append(one.value)
            question = with_specifier(question, key, one.value.specifier)
        needed, question = self._needed(moved, question)
        if len(needed) < len(keys):
            # Fewer had been given up while less was read; now they may be found.
            keys, moved = [one.key for one in needed], needed
            again = self._relax(keys, is_irreducible=is_irreducible)
            if isinstance(again, Found):
                return again
        found = self.prover.resolve(question)
        if not isinstance(found, Found):
            return GaveUp()
        edits = tuple(self._edit(one) for one in moved)
        self.is_complete &= _are_nearest(moved)
        distance = sum(one.distance for one in moved)
        cost = cost_of([RELAX_ROOT] * len(keys), distance)
        repair = Repair(
            kind="relax-root",
            text=f"use {' and '.join(map(self._text, moved))}",
            changes=tuple(edit.new for edit in edits),
            edits=edits,
            cost=far_older(cost) if any(map(self._is_far_older, moved)) else cost,
            claim=self.prover.claim(found, is_irreducible=is_irreducible),
            resolution=found.value,
            notes=(*self._pythons(moved), *self.prover.notes(found.unread)),
        )
        return Found(value=(repair, frozenset(keys)), unread=found.unread)

    def _needed(
        self, moved: Sequence[Moved], question: Question
    ) -> tuple[list[Moved], Question]:
        """Leave as it was written what need not move once the others have."""
        needed = list(moved)
        for one in moved:
            line = written(self.prover.question, one.key)
            as_written = with_line(question, one.key, line)
            if len(needed) > 1 and isinstance(self.prover.solve(as_written), Found):
                needed.remove(one)
                question = as_written
        return needed, question

    def _edit(self, moved: Moved) -> Edit:
        root = written(self.prover.question, moved.key)
        return Edit(origin=root.origin, old=root.text, new=spell(root, moved.specifier))

    def _text(self, moved: Moved) -> str:
        root = written(self.prover.question, moved.key)
        name, run = root.requirement.name, moved.run
        what = "" if isinstance(moved.key, RootKey) else "the constraint "
        hashes = " and its hashes" if root.hashes else ""
        instead = f"instead of {what}{root.text}{hashes}"
        at_least = "at least " if moved.is_cut else ""
        if moved.is_pin:
            others = f"; {at_least}{run[-1]} to {run[0]} work" if len(run) > 1 else ""
            return f"{name} {moved.chosen} {instead}{others}"
        if len(run) == 1:
            return f"{name} {run[0]} {instead}"
        count = f"({at_least}{len(run)} versions)"
        return f"{name} {run[-1]} to {run[0]} {count} {instead}"

    def _pythons(self, moved: Iterable[Moved]) -> Iterator[str]:
        """Say which versions named work with older patch releases of Python alone."""
        for one in moved:
            name = written(self.prover.question, one.key).requirement.name
            for newest, group in groupby(one.run, key=one.pythons.get):
                if newest is not None:
                    versions = list(map(str, group))
                    work = "works" if len(versions) == 1 else "work"
                    span = version_span(versions)
                    yield f"{name} {span} {work} with no Python newer than {newest}"

    def _is_far_older(self, moved: Moved) -> bool:
        prover = self.prover
        page = prover.universe.page_of.get(name_of(prover.question, moved.key))
        specifier = written(prover.question, moved.key).requirement.specifier
        limits = prover.question.limits
        return page is not None and is_far_older(page, specifier, limits, moved.chosen)


def _are_nearest(moved: Sequence[Moved]) -> bool:
    """Tell whether it is known that nothing nearer works.

    The first was moved while the others were open; of these, each only to fit.
    """
    first, *others = moved
    return first.is_nearest and all(one.distance <= 1 for one in others)
