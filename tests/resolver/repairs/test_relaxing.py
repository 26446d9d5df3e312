"""Other versions of what the user wrote: which, how many, and how they are spelled."""

from dataclasses import replace

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.repairs.relaxing import MOST_TOGETHER, WrittenRepairs
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from tests.support.building_index import index_of
from tests.support.repairs import has_its_repairs, texts_over
from tests.support.sdist_index import repairer


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_constraint_is_a_fact",
        "conflicts/a_line_that_is_relaxed_takes_its_hashes_along",
        "conflicts/a_repair_pins_past_a_local_version",
        "conflicts/fairing_kfserving",
        "conflicts/many_releases_are_one_edge",
        "gates/no_release_opens_its_own_gate",
        "repairs/two_requirements_move_where_one_does_not_suffice",
        "repairs/what_is_in_no_cause_moves_along",
        "repairs/a_run_of_versions_is_spelled_by_its_ends",
        "repairs/a_long_run_of_versions_is_cut",
    ],
)
def test_what_was_written_gives_way_as_the_scenario_says(name: str) -> None:
    assert any(repair.kind == "relax-root" for repair in has_its_repairs(name))


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_root_that_cannot_be_read_here_moves_along(*, is_frozen: bool) -> None:
    """It clashes with nothing, so that it is in no cause; but a lock stops at it."""
    index = index_of(
        {"app 2": ["dep<2"], "app 3": [], "dep 2": [], "old 1": [], "old 2": []},
        ["old 2"],
    )
    failed = UnusableMetadata(reason="its setup.py fails", kind="backend")
    told = dict.fromkeys(index.dynamic, failed)
    index.dynamic, index.is_frozen = (), is_frozen
    assert isinstance(index.base, FrozenUniverse)
    index.base = replace(index.base, metadata_of={**index.base.metadata_of, **told})
    lines = ["app==2", "dep==2", "old==2"]
    question = ask([*map(parse_requirement, lines)], environment_for("3.9", "linux"))

    [first, *_] = repairer(index, question).repairs()

    assert first.changes == ("app==3", "old==1")
    assert {pin.name for pin in first.resolution.pins} == {"app", "dep", "old"}


@pytest.mark.parametrize("count", [MOST_TOGETHER, MOST_TOGETHER + 1])
def test_all_was_tried_where_no_more_move_than_are_tried_together(count: int) -> None:
    lines = [f"app-{number}==1" for number in range(count)]
    releases = {line.replace("==", " "): ["gone"] for line in lines}
    memo = MemoUniverse(replace(index_of(releases), is_frozen=True))
    question = ask([*map(parse_requirement, lines)], environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    search = WrittenRepairs(Prover(memo, question, refusal))

    [*_] = search.find()

    assert search.is_complete is (count == MOST_TOGETHER)


def test_over_an_index_what_clashes_once_another_moves_moves_along() -> None:
    boto = {f"boto {version}": ["core>=2"] for version in (2, 3, 4, 5)}
    index = index_of(
        {
            **boto,
            "boto 1": ["core<2"],
            "aio 1": ["core<2"],
            "core 1": [],
            "core 2": [],
        }
    )

    texts = texts_over(index, "core>=2", "aio==1", "boto>=2")

    assert texts[0] == "use core 1 instead of core>=2 and boto 1 instead of boto>=2"
