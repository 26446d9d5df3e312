"""Each fact of a scenario's first conflict, in its words."""

import pytest

from tests.support.refusals import first_core
from tests.support.scenarios import REFUSED, load_scenario


@pytest.mark.parametrize("name", REFUSED)
def test_the_facts_read_as_the_scenario_says(name: str) -> None:
    facts = first_core(name).facts

    assert [fact.text for fact in facts] == list(load_scenario(name).expected.facts)


def test_an_edge_is_looked_up_where_its_versions_were_given() -> None:
    facts = first_core("overrides/an_edge_that_it_made_says_so").facts

    edges = [fact for fact in facts if fact.kind == "edge"]
    kinds = [[evidence.kind for evidence in edge.evidence] for edge in edges]
    assert kinds == [["requirement-line"], ["metadata"]]


def test_an_edge_with_several_demands_has_no_requirement() -> None:
    facts = first_core("conflicts/many_releases_are_one_edge").facts

    several = [fact for fact in facts if fact.kind == "edge" and " or " in fact.text]
    assert [fact.requirement for fact in several] == [None]


def test_a_project_that_is_not_there_is_told_from_one_without_files() -> None:
    kinds = {
        fact.text: fact.kind
        for name in REFUSED
        for fact in first_core(name).facts
        if fact.kind in {"unknown-project", "no-release"}
    }

    is_unknown = {text: "there is no project" in text for text in kinds}
    assert kinds
    assert is_unknown == {t: kind == "unknown-project" for t, kind in kinds.items()}
