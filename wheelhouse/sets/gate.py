"""A publish that breaks no set that works now, or is refused as a whole."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.limits import Policy
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.universe import Readable
from axletree.wheelhouse.errors import BreaksSetError
from axletree.wheelhouse.model import Sha256, StoredFile
from axletree.wheelhouse.sets import rows, state_rows
from axletree.wheelhouse.sets.checking import queue
from axletree.wheelhouse.sets.judging import (
    Judged,
    Wanted,
    judge,
    policy_of_all,
    view_of,
)
from axletree.wheelhouse.sets.records import SetState, SetVersion
from axletree.wheelhouse.sets.universes import AsItWouldBe
from axletree.wheelhouse.views.definition import View

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGate:
    """Judges what would be; `axletree.wheelhouse.catalog.publish` asks it."""

    house: Wheelhouse
    clock: Callable[[], datetime] = utc_now

    def judge(
        self,
        entering: Sequence[StoredFile],
        content: Mapping[Sha256, bytes],
        generation: int,
    ) -> None:
        """Resolve each set that these files touch, as if they had come in.

        :raises BreaksSetError: one that works now would not.
        """
        would_be = AsItWouldBe(
            house=self.house, entering=tuple(entering), content=content
        )
        broken = [
            (state, version, after)
            for state, version in self._touched(entering)
            if (after := self._broken(state, version, would_be, generation))
        ]
        if broken:
            raise _refusal(entering, broken)

    def _touched(
        self, entering: Sequence[StoredFile]
    ) -> Sequence[tuple[SetState, SetVersion]]:
        projects = sorted({file.project for file in entering})
        # What these hang on may be more by now than their last resolution has asked for.
        unsure = {state.number for state in queue(self.house).due}
        with self.house.database.reading() as connection:
            numbers = sorted(unsure | state_rows.readers_of(connection, projects))
            states = state_rows.read_states(connection, numbers=numbers)
            current = {each.name: each for each in rows.read_current(connection)}
        return [(s, current[s.name]) for s in states if s.name in current]

    def _policy(self, view: View | None) -> Policy:
        """Return the policy at hand: the generation to come counts ages up to now."""
        with self.house.database.reading() as connection:
            stored = history.read_policy(connection)
        return policy_of_all(stored, view, self.clock())

    def _broken(
        self,
        state: SetState,
        version: SetVersion,
        would_be: Readable,
        generation: int,
    ) -> Judged | None:
        """Judge a set as it would be; None: it works, or does not now either."""
        target = version.target(state.environment)
        if target is None:
            return None
        view = view_of(self.house, version.text)
        wanted = Wanted(name=state.name, text=version.text, target=target, view=view)
        policy = self._policy(view)
        after = judge(wanted, would_be, generation, policy)
        if after.result == "whole":
            return None
        # What is known of it may be of before: it is asked now, too.
        now = judge(wanted, self.house, generation, policy)
        return after if now.result == "whole" else None


def _refusal(
    entering: Sequence[StoredFile],
    broken: Sequence[tuple[SetState, SetVersion, Judged]],
) -> BreaksSetError:
    state, version, after = broken[0]
    target = version.target(state.environment)
    own = [file for file in entering if file.project in after.concerned] or entering
    names = [file.filename for file in own[:_MOST_NAMED]]
    more = len(own) - len(names)
    files = ", ".join([*names, *([f"{more} more"] if more else [])])
    others = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    error = BreaksSetError(
        f"{files} would break the requirement set {state.name} for "
        f"{target.label if target else state.environment}{others}: {after.clash}",
        where=f"requirement set {state.name}",
    )
    error.explanation = after.report
    return error
