"""The date that `--exclude-newer` names, moved to a later day, or left out.

A day that works is narrowed by halving. It need not be the first one: what is uploaded
later can also shut a gate, or exchange the file that counts, so a day that does not work
says nothing of those before it. What is claimed, and proved by resolving once more, is
that the day before does not work; where that cannot be known, nothing is claimed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.fact_keys import (
    FactKey,
    FallenKey,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.outcomes import Answer, Found, GaveUp, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.bans import Lift, Lifted
from axletree.resolver.repairs.costs import LATER_DATE
from axletree.resolver.repairs.proving import Prover, named_files, projects_of
from axletree.resolver.universe.unbuilt import is_hidden

_FAR = datetime.max.replace(tzinfo=UTC)
"""A date that hides only what has no upload time."""


def date_lift(prover: Prover) -> Lift | None:
    """Return the lift of the date; None if none could help.

    A cause about projects of which the date hides nothing holds as of every day.
    """
    limit = prover.question.limits.exclude_newer
    if limit is None or not all(
        _hides_any(prover, core.keys, limit) for core in prover.cores
    ):
        return None
    found = _DateLift(_first_possible(prover), prover)
    return Lift(
        covers=is_about_date,
        what="a later date",
        widely=found.widely,
        narrowly=found.narrowly,
        moves_date=True,
        # A file that is uploaded later can shut a gate, as of every day that is tried.
        is_complete=False,
    )


def undated(prover: Prover, question: Question) -> Question:
    """Ask as of no date; where all that was read has a time, so that it is known again."""
    pages = prover.universe.page_of.values()
    is_timeless = any(f.upload_time is None for page in pages for f in _files(page))
    return as_of(None if is_timeless else _FAR, question)


def _hides_any(prover: Prover, keys: Sequence[FactKey], limit: datetime) -> bool:
    pages = prover.universe.pages(sorted(projects_of(prover.question, keys)))
    return any(is_hidden(f, limit) for page in pages.values() for f in _files(page))


def is_about_date(key: FactKey) -> bool:
    """Tell whether a fact is that the date hides something: what has no time.

    What is newer is background, and no fact is about it.
    """
    return isinstance(key, FallenKey) and key.reason == "no-time"


@dataclass(frozen=True, slots=True)
class _DateLift:
    first: date | None
    """No earlier day works; None: that is not known of any."""
    prover: Prover

    def widely(self, question: Question) -> Iterator[Question]:
        """Hide little more than now, nothing but what has no time, then nothing."""
        if self.first is not None:
            yield as_of(_end_of(self.first), question)
        yield as_of(_FAR, question)
        is_cut = any(each.has_read_enough for each in self.prover.spared)
        if is_cut or undated(self.prover, question) != as_of(_FAR, question):
            yield as_of(None, question)

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
        if self.first is not None:
            failing = max(failing, self.first - timedelta(days=1))
        first = max(youngest, failing + timedelta(days=1))
        working = days.narrowed(failing, first)
        before = days.outcome(working - timedelta(days=1))
        return Lifted(
            on=partial(as_of, _end_of(working)),
            text=f"move --exclude-newer from {old} to {working}{_said(before)}",
            change=f"--exclude-newer {working}",
            rank=LATER_DATE,
            distance=(working - old).days,
            notes=tuple(_noted(before)),
        )


def _first_possible(prover: Prover) -> date | None:
    """Return the first day with a file of each root that its lines admit."""
    question = prover.question
    lines: dict[NormalizedName, list[SpecifierSet]] = {}
    for asked in (*question.roots, *question.constraints):
        name = canonicalize_name(asked.requirement.name)
        lines.setdefault(name, []).append(asked.requirement.specifier)
    days = []
    for root in question.roots:
        name = canonicalize_name(root.requirement.name)
        times = [
            file.upload_time
            for file in _files(prover.universe.page_of.get(name))
            if file.upload_time is not None and _is_admitted(file, lines[name])
        ]
        if times and root.requirement.marker is None:
            days.append(min(times).astimezone(UTC).date())
    limit = question.limits.exclude_newer
    first = max(days, default=None)
    if first is None or limit is None or _end_of(first) <= limit:
        return None
    return first


def _files(page: Page | None) -> Sequence[DistributionFile]:
    return () if page is None else page.files


def _is_admitted(file: DistributionFile, lines: Sequence[SpecifierSet]) -> bool:
    version = parse_version(file.version)
    return version is not None and all(
        line.contains(version, prereleases=True) for line in lines
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
            found = self.prover.resolve(as_of(_end_of(day), self.question))
            if isinstance(found, Found) and found.unread:
                found = GaveUp(unread=found.unread)
            self.known[day] = found
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
        on=partial(as_of, None),
        text=f"leave --exclude-newer out, since {' and '.join(names)} {have} no "
        "upload time",
        change="no --exclude-newer",
    )


def as_of(limit: datetime | None, question: Question) -> Question:
    """Ask as of another date, or as of none."""
    return replace(question, limits=replace(question.limits, exclude_newer=limit))


def _youngest(solution: Resolution) -> date | None:
    """Return the day of the youngest file; None if one has no time."""
    times = [pin.file.upload_time for pin in solution.pins]
    known = [moment.astimezone(UTC).date() for moment in times if moment is not None]
    return max(known, default=None) if len(known) == len(times) else None


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1)
