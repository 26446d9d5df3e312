"""All repairs of a refused question, cheapest first."""

import pytest

from tests.support.repairs import has_its_repairs
from tests.support.scenarios import REPAIRED


@pytest.mark.parametrize("name", REPAIRED)
def test_the_scenario_has_its_repairs(name: str) -> None:
    has_its_repairs(name)
