"""Each fact of a scenario's first conflict, in its words."""

import pytest

from tests.support.refusals import first_core
from tests.support.scenarios import REFUSED, load_scenario


@pytest.mark.parametrize("name", REFUSED)
def test_the_facts_read_as_the_scenario_says(name: str) -> None:
    facts = first_core(name).facts

    assert [fact.text for fact in facts] == list(load_scenario(name).expected.facts)
