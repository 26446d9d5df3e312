"""The date that `--exclude-newer` names, moved to a later day, or left out.

How late it must be is found by halving: a solution as of one day is one as of the day
of its youngest file, and with fewer files less keeps a gate shut.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from axletree.resolver.fact_keys import FactKey, FallenKey
from axletree.resolver.lifts import Lift, Lifted
from axletree.resolver.model import Resolution
from axletree.resolver.proving import Prover
from axletree.resolver.question import Question
from axletree.resolver.repair_costs import LATER_DATE

_FAR = datetime.max.replace(tzinfo=UTC)
"""A date that hides only what has no upload time."""


def date_lift(prover: Prover) -> Lift | None:
    """Return the lift of the date; None if there is none."""
    if prover.question.limits.exclude_newer is None:
        return None
    found = _DateLift(prover)
    return Lift(
        covers=is_about_date,
        what="a later date",
        widely=found.widely,
        narrowly=found.narrowly,
    )


def is_about_date(key: FactKey) -> bool:
    """Tell whether a fact is that the date hides something."""
    return isinstance(key, FallenKey) and key.reason in {"date", "no-time"}


@dataclass(frozen=True, slots=True)
class _DateLift:
    prover: Prover

    def widely(self, question: Question) -> Iterator[Question]:
        """Hide nothing but what has no time, then nothing."""
        yield _as_of(_FAR, question)
        yield _as_of(None, question)

    def narrowly(self, question: Question, solution: Resolution) -> Lifted | None:
        """Move the date to the first day that works, or leave it out."""
        limit = question.limits.exclude_newer
        youngest = _youngest(solution)
        if limit is None:
            return None
        if youngest is None:
            return _left_out(solution)
        failing = (limit.astimezone(UTC) - timedelta(days=1)).date()
        working = max(youngest, failing + timedelta(days=1))
        while (days := (working - failing).days) > 1:
            middle = failing + timedelta(days=days // 2)
            self.prover.reporter.proving(f"--exclude-newer {middle}")
            found = self.prover.resolve(_as_of(_end_of(middle), question))
            day = _youngest(found) if found is not None else None
            if day is None:
                failing = middle
            else:
                working = max(day, failing + timedelta(days=1))
        old = (limit - timedelta(microseconds=1)).date()
        return Lifted(
            on=partial(_as_of, _end_of(working)),
            text=f"move --exclude-newer from {old} to {working}, the first day that "
            "works",
            change=f"--exclude-newer {working}",
            rank=LATER_DATE,
            distance=(working - old).days,
        )


def _left_out(solution: Resolution) -> Lifted:
    timeless = [pin for pin in solution.pins if pin.file.upload_time is None]
    names = [f"{pin.name} {pin.version}" for pin in timeless]
    have = "has" if len(names) == 1 else "have"
    return Lifted(
        on=partial(_as_of, None),
        text=f"leave --exclude-newer out, since {' and '.join(names)} {have} no "
        "upload time",
        change="no --exclude-newer",
    )


def _as_of(limit: datetime | None, question: Question) -> Question:
    return replace(question, limits=replace(question.limits, exclude_newer=limit))


def _youngest(solution: Resolution) -> date | None:
    """Return the day of the youngest file; None if one has no time."""
    times = [pin.file.upload_time for pin in solution.pins]
    known = [moment.astimezone(UTC).date() for moment in times if moment is not None]
    return max(known, default=None) if len(known) == len(times) else None


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1)
