"""Shut gates are found where brute force finds them, and said so that it helps."""

import pytest

from axletree.resolver.engine.gates import GateClause, admitted
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from tests.property.brute_force import Choice, World
from tests.support.command_line import snapshot_of
from tests.support.engine import TRIED, Known

NEWEST = environment_for("3.9", "linux").micros[-1]


def blocked(world: World, choice: Choice) -> set[str]:
    """Name what is required by what is admitted, and chosen, and not admitted."""
    found = world.admitted(choice)
    required = {n for n, demand in world.demands(found).items() if demand.is_required}
    return {name for name in required if name in choice and name not in found}


@pytest.mark.parametrize("name", TRIED)
def test_a_choice_is_refused_where_a_gate_is_shut(name: str) -> None:
    known = Known.of(name)
    solutions = [known.positions(choice) for choice in known.world.solutions()]
    for choice in known.choices():
        chosen = known.positions(choice)

        verdict = admitted(known.search.reading, known.search.asked, chosen, NEWEST)

        assert (verdict is not None) is bool(blocked(known.world, choice)), choice
        if verdict is not None:
            assert isinstance(verdict, GateClause)
            assert not fits(verdict, chosen)
            assert {gate.project for gate in verdict.facts} <= blocked(
                known.world, choice
            )
            assert all(fits(verdict, solution) for solution in solutions)
            # With its gates left out, nothing is said against the same choice.
            waived = admitted(
                known.search.reading,
                known.search.asked,
                chosen,
                NEWEST,
                every_gate(known),
            )
            assert waived is None


def fits(clause: GateClause, chosen: dict[str, int]) -> bool:
    """Tell whether one of what must hold does."""
    return (
        any(chosen.get(name) != at for name, at in clause.refused)
        or any(chosen.get(name) == at for name, at in clause.admitted)
        or any(name in chosen for name in clause.required)
    )


def every_gate(known: Known) -> list[FallenKey]:
    return [
        FallenKey(name, reason)
        for name in known.search.reading.projects
        for reason in ("pre-release", "yanked")
    ]


def test_what_requires_a_project_with_an_unread_page_may_open_a_gate() -> None:
    # Not read: c, the only one to name a pre-release of g.
    snapshot = snapshot_of(
        {"a 2": ["c"], "a 1": [], "c 1": ["g>=2a1"], "g 2a1": [], "g 1": []}
    )
    question = ask(map(parse_requirement, ("a", "g")), environment_for("3.9", "linux"))
    search = (
        Resolver(MemoUniverse(universe_from_json(snapshot))).search(question).search
    )
    search.reading.read_ahead(
        ["a", "g"], [(name, at) for name in ("a", "g") for at in (0, 1)]
    )

    verdict = admitted(search.reading, search.asked, {"a": 1, "g": 0}, NEWEST)

    assert isinstance(verdict, GateClause)
    assert ("a", 0) in verdict.admitted
