"""Patch releases of Python as literals, once something tells them apart."""

from axletree.resolver.engine.pythons import PythonClauses
from axletree.resolver.engine.sat import Sat
from tests.support.engine import inquire
from tests.support.scenarios import load_scenario

SCENARIO = "answer/the_first_root_is_newest"
OLDEST = 0b1


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
