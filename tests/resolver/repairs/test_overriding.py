"""Requirements of a release that give way: which lines, and to what."""

from collections.abc import Sequence
from unittest.mock import patch

import pytest

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.outcomes import Answer
from axletree.resolver.repairs.overriding import OverrideRepairs
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.sparing import ReadEnoughError
from tests.support.repairs import has_its_repairs, repairer_of
from tests.support.scenarios import load_scenario


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


def test_what_was_found_of_one_release_stands_where_another_takes_too_much_reading() -> (
    None
):
    override = OverrideRepairs._override  # noqa: SLF001  it is to fail

    def limited(self: OverrideRepairs, releases: Sequence[Release]) -> Answer[Repair]:
        if releases[0].project == "kubeflow-fairing":
            raise ReadEnoughError
        return override(self, releases)

    repairer = repairer_of(load_scenario("conflicts/fairing_kfp"))
    with patch.object(OverrideRepairs, "_override", limited):
        found = [repair.text for repair in repairer.repairs()]

    assert any(text.startswith("change what kfp 1.8.11") for text in found)
    assert not repairer.is_complete
