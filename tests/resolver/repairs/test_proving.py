"""What is claimed of a repair that was resolved."""

import pytest

from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.proving import projects_of
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import ReadEnoughError
from tests.support.answers import name
from tests.support.building_index import index_of
from tests.support.repairs import has_its_repairs
from tests.support.sdist_index import SDIST, WHEEL, Index, make, repairer, repairs


@pytest.mark.parametrize(
    ("kind", "claim"), [("backend", "cheapest"), ("host", "works")]
)
def test_a_cause_that_rests_on_this_machine_makes_no_repair_the_cheapest(
    kind: UnusableKind, claim: str
) -> None:
    index = Index(
        [make(WHEEL, "1", -9), make(SDIST, "2", -8)],
        {"app-2.tar.gz": UnusableMetadata(reason="it needs gcc", kind=kind)},
    )
    [repair] = repairs(index, "app>=2")

    assert (repair.text, repair.claim) == ("use app 1 instead of app>=2", claim)


@pytest.mark.parametrize(
    ("noted", "claim"), [("dep", "cheapest"), ("dep>1", "untried")]
)
def test_what_an_answer_holds_unread_is_built_and_held_against_what_it_noted(
    noted: str, claim: str
) -> None:
    index = index_of(
        {"app 2": ["dep<2"], "app 1": ["lib"], "lib 1": ["dep"], "dep 2": []}, ["lib 1"]
    )
    index.hints = {"lib-1.tar.gz": FileMetadata(requires_dist=(noted,))}
    spared = index.spared()
    question = ask(
        list(map(parse_requirement, ["app==2", "dep==2"])),
        environment_for("3.9", "linux"),
    )
    asking = repairer(spared, question, [spared])

    with spared.sparing(asking.sparing):
        repair = next(asking.find())

    assert (repair.text, repair.claim) == ("use app 1 instead of app==2", claim)
    assert index.built == ["lib-1.tar.gz"]


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_constraint_is_a_fact",
        "conflicts/a_line_that_is_relaxed_takes_its_hashes_along",
        "repairs/a_long_run_of_versions_is_cut",
        "repairs/a_range_moves_past_what_works_with_no_python",
        "repairs/two_requirements_move_where_one_does_not_suffice",
    ],
)
def test_a_repair_is_claimed_as_the_scenario_says(name: str) -> None:
    has_its_repairs(name)


def test_facts_are_about_what_they_name() -> None:
    [root, limit] = map(parse_requirement, ["Root>1", "limit<2"])
    environment = environment_for("3.9", "linux")
    question = ask([root], environment, constraints=[limit])
    keys: list[FactKey] = [
        RootKey(0),
        ConstraintKey(0),
        EdgeKey("app", "", "dep"),
        FallenKey(name("old"), "yanked"),
    ]

    found = projects_of(question, keys)

    assert found == {"root", "limit", "app", "dep", "old"}


def test_what_others_read_is_taken_in_as_far_as_may_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may be the first file of a release of which more is to be read."""
    memo = MemoUniverse(
        index_of(
            {
                "app 2": ["dep<2"],
                "app 1": ["dep<2"],
                "dep 2": [],
                "dep 1": [],
                "other 1": [],
            }
        )
    )
    question = ask(
        list(map(parse_requirement, ["app==2", "dep==2", "other>=1"])),
        environment_for("3.9", "linux"),
    )
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)

    def read_enough(_: Explanation) -> bool:
        raise ReadEnoughError

    monkeypatch.setattr(Explanation, "catch_up", read_enough)

    [first, *_] = Repairer(memo, question, refusal).repairs()

    assert first.text == "use dep 1 instead of dep==2"
