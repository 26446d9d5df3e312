"""What is claimed of a repair that was resolved."""

import pytest

from axletree.resolver.model.distribution import UnusableKind, UnusableMetadata
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
