"""A check in lines, for people: a table, then what is wrong, each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

from axletree.errors import docs_command
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.shown_text import disarmed, flat, shown
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.check import (
    Cell,
    Explained,
    Failure,
    Outcome,
    cause,
    explained,
)
from axletree.resolver.queries.findings import places_of
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import (
    ReportLine,
    in_ascii,
    to_text,
)

if TYPE_CHECKING:
    from axletree.resolver.reports.lines import Role

_LEAST_CAUSE = 20
"""Columns for a cause; where there is less beside the names, it has its own line."""
_BESIDE = " " * 7
_BLANK = ReportLine(role="blank", text="")
_LOOKS: dict[Outcome, tuple[str, Role]] = {
    "ok": ("ok", "repair"),
    "conflict": ("no", "claim"),
    "known": ("known", "note"),
    "error": ("error", "note"),
}


def check_report(
    cells: Sequence[Cell],
    *,
    width: int = 100,
    is_ascii: bool = False,
    is_cut: bool = False,
) -> tuple[ReportLine, ...]:
    """Show a check: one line a cell in the order given, explanations, a summary.

    Cells with the same conflict share its explanation, which ends with a command for
    each of them. The first two parameters are those of `conflict_report`.

    :param is_cut: let no line of the table be longer than the terminal is wide, if only
        the names of the files leave room.
    """
    lines = list(_table(cells, width if is_cut else None))
    for one in explained(cells):
        lines.append(_BLANK)
        lines += _explanation(one, width, is_ascii=is_ascii)
    lines += _unfinished(cells)
    lines += [_BLANK, ReportLine(role=_role(cells), text=summary(cells))]
    return as_lines(lines, is_ascii=is_ascii)


def as_lines(
    lines: Iterable[ReportLine], *, is_ascii: bool = False
) -> tuple[ReportLine, ...]:
    """Let nothing that others wrote, such as a file's name, break a line."""
    lines = (ReportLine(role=line.role, text=flat(line.text)) for line in lines)
    return tuple(map(in_ascii, lines) if is_ascii else lines)


def explanation_text(cell: Cell) -> str:
    """Return the whole explanation of one cell; empty if it has an answer."""
    match cell.answer:
        case Resolution():
            return ""
        case Conflict() as conflict:
            told = [*conflict_report(conflict), *_commands([cell])]
        case Failure() as failure:
            told = [*_failure(failure), *_commands([cell])]
        case _:
            assert_never(cell.answer)
    return disarmed(shown(to_text(as_lines(told))))


def one_line(cell: Cell) -> str:
    """Say in one line what came out."""
    match cell.answer:
        case Resolution(pins=pins, environment=environment):
            count = counted(len(pins), "project")
            pythons = environment.micros_label
            return f"{count}, only for {pythons}" if pythons else count
        case Conflict():
            return cause((cell.new_cores or cell.cores)[0])
        case Failure(what=what):
            return what.partition("\n")[0]
        case _:
            assert_never(cell.answer)


def _table(cells: Sequence[Cell], width: int | None) -> Iterator[ReportLine]:
    names = [flat(cell.name) for cell in cells]
    files = max(map(len, names))
    labels = max(len(cell.environment.label) for cell in cells)
    for cell, name in zip(cells, names, strict=True):
        word, role = _LOOKS[cell.outcome]
        label = cell.environment.label
        text = f"{word:<5}  {name:<{files}}  {label:<{labels}}  "
        said = one_line(cell)
        room = len(said) if width is None else width - len(text)
        if said and room < min(_LEAST_CAUSE, len(said)):
            yield ReportLine(role=role, text=text.rstrip())
            text = _BESIDE
            room = max(_LEAST_CAUSE, (width or 0) - len(text))
        yield ReportLine(role=role, text=text + _cut(said, room))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _explanation(one: Explained, width: int, *, is_ascii: bool) -> Iterator[ReportLine]:
    for cell, core in zip(one.cells, one.cores, strict=True):
        yield ReportLine(role="heading", text=f"{cell.label}:")
        if core is not None:
            places = ", ".join(map(str, places_of(core, cell)))
            yield ReportLine(role="place", text=f"  at {places}")
    match one.answer:
        case Conflict() as conflict:
            labels = dict.fromkeys(cell.environment.label for cell in one.cells)
            yield from conflict_report(
                conflict, width=width, is_ascii=is_ascii, target=", ".join(labels)
            )
        case Failure() as failure:
            yield from _failure(failure)
        case _:
            assert_never(one.answer)
    yield from _commands(one.cells)


def _commands(cells: Sequence[Cell]) -> Iterator[ReportLine]:
    commands = [cell.command for cell in cells if cell.command]
    if commands:
        yield _BLANK
        yield ReportLine(role="note", text="To see what would help:")
    for command in commands:
        # Never broken: people copy it.
        yield ReportLine(role="command", text=f"  {command}")


def _unfinished(cells: Sequence[Cell]) -> Iterator[ReportLine]:
    for cell in cells:
        answer = cell.answer
        if isinstance(answer, Conflict) and not (answer.complete or answer.is_brief):
            found = len(answer.conflicts)
            text = f"{cell.label}: the search for conflicts stopped at {found}"
            yield ReportLine(role="note", text=f"{text}: there may be more.")


def _failure(failure: Failure) -> Iterator[ReportLine]:
    first, *more = failure.what.split("\n")
    yield ReportLine(role="note", text=f"error: {first}")
    for line in more:
        yield ReportLine(role="note", text=line)
    for word, text in (("where", failure.where), ("hint", failure.hint)):
        first, *more = text.splitlines() or [""]
        if first:
            yield ReportLine(role="detail", text=f"  {word}: {first}")
        for line in more:
            yield ReportLine(role="detail", text=f"    {line}")
    docs = docs_command(failure.reference)
    yield ReportLine(role="detail", text=f"  docs: {docs}")


def summary(cells: Sequence[Cell]) -> str:
    """Count what came out, in a sentence without a full stop."""
    outcomes = [cell.outcome for cell in cells]
    fine, refused = outcomes.count("ok"), outcomes.count("conflict")
    known, failed = outcomes.count("known"), outcomes.count("error")
    parts = [f"{fine} of {len(cells)} {_have(fine)} a solution"]
    if refused or known:
        parts.append(f"{refused + known} {_have(refused + known)} none")
    if known:
        parts[-1] += f" ({known} in the baseline)"
    if failed:
        parts.append(f"{failed} could not be checked")
    return "; ".join(parts)


def _role(cells: Sequence[Cell]) -> Role:
    is_well = {cell.outcome for cell in cells} <= {"ok", "known"}
    return "heading" if is_well else "claim"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
