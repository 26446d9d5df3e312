"""Answers against brute force (tests/property/brute_force.py).

One draw serves several laws where drawing costs more than checking.
"""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from axletree.resolver.engine.checked_files import (
    violations,
)
from axletree.resolver.engine.decisions import Inquiry
from axletree.resolver.model.answers import (
    Resolution,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.property.asking import MORE, SLOW, files, pins, resolve
from tests.property.brute_force import World
from tests.property.brute_rule import answer, answer_for, held_for
from tests.property.case import Case
from tests.property.choices import OnTables, chosen_files, exchanges
from tests.property.questions import preferences
from tests.property.strategies import cases
from tests.support.universes import LateUniverse, LazyUniverse


@MORE
@given(case=cases())
def test_the_answer_is_the_one_that_brute_force_finds(case: Case) -> None:
    expected = answer_for(World(case.universe, case.question))

    found = resolve(case.universe, case.question)

    assert pins(found) == (None if expected is None else files(expected[1]))
    if expected is not None and isinstance(found, Resolution):
        assert list(found.environment.micros) == held_for(*expected)


@pytest.mark.slow
@MORE
@given(case=cases(), drawn=st.data())
def test_preferred_versions_come_first_as_in_brute_force_read_lazily_or_not(
    case: Case, drawn: st.DataObject
) -> None:
    question = replace(case.question, preferences=drawn.draw(preferences(case)))
    expected = files(answer(World(case.universe, question)))

    assert pins(resolve(case.universe, question)) == expected
    assert pins(resolve(LazyUniverse(base=case.universe), question)) == expected


@pytest.mark.slow
@SLOW
@given(case=cases())
def test_an_answer_without_gates_is_given_again_if_it_is_preferred(case: Case) -> None:
    found = resolve(case.universe, case.question)
    if not isinstance(found, Resolution):
        reject()
    # A gate may open later than its project's turn comes: then others go before.
    assume(not any(pin.version.is_prerelease for pin in found.pins))
    assume(all(pin.file.yanked is None for pin in found.pins))
    kept = {pin.name: pin.version for pin in found.pins}

    again = resolve(case.universe, replace(case.question, preferences=kept))

    assert pins(again) == pins(found)


@pytest.mark.slow
@SLOW
@given(case=cases(), ahead=st.sets(st.integers(0, 30)))
def test_reading_more_or_less_of_an_index_changes_nothing(
    case: Case, ahead: set[int]
) -> None:
    index = LazyUniverse(base=case.universe)
    expected = pins(resolve(case.universe, case.question))

    assert pins(resolve(index, case.question)) == expected
    assert len(index.pages_read) == len(set(index.pages_read))
    assert len(index.files_read) == len(set(index.files_read))

    resolver = Resolver(MemoUniverse(LazyUniverse(base=case.universe)))
    inquiry = resolver.search(case.question)
    read_ahead(inquiry, case, ahead)
    decisions = resolver.run(inquiry)

    assert expected == (
        None
        if decisions is None
        else {
            name: inquiry.knowledge.file_of(release).filename
            for name, release in decisions.releases.items()
        }
    )


@pytest.mark.slow
@MORE
@given(case=cases(), drawn=st.data())
def test_what_is_read_on_while_some_of_an_index_takes_long_changes_nothing(
    case: Case, drawn: st.DataObject
) -> None:
    question = replace(
        case.question, prefer=drawn.draw(st.sampled_from(("newest", "balanced")))
    )
    late = LateUniverse(base=case.universe)

    assert pins(resolve(late, question)) == pins(resolve(case.universe, question))
    assert len(late.files_read) == len(set(late.files_read))


@pytest.mark.slow
@MORE
@given(case=cases())
def test_balanced_leaves_no_root_further_behind_than_it_must_be(case: Case) -> None:
    question = replace(case.question, prefer="balanced")
    expected = files(answer(World(case.universe, question)))

    assert pins(resolve(case.universe, question)) == expected
    assert pins(resolve(LazyUniverse(base=case.universe), question)) == expected


def read_ahead(inquiry: Inquiry, case: Case, places: Iterable[int]) -> None:
    """Read some pages, and some metadata, before anybody asks for it."""
    reading = inquiry.search.reading
    names = enumerate(case.universe.page_of)
    reading.read_ahead(name for place, name in names if place in places)
    releases = [
        (name, position)
        for name, project in reading.projects.items()
        if project is not None
        for position in range(len(project.versions))
    ]
    reading.read_ahead((), (r for i, r in enumerate(releases) if i in places))


# The independent checker.


@pytest.mark.slow
@SLOW
@given(case=cases(most_projects=4))
def test_the_checker_accepts_solutions_and_refuses_what_only_looks_like_one(
    case: Case,
) -> None:
    pythons = World(case.universe, case.question).pythons()
    solutions = [(each, found) for each in pythons for found in each.solutions()]
    assume(solutions)
    on_tables = OnTables.of(case.universe, case.question)
    for world, solution in solutions[:2] + solutions[-1:]:
        assert world.micro is not None
        for choice in (solution, *exchanges(world, solution)):
            chosen = chosen_files(world, choice)
            found = violations(case.question, chosen, world.micro)
            told = on_tables.violations(choice, world.micro)

            assert (not told) is (not found), (choice, told)
            assert (not found) is world.is_solution(choice), (choice, found)
