"""A page of the documentation, drawn for a terminal, in a pager if it is long."""

import sys
from collections.abc import Sequence
from typing import ClassVar

import click
from markdown_it.token import Token
from rich import box
from rich.cells import cell_len
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from axletree.environ import process_environment
from axletree.manual.markdown import link_tokens, parser
from axletree.manual.pages import Page, pages, target_of
from axletree.manual.topics import topic_of
from axletree.terminal import MOST_COLUMNS, size_of

_PROMPT = "$ "
_MOST_OF_WIDTH = 0.8
"""That a table's longest words may take, or the rest is broken into too many lines."""
_THEME = Theme(
    {
        # rich's own have backgrounds, which are wrong on one half of all terminals.
        "markdown.code": "bold",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.link_url": "dim",
        "markdown.link": "",
        "markdown.item.bullet": "",
    }
)


def show(text: str, page: Page) -> None:
    """Draw the Markdown of a page; whoever is not at a terminal gets it as it is.

    :param page: where the text stands: its links are named as topics.
    """
    columns, lines = size_of(process_environment())
    drawn = drawn_for(text, page, columns=columns)
    # As git does: what fits on the screen needs no pager.
    if drawn.count("\n") < lines:
        click.echo(drawn, nl=False, color=True)
    else:
        click.echo_via_pager(drawn, color=True)


def is_looked_at() -> bool:
    """Tell whether stdout is a terminal."""
    return sys.stdout.isatty()


def drawn_for(text: str, page: Page, *, columns: int) -> str:
    """Draw Markdown in so many columns."""
    console = RichConsole(
        width=min(columns, MOST_COLUMNS),
        theme=_THEME,
        highlight=False,
        force_terminal=True,
    )
    with console.capture() as captured:
        # Not cropped: a command that is longer than a line must be there whole.
        console.print(_Drawn(text, page), crop=False)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


class _Code(MarkdownElement):
    """A fenced block, as it is: to be copied."""

    new_line = True

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> "_Code":
        """Keep the text."""
        del markdown
        return cls(token.content)

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines()

    def __rich_console__(
        self, console: RichConsole, options: ConsoleOptions
    ) -> RenderResult:
        """Draw commands brighter than what they print."""
        del console, options
        for line in self._lines:
            style = "bold" if line.startswith(_PROMPT) else ""
            yield Text(f"    {line}", style=style, no_wrap=True, overflow="ignore")


class _Title(Heading):
    """A heading, at the left as in print."""

    def __rich_console__(
        self, console: RichConsole, options: ConsoleOptions
    ) -> RenderResult:
        """Draw it without a frame."""
        del console, options
        self.text.justify = "left"
        yield self.text


class _Grid(TableElement):
    """A table; what is too wide for one is a list of its rows."""

    def __rich_console__(
        self, console: RichConsole, options: ConsoleOptions
    ) -> RenderResult:
        """Draw it so that no word is cut."""
        del console
        head, rows = self._texts()
        columns = list(zip(*([head] if any(head) else []), *rows, strict=True))
        widths = [max(map(_longest_word, column)) for column in columns]
        if sum(widths) + 2 * len(widths) > options.max_width * _MOST_OF_WIDTH:
            yield from self._as_list(head, rows)
            return
        table = Table(
            box=box.SIMPLE_HEAD if any(head) else None,
            pad_edge=False,
            show_header=any(head),
        )
        for heading, width in zip(head, widths, strict=True):
            table.add_column(heading, min_width=width, overflow="fold")
        for row in rows:
            table.add_row(*row)
        yield table

    def _texts(self) -> tuple[list[Text], list[list[Text]]]:
        first = self.header.row if self.header else None
        head = [cell.content for cell in first.cells] if first else []
        found = self.body.rows if self.body else []
        return head, [[cell.content for cell in row.cells] for row in found]

    @staticmethod
    def _as_list(head: Sequence[Text], rows: Sequence[Sequence[Text]]) -> RenderResult:
        for first, *others in rows:
            yield first
            for heading, cell in zip(head[1:], others, strict=True):
                if cell:
                    yield Padding(Text.assemble(heading, ": ", cell), (0, 0, 0, 4))


def _longest_word(text: Text) -> int:
    return max((cell_len(word) for word in text.plain.split()), default=0)


class _Drawn(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Title,
        "fence": _Code,
        "code_block": _Code,
        "table_open": _Grid,
    }

    def __init__(self, text: str, page: Page) -> None:
        super().__init__(text, hyperlinks=False)
        self.parsed = _with_topics(parser().parse(text), page)


def _with_topics(tokens: Sequence[Token], page: Page) -> list[Token]:
    """Let links name what `axletree docs` would show."""
    for link in link_tokens(tokens):
        target, anchor = target_of(page, str(link.attrGet("href") or ""))
        if target in pages():
            link.attrSet("href", topic_of(target, anchor))
    return list(tokens)
