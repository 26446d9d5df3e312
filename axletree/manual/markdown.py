"""What stands where in a text of Markdown: headings, sections, links, rows of tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NO_PART_OF_ANCHORS = re.compile(r"[^\w -]")
_SECOND_NAME = "key in the file"
"""Heads the column of a table whose rows have two names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a page."""

    level: int
    title: str
    anchor: str
    line: int
    """From 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table, with the lines of Markdown that make it one."""

    names: tuple[str, ...]
    """What its first cell shows as code, without the values that follow."""
    head: str
    """Two lines."""
    line: str
    heading: Heading


@cache
def parser() -> MarkdownIt:
    """Give the one parser of pages: CommonMark with tables, no HTML."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def text_of(token: Token) -> str:
    """Give the words of an inline token, without marks."""
    children = token.children or ()
    return "".join(
        " " if child.type == "softbreak" else child.content for child in children
    )


def anchor_of(title: str) -> str:
    """Give the anchor of a heading, as git hosts make it."""
    return _NO_PART_OF_ANCHORS.sub("", title.lower()).replace(" ", "-").strip("-")


def anchors_of(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, str]]:
    """Yield each heading's opening and text with its anchor; a second one gets `-1`."""
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            anchor = anchor_of(text_of(inline))
            count = seen.get(anchor, 0)
            seen[anchor] = count + 1
            yield opening, inline, f"{anchor}-{count}" if count else anchor


@cache
def headings(text: str) -> tuple[Heading, ...]:
    """List the headings of a text; of the few that there are each is read once."""
    return tuple(
        Heading(
            level=int(opening.tag.removeprefix("h")),
            title=text_of(inline),
            anchor=anchor,
            line=opening.map[0] if opening.map else 0,
        )
        for opening, inline, anchor in anchors_of(parser().parse(text))
    )


def section(text: str, anchor: str) -> str | None:
    """Cut out a heading with all below it; None: there is no such heading."""
    lines = text.splitlines()
    found = headings(text)
    for number, heading in enumerate(found):
        if heading.anchor == anchor:
            later = (
                each.line for each in found[number + 1 :] if each.level <= heading.level
            )
            end = next(later, len(lines))
            return "\n".join(lines[heading.line : end]).strip() + "\n"
    return None


def link_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens that open links."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield child


def rows(text: str) -> Iterator[Row]:
    """Yield the rows of tables whose first cell shows code."""
    lines = text.splitlines()
    above = headings(text)
    head = ""
    tokens = parser().parse(text)
    for number, token in enumerate(tokens):
        if token.map is None:
            continue
        start = token.map[0]
        if token.type == "table_open":
            head = "\n".join(lines[start : start + 2])
        elif token.type == "tr_open" and lines[start] not in head:
            yield Row(
                names=_names(tokens, number, head),
                head=head,
                line=lines[start],
                heading=next(each for each in reversed(above) if each.line < start),
            )


def _names(tokens: Sequence[Token], row: int, head: str) -> tuple[str, ...]:
    """Read what a row is about: all spellings of an option, both names of a setting."""
    count = 2 if _SECOND_NAME in head else 1
    cells = [token for token in tokens[row:] if token.type == "inline"][:count]
    return tuple(
        child.content.split()[0]
        for cell in cells
        for child in cell.children or ()
        if child.type == "code_inline" and child.content.split()
    )
