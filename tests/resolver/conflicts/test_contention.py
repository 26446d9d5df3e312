"""The picture of the project over which the facts of a scenario clash."""

import pytest

from tests.support.refusals import first_core, picture_of
from tests.support.scenarios import REFUSED, load_scenario

DRAWN = [name for name in REFUSED if load_scenario(name).expected.picture is not None]


@pytest.mark.parametrize("name", DRAWN)
def test_the_picture_is_what_the_scenario_says(name: str) -> None:
    assert picture_of(first_core(name)) == load_scenario(name).expected.picture


@pytest.mark.parametrize(
    "name", ["a_repair_pins_past_a_local_version", "a_url_that_a_dependency_names"]
)
def test_facts_that_bear_on_nothing_in_common_have_no_picture(name: str) -> None:
    assert first_core(f"conflicts/{name}").picture is None
