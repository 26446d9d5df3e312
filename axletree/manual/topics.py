"""What `axletree docs TOPIC` shows: a page, or the part of one that a word is about.

A word is looked for as a page, a verb, an error, an option or a setting, and at last as
any heading: the first that there is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from axletree.manual.markdown import Row, headings, rows, section
from axletree.manual.pages import INDEX, Page, pages

CLI, SETTINGS, ERRORS = "reference/cli", "reference/settings", "reference/errors"
_VERB = "axletree-"
"""How the anchors of verbs begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is said of a word."""

    page: Page
    text: str
    """Markdown; its links are as those of the page."""
    anchor: str = ""
    """Of the heading where it begins; empty for a whole page."""


def find(word: str) -> Topic | None:
    """Find what a word is about; None: nothing is known of it."""
    name, _, anchor = _plain(word).partition("#")
    if anchor:
        page = _page(name)
        return None if page is None else _section_of(page, anchor)
    for look in _LOOKS:
        found = look(name)
        if found is not None:
            return found
    return None


@cache
def names() -> tuple[str, ...]:
    """List all words that there is a topic for, but for headings: pages first."""
    listed = [page for page in pages().values() if page.name != INDEX]
    return tuple(
        dict.fromkeys(
            (
                *(page.stem for page in listed),
                *(page.name for page in listed),
                *_verbs(),
                *_anchors(ERRORS),
                *(row_name for _, row_name in _rows_by_name()),
            )
        )
    )


def topic_of(page: str, anchor: str) -> str:
    """Name what a link leads to, so that `find` finds it."""
    if page == ERRORS and anchor:
        return anchor
    if page == CLI and anchor.startswith(_VERB):
        verb = anchor.removeprefix(_VERB)
        return verb if _page(verb) is None else f"cli#{anchor}"
    stem = page.rpartition("/")[2]
    return f"{stem}#{anchor}" if anchor else stem


def _plain(word: str) -> str:
    """Take off what a path, or somebody's shift key, adds."""
    plain = word.strip().lower().removeprefix("docs/").strip("/")
    return plain.replace(".md", "")


def _page(name: str) -> Page | None:
    named = [
        page
        for page in pages().values()
        if name in {page.name.lower(), page.stem.lower()}
    ]
    return named[0] if named else None


def _whole(name: str) -> Topic | None:
    page = _page(name)
    return None if page is None else Topic(page=page, text=page.text())


def _section_of(page: Page, anchor: str) -> Topic | None:
    text = section(page.text(), anchor)
    return None if text is None else Topic(page=page, text=text, anchor=anchor)


def _verb(name: str) -> Topic | None:
    return _section_of(pages()[CLI], f"{_VERB}{name.replace(' ', '-')}")


def _error(name: str) -> Topic | None:
    return _section_of(pages()[ERRORS], name)


def _row(name: str) -> Topic | None:
    """Gather the rows that name an option or a setting, under their headings."""
    bare = _bare(name)
    found = [(page, row) for page, row in _rows() if bare in map(_bare, row.names)]
    if not found:
        return None
    spelt = next(each for each in found[0][1].names if _bare(each) == bare)
    parts = [f"# {spelt}"]
    for (page_name, anchor), group in groupby(found, _place):
        rows_there = [row for _, row in group]
        title = rows_there[0].heading.title
        link = f"[{title}]({page_name.rpartition('/')[2]}.md#{anchor})"
        lines = "\n".join(row.line for row in rows_there)
        parts.append(f"{link}\n\n{rows_there[0].head}\n{lines}")
    page, row = found[0]
    text = "\n\n".join(parts) + "\n"
    return Topic(page=page, text=text, anchor=row.heading.anchor)


def _place(found: tuple[Page, Row]) -> tuple[str, str]:
    page, row = found
    return page.name, row.heading.anchor


def _bare(name: str) -> str:
    return name.lower().lstrip("-").replace("_", "-")


@cache
def _rows() -> tuple[tuple[Page, Row], ...]:
    known = [pages()[name] for name in (CLI, SETTINGS)]
    return tuple((page, row) for page in known for row in rows(page.text()))


def _rows_by_name() -> Iterator[tuple[Row, str]]:
    for _, row in _rows():
        yield from ((row, name) for name in row.names)


def _heading(name: str) -> Topic | None:
    for page in pages().values():
        found = _section_of(page, name)
        if found is not None:
            return found
    return None


def _verbs() -> Iterator[str]:
    return (
        anchor.removeprefix(_VERB)
        for anchor in _anchors(CLI)
        if anchor.startswith(_VERB)
    )


@cache
def _anchors(page: str) -> tuple[str, ...]:
    return tuple(
        heading.anchor
        for heading in headings(pages()[page].text())
        if heading.level > 1
    )


_LOOKS: tuple[Callable[[str], Topic | None], ...] = (
    *(_whole, _verb, _error, _row),
    _heading,
)


def groups() -> Mapping[str, tuple[Page, ...]]:
    """Give the pages by group, as the index has them."""
    listed = [page for page in pages().values() if page.name != INDEX]
    return {
        name: tuple(each) for name, each in groupby(listed, lambda page: page.group)
    }
