"""Shut gates are found where brute force finds them, and said so that it helps."""

import pytest

from axletree.resolver.engine.gates import GateClause, admitted
from axletree.resolver.model.fact_keys import FallenKey
from tests.property.brute_force import Choice, World
from tests.support.engine import TRIED, Known


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

        verdict = admitted(known.search.reading, known.search.asked, chosen)

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
                known.search.reading, known.search.asked, chosen, every_gate(known)
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
