"""Bans that are lifted: one where that suffices, else two."""

import pytest

from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.universe.sparing import ReadEnoughError
from tests.support.building_index import BuildingIndex
from tests.support.repairs import has_its_repairs, repairer_of
from tests.support.scenarios import load_scenario


@pytest.mark.parametrize(
    "name",
    [
        "gates/a_superfluous_release_opens_no_gate",
        "repairs/a_second_ban_shows_once_the_first_is_lifted",
        "repairs/two_bans_are_lifted_together",
        "repairs/a_policy_gives_way_for_one_release",
        "repairs/the_kind_of_files_is_allowed_again",
        "repairs/other_hashes_are_taken_beside_those_given",
        "repairs/a_file_without_a_time_wants_no_date",
    ],
)
def test_bans_are_lifted_as_the_scenario_says(name: str) -> None:
    assert any(repair.kind == "lift" for repair in has_its_repairs(name))


def test_two_bans_are_lifted_though_no_more_may_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = load_scenario("repairs/two_bans_are_lifted_together")
    repairer = repairer_of(scenario, BuildingIndex(base=scenario.universe))

    def read_enough(_: Explanation) -> bool:
        raise ReadEnoughError

    monkeypatch.setattr(Explanation, "catch_up", read_enough)

    assert [repair.kind for repair in repairer.repairs()] == ["lift"]
