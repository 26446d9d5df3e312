"""Smallest hitting sets, against trying all."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.conflicts import hitting_sets
from axletree.resolver.conflicts.hitting_sets import HittingSets, TooManyStepsError

FAMILIES = st.lists(
    st.lists(st.integers(1, 7), min_size=1, max_size=4, unique=True), max_size=7
)


def smallest_size(family: list[list[int]]) -> int:
    return next(
        size
        for size in range(8)
        if any(
            all(set(hit).intersection(each) for each in family)
            for hit in combinations(range(1, 8), size)
        )
    )


@given(FAMILIES)
def test_it_hits_every_set_and_none_is_smaller(family: list[list[int]]) -> None:
    sets = HittingSets()
    for number, elements in enumerate(family, start=1):
        sets.add(elements)
        hit = sets.smallest()

        assert hit == sorted(hit)
        assert all(set(hit).intersection(each) for each in family[:number])
        assert len(hit) == smallest_size(family[:number])


def test_nothing_hits_no_set() -> None:
    assert HittingSets().smallest() == []


def test_elements_are_tried_in_their_order() -> None:
    sets = HittingSets()
    sets.add([5, 2])
    sets.add([3, 5, 2])

    assert sets.smallest() == [5]


def test_disjoint_sets_are_hit_without_trying_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hitting_sets, "MOST_STEPS", 10)
    sets = HittingSets()
    for number in range(10):
        sets.add([3 * number, 3 * number + 1, 3 * number + 2])

    assert sets.smallest() == [3 * number for number in range(10)]


def test_too_long_a_search_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hitting_sets, "MOST_STEPS", 3)
    sets = HittingSets()
    for pair in combinations(range(5), 2):
        sets.add(pair)

    with pytest.raises(TooManyStepsError):
        sets.smallest()
