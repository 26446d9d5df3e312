"""The date that `--exclude-newer` names, moved to a later day, or left out.

A day that works is narrowed by halving. It need not be the first one: what is uploaded
later can also shut a gate, or exchange the file that counts, so a day that does not work
says nothing of those before it. What is claimed, and proved by resolving once more, is
that the day before does not work; where that cannot be known, nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from axletree.resolver.model.answers import Resolution
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
)
from axletree.resolver.repairs.proving import (
    LATER_DATE,
    Prover,
    named_files,
)

_FAR = datetime.max.replace(tzinfo=UTC)
"""A date that hides only what has no upload time."""


def date_lift(prover: Prover) -> Lift | None:
    """Return the lift of the date; None if there is none."""
    if prover.question.limits.exclude_newer is None:
        return None
    found = _DateLift()
    return Lift(
        covers=is_about_date,
        what="a later date",
        widely=found.widely,
        narrowly=found.narrowly,
        moves_date=True,
        # A file that is uploaded later can shut a gate, as of every day that is tried.
        is_complete=False,
    )


def is_about_date(key: FactKey) -> bool:
    """Tell whether a fact is that the date hides something."""
    return isinstance(key, FallenKey) and key.reason in {"date", "no-time"}


@dataclass(frozen=True, slots=True)
class _DateLift:
    def widely(self, question: Question) -> Iterator[Question]:
        """Hide nothing but what has no time, then nothing."""
        yield _as_of(_FAR, question)
        yield _as_of(None, question)

    def narrowly(
        self, prover: Prover, question: Question, solution: Resolution
    ) -> Lifted | None:
        """Move the date to an early day that works, or leave it out."""
        limit = question.limits.exclude_newer
        youngest = _youngest(solution)
        if limit is None:
            return None
        if youngest is None:
            return _left_out(solution)
        old = (limit - timedelta(microseconds=1)).astimezone(UTC).date()
        days = _Days(prover, question)
        # A time of day hides the rest of its day.
        failing = (limit.astimezone(UTC) - timedelta(days=1)).date()
        first = max(youngest, failing + timedelta(days=1))
        working = days.narrowed(failing, first)
        before = days.outcome(working - timedelta(days=1))
        return Lifted(
            on=partial(_as_of, _end_of(working)),
            text=f"move --exclude-newer from {old} to {working}{_said(before)}",
            change=f"--exclude-newer {working}",
            rank=LATER_DATE,
            distance=(working - old).days,
            notes=tuple(_noted(before)),
        )


@dataclass(frozen=True, slots=True)
class _Days:
    """What is known of single days."""

    prover: Prover
    question: Question
    known: dict[date, Answer[Resolution]] = field(default_factory=dict)

    def outcome(self, day: date) -> Answer[Resolution]:
        """Resolve as of a whole day, once."""
        if day not in self.known:
            self.prover.reporter.proving(f"--exclude-newer {day}")
            self.known[day] = self.prover.resolve(_as_of(_end_of(day), self.question))
        return self.known[day]

    def narrowed(self, failing: date, working: date) -> date:
        """Return a day that works behind one that is not known to."""
        while (days := (working - failing).days) > 1:
            middle = failing + timedelta(days=days // 2)
            found = self.outcome(middle)
            day = _youngest(found.value) if isinstance(found, Found) else None
            if day is None:
                failing = middle
            else:
                working = max(day, failing + timedelta(days=1))
        return working


def _said(before: Answer[Resolution]) -> str:
    return " (the day before does not work)" if before == ProvedNone() else ""


def _noted(before: Answer[Resolution]) -> Iterator[str]:
    """Say why nothing is said of the day before."""
    if isinstance(before, GaveUp) and before.unread:
        yield (
            "an earlier day may work, too: to know, sdists would have to be built as of "
            f"it, such as {named_files(before.unread)}"
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
