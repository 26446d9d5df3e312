"""The name that was meant, where a requirement names no project."""

import pytest

from axletree.resolver.model.origins import Origin
from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "repairs/a_near_name_is_the_cheapest",
        "repairs/a_project_of_the_imported_name_is_no_use",
    ],
)
def test_names_are_exchanged_as_the_scenario_says(name: str) -> None:
    [repair] = has_its_repairs(name)

    assert repair.kind == "near-name"
    assert [edit.new for edit in repair.edits] == list(repair.changes)
    assert all(isinstance(edit.origin, Origin) for edit in repair.edits)
