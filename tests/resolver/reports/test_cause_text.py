"""No more than twenty lines before what helps, and what is left out of them."""

import pytest

from axletree.resolver.conflicts.also_contended import AlsoContended
from axletree.resolver.model.facts import ContendedRow, Core, Fact, Picture
from axletree.resolver.reports.cause_text import MOST_LINES, cause_lines
from axletree.resolver.reports.lines import to_text
from tests.support.answers import name
from tests.support.conflicts import fairing_core

TARGET = "Python 3.9 on linux"
WIDTH = 80


def core(facts: int = 2, columns: int = 0, words: int = 1) -> Core:
    """Make one with so many facts, each of so many words."""
    versions = [f"{number}.0.0" for number in range(columns)]
    allowed = [at % 3 == 0 for at in range(columns)]
    row = ContendedRow(label="you: lib", allowed=allowed)
    text = " ".join(["requirement"] * words)
    return Core(
        facts=[Fact(kind="root", text=text, project=name("lib")) for _ in range(facts)],
        claim="smallest",
        verdict="this cannot go with that",
        picture=Picture(project=name("lib"), versions=versions, rows=[row, row]),
    )


def said(*cores: Core, besides: AlsoContended | None = None) -> str:
    return to_text(cause_lines(cores, TARGET, WIDTH, is_complete=True, besides=besides))


def test_the_verdict_comes_first_then_what_is_claimed() -> None:
    assert said(core()).splitlines()[:3] == [
        "No solution for Python 3.9 on linux: this cannot go with that.",
        "These 2 facts cannot hold together, and no cause has fewer.",
        "  1. requirement",
    ]


def test_others_are_told_whole_as_long_as_there_is_room() -> None:
    text = said(core(), core(), core(facts=9))

    assert text.count("These 2 facts") == 2
    assert text.endswith("\n\nConflict 3 of 3: this cannot go with that.\n")


@pytest.mark.parametrize("count", range(1, 11))
@pytest.mark.parametrize("facts", [1, 4, 12])
@pytest.mark.parametrize("columns", [0, 4, 40])
def test_no_more_than_some_lines_are_said(count: int, facts: int, columns: int) -> None:
    besides = AlsoContended(["other", "lib"], are_all=False)
    text = said(*[core(facts, columns)] * count, besides=besides)

    assert len(text.splitlines()) <= MOST_LINES
    assert text.endswith("\nAlso in conflict: other, lib; there may be more.\n")
    assert text.count("cannot go with that") + text.count("more conflict") >= min(
        count, 2
    )


def test_a_conflict_that_there_is_no_room_for_is_counted() -> None:
    text = said(*[core(facts=15)] * 4)

    assert "And 3 more conflicts: --json has them." in text


def test_where_facts_take_all_the_room_their_places_are_left_out() -> None:
    told = fairing_core()
    many = Core(facts=[*told.facts] * 5, claim="smallest", verdict="they clash")

    assert "METADATA" in said(told)
    assert "METADATA" not in said(many)
    assert said(many).count("you require") == 10


def test_a_wide_picture_is_drawn_by_its_ends_and_a_high_one_not_at_all() -> None:
    assert said(core(facts=8, columns=40)).count("you: lib") == 2
    assert said(core(facts=2, columns=4)).count("●") == 4
    assert "you: lib" not in said(core(facts=16, columns=40))


def test_a_picture_that_fits_into_one_block_by_its_ends_is_drawn_in_one() -> None:
    versions, long = [f"{major}.10.0" for major in range(12)], "application-" * 3
    rows = [
        ContendedRow(
            label=f"{long} 1.0: lib>=2,<5", allowed=[2 <= at < 5 for at in range(12)]
        ),
        ContendedRow(
            label=f"{long} 2.0: lib>=7", allowed=[at >= 7 for at in range(12)]
        ),
    ]
    picture = Picture(project=name("lib"), versions=versions, rows=rows)

    *_, head, app, tool = said(
        Core(facts=core().facts, claim="smallest", picture=picture)
    ).splitlines()

    assert head.split() == [
        "lib",
        "2.10.0",
        "…",
        "4.10.0",
        "…",
        "7.10.0",
        "…",
        "11.10.0",
    ]
    assert app.split()[-4:] == ["●", "●", "○", "○"]
    assert tool.split()[-4:] == ["○", "○", "●", "●"]
