"""Which files of another index suffice, and none of them to spare."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "repairs/either_side_may_get_a_file",
        "repairs/what_is_there_stays_where_it_can",
        "repairs/many_files_are_named_by_the_first_ones",
        "repairs/a_gate_may_be_shut_by_one_file_more",
    ],
)
def test_no_file_is_brought_that_is_not_needed(name: str) -> None:
    assert any(repair.kind == "collect" for repair in has_its_repairs(name))
