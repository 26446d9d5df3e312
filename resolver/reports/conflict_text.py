"""A conflict in sentences, for people: plain lines, each with its role, no colour.

Who draws decides what a role looks like; this decides what is said, in which order,
and how short. Like `axletree.resolver.universe.tables`, it imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.model.origins import Origin
from axletree.resolver.model.spelling import counted
from axletree.resolver.reports.lines import (
    BLANK,
    ReportLine,
    claim_lines,
    core_head,
    in_ascii,
    incomplete_line,
    numbered_facts,
    place_in_brackets,
    unread_line,
    wrapped,
)
from axletree.resolver.reports.picture import (
    ASCII,
    UNICODE,
    draw,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from axletree.resolver.model.answers import (
        Conflict,
        Counters,
        Repair,
        RepairClaim,
    )
    from axletree.resolver.model.facts import Core, Evidence, Fact

_MOST_PINS_NAMED = 4
"""In a repair's proof; its lock has them all."""
_REPAIR_CLAIMS: Mapping[RepairClaim, str] = {
    "untried": "to be sure, what is noted must be read",
    "works": "it works",
    "irreducible": "no part of it is enough",
    "cheapest": "nothing cheaper works",
}
_DEEP = "     "


def conflict_report(
    conflict: Conflict,
    *,
    width: int = 100,
    is_ascii: bool = False,
    target: str = "",
) -> tuple[ReportLine, ...]:
    """Explain a conflict: claim, facts, picture, repairs, and what pip would do.

    :param width: columns; a drawing keeps within, a sentence may be longer.
    :param is_ascii: use ASCII characters only.
    :param target: the environments it holds for, if not the conflict's own alone.
    """
    lines = (
        line
        for part in (
            cause_report(conflict, width=width, is_ascii=is_ascii, target=target),
            *(
                numbered_repair(at, repair, conflict, width=width)
                for at, repair in enumerate(conflict.repairs, start=1)
            ),
            closing_report(conflict, width=width),
        )
        for line in part
    )
    return tuple(map(in_ascii, lines) if is_ascii else lines)


def cause_report(
    conflict: Conflict, *, width: int, is_ascii: bool = False, target: str = ""
) -> Iterator[ReportLine]:
    """Give what is known as soon as the cause is; parameters as `conflict_report`."""
    as_of = f" as of {conflict.as_of}" if conflict.as_of else ""
    return cause_lines(
        conflict.conflicts,
        f"{target or conflict.environment.label}{as_of}",
        width,
        is_complete=conflict.complete or conflict.is_brief,
        is_ascii=is_ascii,
    )


def numbered_repair(
    number: int, repair: Repair, conflict: Conflict, *, width: int
) -> Iterator[ReportLine]:
    """Give a repair with its number, the first below the heading of them all."""
    if number == 1:
        yield BLANK
        yield ReportLine(role="heading", text="What helps, each resolved again:")
    yield from _repair(repair, conflict, f"  {number}. {repair.text}", width)


def closing_report(conflict: Conflict, *, width: int) -> Iterator[ReportLine]:
    """Give what is said last: what pip would do, and notes."""
    yield from _as_pip(conflict, width)
    yield from _notes(conflict.notes, width)


def counters_sentence(what: str, counters: Counters) -> str:
    """Say what was read: `core: 40 pages, 2 metadata, 3 rounds, 12 solver calls`."""
    return (
        f"{what}: {counters.pages} pages, {counters.metadata} metadata, "
        f"{counters.rounds} rounds, {counters.solver_calls} solver calls, "
        f"{counters.requests} requests"
    )


def place_of(evidence: Evidence) -> str:
    """Say where a fact can be looked up."""
    if evidence.kind == "metadata":
        return f"METADATA of {evidence.filename}"
    if evidence.kind == "index-page":
        return f"index page of {evidence.project}"
    return str(Origin(evidence.file or "command line", evidence.line))


