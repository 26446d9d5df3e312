"""Each kind of ban: lifted widely to see, and narrowly to tell."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_line_that_is_relaxed_takes_its_hashes_along",
        "gates/a_superfluous_release_opens_no_gate",
        "gates/no_release_opens_its_own_gate",
        "repairs/a_policy_gives_way_for_one_release",
        "repairs/the_kind_of_files_is_allowed_again",
        "repairs/other_hashes_are_taken_beside_those_given",
        "repairs/a_yanked_final_release_goes_before_a_yanked_prerelease",
        "repairs/two_bans_are_lifted_together",
    ],
)
def test_a_ban_is_lifted_as_narrowly_as_it_may_be(name: str) -> None:
    assert any(repair.kind == "lift" for repair in has_its_repairs(name))
