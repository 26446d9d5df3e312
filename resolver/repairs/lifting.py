"""Repairs that lift bans: on pre-releases, yanks, files; of a policy, of a date.

All but a later date come last, since somebody put the ban there for a reason
(RESOLVING.md 5). Where one ban alone does not suffice, two are lifted together.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from itertools import islice

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.model.answers import (
    Repair,
    RepairClaim,
    Resolution,
)
from axletree.resolver.model.fact_keys import (
    FactKey,
    FallenKey,
)
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.bans import (
    Lift,
    Lifted,
    lift_of,
)
from axletree.resolver.repairs.costs import LATER_DATE, cost_of
from axletree.resolver.repairs.date_ban import (
    date_lift,
    is_about_date,
    undated,
)
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.universe.sparing import ReadEnoughError

MOST_BANS = 2
"""Lifted in one repair."""
MOST_PAIRS = 40
"""Pairs of bans that are looked at."""


@dataclass(slots=True)
class LiftRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)
    _date: Lift | None = field(init=False)
    _lifts: dict[FallenKey, Lift | None] = field(init=False, default_factory=dict)
    _undated: Explanation | None = field(init=False, default=None)
    _elsewhen: Prover | None = field(init=False, default=None)
    _alone: dict[Lift, Answer[Repair]] = field(init=False, default_factory=dict)
    """What came of single bans."""

    def __post_init__(self) -> None:
        self._date = date_lift(self.prover)

    def find_date(self) -> Iterator[Repair]:
        """Yield the date alone, moved, which is cheaper than to lift a ban."""
        if self._date is not None:
            yield from self._found_alone(self._date)

    def find(self) -> Iterator[Repair]:
        """Yield what was proved: single bans, then two of which neither suffices."""
        blamed = self._blamed()
        for lift in blamed:
            if lift not in self._alone:
                yield from self._found_alone(lift)
        working = [lift for lift in blamed if isinstance(self._alone[lift], Found)]
        failed = [lift for lift in blamed if lift not in working]
        pairs = self._pairs(failed, working)
        for pair in islice(pairs, MOST_PAIRS):
            found = self._lift(pair)
            if isinstance(found, Found):
                yield found.value
            self._note(found)
        self.is_complete &= next(pairs, None) is None

    def _blamed(self) -> list[Lift]:
        blamed = self._of(key for core in self.prover.cores for key in core.keys)
        return self._with_date(blamed)

    def _with_date(self, blamed: list[Lift]) -> list[Lift]:
        """Add the date: no fact tells what it hides."""
        if self._date is None or self._date in blamed:
            return blamed
        return [*blamed, self._date]

    def _found_alone(self, lift: Lift) -> Iterator[Repair]:
        found = self._alone[lift] = self._lift([lift])
        self._note(found)
        if isinstance(found, Found):
            yield found.value

    def _note(self, found: Answer[Repair]) -> None:
        self.is_complete &= not isinstance(found, GaveUp)

    def _of(self, keys: Iterable[FactKey]) -> list[Lift]:
        """List the bans that are among facts, each once."""
        found: list[Lift] = []
        for key in keys:
            if isinstance(key, FallenKey):
                lift = self._lift_of(key)
                if lift is not None and lift not in found:
                    found.append(lift)
        return found

    def _lift_of(self, key: FallenKey) -> Lift | None:
        if is_about_date(key):
            return self._date
        if key not in self._lifts:
            self._lifts[key] = lift_of(key, self.prover)
        return self._lifts[key]

    def _pairs(
        self, failed: Sequence[Lift], working: Sequence[Lift]
    ) -> Iterator[list[Lift]]:
        """Put each ban together with those that are blamed once it is lifted."""
        seen: list[list[Lift]] = []
        for lift in failed:
            if not self.prover.universe.is_frozen:
                # An unread release counts as one that requires nothing.
                with suppress(ReadEnoughError):
                    self._explanation([lift]).catch_up()
            blamed = self._of(self._blamed_without([lift]))
            for other in self._with_date(blamed):
                if other is lift:
                    continue
                pair = [lift, other]
                if other not in working and pair not in seen:
                    seen += [pair, pair[::-1]]
                    yield pair

    def _blamed_without(
        self, lifts: Sequence[Lift], *, keeps_gates: bool = True
    ) -> list[FactKey]:
        """Name facts that cannot hold together even with the bans lifted, if any."""
        while True:
            covered = self._covered(lifts, keeps_gates=keeps_gates)
            blamed = self._explanation(lifts).refusing_without(covered)
            # To tell it may have brought up more that a ban covers.
            if not blamed or covered == self._covered(lifts, keeps_gates=keeps_gates):
                return blamed

    def _covered(
        self, lifts: Sequence[Lift], *, keeps_gates: bool = True
    ) -> set[FactKey]:
        return {
            key
            for key in self._explanation(lifts).facts
            if any(lift.covers(key) for lift in lifts)
            or (_is_gate(key) and not keeps_gates)
        }

    def _explanation(self, lifts: Sequence[Lift]) -> Explanation:
        """Return the question as facts, where no date hides anything if one is lifted."""
        if self._date is None or self._date not in lifts:
            return self.prover.explanation
        if self._undated is None:
            prover = self._as_of_other_days()
            question = undated(self.prover, prover.question)
            inquiry = prover.resolver.search(question)
            prover.settle(prover.resolver, inquiry)
            self._undated = prover.resolver.explanation(inquiry)
        return self._undated

    def _as_of_other_days(self) -> Prover:
        """Return who resolves so; what was read stays read."""
        if self._elsewhen is None:
            self._elsewhen = self.prover.as_of_other_days()
        return self._elsewhen

    # The proof.

    def _lift(self, lifts: Sequence[Lift]) -> Answer[Repair]:
        refused = self._refused(lifts)
        if refused is not None:
            return refused
        what = " and ".join(lift.what for lift in lifts)
        self.prover.reporter.proving(what)
        self._open_gates(lifts)
        prover = self.prover
        if any(lift.moves_date for lift in lifts):
            prover = self._as_of_other_days()
        answers: list[Answer[Repair]] = []
        for question in _widely(lifts, self.prover.question):
            solution = prover.resolve(question)
            answer = (
                self._narrowed(prover, lifts, solution.value)
                if isinstance(solution, Found)
                else solution
            )
            if isinstance(answer, Found):
                return answer
            answers.append(answer)
        is_proved = all(answer == ProvedNone() for answer in answers)
        are_all = all(lift.is_complete for lift in lifts)
        return ProvedNone() if is_proved and are_all else GaveUp()

    def _open_gates(self, lifts: Sequence[Lift]) -> None:
        """Let pre-releases be read that are to be let in: else nobody knows them."""
        names = [lift.opens for lift in lifts if lift.opens is not None]
        unread = [
            file
            for each in self.prover.spared
            for name in names
            for file in each.open_gate(name)
        ]
        if unread:
            # Who has met them as unread is not asked any more.
            self.prover.universe.forget(unread)
            self.prover = self.prover.over(self.prover.universe)
            self._elsewhen = self._undated = None

    def _refused(self, lifts: Sequence[Lift]) -> ProvedNone | GaveUp | None:
        """Say so if the other facts alone cannot hold together."""
        if self._date in lifts:
            # Over an index this may take as much reading as to resolve.
            if len(lifts) == 1 and not self.prover.universe.is_frozen:
                return None
        elif any(
            self._covered(lifts).isdisjoint(core.keys) for core in self.prover.cores
        ):
            return self._vain(lifts)
        # A gate that is shut today need not be so as of an earlier day.
        keeps_gates = self._date not in lifts
        blamed = self._blamed_without(lifts, keeps_gates=keeps_gates)
        return self._vain(lifts) if blamed else None

    def _vain(self, lifts: Sequence[Lift]) -> ProvedNone | GaveUp:
        explanation = self._explanation(lifts)
        if explanation.knowledge.observed:
            return GaveUp()
        if self._date not in lifts or self.prover.universe.is_frozen:
            return ProvedNone()
        return GaveUp()

    def _narrowed(
        self, prover: Prover, lifts: Sequence[Lift], solution: Resolution
    ) -> Answer[Repair]:
        question = prover.question
        narrow: list[Lifted] = []
        # The date goes last: how late it must be depends on what else is lifted.
        for lift in sorted(lifts, key=lambda lift: lift is self._date):
            lifted = lift.narrowly(prover, question, solution)
            if lifted is None:
                # This solution needs less; another may need all of it.
                return GaveUp()
            question = lifted.on(question)
            narrow.append(lifted)
        found = prover.resolve(question)
        if not isinstance(found, Found):
            return GaveUp()
        several = narrow if len(narrow) > 1 else ()
        alone = [prover.solve(lifted.on(prover.question)) for lifted in several]
        if any(isinstance(each, Found) for each in alone):
            return GaveUp()
        is_irreducible = all(each == ProvedNone() for each in alone)
        claim = prover.claim(found, is_irreducible=is_irreducible)
        repair = _repair(prover, narrow, found, claim)
        return Found(value=repair, unread=found.unread)


def _is_gate(key: FactKey) -> bool:
    return isinstance(key, FallenKey) and key.reason in {"pre-release", "yanked"}


def _widely(lifts: Sequence[Lift], question: Question) -> Iterator[Question]:
    if not lifts:
        yield question
        return
    for lifted in lifts[0].widely(question):
        yield from _widely(lifts[1:], lifted)


def _repair(
    prover: Prover,
    narrow: Sequence[Lifted],
    found: Found[Resolution],
    claim: RepairClaim,
) -> Repair:
    ranks = [lifted.rank for lifted in narrow]
    is_date = max(ranks) == LATER_DATE
    return Repair(
        kind="date" if is_date else "lift",
        text=", and ".join(lifted.text for lifted in narrow),
        changes=tuple(lifted.change for lifted in narrow),
        cost=cost_of(ranks, sum(lifted.distance for lifted in narrow)),
        claim=claim,
        resolution=found.value,
        notes=(
            *(note for lifted in narrow for note in lifted.notes),
            *prover.notes(found.unread),
        ),
    )
