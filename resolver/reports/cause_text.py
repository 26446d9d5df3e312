"""Why there is no answer, in sentences: a verdict, its facts, a picture, what clashes else.

No more than some twenty lines are said, since nobody reads more before what helps: the
first conflict is told whole, of the others as much as there is room for, and at least
their verdict. JSON has all. Like `axletree.resolver.universe.tables`, this imports next
to nothing: a quick explanation is told here too.
"""

from __future__ import annotations

from axletree.resolver.model.origins import Origin
from axletree.resolver.reports.lines import (
    BLANK,
    ReportLine,
    claim_lines,
    core_head,
    incomplete_line,
    numbered_facts,
    place_in_brackets,
    unread_line,
    wrapped,
)
from axletree.resolver.reports.picture import ASCII, UNICODE, draw

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.conflicts.also_contended import AlsoContended
    from axletree.resolver.model.facts import Core, Evidence, Fact

MOST_LINES = 20
"""Before what helps; facts that take more are told all the same, without places."""


def cause_lines(  # noqa: PLR0913  what is told, and how it looks
    cores: Sequence[Core],
    target: str,
    width: int,
    *,
    is_complete: bool,
    besides: AlsoContended | None = None,
    is_ascii: bool = False,
) -> list[ReportLine]:
    """Tell the cores of a conflict, the one to show first; see `conflict_report`.

    :param is_complete: there are no more of them.
    :param besides: what else is contended.
    """
    layout = _Layout(cores, target, width, is_ascii=is_ascii)
    ending = list(_ending(len(cores), width, is_complete=is_complete, besides=besides))
    return layout.lines(ending)


def _ending(
    count: int, width: int, *, is_complete: bool, besides: AlsoContended | None
) -> Iterator[ReportLine]:
    if not is_complete:
        yield incomplete_line(count)
    if besides is not None and besides.names:
        more = "" if besides.are_all else "; there may be more"
        text = f"Also in conflict: {', '.join(besides.names)}{more}."
        yield from wrapped("note", text, width)


def _left_out(count: int) -> ReportLine:
    conflicts = "conflict" if count == 1 else "conflicts"
    text = f"And {count} more {conflicts}: --json has them."
    return ReportLine(role="note", text=text)


class _Layout:
    """Finds room for what is told."""

    def __init__(
        self, cores: Sequence[Core], target: str, width: int, *, is_ascii: bool
    ) -> None:
        self._cores = cores
        self._target = target
        self._width = width
        self._signs = ASCII if is_ascii else UNICODE

    def lines(self, ending: list[ReportLine]) -> list[ReportLine]:
        """Lay all of it out."""
        first = self._whole(1)
        shorts = [self._short(number) for number in range(2, len(self._cores) + 1)]
        if len(first) + sum(map(len, shorts)) + len(ending) >= MOST_LINES:
            first = self._whole(1, has_places=False)
        has_more = bool(ending or shorts)
        room = MOST_LINES - len(first) - len(ending) - has_more
        kept = self._fitting(shorts, room)
        if len(kept) < len(shorts):
            ending = [_left_out(len(shorts) - len(kept)), *ending]
            room -= 1
        room -= sum(map(len, kept))
        picture = self._picture(1, room)
        wholes = self._wholes(kept, room - len(picture))
        told = [line for whole in wholes for line in whole]
        rest = [line for short in kept[len(wholes) :] for line in short]
        last = [*rest, *ending]
        return [*first, *picture, *told, *([BLANK] if last else []), *last]

    def _fitting(
        self, shorts: list[list[ReportLine]], room: int
    ) -> list[list[ReportLine]]:
        """Keep those there is room for, with a line on the others."""
        if sum(map(len, shorts)) < room:
            return shorts
        kept: list[list[ReportLine]] = []
        for short in shorts:
            room -= len(short)
            if room <= 2:
                break
            kept.append(short)
        return kept

    def _wholes(
        self, shorts: Sequence[Sequence[ReportLine]], room: int
    ) -> list[list[ReportLine]]:
        """Tell as many of the others whole as there is room for."""
        wholes: list[list[ReportLine]] = []
        for number, short in enumerate(shorts, start=2):
            whole = [BLANK, *self._whole(number)]
            room += len(short) - len(whole)
            if room < 0:
                break
            picture = self._picture(number, room)
            room -= len(picture)
            wholes.append([*whole, *picture])
        return wholes

    def _head(self, number: int) -> str:
        return core_head(
            number,
            len(self._cores),
            self._target,
            holds_here_only=all(core.holds_here_only for core in self._cores),
        )

    def _whole(self, number: int, *, has_places: bool = True) -> list[ReportLine]:
        """Tell a core with all its facts."""
        core, head = self._cores[number - 1], self._head(number)
        count = len(core.facts)
        found: list[ReportLine] = []
        if core.verdict:
            found += wrapped("claim", f"{head}{core.verdict}.", self._width)
            head = ""
        found += claim_lines(head, core.claim, count, self._width)
        found += fact_lines(core.facts, self._width, has_places=has_places)
        facts = enumerate(core.facts, start=1)
        unread = [at for at, fact in facts if fact.observed is not None]
        if unread:
            found += unread_line(unread, self._width)
        return found

    def _short(self, number: int) -> list[ReportLine]:
        """Tell what a core comes to."""
        core = self._cores[number - 1]
        what = core.verdict or core.facts[0].text
        return list(wrapped("claim", f"{self._head(number)}{what}.", self._width))

    def _picture(self, number: int, room: int) -> list[ReportLine]:
        """Draw the contended project, if there is room for a blank line and all rows."""
        picture = self._cores[number - 1].picture
        if picture is None or not picture.versions:
            return []
        whole, short = (
            draw(picture, width=self._width, signs=self._signs, is_short=is_short)
            for is_short in (False, True)
        )
        # One block is taken in at a glance, several are not.
        is_one_block = len(short) == 1 + len(picture.rows) < len(whole)
        for drawn in (short,) if is_one_block else (whole, short):
            if len(drawn) < room:
                lines = (ReportLine(role="picture", text=line) for line in drawn)
                return [BLANK, *lines]
        return []


def fact_lines(
    facts: Iterable[Fact], width: int, *, has_places: bool = True
) -> Iterator[ReportLine]:
    """Give facts with their numbers, each with the place where it can be looked up."""
    told = ((fact.text, _place(fact) if has_places else "") for fact in facts)
    return numbered_facts(told, width)


def place_of(evidence: Evidence) -> str:
    """Say where a fact can be looked up."""
    if evidence.kind == "metadata":
        return f"METADATA of {evidence.filename}"
    if evidence.kind == "index-page":
        return f"index page of {evidence.project}"
    return str(Origin(evidence.file or "command line", evidence.line))


def _place(fact: Fact) -> str:
    """Say in brackets where a fact can be looked up, if its text does not say so."""
    if fact.kind == "unknown-project":
        return ""
    of_files = fact.evidence and fact.evidence[0].kind == "metadata"
    # The evidence of a fact about many releases names some of their files only.
    least = fact.count if of_files else 0
    return place_in_brackets(map(place_of, fact.evidence), fact.text, least)
