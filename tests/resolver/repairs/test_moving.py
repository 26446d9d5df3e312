"""To which versions a requirement moves: the nearest of a pin, the widest run else."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "repairs/a_pin_moves_to_the_nearest_version",
        "repairs/of_a_missing_local_version_the_public_one_is_nearest",
        "repairs/of_two_that_are_as_near_the_newer_is_taken",
        "repairs/a_nearer_version_is_for_older_pythons_only",
        "repairs/a_range_takes_in_what_is_for_older_pythons_only",
        "repairs/what_is_far_older_comes_last",
        "repairs/a_long_run_of_versions_is_cut",
        "repairs/a_run_of_versions_is_spelled_by_its_ends",
        "repairs/a_local_version_is_no_bound",
    ],
)
def test_it_moves_as_the_scenario_says(name: str) -> None:
    has_its_repairs(name)
