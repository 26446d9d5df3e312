"""Which facts can hold together, against all choices of small universes."""

from itertools import chain, combinations

import pytest

from axletree.resolver.engine.models import FactModels
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.tables_read import Reading
from tests.property.brute_conflicts import Choices
from tests.support.engine import inquire
from tests.support.scenarios import REFUSED, load_scenario

MOST_FACTS = 9
"""Of so many, all sets of up to three are tried."""


def models(name: str) -> tuple[FactModels, Choices]:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    search = inquire(scenario).search
    reading = Reading(search.reading.universe, keeps_unusable=True)
    found = FactModels(reading, search.asked, is_frozen=True)
    return found, Choices(scenario.universe, scenario.question)


@pytest.mark.parametrize("name", REFUSED)
def test_facts_settle_where_some_choice_violates_none_of_them(name: str) -> None:
    found, choices = models(name)
    assert not found.can_hold_without(())
    used = found.used()
    assert used
    assert not choices.can_hold(used)
    listed = sorted(choices.facts & set(found.selectors), key=repr)[:MOST_FACTS]
    subsets = chain.from_iterable(combinations(listed, size) for size in range(4))
    for facts in subsets:
        assert found.settles(facts) is choices.can_hold(facts), facts
    for key in listed:
        without = set(choices.facts) - {key}
        assert found.can_hold_without({key}) is choices.can_hold(without), key


def test_calls_of_the_solver_are_counted_those_of_slices_too() -> None:
    found, _ = models("conflicts/many_releases_are_one_edge")
    assert not found.can_hold_without(())
    before, of_all = found.solver_calls, found.clauses.sat.calls

    assert found.possible([], "awscli")
    assert found.solver_calls > before
    assert found.clauses.sat.calls == of_all


def test_what_is_unread_can_be_kept_out_until_it_is_read() -> None:
    found, choices = models("conflicts/many_releases_are_one_edge")
    roots = sorted(choices.facts & set(found.selectors), key=repr)
    assert found.holds(roots)
    found.read((), found.clauses.missing_in_model())
    assert found.holds(roots)
    chosen = found.clauses.chosen_in_model()
    assert chosen
    assert not found.holds(roots, *found.unread_of(chosen))

    assert found.settles(roots)
    assert found.holds(roots, *found.unread_of(chosen))
