"""Whose turn it is, and which version it gets: each scenario has its answer."""

from collections.abc import Mapping

import pytest

from axletree.resolver.engine.decisions import Decisions
from tests.support.engine import decide
from tests.support.scenarios import SOLVED, load_scenario
from tests.support.universes import LazyUniverse


def versions(decisions: Decisions) -> Mapping[str, str]:
    return {name: str(r.version) for name, r in sorted(decisions.releases.items())}


@pytest.mark.parametrize("name", SOLVED)
def test_each_project_gets_its_version_frozen_and_over_an_index(name: str) -> None:
    scenario = load_scenario(name)
    expected = {
        project: version
        for project, version in (scenario.expected.pins or {}).items()
        if not version.endswith((".whl", ".gz"))
    }
    for universe in (scenario.universe, LazyUniverse(base=scenario.universe)):
        found = versions(decide(scenario, universe))

        assert found.keys() == (scenario.expected.pins or {}).keys()
        assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("requirers_first", ["server", "fastapi", "starlette"]),
        ("who_opens_a_gate_goes_first", ["opener", "chosen"]),
        ("the_first_root_is_newest", ["left", "right"]),
        ("shut_gates_come_last", ["chosen", "middle", "opener"]),
    ],
)
def test_requirers_are_decided_first(name: str, order: list[str]) -> None:
    decisions = decide(load_scenario(f"answer/{name}"))

    assert list(decisions.releases) == order
