"""Smallest hitting sets, against trying all."""

from itertools import combinations
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.conflicts import hitting_sets
from axletree.resolver.conflicts.hitting_sets import HittingSets, TooManyStepsError

Place: TypeAlias = tuple[int, int, str]
PLACES = [(0, number, "") for number in range(1, 8)]
FAMILIES = st.lists(
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True), max_size=7
)


def first_of_the_smallest(family: list[list[Place]]) -> list[Place]:
    return next(
        list(hit)
        for size in range(8)
        for hit in combinations(PLACES, size)
        if all(set(hit).intersection(each) for each in family)
    )


@given(FAMILIES)
def test_it_is_the_first_of_those_that_none_is_smaller_than(
    family: list[list[Place]],
) -> None:
    sets = HittingSets()
    for number, elements in enumerate(family, start=1):
        sets.add(elements)

        assert sets.smallest() == first_of_the_smallest(family[:number])


def test_nothing_hits_no_set() -> None:
    assert HittingSets().smallest() == []


def test_disjoint_sets_are_hit_without_trying_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hitting_sets, "MOST_STEPS", 10)
    sets = HittingSets()
    for number in range(10):
        sets.add([(number, 0, ""), (number, 1, ""), (number, 2, "")])

    assert sets.smallest() == [(number, 0, "") for number in range(10)]


def test_too_long_a_search_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hitting_sets, "MOST_STEPS", 3)
    sets = HittingSets()
    for pair in combinations(PLACES[:5], 2):
        sets.add(pair)

    with pytest.raises(TooManyStepsError):
        sets.smallest()
