"""The pages of the documentation, and the commands that they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from markdown_it import MarkdownIt

from tests.support.checkout import ROOT, tracked_files

PAGES = tuple(
    str(path)
    for path in tracked_files()
    if path.suffix == ".md"
    and (path.parts[0] == "docs" or len(path.parts) == 1)
    and path.name != "CHANGELOG.md"
)
"""README and its like, and all below docs/; the changelog speaks of what was."""

PROMPT = "$ "
PRINTED = "printed"
_HERE = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, with what is printed by it."""

    text: str
    """As it is typed: several lines where it goes on behind a backslash."""
    output: tuple[str, ...] | None
    """None: the page does not show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block of commands."""

    page: str
    line: int
    """Of its fence, from 1."""
    marks: frozenset[str]
    """Behind the language: `exit=1`, `varies=sizes`."""
    commands: tuple[Command, ...]
    printed: tuple[str, ...] = ()
    """Of ```text that is marked `printed`: what the command before it said as well."""

    @property
    def place(self) -> str:
        """Name it, for people."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Any fenced block."""

    line: int
    language: str
    marks: frozenset[str]
    content: str


def read(page: str) -> str:
    """Read a page, by its path from the top of the checkout."""
    return (ROOT / page).read_text()


def fences(text: str) -> Iterator[Fence]:
    """Yield the fenced blocks of a text."""
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.map is not None:
            language, *marks = [*token.info.split(), ""]
            yield Fence(
                line=token.map[0] + 1,
                language=language,
                marks=frozenset(filter(None, marks)),
                content=token.content,
            )


@cache
def blocks(page: str) -> tuple[Block, ...]:
    """List a page's blocks of commands: ```sh, and ```console with their output.

    Also ```text that is marked `printed`: more of what the last command said.
    """
    return tuple(
        Block(
            page=page,
            line=fence.line,
            marks=fence.marks,
            commands=()
            if fence.language == "text"
            else tuple(
                commands_in(fence.content, has_output=fence.language == "console")
            ),
            printed=tuple(fence.content.splitlines())
            if fence.language == "text"
            else (),
        )
        for fence in fences(read(page))
        if fence.language in {"sh", "console"} or PRINTED in fence.marks
    )


def code(page: str) -> Iterator[str]:
    """Yield what a page shows as code, each command on one line."""
    for token in MarkdownIt().parse(read(page)):
        if token.type == "fence":
            yield token.content.replace("\\\n", " ")
        for child in token.children or ():
            if child.type == "code_inline":
                yield child.content


def heading_source(page: str, target: str) -> str:
    """Name the page that a link of a page leads to; an empty one leads to itself."""
    if not target:
        return page
    path = (ROOT / page).parent / target
    return str(PurePosixPath(path.resolve().relative_to(ROOT)))


def commands_in(content: str, *, has_output: bool) -> Iterator[Command]:
    """Yield the commands of a block's text."""
    return _with_output(content) if has_output else _without_output(content)


def _with_output(content: str) -> Iterator[Command]:
    lines = content.splitlines()
    while lines:
        first = lines.pop(0)
        assert first.startswith(PROMPT), f"output before the first command: {first}"
        text = _whole(first.removeprefix(PROMPT), lines)
        output = []
        while lines and not lines[0].startswith(PROMPT):
            output.append(lines.pop(0))
        yield Command(text=text, output=tuple(output))


def _without_output(content: str) -> Iterator[Command]:
    lines = content.splitlines()
    while lines:
        first = lines.pop(0)
        if first.strip() and not first.startswith("#"):
            yield Command(text=_whole(first, lines), output=None)


def _whole(first: str, lines: list[str]) -> str:
    """Take what belongs to a command: behind a backslash, and a here-document."""
    taken = [first]
    while taken[-1].endswith("\\") and lines:
        taken.append(lines.pop(0))
    here = _HERE.search("\n".join(taken))
    while here and taken[-1].strip() != here[1] and lines:
        taken.append(lines.pop(0))
    return "\n".join(taken)
