"""Sets are checked again after what touches them has come: the queue, and its work.

The queue needs no entries: what holds of a set says up to which generation it is known,
and which projects it hangs on. Whatever later generation changes one of these is due,
whichever door it came through, and a process that is killed leaves it due.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.limits import Policy
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import GoneGenerationError, UnknownGenerationError
from axletree.wheelhouse.sets import locks, rows, state_rows
from axletree.wheelhouse.sets.causes import cause_of
from axletree.wheelhouse.sets.judging import (
    Judged,
    Wanted,
    judge,
    policy_of_all,
    view_of,
)
from axletree.wheelhouse.sets.records import (
    Outcome,
    SetState,
    SetVersion,
    Target,
)
from axletree.wheelhouse.sets.universes import AsItWas
from axletree.wheelhouse.views.definition import View

MOST_LOOKED_BACK = 50
"""Generations that are resolved over again to say since when something is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is to be checked again."""

    newest: int
    due: tuple[SetState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCheck:
    """What a check has found of a set in one environment."""

    name: str
    target: Target
    before: Outcome | None
    """None: nothing was known."""
    after: Outcome

    @property
    def is_changed(self) -> bool:
        """Tell whether it is otherwise than before."""
        return self.before != self.after


def queue(house: Wheelhouse) -> Queue:
    """Say what is due; nothing is changed."""
    with house.database.reading() as connection:
        newest = history.read_generation(connection)
        numbers = [
            number
            for before, lagging in state_rows.lagging(connection, newest).items()
            for number in _touched(connection, before, lagging)
        ]
        due = state_rows.read_states(connection, numbers=numbers) if numbers else []
    return Queue(newest=newest, due=tuple(due))


def _touched(
    connection: Connection, before: int, lagging: Sequence[int]
) -> Sequence[int]:
    """Give those of some states that something changed after a generation touches."""
    if history.policy_touches_all(connection, before):
        return lagging
    changed = state_rows.changed_after(connection, before)
    projects = sorted({project for _, project in changed})
    readers = state_rows.readers_of(connection, projects)
    return [number for number in lagging if number in readers]


def work_off(
    house: Wheelhouse,
    *,
    begun: Callable[[int], None] = lambda count: None,  # noqa: ARG005  says nothing
    clock: Callable[[], datetime] = utc_now,
) -> tuple[SetCheck, ...]:
    """Check what is due, until nothing is.

    :param begun: hears how much is due, each time that there is something.
    """
    done: list[SetCheck] = []
    former: Queue | None = None
    while True:
        waiting = queue(house)
        _know_others(house, waiting)
        # What cannot be checked, since its set has it no more, stays as it is.
        if not waiting.due or waiting == former:
            return tuple(done)
        begun(len(waiting.due))
        done += check_all(house, waiting.due, clock=clock)
        former = waiting


def _know_others(house: Wheelhouse, waiting: Queue) -> None:
    """Note of all that is not due that it is known up to now."""
    due = {state.number for state in waiting.due}
    with house.database.reading() as connection:
        lagging = state_rows.lagging(connection, waiting.newest)
    if not any(set(numbers) - due for numbers in lagging.values()):
        return
    with house.database.writing() as connection:
        for before, numbers in lagging.items():
            others = [number for number in numbers if number not in due]
            state_rows.know_on(connection, others, before, waiting.newest)


def check_all(
    house: Wheelhouse,
    states: Sequence[SetState],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> list[SetCheck]:
    """Check states over the newest generation, be they due or not."""
    with house.database.reading() as connection:
        newest = history.read_generation(connection)
        current = {version.name: version for version in rows.read_current(connection)}
    found = [
        _Check(
            house=house, state=state, version=current[state.name], newest=newest
        ).run(clock())
        for state in states
        if state.name in current
    ]
    return [each for each in found if each is not None]


def policy_in(house: Wheelhouse, generation: int, view: View | None) -> Policy:
    """Return the policy as it was in a generation: ages count up to when it was made."""
    return policy_of_all(house.policy(generation), view, house.made_at(generation))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """One state that is checked again."""

    house: Wheelhouse
    state: SetState
    version: SetVersion
    newest: int

    def run(self, at: datetime) -> SetCheck | None:
        """Check it, and note what came out; None: somebody else did meanwhile."""
        state = self.state
        target = self.version.target(state.environment)
        if target is None:
            return None
        lock = state.lock
        wanted = Wanted(
            name=state.name,
            text=self.version.text,
            target=target,
            view=view_of(self.house, self.version.text),
            kept=None if lock is None else lock.lock,
        )
        policy = policy_in(self.house, self.newest, wanted.view)
        judged = judge(wanted, self.house, self.newest, policy)
        after = self._outcome(wanted, judged, at)
        if not self._note(judged, after, at):
            return None
        return SetCheck(
            name=state.name, target=target, before=state.outcome, after=after
        )

    def _note(self, judged: Judged, after: Outcome, at: datetime) -> bool:
        state = self.state
        with self.house.database.writing() as connection:
            if not state_rows.is_still(connection, state):
                return False
            number = state.outcome_number
            is_new = after != state.outcome
            if is_new:
                number = rows.add_outcome(
                    connection, state.name, state.environment, after, judged.filenames
                )
                self._tell_journal(connection, after, at)
            return state_rows.move_state(
                connection,
                state,
                outcome_number=number,
                has_new_lock=is_new and after.lock is not None,
                generation=self.newest,
                at=at,
                reads=judged.reads,
            )

    def _tell_journal(
        self, connection: Connection, after: Outcome, at: datetime
    ) -> None:
        history.note(
            connection,
            "set check",
            [self.state.name],
            at=at,
            generation=self.newest,
            detail=f"{self.state.environment} is {after.result}: {after.cause}",
        )

    def _outcome(self, wanted: Wanted, judged: Judged, at: datetime) -> Outcome:
        before = self.state.outcome
        if self._is_as(before, judged):
            return before
        since, cause = before.since, before.cause
        if judged.result != before.result or judged.lock is not None:
            since = self._since(wanted, judged)
            cause = self._cause(since, judged)
        return Outcome(
            result=judged.result,
            since=since,
            cause=cause,
            report=judged.report,
            lock=judged.lock,
            generation=self.newest,
            at=at,
            version=self.version.number,
        )

    def _is_as(self, before: Outcome, judged: Judged) -> bool:
        if judged.result != before.result:
            return False
        if judged.lock is not None:
            return locks.is_same(before.lock, judged.lock)
        return before.report == judged.report

    def _since(self, wanted: Wanted, judged: Judged) -> int:
        """Find the generation before which it was as it was known."""
        touching = self._touching(judged)
        for number in list(reversed(touching))[:MOST_LOOKED_BACK]:
            if number == touching[0]:
                return number
            try:
                policy = policy_in(self.house, number - 1, wanted.view)
                earlier = judge(wanted, AsItWas(house=self.house), number - 1, policy)
            except (GoneGenerationError, UnknownGenerationError):
                return number
            if self._is_as(self.state.outcome, earlier):
                return number
        return touching[-1] if touching else self.newest

    def _touching(self, judged: Judged) -> Sequence[int]:
        """List the generations since that may have changed it, the oldest first."""
        before = self.state.generation
        with self.house.database.reading() as connection:
            if history.policy_touches_all(connection, before):
                return history.read_numbers(connection, before, self.newest)
            reads = judged.reads | state_rows.read_reads(connection, self.state.number)
            changed = state_rows.changed_after(connection, before)
        return sorted(
            {
                number
                for number, name in changed
                if name in reads and number <= self.newest
            }
        )

    def _cause(self, since: int, judged: Judged) -> str:
        with self.house.database.reading() as connection:
            known: frozenset[NormalizedName] = state_rows.read_reads(
                connection, self.state.number
            )
            return cause_of(connection, since, judged.concerned, known | judged.reads)
