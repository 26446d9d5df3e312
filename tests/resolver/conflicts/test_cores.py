"""What is claimed of cores, against all choices that small universes leave."""

from itertools import combinations

import pytest

from axletree.resolver.conflicts import cores
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.fact_keys import RootKey
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.property.brute_conflicts import Choices
from tests.support.answers import make_root
from tests.support.corpus import refusal
from tests.support.scenarios import REFUSED, Scenario, load_scenario
from tests.support.universes import LazyUniverse


def refuse(scenario: Scenario, universe: Universe | None = None) -> Refusal:
    memo = MemoUniverse(universe or scenario.universe)
    outcome = Resolver(memo).resolve(scenario.question)
    assert isinstance(outcome, Refusal)
    return outcome


@pytest.mark.parametrize("name", REFUSED)
def test_no_core_can_hold_and_no_fact_of_it_is_to_spare(name: str) -> None:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    choices = Choices(scenario.universe, scenario.question)
    for universe in (scenario.universe, LazyUniverse(base=scenario.universe)):
        refused = refuse(scenario, universe)
        for core in refused.cores:
            assert not choices.can_hold(core.keys)
            assert all(
                map(choices.can_hold, combinations(core.keys, len(core.keys) - 1))
            )
        first = refused.cores[0]
        if first.claim == "smallest":
            assert not choices.has_core_of(len(first.keys) - 1)
        assert (first.claim == "smallest") is universe.is_frozen
        if universe.is_frozen:
            assert len(refused.cores) == scenario.expected.conflicts


@pytest.mark.parametrize(("count", "told", "complete"), [(3, 3, True), (12, 10, False)])
def test_at_most_ten_conflicts_are_told(count: int, told: int, complete: bool) -> None:  # noqa: FBT001  a column of the table
    roots = [make_root(f"p{number}") for number in range(count)]
    nothing = FrozenUniverse(page_of={}, metadata_of={})

    question = ask(roots, environment_for("3.9", "linux"))
    outcome = Resolver(MemoUniverse(nothing)).resolve(question)

    assert isinstance(outcome, Refusal)
    assert len(outcome.cores) == told
    assert outcome.conflict.complete is complete
    assert all(len(core.keys) == 2 for core in outcome.cores)
    assert {RootKey(n) for n in range(told)} == {core.keys[0] for core in outcome.cores}


@pytest.mark.parametrize(
    ("limit", "value"), [("MOST_ASKED", 1), ("MOST_HITTING_SETS", 0)]
)
def test_nothing_is_called_smallest_that_is_not_known_to_be(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load_scenario("conflicts/fairing_kfserving")
    assert refuse(scenario).cores[0].claim == "smallest"

    monkeypatch.setattr(cores, limit, value)
    assert refuse(scenario).cores[0].claim == "irreducible"


@pytest.mark.parametrize(
    ("name", "facts", "most_calls"),
    [("fairing", 4, 60), ("deep", 5, 160), ("hard10", 3, 180)],
)
def test_a_smallest_core_of_a_real_conflict_has_so_many_facts(
    name: str, facts: int, most_calls: int
) -> None:
    refused = refusal(name)
    first = refused.cores[0]

    assert (first.claim, len(first.keys)) == ("smallest", facts)
    assert refused.conflict.counters.solver_calls <= most_calls
