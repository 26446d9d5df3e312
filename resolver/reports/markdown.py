"""A check as Markdown, such as GitHub shows as the summary of a job.

What others wrote stands in code, where nothing of it is markup, a mention or a link:
signs that could be are written as numbers, as in HTML, and a block is fenced by more
backticks than it has.
"""

import re
from collections.abc import Sequence
from itertools import chain

from axletree.resolver.model.shown_text import flat
from axletree.resolver.queries.check import Cell
from axletree.resolver.reports.check_text import explanation_text, one_line, summary

MOST_CHARACTERS = 250_000
"""Of a summary: GitHub takes 1 MiB, and none that is larger. One has 4 bytes at most."""
_WORDS = {"ok": "ok", "conflict": "**no**", "known": "known", "error": "**error**"}
# A host that begins with www is made a link, without anything before it.
_MARKUP = re.compile(r"[^A-Za-z0-9 ,.=/-]|w(?=ww\.)", re.IGNORECASE)
_FENCE = re.compile("`{3,}")


def to_markdown(cells: Sequence[Cell]) -> str:
    """Give a table, then each explanation to be unfolded; what is too long is counted."""
    parts = [f"### axletree check\n\n{summary(cells)}.\n\n{_HEAD}"]
    room = MOST_CHARACTERS - len(parts[0])
    refused = [cell for cell in cells if cell.outcome in _TOLD]
    left = len(cells) + len(refused)
    for part in chain(map(_row, cells), map(_details, refused)):
        room -= len(part)
        if room < 0:
            parts.append(f"\n{left} more are left out here: the log has them.\n")
            break
        parts.append(part)
        left -= 1
    return "".join(parts)


_HEAD = "| | file | environment | |\n|---|---|---|---|\n"
_TOLD = frozenset({"conflict", "error"})


def _row(cell: Cell) -> str:
    cells = (cell.place, cell.environment.label, one_line(cell))
    said = " | ".join(map(_code, cells))
    return f"| {_WORDS[cell.outcome]} | {said} |\n"


def _details(cell: Cell) -> str:
    text = explanation_text(cell)
    longest = max((len(each) for each in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    label = _code(cell.label)
    return (
        f"\n<details><summary>{label}</summary>\n\n"
        f"{fence}text\n{text}{fence}\n\n</details>\n"
    )


def _code(text: str) -> str:
    """Spell a text so that it stands in code, on one line, and is nothing but text."""
    return f"<code>{_MARKUP.sub(_number, flat(text).replace(chr(9), ' '))}</code>"


def _number(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"
