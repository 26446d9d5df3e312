"""The date of `--exclude-newer`, moved: to which day, and what is said of the others."""

from dataclasses import replace

import pytest

from axletree.resolver.model.distribution import UnusableMetadata
from axletree.resolver.repairs.date_ban import date_lift
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.repairs import has_its_repairs
from tests.support.sdist_index import (
    SDIST,
    WHEEL,
    Index,
    as_of_2019,
    make,
    repairer,
    repairs,
)


def test_no_sdist_is_built_as_of_another_day() -> None:
    index = Index([make(SDIST, "1", 3), make(SDIST, "2", 5), make(WHEEL, "3", 20)])
    asking = repairer(index, as_of_2019("app"))
    index.built.clear()

    [repair] = asking.repairs()

    assert repair.text == "move --exclude-newer from 2019-12-31 to 2020-01-20"
    assert "sdists would have to be built as of it, such as app-2" in repair.notes[0]
    assert repair.claim == "irreducible"
    assert not index.built


def test_what_was_built_before_changes_no_word() -> None:
    files = [make(SDIST, "1", 3), make(WHEEL, "3", 20)]
    failing = UnusableMetadata(reason="it needs gcc", kind="host")

    cold = repairs(Index(files, {"app-1.tar.gz": failing}), "app")
    warm = repairs(Index(files), "app")

    assert cold == warm


def test_the_day_before_is_told_where_it_is_proved() -> None:
    index = Index([make(WHEEL, "1", 3), make(WHEEL, "2", 20)])

    [repair] = repairs(index, "app>=2")

    assert repair.text.endswith("to 2020-01-20 (the day before does not work)")
    assert not repair.notes


def test_an_sdist_that_a_later_day_would_take_leaves_it_untried() -> None:
    """The wheel of the same day is what is taken if the sdist cannot be built."""
    index = Index([make(WHEEL, "1", 20), make(SDIST, "2", 20)])

    [repair] = repairs(index, "app")

    assert repair.claim == "untried"
    assert any("app-2.tar.gz was not read" in note for note in repair.notes)


@pytest.mark.parametrize(("has_timeless", "asked"), [(False, 2), (True, 3)])
def test_no_date_at_all_is_tried_where_something_has_no_time(
    asked: int, *, has_timeless: bool
) -> None:
    files = [make(WHEEL, "1", 3), make(WHEEL, "2", 20)]
    timeless = [replace(make(WHEEL, "3", 1), upload_time=None)] * has_timeless
    universe = MemoUniverse(Index([*files, *timeless]))
    question = as_of_2019("app>=2")
    refusal = Resolver(universe).resolve(question)
    assert isinstance(refusal, Refusal)

    lift = date_lift(Prover(universe, question, refusal))

    assert lift is not None
    assert len(list(lift.widely(question))) == asked


@pytest.mark.parametrize(
    "name",
    [
        "a_file_without_a_time_wants_no_date",
        "a_later_date_is_one_whose_day_before_does_not_work",
        "a_second_ban_shows_once_the_first_is_lifted",
    ],
)
def test_the_date_is_moved_as_the_scenario_says(name: str) -> None:
    has_its_repairs(f"repairs/{name}")
