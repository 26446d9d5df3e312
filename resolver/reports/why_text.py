"""Why, and what if, in sentences for people; who draws gives them colour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.newer_releases import (
    Bar,
    Barred,
)
from axletree.resolver.queries.pin_changes import PinChange
from axletree.resolver.queries.requirers import Chain
from axletree.resolver.queries.what_if import (
    Supposition,
    WhatIf,
)
from axletree.resolver.queries.why import (
    Why,
    WhyNotNewer,
)
from axletree.resolver.reports.cause_text import (
    fact_lines,
    place_of,
)
from axletree.resolver.reports.lines import (
    ReportLine,
    in_ascii,
    wrapped,
)

_BLANK = ReportLine(role="blank", text="")
_DEEP = "     "
_MOST_CHAINS = 10
_MOST_CHANGES = 20
"""Lines of each kind; `--json` has all."""


def why_report(
    why: Why, *, width: int = 100, is_ascii: bool = False
) -> tuple[ReportLine, ...]:
    """Say who asked for a project, and why it is not newer.

    :param width: columns; a sentence with a long name in it may be longer.
    :param is_ascii: use ASCII characters only.
    """
    return _finished(_why(why, width), is_ascii=is_ascii)


def what_if_report(
    found: WhatIf, *, width: int = 100, is_ascii: bool = False
) -> tuple[ReportLine, ...]:
    """Say what a supposed requirement changes; see `why_report`."""
    return _finished(_what_if(found, width), is_ascii=is_ascii)


def _finished(lines: Iterable[ReportLine], *, is_ascii: bool) -> tuple[ReportLine, ...]:
    return tuple(map(in_ascii, lines) if is_ascii else lines)


def _why(why: Why, width: int) -> Iterator[ReportLine]:
    release = f"{why.pin.name} {why.pin.version}"
    pythons = why.environment.micros_label
    where = f"{why.environment.label}{f' (only {pythons})' if pythons else ''}"
    answer = f"the solution for {where}"
    head = f"{release} is in {answer}, one of {counted(why.projects, 'project')}."
    yield from wrapped("heading", head, width)
    yield _BLANK
    yield ReportLine(role="heading", text="What requires it, the shortest chain first:")
    yield from _chains(why.chains, width)
    yield _BLANK
    yield ReportLine(role="heading", text="Why not newer:")
    yield from _not_newer(why.newer, release, width)


def _chains(chains: Sequence[Chain], width: int) -> Iterator[ReportLine]:
    for number, chain in enumerate(chains[:_MOST_CHAINS], start=1):
        *way, last = chain.links
        text = f"  {number}. {last.text}"
        place = f"({place_of(last.evidence)})"
        if len(text) + 2 + len(place) <= width:
            yield ReportLine(role="fact", text=f"{text}  {place}")
        else:
            yield from wrapped("fact", text, width, _DEEP)
            yield from wrapped("place", f"{_DEEP}{place}", width, _DEEP)
        if way:
            because = f"{_DEEP}because {', and '.join(link.text for link in way)}"
            yield from wrapped("place", because, width, _DEEP)
    yield from _more(len(chains) - _MOST_CHAINS)


def _more(left: int) -> Iterator[ReportLine]:
    if left > 0:
        yield ReportLine(role="note", text=f"{_DEEP}and {left} more (--json has all)")


def _not_newer(newer: WhyNotNewer, release: str, width: int) -> Iterator[ReportLine]:
    match newer.verdict:
        case "newest":
            text = f"  {release} is the newest that could be used."
            yield from wrapped("repair", text, width, "  ")
        case "held-back":
            yield from _held_back(newer, width)
        case "passed-over":
            yield from _passed_over(newer, width)
        case _:
            assert_never(newer.verdict)
    for barred in newer.barred:
        yield from wrapped("note", f"  {_barred(barred)}", width, "  ")


def _held_back(newer: WhyNotNewer, width: int) -> Iterator[ReportLine]:
    text = f"  {newer.version} is the newest that could be used. What rules it out:"
    yield from wrapped("repair", text, width, "  ")
    yield from fact_lines(newer.core.facts if newer.core else (), width)
    if not newer.repairs:
        text = "  No other version of a requirement was found that allows it."
        yield from wrapped("repair", text, width, "  ")
        return
    text = "  What allows it, each resolved again, the smallest change first:"
    yield from wrapped("repair", text, width, "  ")
    for repair in newer.repairs:
        yield from _repair(repair, width)


def _repair(repair: Repair, width: int) -> Iterator[ReportLine]:
    yield from wrapped("repair", f"   - {repair.text}", width, _DEEP)
    changes = f"{_DEEP}changes: {', '.join(repair.changes)}"
    yield from wrapped("detail", changes, width, _DEEP)


def _passed_over(newer: WhyNotNewer, width: int) -> Iterator[ReportLine]:
    older = [change for change in newer.changes if change.change == "down"]
    other = [change for change in newer.changes if change.change != "down"]
    text = (
        f"  {newer.version} could be used, but the answer rule decides other projects"
    )
    if older:
        text = f"{text} first, and these would then be older:"
    else:
        text = f"{text} first. With it would change:"
    yield from wrapped("repair", text, width, "  ")
    yield from _changes(older or other)
    if older and other:
        more = f"  Besides, {counted(len(other), 'pin')} would change: "
        names = ", ".join(change.name for change in other[:_MOST_CHAINS])
        dots = "…" if len(other) > _MOST_CHAINS else ""
        yield from wrapped("detail", f"{more}{names}{dots}", width, "  ")


_BARS: Mapping[Bar, str] = {
    "tag": "{have} wheels that do not fit this Python and platform",
    "requires-python": "{need} another Python",
    "no-time": "{have} no upload time, so --exclude-newer hides them",
    "binary-policy": "{have} files that --only-binary or --no-binary refuses",
    "metadata": "cannot be used: its metadata is not valid",
    "unread": "could not be read on this machine",
    "pre-release": "{are} {pre}, and nothing asks for pre-releases",
    "yanked": "{are} yanked",
    "hash": "{have} no file with a hash that you gave",
    "policy": "{are} forbidden by policy",
}


def _barred(barred: Barred) -> str:
    newest, *others = barred.versions
    count = f" and {len(others)} older" if others else ""
    are = "are" if others else "is"
    have = "have" if others else "has"
    need = "need" if others else "needs"
    pre = "pre-releases" if others else "a pre-release"
    what = _BARS[barred.bar].format(are=are, have=have, need=need, pre=pre)
    return f"Above it, {newest}{count} {what}."


# What if.


def _what_if(found: WhatIf, width: int) -> Iterator[ReportLine]:
    label = found.after.environment.label
    said = " and ".join(map(_supposition, found.suppositions))
    projects = counted(len(found.after.pins), "project")
    if found.before is None:
        text = f"With {said} there is a solution for {label}, of {projects}; without it"
        yield from wrapped("heading", f"{text} there is none.", width)
        yield from _pins(found)
        return
    if not found.changes:
        text = f"With {said} nothing changes for {label}: the same {projects}."
        yield from wrapped("heading", text, width)
        return
    changed = counted(len(found.changes), "pin")
    text = f"With {said}, {changed} of {projects} would differ for {label}:"
    yield from wrapped("heading", text, width)
    yield from _changes(found.changes, most=len(found.changes))


def _supposition(supposed: Supposition) -> str:
    replaced = " and ".join(root.text for root in supposed.replaced)
    instead = f" instead of {replaced}" if replaced else ""
    return f"{supposed.root.text}{instead}"


def _pins(found: WhatIf) -> Iterator[ReportLine]:
    for pin in found.after.pins:
        yield ReportLine(role="repair", text=f"  {pin.name} {pin.version}")


def _changes(
    changes: Sequence[PinChange], most: int = _MOST_CHANGES
) -> Iterator[ReportLine]:
    for change in changes[:most]:
        yield ReportLine(role="repair", text=f"  {_change(change)}")
    yield from _more(len(changes) - most)


def _change(change: PinChange) -> str:
    match change.change:
        case "added":
            return f"added    {change.name} {change.after}"
        case "removed":
            return f"removed  {change.name} {change.before}"
        case "up":
            return f"newer    {change.name} {change.before} -> {change.after}"
        case "down":
            return f"older    {change.name} {change.before} -> {change.after}"
        case _:
            assert_never(change.change)
