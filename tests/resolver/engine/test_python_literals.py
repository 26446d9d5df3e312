"""Literals of the patch releases of Python: made when one is named, and what they say."""

from typing import NoReturn

from axletree.resolver.engine.python_literals import PythonLiterals
from axletree.resolver.engine.sat import Sat
from axletree.resolver.universe.tables import Tables

MICROS = 4
OLD, NEW = 0b0011, 0b1100


def literals() -> PythonLiterals:
    def nobody() -> NoReturn:
        raise AssertionError

    return PythonLiterals(Sat(), Tables({}, {}, MICROS, nobody))


def test_nothing_is_told_apart_until_something_names_some() -> None:
    pythons = literals()
    assert not pythons.are_told_apart
    assert pythons.beyond([7], 0) == [7]
    assert pythons.not_alike(2) == []
    assert pythons.in_model() == MICROS - 1

    pythons.among(OLD)

    assert pythons.are_told_apart


def test_python_is_one_of_some_where_it_is_one_of_them() -> None:
    pythons = literals()
    sat, old = pythons.sat, pythons.among(OLD)

    assert [sat.solve([pythons[at], -old]) for at in range(MICROS)] == [
        *(False, False),
        *(True, True),
    ]
    assert pythons.among(OLD) == old


def test_the_newest_in_the_model_is_what_it_is_for() -> None:
    pythons = literals()
    sat, new = pythons.sat, pythons.among(NEW)

    assert sat.solve([pythons[0], pythons[2], -pythons[3]])
    assert pythons.in_model() == 2
    assert sat.solve([pythons[1], -new])
    assert pythons.in_model() == 1


def test_what_holds_for_some_patch_releases_may_be_otherwise_beyond_them() -> None:
    pythons = literals()
    sat = pythons.sat
    wanted = sat.variable()

    sat.add([*pythons.beyond([], NEW), wanted])

    assert [sat.solve([pythons[at], -wanted]) for at in range(MICROS)] == [
        *(True, True),
        *(False, False),
    ]


def test_what_is_said_of_one_is_said_of_those_alike() -> None:
    pythons = literals()
    pythons.among(NEW)

    [unlike] = pythons.not_alike(3)

    sat = pythons.sat
    assert [sat.solve([pythons[at], unlike]) for at in range(MICROS)] == [
        *(True, True),
        *(False, False),
    ]
