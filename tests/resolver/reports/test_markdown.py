"""A summary in which nothing is markup but ours."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from axletree.resolver.queries.check import Failure
from axletree.resolver.reports.markdown import MOST_CHARACTERS, to_markdown
from tests.support.checks import (
    COMMAND,
    HOSTILE_NAMES,
    OUTAGE,
    cell,
    fine,
    refused,
)


def test_markdown_has_a_table_and_each_explanation_folded() -> None:
    text = to_markdown([fine("fine.txt"), refused("a.txt", 3)])

    assert text.startswith(
        "### axletree check\n\n1 of 2 has a solution; 1 has none.\n\n"
        "| | file | environment | |\n|---|---|---|---|\n"
        "| ok | <code>fine.txt</code> | <code>Python 3.9 on linux</code> | "
        "<code>1 project</code> |\n"
        "| **no** | <code>a.txt</code> |"
    )
    assert text.count("<details>") == text.count("</details>") == 1
    assert f"  {COMMAND}\n```\n\n</details>\n" in text


class _Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "code"} | {
    "details",
    "summary",
    "pre",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_is_markup_in_markdown(name: str) -> None:
    page = _Tags()
    markdown = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    text = to_markdown([refused(name), cell("x.txt", failing_at(name))])
    page.feed(markdown.render(text))

    assert page.tags <= OURS
    assert page.links == []
    assert "www." not in re.sub(r"(`{3,})text\n.*?\n\1\n", "", text, flags=re.DOTALL)
    assert page.text.count("Python 3.9 on linux") >= 4


def failing_at(name: str) -> Failure:
    return replace(OUTAGE, what=f"{name} is odd", where=name)


@pytest.mark.slow
def test_a_summary_is_no_longer_than_github_takes() -> None:
    cells = [refused(f"{number}.txt") for number in range(400)]
    text = to_markdown(cells)

    assert len(text) <= MOST_CHARACTERS + 100
    assert re.search(r"\n\d+ more are left out here: the log has them\.\n$", text)
