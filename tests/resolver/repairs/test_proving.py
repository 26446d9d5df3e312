"""What is claimed of a repair that was resolved, and that ranks are as published."""

import re

import pytest

from axletree.resolver.model.distribution import UnusableKind, UnusableMetadata
from axletree.resolver.repairs import proving
from tests.support.checkout import ROOT
from tests.support.repairs import has_its_repairs
from tests.support.sdist_index import SDIST, WHEEL, Index, make, repairs


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
    "name",
    [
        "conflicts/a_constraint_is_a_fact",
        "conflicts/a_line_that_is_relaxed_takes_its_hashes_along",
        "repairs/a_long_run_of_versions_is_cut",
        "repairs/two_requirements_move_where_one_does_not_suffice",
    ],
)
def test_a_repair_is_claimed_as_the_scenario_says(name: str) -> None:
    has_its_repairs(name)


PUBLISHED = (
    (proving.RELAX_ROOT, "a looser requirement or constraint of your own"),
    (proving.LATER_DATE, "a later date"),
    (proving.ANOTHER_PYTHON, "another version of Python"),
    (proving.ANOTHER_PLATFORM, "another platform"),
    (proving.INDEX_STRATEGY, "index strategy"),
    (proving.COLLECT, "a file that the upstream index has"),
    (proving.OVERRIDE, "a changed requirement of somebody else"),
    (proving.SKIP, "leaving out what cannot be read"),
    (proving.LIFT, "lifting a ban"),
)


def test_ranks_are_in_the_published_order() -> None:
    page = (ROOT / "docs/explanation/repairs.md").read_text()
    listed = re.findall(r"^   \d\. (.*)$", page, re.MULTILINE)

    assert [rank for rank, _ in PUBLISHED] == list(range(len(listed)))
    for line, (_, what) in zip(listed, PUBLISHED, strict=True):
        assert what in line
