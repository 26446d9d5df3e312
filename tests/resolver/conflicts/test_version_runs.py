"""Runs of versions: what lies between, and what is named apart."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pytest

from axletree.resolver.conflicts.version_runs import (
    in_runs,
    let_in_without_finals,
    newest_first,
    with_gaps_filled,
)
from axletree.resolver.universe.tables import Project

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import ProjectTable

LONG = [f"1.{minor}.0" for minor in range(19, 9, -1)]


def project(versions: Sequence[str], yanked: int = 0, finals: int = 0) -> Project:
    gates = (0, ((1 << len(versions)) - 1) & ~finals, yanked, finals)
    table: ProjectTable = (
        *(tuple(versions), gates, yanked, {}, {}, {}, {}),
        *(False, {}, None, 0, None, {}, yanked),
    )
    return Project("a", table)


@pytest.mark.parametrize(
    ("versions", "yanked", "order"),
    [
        (("3", "2", "1"), 0, ["3", "2", "1"]),
        # Tables have what is yanked last.
        (("10", "9", "1", "11", "2"), 0b11000, ["11", "10", "9", "2", "1"]),
    ],
)
def test_releases_are_ordered_by_version_yanked_or_not(
    versions: Sequence[str], yanked: int, order: Sequence[str]
) -> None:
    listed = project(versions, yanked)

    assert [listed.versions[at] for at in newest_first(listed)] == order


@pytest.mark.parametrize(
    ("written", "edges", "let_in"),
    [
        # A final fits: nothing is let in.
        (0b1111, [], 0),
        (0b0011, [], 0b0011),
        (0b1111, [{0b0001}], 0b0001),
        # Each alone leaves a final, both together none.
        (0b1111, [{0b0101}, {0b1001}], 0b0001),
        # Of too many combinations each may.
        ((1 << 16) - 1, [{0xFFFF & ~(1 << at)} for at in range(4, 16)], 0b0011),
    ],
)
def test_a_prerelease_is_let_in_where_no_final_fits(
    written: int, edges: Sequence[Collection[int]], let_in: int
) -> None:
    listed = project(("4b1", "3b1", "2", "1"), finals=0b1100)

    assert let_in_without_finals(listed, written, edges) == let_in


@pytest.mark.parametrize(
    ("positions", "candidates", "runs"),
    [
        ((), 0b11111, []),
        ((1, 2, 3), 0b11111, [[1, 2, 3]]),
        ((0, 1, 3), 0b11111, [[3], [0, 1]]),
        # What is no candidate lies between without a gap.
        ((0, 1, 3), 0b11011, [[0, 1, 3]]),
    ],
)
def test_a_candidate_that_is_not_named_parts_a_run(
    positions: Collection[int], candidates: int, runs: Sequence[Sequence[int]]
) -> None:
    assert in_runs(range(5), positions, candidates) == runs


@pytest.mark.parametrize(
    ("positions", "refused", "filled"),
    [
        # `1.10.0, 1.12.0 and 1.14.0` is as short as can be.
        ((5, 7, 9), (), (5, 7, 9)),
        ((1, 3, 5, 7, 9), (), range(1, 10)),
        # Where the same cannot be said of what lies between, nothing is filled.
        ((1, 3, 5, 7, 9), (4,), (1, 3, 5, 7, 9)),
        ((0, 1, 2, 3, 5, 6, 7, 9), (8,), (*range(8), 9)),
    ],
)
def test_gaps_are_filled_where_that_makes_the_text_shorter(
    positions: Sequence[int], refused: Collection[int], filled: Sequence[int]
) -> None:
    listed, candidates = project(LONG), 0b1111111111
    runs = in_runs(range(10), positions, candidates)

    found = with_gaps_filled(
        listed, runs, lambda position: position not in refused, candidates
    )

    assert found == list(filled)