def cause_lines(
    cores: Sequence[Core],
    target: str,
    width: int,
    *,
    is_complete: bool,
    is_ascii: bool = False,
) -> Iterator[ReportLine]:
    """Tell the cores of a conflict, the one to show first; see `conflict_report`.

    :param is_complete: there are no more of them.
    """
    holds_here_only = all(core.holds_here_only for core in cores)
    for number, core in enumerate(cores, start=1):
        if number > 1:
            yield BLANK
        head = core_head(number, len(cores), target, holds_here_only=holds_here_only)
        yield from claim_lines(head, core.claim, len(core.facts), width)
        yield from fact_lines(core.facts, width)
        facts = enumerate(core.facts, start=1)
        unread = [at for at, fact in facts if fact.observed is not None]
        if unread:
            yield from unread_line(unread, width)
        yield from _picture(core, width, is_ascii=is_ascii)
    if not is_complete:
        yield incomplete_line(len(cores))


def fact_lines(facts: Iterable[Fact], width: int) -> Iterator[ReportLine]:
    """Give facts with their numbers, each with the place where it can be looked up."""
    return numbered_facts(((fact.text, _place(fact)) for fact in facts), width)


def _place(fact: Fact) -> str:
    """Say in brackets where a fact can be looked up, if its text does not say so."""
    if fact.kind == "unknown-project":
        return ""
    of_files = fact.evidence and fact.evidence[0].kind == "metadata"
    # The evidence of a fact about many releases names some of their files only.
    least = fact.count if of_files else 0
    return place_in_brackets(map(place_of, fact.evidence), fact.text, least)


def _picture(core: Core, width: int, *, is_ascii: bool) -> Iterator[ReportLine]:
    if core.picture is None or not core.picture.versions:
        return
    yield BLANK
    for line in draw(core.picture, width=width, signs=ASCII if is_ascii else UNICODE):
        yield ReportLine(role="picture", text=line)


def repair_report(
    repair: Repair, conflict: Conflict, *, width: int
) -> tuple[ReportLine, ...]:
    """Show one repair whole: with all pins, and the recipes that it needs."""
    pins = repair.resolution.pins
    recipes = (line for text in repair.recipes for line in ("", *text.splitlines()))
    return (
        *_repair(repair, conflict, repair.text, width),
        BLANK,
        *(ReportLine(role="detail", text=f"  {p.name} {p.version}") for p in pins),
        *(ReportLine(role="detail", text=line) for line in recipes),
    )


def _repair(
    repair: Repair, conflict: Conflict, head: str, width: int
) -> Iterator[ReportLine]:
    yield from wrapped("repair", head, width, _DEEP)
    # What a command says is not said twice, least of all long lists of files.
    command = repair.command or ""
    is_said = all(change in command for change in repair.changes)
    if not is_said and not (repair.kind == "collect" and repair.command):
        changes = f"{_DEEP}changes: {', '.join(repair.changes)}"
        yield from wrapped("detail", changes, width, _DEEP)
    proof = f"{_DEEP}proof: {_proof(repair, conflict)}"
    yield from wrapped("detail", proof, width, _DEEP)
    for note in repair.notes:
        yield from wrapped("detail", f"{_DEEP}note: {note}", width, _DEEP)
    if repair.command is not None:
        # Never broken: people copy it.
        yield ReportLine(role="command", text=f"{_DEEP}{repair.command}")


def _proof(repair: Repair, conflict: Conflict) -> str:
    """Say what the repair leads to, by the projects that were in conflict."""
    facts = [fact for core in conflict.conflicts for fact in core.facts]
    involved = {fact.target for fact in facts} | {fact.project for fact in facts}
    versions = repair.resolution.versions
    named = [f"{name} {at}" for name, at in versions.items() if name in involved]
    among = f" with {', '.join(named[:_MOST_PINS_NAMED])}" if named else ""
    projects = counted(len(versions), "project")
    target = repair.resolution.environment
    where = "" if target == conflict.environment else f" for {target.label}"
    return f"{projects}{where}{among}; {_REPAIR_CLAIMS[repair.claim]}"


def _as_pip(conflict: Conflict, width: int) -> Iterator[ReportLine]:
    if conflict.as_pip is not None:
        yield BLANK
        yield from wrapped("note", conflict.as_pip.text, width)


def _notes(notes: Sequence[str], width: int) -> Iterator[ReportLine]:
    if notes:
        yield BLANK
    for note in notes:
        yield from wrapped("note", f"note: {note}", width)
