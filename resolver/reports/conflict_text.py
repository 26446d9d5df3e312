"""A conflict in sentences, for people: plain lines, each with its role, no colour.

Who draws decides what a role looks like; this decides what is said, in which order,
and how short. Like `axletree.resolver.universe.tables`, it imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.also_contended import AlsoContended
from axletree.resolver.model.spelling import counted
from axletree.resolver.reports.cause_text import cause_lines
from axletree.resolver.reports.lines import BLANK, ReportLine, in_ascii, wrapped

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.resolver.model.answers import (
        Conflict,
        Counters,
        Repair,
        RepairClaim,
    )

_MOST_PINS_NAMED = 4
"""In a repair's proof; its lock has them all."""
_REPAIR_CLAIMS: Mapping[RepairClaim, str] = {
    "untried": "not yet sure, as the note says",
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
) -> Sequence[ReportLine]:
    """Give what is known as soon as the cause is; parameters as `conflict_report`."""
    as_of = f" as of {conflict.as_of}" if conflict.as_of else ""
    return cause_lines(
        conflict.conflicts,
        f"{target or conflict.environment.label}{as_of}",
        width,
        is_complete=conflict.complete or conflict.is_brief,
        besides=AlsoContended(
            conflict.also_contended, are_all=conflict.also_contended_complete
        ),
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
    """Give what is said last: what else would help, what pip would do, and notes."""
    yield from _upstream(conflict, width)
    yield from _as_pip(conflict, width)
    yield from _notes(conflict.notes, width)


def counters_sentence(what: str, counters: Counters) -> str:
    """Say what was read: `core: 40 pages, 2 metadata, 3 rounds, 12 solver calls`."""
    return (
        f"{what}: {counters.pages} pages, {counters.metadata} metadata, "
        f"{counters.rounds} rounds, {counters.solver_calls} solver calls, "
        f"{counters.requests} requests"
    )


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


def _upstream(conflict: Conflict, width: int) -> Iterator[ReportLine]:
    """Say what only others can do, where nothing helps that leaves metadata as it is."""
    core = conflict.conflicts[0]
    was_stopped = conflict.repairs_stopped in {"not-searched", "interrupted"}
    mends = {"override", "recipe", "lift"}
    if not core.upstream or was_stopped:
        return
    if all(repair.kind in mends for repair in conflict.repairs):
        is_known = conflict.repairs_stopped != "not-settled"
        who = (
            "Only upstream can fix this for good"
            if is_known
            else "Upstream can fix this"
        )
        text = f"{who}: {core.upstream} would do."
        if len(conflict.conflicts) > 1 or conflict.also_contended:
            text = f"{text[:-4]} fix the first conflict."
        yield BLANK
        yield from wrapped("note", text, width)


def _as_pip(conflict: Conflict, width: int) -> Iterator[ReportLine]:
    if conflict.as_pip is not None:
        yield BLANK
        yield from wrapped("note", conflict.as_pip.text, width)


def _notes(notes: Sequence[str], width: int) -> Iterator[ReportLine]:
    if notes:
        yield BLANK
    for note in notes:
        yield from wrapped("note", f"note: {note}", width)
