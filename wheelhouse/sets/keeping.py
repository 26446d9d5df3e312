"""Sets are added, given other texts, locked anew and ended: each with its past.

What a text comes to is resolved first; then one transaction makes both visible.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.requirements import RootRequirement
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import (
    BreaksSetError,
    InvalidSetError,
    SetTakenError,
    StillNeededError,
)
from axletree.wheelhouse.model import Action
from axletree.wheelhouse.sets import locks, rows, state_rows
from axletree.wheelhouse.sets.checking import SetCheck, check_all, policy_in, queue
from axletree.wheelhouse.sets.judging import Judged, Wanted, judge, view_of
from axletree.wheelhouse.sets.reading import (
    KeptSet,
    check_name,
    current_version,
    find_target,
    read_set,
)
from axletree.wheelhouse.sets.records import (
    Outcome,
    SetState,
    SetText,
    SetVersion,
    Target,
)
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.views.keeping import require_view, views_of_set

MOST_ENVIRONMENTS = 100


def add_set(
    house: Wheelhouse,
    name: str,
    text: SetText,
    targets: Sequence[Target],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[SetCheck, ...]:
    """Keep a new set, with what it comes to.

    :raises InvalidSetError: it cannot be called so, or has too many environments.
    :raises SetTakenError: there is one of that name.
    """
    check_name(name)
    with house.database.reading() as connection:
        versions = rows.read_versions(connection, name)
    before = versions[-1] if versions else None
    if before is not None and not before.is_removed:
        raise SetTakenError(f"there is a requirement set {name} already")
    change = _Change(house=house, name=name, at=clock(), action="set add")
    checks = change.put(before, None, text, targets)
    if checks is None:
        raise SetTakenError(
            f"somebody else has added a requirement set {name} just now"
        )
    return checks


def update_set(  # noqa: PLR0913  what to change, and to what
    house: Wheelhouse,
    name: str,
    text: SetText | None,
    targets: Sequence[Target] | None,
    *,
    view: str | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[SetCheck, ...] | None:
    """Give a set another text, or other environments; None: it has them already.

    Pins of its locks stay where they can.

    :param view: over what it is to be locked, empty: over all; None: as it is.
    :raises NoSetError: there is none of that name.
    """
    while True:
        kept = read_set(house, name)
        version = kept.version
        new_text = replace(
            version.text if text is None else text,
            view=version.text.view if view is None else view,
        )
        new_targets = version.targets if targets is None else tuple(targets)
        if (version.text, version.targets) == (new_text, new_targets):
            return None
        change = _Change(house=house, name=name, at=clock(), action="set update")
        checks = change.put(version, kept, new_text, new_targets)
        if checks is not None:
            return checks


def remove_set(
    house: Wheelhouse, name: str, *, clock: Callable[[], datetime] = utc_now
) -> SetVersion:
    """End a set; its past stays, and no file is kept for it any more.

    :raises NoSetError: there is none of that name.
    :raises StillNeededError: a view is of it.
    """
    change = _Change(house=house, name=name, at=clock(), action="set rm")
    with house.database.writing() as connection:
        before = current_version(connection, name)
        if views := views_of_set(connection, name):
            raise StillNeededError(
                f"the view {views[0]} lists what the requirement set {name} has",
                hint=f"axletree view remove {views[0]} ends the view, and its address",
            )
        ended = change.version(connection, before, before.text, before.targets)
        rows.add_version(connection, replace(ended, is_removed=True))
        state_rows.drop_states(connection, name)
        change.note(connection)
    return before


def lock_set(  # noqa: PLR0913  what to lock, and how
    house: Wheelhouse,
    name: str,
    environments: Sequence[str] = (),
    *,
    upgrades: Sequence[RootRequirement] = (),
    is_upgraded: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[SetCheck, ...]:
    """Lock a set anew.

    :param environments: those that are meant; none: all.
    :param upgrades: what need not stay as it is locked.
    :param is_upgraded: nothing need.
    :raises NoSetError: there is no such set, or it has no such environment.
    :raises BreaksSetError: it has no lock with the versions that are wanted; it stays as
        it is.
    """
    change = _Change(house=house, name=name, at=clock(), action="set lock")
    # What has broken it meanwhile is to be told as the cause, not the lock.
    due = [state for state in queue(house).due if state.name == name]
    check_all(house, due, clock=clock)
    while True:
        kept = read_set(house, name)
        meant = [find_target(kept.version, each) for each in environments]
        found = change.lock(
            kept,
            meant or kept.version.targets,
            upgrades=tuple(upgrades),
            is_upgraded=is_upgraded,
        )
        if found is not None:
            return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One change of one set."""

    house: Wheelhouse
    name: str
    at: datetime
    action: Action

    def put(
        self,
        before: SetVersion | None,
        kept: KeptSet | None,
        text: SetText,
        targets: Sequence[Target],
    ) -> tuple[SetCheck, ...] | None:
        """Make the next version; None: somebody else has made it meanwhile."""
        if len(targets) > MOST_ENVIRONMENTS:
            raise InvalidSetError(
                f"a set has {MOST_ENVIRONMENTS} environments at most, "
                f"and these are {len(targets)}"
            )
        known = {} if kept is None else {s.environment: s for s in kept.states}
        view = view_of(self.house, text)
        wanted = [
            Wanted(
                name=self.name,
                text=text,
                target=target,
                view=view,
                kept=_lock_in(known.get(target.name)),
            )
            for target in targets
        ]
        generation, judged = self._judge(wanted)
        with self.house.database.writing() as connection:
            require_view(connection, text.view)
            versions = rows.read_versions(connection, self.name)
            if (versions[-1] if versions else None) != before:
                return None
            version = self.version(connection, before, text, targets)
            rows.add_version(connection, version)
            gone = known.keys() - {target.name for target in targets}
            state_rows.drop_states(connection, self.name, sorted(gone))
            put = _Put(
                connection=connection,
                change=self,
                generation=generation,
                version=version.number,
            )
            checks = tuple(
                put.state(each, found, known.get(each.target.name))
                for each, found in zip(wanted, judged, strict=True)
            )
            self.note(connection)
        return checks

    def lock(
        self,
        kept: KeptSet,
        targets: Sequence[Target],
        *,
        upgrades: tuple[RootRequirement, ...],
        is_upgraded: bool,
    ) -> tuple[SetCheck, ...] | None:
        """Lock environments anew; None: somebody else has changed the set meanwhile."""
        known = {state.environment: state for state in kept.states}
        view = view_of(self.house, kept.version.text)
        wanted = [
            Wanted(
                name=self.name,
                text=kept.version.text,
                target=target,
                view=view,
                kept=None if is_upgraded else _lock_in(known.get(target.name)),
                upgrades=upgrades,
            )
            for target in targets
        ]
        generation, judged = self._judge(wanted)
        _refuse_unlocked(wanted, judged)
        with self.house.database.writing() as connection:
            own = [known[each.name] for each in targets if each.name in known]
            if not all(state_rows.is_still(connection, state) for state in own):
                return None
            put = _Put(
                connection=connection,
                change=self,
                generation=generation,
                version=kept.version.number,
            )
            checks = tuple(
                put.state(each, found, known.get(each.target.name))
                for each, found in zip(wanted, judged, strict=True)
            )
            if any(check.is_changed for check in checks):
                self.note(connection)
        return checks

    def _judge(self, wanted: Sequence[Wanted]) -> tuple[int, list[Judged]]:
        generation = self.house.generation()
        return generation, [
            judge(
                each,
                self.house,
                generation,
                policy_in(self.house, generation, each.view),
            )
            for each in wanted
        ]

    def version(
        self,
        connection: Connection,
        before: SetVersion | None,
        text: SetText,
        targets: Sequence[Target],
    ) -> SetVersion:
        """Make the version that follows another."""
        return SetVersion(
            name=self.name,
            number=1 if before is None else before.number + 1,
            text=text,
            targets=tuple(targets),
            is_removed=False,
            actor=account_name(),
            at=self.at,
            generation=history.read_generation(connection),
        )

    def note(self, connection: Connection) -> None:
        """Write the journal."""
        history.note(connection, self.action, [self.name], at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    """What a change comes to, written down."""

    connection: Connection
    change: _Change
    generation: int
    """Over which it was judged."""
    version: int

    def state(self, wanted: Wanted, judged: Judged, state: SetState | None) -> SetCheck:
        """Note what one environment comes to."""
        name, environment = self.change.name, wanted.target.name
        before = None if state is None else state.outcome
        after = self._outcome(before, judged)
        if state is None or after != before:
            number = rows.add_outcome(
                self.connection, name, environment, after, judged.filenames
            )
        else:
            number = state.outcome_number
        state_rows.put_state(
            self.connection,
            name,
            environment,
            outcome_number=number,
            lock_number=self._lock_number(after, number, state),
            generation=self.generation,
            at=self.change.at,
            reads=judged.reads,
        )
        return SetCheck(name=name, target=wanted.target, before=before, after=after)

    def _lock_number(
        self, after: Outcome, number: int, state: SetState | None
    ) -> int | None:
        """Give the row of the lock that holds: an older text's holds no more."""
        if after.lock is not None:
            return number
        if state is None or state.outcome.version != self.version:
            return None
        return state_rows.read_lock_number(self.connection, state)

    def _outcome(self, before: Outcome | None, judged: Judged) -> Outcome:
        if (
            before is not None
            and before.version == self.version
            and (before.result, before.report) == (judged.result, judged.report)
            and locks.is_same(before.lock, judged.lock)
        ):
            return before
        return Outcome(
            result=judged.result,
            since=self.generation,
            cause=_CAUSES[self.change.action],
            report=judged.report,
            lock=judged.lock,
            generation=self.generation,
            at=self.change.at,
            version=self.version,
        )


_CAUSES = {
    "set add": "the set was added",
    "set update": "the set was updated",
    "set lock": "the set was locked anew",
}


def _refuse_unlocked(wanted: Sequence[Wanted], judged: Sequence[Judged]) -> None:
    """Refuse versions that were wanted once: a set without them is not broken.

    :raises BreaksSetError: it has no lock with them.
    """
    for each, found in zip(wanted, judged, strict=True):
        limits = [root.text for root in each.upgrades if root.requirement.specifier]
        if limits and found.result != "whole":
            error = BreaksSetError(
                f"with {', '.join(limits)} the requirement set {each.name} has no lock "
                f"for {each.target.label}: {found.clash}",
                where=f"requirement set {each.name}",
                hint="nothing was changed; without a version, -P takes the newest that "
                "goes",
            )
            error.explanation = found.report
            raise error


def _lock_in(state: SetState | None) -> str | None:
    return None if state is None or state.lock is None else state.lock.lock
