"""Who can hold together, of what is read and of what may be."""

import pytest

from axletree.resolver.engine.fact_models import FactModels
from axletree.resolver.model.fact_keys import EdgeKey, FallenKey, RootKey
from tests.support.refusals import refuse
from tests.support.scenarios import REFUSED, load_scenario
from tests.support.universes import LazyUniverse


def models_of(name: str, *, is_frozen: bool = True) -> FactModels:
    """Give the facts of a scenario's question, after it was explained."""
    scenario = load_scenario(name)
    index = LazyUniverse(base=scenario.universe)
    refused = refuse(scenario, None if is_frozen else index)
    return refused.explanation._models  # noqa: SLF001  what it is made of


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_refusal_used_cannot_hold_together_and_less_may(name: str) -> None:
    models = models_of(name)

    assert not models.settles_without(())
    used = models.used()
    assert used
    assert not models.holds(used)
    assert models.settles([])
    assert models.used() == []


def test_an_unread_release_counts_as_usable_until_a_model_must_count() -> None:
    models = models_of("conflicts/fairing_kfserving", is_frozen=False)
    roots = [key for key in models.selectors if isinstance(key, RootKey)]
    edges = [key for key in models.selectors if isinstance(key, EdgeKey)]

    assert not models.holds([*roots, *edges])
    assert models.holds(roots)
    assert models.settles(roots)
    kept = models.unread_of(models.clauses.chosen_in_model())
    assert models.holds(roots, *kept)


def test_a_gate_is_shut_by_a_clause_and_open_without_its_fact() -> None:
    models = models_of("gates/no_release_opens_its_own_gate")
    gate = next(key for key in models.clauses.gates)
    others = models.others({gate})

    assert isinstance(gate, FallenKey)
    assert models.holds(others)
    assert not models.holds([*others, gate])


def test_calls_of_the_solver_are_counted_those_of_slices_too() -> None:
    models = models_of("conflicts/many_releases_are_one_edge")
    before, of_all = models.solver_calls, models.clauses.sat.calls

    assert models.possible([], "awscli")

    assert models.solver_calls > before
    assert models.clauses.sat.calls == of_all
