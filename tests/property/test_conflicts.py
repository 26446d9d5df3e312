"""What is claimed of conflicts, against brute force."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.conflicts.fact_order import place_of
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    FactKey,
    RootKey,
)
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.property.asking import SLOW, refuse
from tests.property.brute_conflicts import Choices
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.universes import LazyUniverse

T = TypeVar("T")


@SLOW
@given(case=cases(has_twins=False, most_projects=4))
def test_what_is_claimed_of_a_conflict_is_true(case: Case) -> None:
    refusal = refuse(case.universe, case.question)
    choices = Choices(case.universe, case.question)

    assert_claims(refusal, choices)
    first = refusal.cores[0]
    assert first.claim == "smallest"
    assert not choices.has_core_of(len(first.keys) - 1), f"a smaller one than {first}"
    in_order = combinations(sorted(choices.facts, key=place_of), len(first.keys))
    expected = next(core for core in in_order if not choices.can_hold(core))
    assert set(first.keys) == set(expected), f"{expected} comes before {first}"
    fewest = {len(core.keys) for core in refusal.cores if core.claim == "smallest"}
    assert fewest == {len(first.keys)}
    assert_tree(refusal, choices)


@pytest.mark.slow
@SLOW
@given(case=cases(has_twins=False, most_projects=4))
def test_what_is_claimed_of_a_conflict_in_an_index_is_true(case: Case) -> None:
    refusal = refuse(LazyUniverse(base=case.universe), case.question)

    assert_claims(refusal, Choices(case.universe, case.question))


@pytest.mark.slow
@SLOW
@given(case=cases(has_twins=False, most_projects=4), place=st.integers(0, 4))
def test_the_order_of_pages_and_files_changes_no_cause(case: Case, place: int) -> None:
    turned = FrozenUniverse(
        page_of={
            name: replace(page, files=turn(tuple(page.files), place))
            for name, page in turn(tuple(case.universe.page_of.items()), place)
        },
        metadata_of=case.universe.metadata_of,
    )
    for one, other in (
        (case.universe, turned),
        (LazyUniverse(base=case.universe), LazyUniverse(base=turned)),
    ):
        first, second = refuse(one, case.question), refuse(other, case.question)
        assert told(first) == told(second)
        first, second = refuse_at_once(one, case), refuse_at_once(other, case)
        assert told(first) == told(second)


def turn(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    """Begin at another place, and go backwards."""
    return (*items[:place][::-1], *items[place:][::-1])


def refuse_at_once(universe: Universe, case: Case) -> Refusal:
    found = Resolver(MemoUniverse(universe)).resolve(case.question, is_brief=True)
    assert isinstance(found, Refusal)
    return found


def told(refusal: Refusal) -> list[tuple[FactKey, ...]]:
    return [core.keys for core in refusal.cores]


def assert_claims(refusal: Refusal, choices: Choices) -> None:
    assert refusal.cores
    for core in refusal.cores:
        assert not choices.can_hold(core.keys), f"no cause: {core}"
        for key in core.keys:
            others = [other for other in core.keys if other != key]
            assert choices.can_hold(others), f"needs no {key}: {core}"


def assert_tree(refusal: Refusal, choices: Choices) -> None:
    """Whatever roots and constraints are left out, the rest's conflict is told."""
    if not refusal.conflict.complete:
        return
    asked = [f for f in choices.facts if isinstance(f, RootKey | ConstraintKey)]
    for left_out in subsets(asked):
        if not choices.can_hold(choices.facts - left_out):
            assert any(left_out.isdisjoint(core.keys) for core in refusal.cores)


def subsets(items: Collection[FactKey]) -> Iterator[frozenset[FactKey]]:
    for size in range(len(items) + 1):
        yield from map(frozenset, combinations(sorted(items, key=repr), size))
