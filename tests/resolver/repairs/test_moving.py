"""To which versions a requirement moves: the nearest of a pin, the widest run else."""

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.building_index import index_of
from tests.support.repairs import has_its_repairs, texts_over


@pytest.mark.parametrize(
    "name",
    [
        "repairs/a_pin_moves_to_the_nearest_version",
        "repairs/of_a_missing_local_version_the_public_one_is_nearest",
        "repairs/of_two_that_are_as_near_the_newer_is_taken",
        "repairs/a_pin_moves_to_nothing_with_a_gate",
        "repairs/a_pinned_prerelease_moves_to_another",
        "repairs/a_nearer_version_is_for_older_pythons_only",
        "repairs/a_range_takes_in_what_is_for_older_pythons_only",
        "repairs/a_range_moves_past_what_works_with_no_python",
        "repairs/what_is_far_older_comes_last",
    ],
)
def test_it_moves_as_the_scenario_says(name: str) -> None:
    has_its_repairs(name)


@pytest.mark.parametrize(
    ("has_hints", "built"),
    [
        (True, ["app-7.tar.gz"]),
        (False, ["app-5.tar.gz", "app-3.tar.gz", "app-8.tar.gz", "app-7.tar.gz"]),
    ],
)
def test_of_what_must_be_built_the_nearest_that_hints_allow_is_built(
    built: list[str], *, has_hints: bool
) -> None:
    lines = {f"app {version}": ["dep==2"] for version in (1, 2, 3, 4, 5, 6, 8)}
    index = index_of(
        {**lines, "app 7": ["dep<2"], "dep 1": [], "dep 2": []},
        [*lines, "app 7"],
    )
    clashing = FileMetadata(requires_dist=("dep==2",))
    index.hints = {f"app-{v}.tar.gz": clashing for v in range(2, 7) if has_hints}
    spared = index.spared()
    memo = MemoUniverse(spared)
    roots = [parse_requirement("app==4"), parse_requirement("dep==1")]
    question = ask(roots, environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    index.built.clear()
    repairer = Repairer(memo, question, refusal, spared=[spared])

    with spared.sparing(repairer.sparing):
        texts = [repair.text for repair in repairer.find()]

    assert index.built == built
    assert "use app 7 instead of app==4" in texts


def test_versions_that_their_own_lines_refuse_are_no_tries_on_the_way() -> None:
    clashing = {f"app {version}": ["dep<2"] for version in range(1, 99)}
    works: dict[str, list[str]] = {f"app {version}": [] for version in range(99, 200)}
    index = index_of({**clashing, **works, "dep 1": [], "dep 2": []})

    texts = texts_over(index, "app==9", "dep==2")

    assert "use app 99 instead of app==9; at least 99 to 123 work" in texts


def test_a_version_that_nobody_reads_since_it_is_far_older_is_no_way_out() -> None:
    late = {f"app {version}": ["dep<2"] for version in (2, 3, 4)}
    index = index_of(
        {"app 1": ["dep<2"], **late, "app 5": [], "dep 1": [], "dep 2": []},
        late=[*late, "app 5"],
    )

    texts = texts_over(index, "app==2", "dep==2")

    assert [text for text in texts if text.startswith("use app")] == [
        "use app 5 instead of app==2"
    ]
