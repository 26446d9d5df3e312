"""What a fact forbids, once it is in force, and what is free without it."""

import pytest

from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.model.fact_keys import EdgeKey, RootKey
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.tables_read import (
    Reading,
    bits,
)
from tests.property.brute_conflicts import Choices
from tests.support.engine import inquire
from tests.support.scenarios import REFUSED, load_scenario


def everything_read(name: str) -> tuple[FactClauses, Choices]:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    search = inquire(scenario).search
    reading = Reading(search.reading.universe, keeps_unusable=True)
    clauses = FactClauses(reading, search.asked.roots, search.asked.constraints)
    reading.read_ahead(
        [*scenario.universe.page_of, *(root.name for root in search.asked.roots)]
    )
    for project in list(reading.projects.values()):
        if project is not None:
            places = bits((1 << len(project.versions)) - 1)
            reading.read_ahead((), [(project.name, at) for at in places])
    clauses.sync()
    return clauses, Choices(scenario.universe, scenario.question)


@pytest.mark.parametrize("name", REFUSED)
def test_facts_without_gates_hold_where_a_choice_violates_none(name: str) -> None:
    clauses, choices = everything_read(name)
    gates = set(clauses.gates)
    plain = sorted((set(clauses.selectors) & choices.facts) - gates, key=repr)
    for left_out in (None, *plain):
        facts = [key for key in plain if key != left_out]
        selectors = [clauses.selectors[key] for key in facts]

        assert clauses.solve(selectors) is choices.can_hold(facts), left_out


@pytest.mark.parametrize("name", REFUSED)
def test_roots_and_gates_are_facts(name: str) -> None:
    clauses, _ = everything_read(name)
    roots = load_scenario(name).question.roots

    assert [k for k in clauses.selectors if isinstance(k, RootKey)] == [
        RootKey(index) for index in range(len(roots))
    ]
    assert all(gate.reason in {"pre-release", "yanked"} for gate in clauses.gates)
    assert bool(clauses.gated) is bool(clauses.gates)
    if clauses.gated:
        assert clauses.solve([clauses.no_gates])
        assert not any(map(clauses.sat.holds, clauses.gated))


def test_the_order_of_a_project_says_what_is_as_new() -> None:
    clauses = everything_read("conflicts/a_date_hides_what_is_asked_for")[0]
    chosen, order = clauses.chosen["library"], clauses.order("library")

    assert len(order) == len(chosen)
    assert not clauses.sat.solve([order[0], chosen[1]])
    assert clauses.sat.solve([order[1], chosen[1]])
    assert clauses.order("nobody") == ()


def test_releases_are_of_one_kind_if_nothing_tells_them_apart() -> None:
    pinned = everything_read("conflicts/many_releases_are_one_edge")[0]
    kinds = pinned.kinds("awscli")
    assert len(kinds) == len(pinned.chosen["awscli"])
    assert len(set(kinds)) == len(kinds)

    hidden = everything_read("conflicts/a_date_hides_what_is_asked_for")[0]
    without_time, usable = hidden.kinds("library")
    assert without_time != usable
    assert hidden.kinds("app") == hidden.kinds("app")


def test_what_a_release_requires_is_kept_though_its_edges_are_left_out() -> None:
    clauses = everything_read("conflicts/fairing_kfserving")[0]
    edge = next(key for key in clauses.selectors if isinstance(key, EdgeKey))
    literal = clauses.chosen[edge.project][0]
    switch = clauses.demanding(edge.project, 0)
    absent = -clauses.presence(edge.target)

    assert clauses.sat.solve([literal, absent])
    assert not clauses.sat.solve([literal, absent, switch])
