"""The checker accepts what brute force calls a solution, and nothing else."""

import pytest

from axletree.resolver.engine.checked_files import (
    unmet_requirements,
    violations_anywhere,
)
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.brute_force import World
from tests.property.choices import chosen_files, exchanges
from tests.support.answers import make_pin, make_resolution
from tests.support.scenarios import NAMES, load_scenario

MOST_SOLUTIONS = 6
UNDEFINED = "candidates/undefined_markers"
"""Brute force knows fewer markers that packaging does not evaluate."""


@pytest.mark.parametrize("name", [name for name in NAMES if name != UNDEFINED])
def test_it_refuses_what_only_looks_like_a_solution(name: str) -> None:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    world = World(scenario.universe, scenario.question)
    solutions = world.solutions()[:MOST_SOLUTIONS] or [{}]
    for solution in solutions:
        for choice in (solution, *exchanges(world, solution)):
            found = violations_anywhere(scenario.question, chosen_files(world, choice))

            assert (not found) is world.is_solution(choice), (choice, found)


@pytest.mark.parametrize(
    ("line", "is_met"),
    [
        ("lib>=1", True),
        ("lib>1", False),
        ("lib[fast]", True),
        ("lib[slow]", False),
        ("other", False),
        ("other; python_version < '3'", True),
        ("other; extra == 'docs'", False),
        ("other; extra == 'tests'", True),
        ("lib @ https://files.invalid/lib-1.0.tar.gz", False),
        ("no requirement at all", False),
        ("pre>=1", True),
    ],
)
def test_requirements_of_a_wheel_are_met_by_an_answer_or_named(
    line: str, *, is_met: bool
) -> None:
    answer = make_resolution(
        make_pin("lib", "1.0", extras=("fast",)), make_pin("pre", "2.0rc1")
    )
    metadata = FileMetadata(requires_dist=(line,))

    unmet = unmet_requirements(metadata, ("docs",), answer)

    assert unmet == (() if is_met else (line,))


def test_files_that_share_no_patch_release_of_python_are_told() -> None:
    scenario = load_scenario("candidates/all_files_share_a_patch_release")
    assert isinstance(scenario.universe, FrozenUniverse)
    world = World(scenario.universe, scenario.question)
    choice = {name: found[0] for name, found in world.candidates.items()}

    assert violations_anywhere(scenario.question, chosen_files(world, choice)) == (
        "not all chosen files are for Python 3.9.39",
    )
