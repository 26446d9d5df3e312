"""Which candidate still has a whole solution, and when that is no more to be said."""

import pytest

from axletree.resolver.engine.choosing import Chooser, StaleError
from axletree.resolver.engine.search import Search
from tests.support.engine import inquire
from tests.support.scenarios import load_scenario

EACH_OTHER = "answer/the_first_root_is_newest"
"""`left` and `right`, of which each in its version 2.0 wants the other's 1.0."""
BOTH = 0b11
NEWEST, OLDER = 0, 1


def read_search() -> Search:
    """Put the question, and read all that it is about."""
    search = inquire(load_scenario(EACH_OTHER)).search
    assert search.run() is not None
    return search


def chooser(search: Search, refused: dict[tuple[tuple[int, ...], str], int]) -> Chooser:
    assert search.clauses.solve([search.switch])
    return Chooser(search.reading, search.clauses, refused, [search.switch])


def test_what_was_decided_holds_for_what_is_decided_next() -> None:
    found = chooser(read_search(), {})

    assert found.first("left", (BOTH,)) == NEWEST
    assert found.first("right", (BOTH,)) == OLDER


def test_candidates_of_a_better_rank_are_tried_first() -> None:
    found = chooser(read_search(), {})

    assert found.first("left", (1 << OLDER, 1 << NEWEST)) == OLDER


def test_what_an_earlier_round_refused_is_not_asked_again() -> None:
    search = read_search()
    refused: dict[tuple[tuple[int, ...], str], int] = {}
    first = chooser(search, refused)
    first.first("left", (BOTH,))
    first.first("right", (BOTH,))
    assert list(refused.values()) == [1 << NEWEST]

    second = chooser(search, refused)
    second.first("left", (BOTH,))
    before = search.clauses.sat.calls
    second.first("right", (BOTH,))

    assert search.clauses.sat.calls == before


def test_what_leaves_no_solution_makes_a_round_begin_again() -> None:
    search = read_search()
    found = chooser(search, {})
    found.first("left", (BOTH,))
    search.clauses.sat.add([-search.clauses.chosen["left"][NEWEST]])
    search.clauses.sat.is_changed = True

    with pytest.raises(StaleError):
        found.keep_solvable()


def test_nothing_is_decided_of_python_where_nothing_tells_its_releases_apart() -> None:
    assert chooser(read_search(), {}).python() is None
