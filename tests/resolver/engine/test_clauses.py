"""The clauses of what was read have a model where, gates apart, there is a solution."""

import pytest

from tests.property.brute_files import fits
from tests.property.brute_force import Choice, World
from tests.support.engine import TRIED, Known


def holds_together(world: World, choice: Choice) -> bool:
    """Tell whether a choice is a solution, but for shut gates and what is to spare."""
    if world.micro is None:
        return any(holds_together(each, choice) for each in world.pythons())
    for name, demand in world.demands(choice).items():
        if demand.has_url:
            return False
        if name not in choice:
            if demand.is_required:
                return False
        elif not all(fits(s, choice[name]) for s in demand.specifiers):
            return False
    return all(world.micro in candidate.micros for candidate in choice.values())


@pytest.mark.parametrize("is_put_first", [True, False])
@pytest.mark.parametrize("name", TRIED)
def test_a_choice_has_a_model_where_it_holds_together(
    name: str, *, is_put_first: bool
) -> None:
    known = Known.of(name, is_put_first=is_put_first)
    clauses = known.search.clauses
    clauses.sync()
    for choice in known.choices():
        chosen = known.positions(choice)
        absent = [-clauses.presence(n) for n in clauses.chosen if n not in chosen]
        literals = [clauses.chosen[name][at] for name, at in chosen.items()]

        has_model = clauses.solve([known.search.switch, *literals, *absent])

        assert has_model is holds_together(known.world, choice), choice
        if has_model:
            found = {name: clauses.position_in_model(name) for name in clauses.chosen}
            assert {n: at for n, at in found.items() if at is not None} == chosen


@pytest.mark.parametrize(
    ("scenario", "project", "unusable", "usable"),
    [
        ("conflicts/requires_python_leaves_the_old_ones", "library", 1, 2),
        ("policy/a_blocked_release_is_passed_over", "tool", 0, 1),
    ],
)
def test_what_has_no_usable_file_is_not_chosen(
    scenario: str, project: str, unusable: int, usable: int
) -> None:
    clauses = Known.of(scenario, is_put_first=True).search.clauses
    clauses.sync()
    chosen = clauses.chosen[project]

    assert clauses.solve([chosen[usable]])
    assert not clauses.solve([chosen[unusable]])
