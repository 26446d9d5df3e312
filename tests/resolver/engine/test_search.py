"""How much of an index a search reads, on real metadata (RESOLVING.md 3)."""

from dataclasses import replace
from typing import Literal

import pytest

from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.corpus import REAL, recorded_question, recorded_universe
from tests.support.engine import decide
from tests.support.scenarios import SOLVED, load_scenario
from tests.support.universes import LazyUniverse

SETS = {
    "a": ("kubeflow-fairing==1.0.2",),
    "b": REAL["fairing"],
    "d": ("kfp==1.8.10", "kfserving==0.6.1"),
    "e": ("jupyterlab", "notebook", "pandas", "scikit-learn", "matplotlib"),
    "g": ("boto3", "botocore", "awscli", "s3fs"),
    "deep": REAL["deep"],
}
"""ANCHORS.md 1."""
SLACK = 1.1

Figures = tuple[int, int, int]
"""Pages, metadata and rounds."""


@pytest.mark.parametrize(
    ("name", "prefer", "expected"),
    [
        ("a", "newest", (126, 839, 24)),
        ("b", "newest", (40, 2, 3)),
        ("d", "newest", (107, 108, 11)),
        ("e", "newest", (87, 87, 10)),
        ("g", "newest", (24, 117, 14)),
        ("deep", "newest", (129, 328, 13)),
        ("a", "balanced", (126, 839, 23)),
        ("b", "balanced", (40, 2, 2)),
        ("d", "balanced", (107, 108, 10)),
        ("e", "balanced", (87, 87, 9)),
        ("g", "balanced", (27, 110, 15)),
        ("deep", "balanced", (129, 328, 12)),
    ],
)
def test_no_more_of_an_index_is_read_than_is_on_the_way(
    name: str, prefer: Literal["newest", "balanced"], expected: Figures
) -> None:
    resolver = Resolver(MemoUniverse(LazyUniverse(base=recorded_universe())))
    question = replace(recorded_question(SETS[name]), prefer=prefer)

    resolver.run(resolver.search(question))

    counted = resolver.counters
    found = counted.pages, counted.metadata, counted.rounds
    assert all(
        now <= before * SLACK for now, before in zip(found, expected, strict=True)
    ), found


@pytest.mark.parametrize("name", SOLVED)
def test_an_index_gives_the_answer_that_is_given_where_all_is_at_hand(
    name: str,
) -> None:
    scenario = load_scenario(name)
    index = LazyUniverse(base=scenario.universe)

    frozen, lazy = decide(scenario), decide(scenario, index)

    assert lazy.releases.keys() == frozen.releases.keys()
    for project, release in lazy.releases.items():
        assert release.version == frozen.releases[project].version
        assert release.files[0] in index.files_read
