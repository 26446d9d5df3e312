"""Refused questions as facts: the first core of each scenario, and how many more."""

import pytest

from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.scenarios import REFUSED, load_scenario


@pytest.mark.parametrize("name", REFUSED)
def test_the_scenario_has_its_conflict(name: str) -> None:
    scenario = load_scenario(name)

    refusal = Resolver(MemoUniverse(scenario.universe)).resolve(scenario.question)

    assert isinstance(refusal, Refusal)
    conflict = refusal.conflict

    [first, *others] = conflict.conflicts
    assert (first.claim, [fact.text for fact in first.facts]) == (
        scenario.expected.claim,
        list(scenario.expected.facts),
    )
    assert 1 + len(others) == scenario.expected.conflicts
