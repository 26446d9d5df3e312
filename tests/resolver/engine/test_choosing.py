"""Which candidate still has a whole solution, and when that is no more to be said."""

from collections.abc import Iterable, Sequence

import pytest

from axletree.resolver.engine.choosing import AT_ONCE, Chooser, StaleError
from axletree.resolver.engine.clauses import Clauses
from axletree.resolver.engine.search import Search
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.answers import make_file, make_root
from tests.support.engine import inquire
from tests.support.scenarios import load_scenario
from tests.support.sdist_index import Index

EACH_OTHER = "answer/the_first_root_is_newest"
"""`left` and `right`, of which each in its version 2.0 wants the other's 1.0."""
BOTH = 0b11
NEWEST, OLDER = 0, 1


def read_search() -> Search:
    """Put the question, and read all that it is about."""
    search = inquire(load_scenario(EACH_OTHER)).search
    assert search.run() is not None
    return search


def chooser(search: Search, refused: dict[tuple[tuple[int, ...], str], int]) -> Chooser:
    assert search.clauses.solve([search.switch])
    return Chooser(search.reading, search.clauses, refused, [search.switch])


def test_what_was_decided_holds_for_what_is_decided_next() -> None:
    found = chooser(read_search(), {})

    assert found.first("left", (BOTH,)) == NEWEST
    assert found.first("right", (BOTH,)) == OLDER


def test_candidates_of_a_better_rank_are_tried_first() -> None:
    found = chooser(read_search(), {})

    assert found.first("left", (1 << OLDER, 1 << NEWEST)) == OLDER


def test_what_an_earlier_round_refused_is_not_asked_again() -> None:
    search = read_search()
    refused: dict[tuple[tuple[int, ...], str], int] = {}
    first = chooser(search, refused)
    first.first("left", (BOTH,))
    first.first("right", (BOTH,))
    assert list(refused.values()) == [1 << NEWEST]

    second = chooser(search, refused)
    second.first("left", (BOTH,))
    before = search.clauses.sat.calls
    second.first("right", (BOTH,))

    assert search.clauses.sat.calls == before


class Reluctant(Clauses):
    """Clauses over one project whose models are always the oldest release that does."""

    def __init__(self, search: Search, name: str, newest: int) -> None:
        super().__init__(search.reading)
        self.sync()
        self.calls = 0
        self._places = {lit: {at} for at, lit in enumerate(self.chosen[name])}
        self._newest = newest
        """The newest with which there is a solution."""
        self._model = len(self._places) - 1

    def better(self, literals: Iterable[int]) -> int:
        switch = super().better(literals := [*literals])
        self._places[switch] = {at for lit in literals for at in self._places[lit]}
        return switch

    def solve(self, assumed: Sequence[int]) -> bool:
        self.calls += 1
        able = {at for at in self._places[assumed[-1]] if at >= self._newest}
        self._model = max(able, default=self._model)
        return bool(able)

    def position_in_model(self, name: str) -> int | None:  # noqa: ARG002  there is one
        return self._model


@pytest.mark.parametrize("newest", [1, 77, 199])
def test_the_newest_is_found_in_few_steps_though_each_model_is_hardly_better(
    newest: int,
) -> None:
    files = [make_file(f"app-{number}-py3-none-any.whl") for number in range(200)]
    question = ask([make_root("app")], environment_for("3.9", "linux"))
    search = Resolver(MemoUniverse(Index(files))).search(question).search
    assert search.run() is not None
    clauses = Reluctant(search, "app", newest)
    clauses.sat.is_changed = False

    found = Chooser(search.reading, clauses, {}, []).first("app", ((1 << 200) - 1,))

    assert found == newest
    assert clauses.calls <= 1 + AT_ONCE + (200).bit_length()


def test_what_leaves_no_solution_makes_a_round_begin_again() -> None:
    search = read_search()
    found = chooser(search, {})
    found.first("left", (BOTH,))
    search.clauses.sat.add([-search.clauses.chosen["left"][NEWEST]])
    search.clauses.sat.is_changed = True

    with pytest.raises(StaleError):
        found.keep_solvable()


def test_nothing_is_decided_of_python_where_nothing_tells_its_releases_apart() -> None:
    assert chooser(read_search(), {}).python() is None
