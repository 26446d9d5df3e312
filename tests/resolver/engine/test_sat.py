"""The solver, as the rest may use it."""

import os
import signal
import subprocess
from threading import Thread

import pytest

from axletree.resolver.engine.sat import Sat


def test_a_model_tells_what_holds() -> None:
    sat = Sat()
    first, second, third = sat.variables(3)
    sat.add([first])
    sat.add([-first, -second])

    assert sat.solve([third])
    assert sat.holds(first)
    assert sat.holds(-second)
    assert not sat.holds(-third)
    assert sat.values([first, second, third]) == [first, third]
    assert sat.model == [first, -second, third]
    assert sat.mask([first, second, third]) == 0b101
    assert sat.mask([]) == 0
    assert sat.core() == []


def test_a_variable_made_after_a_model_does_not_hold_yet() -> None:
    sat = Sat()
    assert sat.solve()

    later = sat.variable()

    assert sat.holds(-later)
    assert not sat.holds(later)


def test_a_refusal_names_the_assumptions_that_it_used() -> None:
    sat = Sat()
    first, second, third = sat.variables(3)
    sat.add([-first, -second])

    assert not sat.solve([first, second, third])
    assert sorted(sat.core()) == [first, second]
    assert sat.calls == 1
    assert sat.solve([first, third])
    assert sat.calls == 2


def test_what_is_preferred_is_tried_first() -> None:
    for sign in (1, -1):
        sat = Sat()
        free = list(sat.variables(5))
        sat.add(free)
        sat.prefer([sign * literal for literal in free])

        assert sat.solve()
        assert len(sat.values(free)) == (5 if sign > 0 else 1)


def test_it_works_in_any_thread_and_may_be_closed_twice() -> None:
    found = []

    def solve() -> None:
        sat = Sat()
        sat.add([sat.variable()])
        found.append(sat.solve())
        sat.close()
        sat.close()

    thread = Thread(target=solve)
    thread.start()
    thread.join()

    assert found == [True]


def test_ctrl_c_while_it_solves_is_one_as_often_as_it_comes() -> None:
    # The solver lets no other thread run meanwhile.
    words = ("sh", "-c", f"sleep 0.2; kill -INT {os.getpid()}")
    for _ in range(2):
        sat = with_pigeons()
        with subprocess.Popen(words), pytest.raises(KeyboardInterrupt):
            sat.solve()

        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def with_pigeons() -> Sat:
    """Ask for eleven in ten holes, which takes longer than the tenth of a second."""
    sat = Sat()
    holes, pigeons = 10, 11
    at = [sat.variables(holes) for _ in range(pigeons)]
    for one in at:
        sat.add(one)
    for hole in range(holes):
        for first in range(pigeons):
            for second in range(first):
                sat.add([-at[first][hole], -at[second][hole]])
    return sat


def test_of_some_names_those_that_hold_are_listed() -> None:
    sat = Sat()
    first, second = sat.variables(2)
    assert sat.solve([first, -second])

    literals = {"one": first, "two": second, "made later": sat.variable()}

    assert sat.held(literals) == ["one"]
