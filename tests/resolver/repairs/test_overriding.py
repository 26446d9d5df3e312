"""Requirements of a release that give way: which lines, and to what."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_constraint_is_a_fact",
        "conflicts/fairing_kfp",
        "conflicts/fairing_kfserving",
        "conflicts/many_releases_are_one_edge",
        "repairs/either_side_may_get_a_file",
        "repairs/two_requirements_move_where_one_does_not_suffice",
        "repairs/only_the_lines_that_must_change_do",
        "repairs/two_releases_change_where_one_does_not_suffice",
        "repairs/a_local_version_is_no_bound",
        "repairs/who_excludes_a_local_version_admits_the_next",
    ],
)
def test_requirements_give_way_as_the_scenario_says(name: str) -> None:
    assert any(repair.kind == "override" for repair in has_its_repairs(name))


def test_a_new_version_alone_is_offered_as_no_other_requirement() -> None:
    assert not has_its_repairs("repairs/a_new_version_alone_is_no_other_requirement")
