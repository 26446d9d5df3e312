"""The texts of real conflicts in the documentation are what the engine says."""

import re
from pathlib import Path

import pytest

from axletree.resolver.reports.conflict_text import conflict_report
from tests.support.corpus import REAL, refusal

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "real-conflicts.md"
COLUMNS = 80
MOST_LINES = 15
"""Issue 4: the facts of a real case fit into so many lines."""


def said(name: str) -> str:
    lines = conflict_report(refusal(name).conflict, width=COLUMNS, is_ascii=False)
    return "".join(f"{line.text}\n" for line in lines)


@pytest.mark.parametrize("name", REAL)
def test_the_page_shows_what_the_engine_says(name: str) -> None:
    section = PAGE.read_text().partition(f"## {name}\n")[2].partition("\n## ")[0]

    assert re.findall(r"```text\n(.*?)```", section, re.DOTALL) == [said(name)]


@pytest.mark.parametrize("name", ["fairing", "deep"])
def test_the_text_of_a_real_case_is_short(name: str) -> None:
    cause, _, _ = said(name).partition("\n\n")

    assert len(cause.splitlines()) <= MOST_LINES
