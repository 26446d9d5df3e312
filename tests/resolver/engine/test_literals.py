"""The order of a project's releases says which of them is chosen."""

from typing import TYPE_CHECKING

import pytest

from axletree.resolver.engine.literals import PythonClauses, ReleaseLiterals, Row
from axletree.resolver.engine.sat import Sat
from tests.support.engine import inquire
from tests.support.scenarios import load_scenario

if TYPE_CHECKING:
    from axletree.resolver.engine.literals import Said
    from axletree.resolver.universe.table_types import LineTable

SCENARIO = "answer/the_first_root_is_newest"
OLDEST = 0b1
COUNTS = pytest.mark.parametrize("count", [1, 2, 5])


def literals_of(count: int, *, may_be_elsewhere: bool) -> tuple[Sat, ReleaseLiterals]:
    sat = Sat()
    present = sat.variable()
    elsewhere = [sat.variable()] if may_be_elsewhere else []
    literals = ReleaseLiterals(sat, count, present, elsewhere)
    if may_be_elsewhere:
        sat.add([-elsewhere[0]])
    return sat, literals


@COUNTS
@pytest.mark.parametrize("may_be_elsewhere", [False, True])
def test_a_project_that_is_there_has_just_one_release(
    count: int, *, may_be_elsewhere: bool
) -> None:
    sat, literals = literals_of(count, may_be_elsewhere=may_be_elsewhere)
    present = literals.order[-1]
    for position in range(count):
        assert sat.solve([literals[position]])
        assert sat.holds(present)
        assert [sat.holds(each) for each in literals] == [
            at == position for at in range(count)
        ]
        for guess in range(count + 1):
            assert literals.position_in_model(guess) == position
    assert not sat.solve([present, *(-literal for literal in literals)])
    assert sat.solve([-present])
    assert literals.position_in_model() is None
    assert not any(map(sat.holds, literals))
    assert len(literals) == len(list(literals)) == count


@COUNTS
def test_what_holds_unless_some_are_chosen_is_said_without_their_literals(
    count: int,
) -> None:
    for first in range(count):
        for last in range(first, count):
            sat, literals = literals_of(count, may_be_elsewhere=True)
            demanded = sat.variable()
            sat.add([*literals.unless(first, last), demanded])

            for position in range(count):
                is_free = sat.solve([literals[position], -demanded])
                assert is_free is (not first <= position <= last)


def test_most_releases_never_get_a_literal_of_their_own() -> None:
    sat, literals = literals_of(100, may_be_elsewhere=False)
    before = sat.variable()

    assert literals.unless(50)
    assert literals[0] == literals.order[0]
    assert sat.variable() == before + 1
    assert literals[50] == literals[50] == before + 2


def test_of_a_project_that_is_somewhere_else_no_release_is_needed() -> None:
    sat = Sat()
    present, elsewhere = sat.variables(2)
    literals = ReleaseLiterals(sat, 2, present, [elsewhere])

    assert sat.solve([present, elsewhere, -literals[0], -literals[1]])


def test_a_model_made_before_the_literals_has_no_release() -> None:
    sat = Sat()
    present = sat.variable()
    assert sat.solve([present])

    assert ReleaseLiterals(sat, 3, present, []).position_in_model() is None


def test_there_is_no_literal_beyond_the_releases() -> None:
    with pytest.raises(IndexError):
        literals_of(2, may_be_elsewhere=False)[1][2]


def test_what_releases_in_a_row_say_is_said_once() -> None:
    _, literals = literals_of(9, may_be_elsewhere=False)
    added: list[tuple[list[int], Said | None]] = []
    names = {1: "one", 2: "two", 3: "three"}

    def line(number: int, when: tuple[str, ...] | None = None) -> "LineTable":
        return (names[number], "", (), when, 0)

    row = Row(
        literals,
        lambda position, told: ([position], [len(told[0])]),
        lambda unless, said: added.append(([*unless], said)),
    )
    row.say(2, [line(1), line(2)])
    row.say(3, [line(1), line(2), line(3, ("extra",))])
    row.say(4, [line(2), line(3)])
    row.end(5)
    row.say(6, [line(2)])
    row.end(7)

    assert added == [
        (literals.unless(2, 3), ([2], [3])),
        (literals.unless(2, 4), ([2], [3])),
        (literals.unless(4, 4), ([4], [5])),
        (literals.unless(6, 6), ([6], [3])),
    ]


# Patch releases of Python.


def patch_releases() -> tuple[PythonClauses, int]:
    """Give clauses over some universe, and the place of the newest patch release."""
    reading = inquire(load_scenario(SCENARIO)).search.reading
    assert reading.universe.newest_python > 1
    return PythonClauses(reading, Sat()), reading.universe.newest_python


def test_as_long_as_nothing_tells_them_apart_it_is_the_newest() -> None:
    clauses, newest = patch_releases()

    assert clauses.where([7], 0) == [7]
    assert clauses.sat.solve()
    assert not clauses.has_pythons
    assert clauses.python_in_model() == newest


def test_what_holds_beyond_some_patch_releases_leaves_them_out() -> None:
    clauses, newest = patch_releases()
    all_but_newest = (1 << newest) - 1

    clauses.sat.add([*clauses.where((), all_but_newest)])

    assert clauses.has_pythons
    assert clauses.sat.solve()
    assert clauses.python_in_model() == newest
    assert not clauses.sat.solve([clauses.python(0)])


def test_the_newest_is_tried_first_and_one_there_must_be() -> None:
    clauses, newest = patch_releases()
    clauses.sat.add([*clauses.where((), OLDEST)])

    assert clauses.sat.solve()
    assert clauses.python_in_model() == newest
    others = [-clauses.python(place) for place in range(1, newest + 1)]
    assert not clauses.sat.solve(others)


def test_those_that_nothing_tells_apart_are_known() -> None:
    clauses, newest = patch_releases()
    clauses.where((), OLDEST)
    clauses.where((), OLDEST | 0b10)

    everything = (1 << newest + 1) - 1

    assert clauses.alike(0) == OLDEST
    assert clauses.alike(1) == 0b10
    assert clauses.alike(newest) == everything & ~0b11
