"""Other versions of what the user wrote: which, how many, and how they are spelled."""

import pytest

from tests.support.repairs import has_its_repairs


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
