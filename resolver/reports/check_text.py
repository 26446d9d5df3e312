"""A check in lines, for people: a table, then what is wrong, each thing once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

from axletree.errors import docs_command
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.check import (
    Cell,
    Explained,
    Failure,
    cause,
    explained,
)
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import (
    ReportLine,
    in_ascii,
    to_text,
)

if TYPE_CHECKING:
    from axletree.resolver.reports.lines import Role

_LEAST_CAUSE = 60
"""Columns for a cause, however narrow the terminal is."""
_BLANK = ReportLine(role="blank", text="")


def check_report(
    cells: Sequence[Cell], *, width: int = 100, is_ascii: bool = False
) -> tuple[ReportLine, ...]:
    """Show a check: one line a cell in the order given, explanations, a summary.

    Cells with the same conflict share its explanation. The parameters are those of
    `conflict_report`.
    """
    lines = list(_table(cells, width))
    for one in explained(cells):
        lines.append(_BLANK)
        lines += _explanation(one, width, is_ascii=is_ascii)
    lines += _unfinished(cells)
    lines += [_BLANK, _summary(cells)]
    return tuple(map(in_ascii, lines) if is_ascii else lines)


def explanation_text(cell: Cell) -> str:
    """Return the whole explanation of one cell; empty if it has an answer."""
    match cell.answer:
        case Resolution():
            return ""
        case Conflict() as conflict:
            return to_text(conflict_report(conflict))
        case Failure() as failure:
            return to_text(_failure(failure))
        case _:
            assert_never(cell.answer)


def one_line(cell: Cell) -> str:
    """Say in one line what came out."""
    match cell.answer:
        case Resolution(pins=pins, environment=environment):
            count = counted(len(pins), "project")
            pythons = environment.patch_label
            return f"{count}, only for {pythons}" if pythons else count
        case Conflict() as conflict:
            return cause(conflict)
        case Failure(what=what):
            return what.partition("\n")[0]
        case _:
            assert_never(cell.answer)


def _table(cells: Sequence[Cell], width: int) -> Iterator[ReportLine]:
    files = max(len(cell.file) for cell in cells)
    labels = max(len(cell.environment.label) for cell in cells)
    for cell in cells:
        word, role = _outcome(cell)
        label = cell.environment.label
        head = f"{word:<5}  {cell.file:<{files}}  {label:<{labels}}  "
        most = max(width - len(head), _LEAST_CAUSE)
        yield ReportLine(role=role, text=head + _cut(one_line(cell), most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _outcome(cell: Cell) -> tuple[str, Role]:
    match cell.answer:
        case Resolution():
            return "ok", "repair"
        case Conflict():
            return "no", "claim"
        case Failure():
            return "error", "note"
        case _:
            assert_never(cell.answer)


def _explanation(one: Explained, width: int, *, is_ascii: bool) -> Iterator[ReportLine]:
    for cell in one.cells:
        yield ReportLine(role="heading", text=f"{cell.label}:")
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
        if text:
            yield ReportLine(role="detail", text=f"  {word}: {text}")
    docs = docs_command(failure.reference)
    yield ReportLine(role="detail", text=f"  docs: {docs}")


def _summary(cells: Sequence[Cell]) -> ReportLine:
    words = [_outcome(cell)[0] for cell in cells]
    fine, refused, failed = map(words.count, ("ok", "no", "error"))
    parts = [f"{fine} of {len(cells)} {_have(fine)} a solution"]
    if refused:
        parts.append(f"{refused} {_have(refused)} none")
    if failed:
        parts.append(f"{failed} could not be checked")
    role: Role = "heading" if set(words) == {"ok"} else "claim"
    return ReportLine(role=role, text="; ".join(parts))


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
