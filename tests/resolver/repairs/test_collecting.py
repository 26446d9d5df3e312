"""Files of another index: how they are named, and what brings them."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "repairs/either_side_may_get_a_file",
        "repairs/what_is_there_stays_where_it_can",
        "repairs/many_files_are_named_by_the_first_ones",
    ],
)
def test_files_are_brought_as_the_scenario_says(name: str) -> None:
    assert any(repair.kind == "collect" for repair in has_its_repairs(name))
