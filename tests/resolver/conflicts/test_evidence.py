"""Where each fact of a scenario's first conflict can be looked up."""

import pytest

from tests.support.refusals import evidence_of, first_core
from tests.support.scenarios import REFUSED, load_scenario

TOLD = [name for name in REFUSED if load_scenario(name).expected.evidence is not None]


@pytest.mark.parametrize("name", TOLD)
def test_the_evidence_is_what_the_scenario_says(name: str) -> None:
    assert evidence_of(first_core(name)) == load_scenario(name).expected.evidence
