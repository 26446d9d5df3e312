"""Refused questions as facts: how many conflicts, and what is claimed of the first."""

import pytest

from tests.support.refusals import refuse
from tests.support.scenarios import REFUSED, load_scenario
from tests.support.universes import LazyUniverse


@pytest.mark.parametrize("name", REFUSED)
def test_the_scenario_has_its_conflicts(name: str) -> None:
    scenario = load_scenario(name)

    conflicts = refuse(scenario).conflict.conflicts

    assert conflicts[0].claim == scenario.expected.claim
    assert len(conflicts) == scenario.expected.conflicts


@pytest.mark.parametrize("name", REFUSED)
def test_the_scenario_is_refused_over_an_index_too(name: str) -> None:
    scenario = load_scenario(name)

    refusal = refuse(scenario, LazyUniverse(base=scenario.universe))

    first = refusal.conflict.conflicts[0]
    assert first.claim == "irreducible"
    if scenario.expected.over_index is not None:
        facts = tuple(fact.text for fact in first.facts)
        assert facts == scenario.expected.over_index
