"""Which releases a fact names: those that the other facts of its core leave possible."""

import pytest

from tests.support.refusals import first_core, picture_of
from tests.support.scenarios import load_scenario

NAMED = {
    # A range of releases, each with what it demands; none beyond what roots admit.
    "conflicts/many_releases_are_one_edge": [
        ("1.20.4", "1.20.3", "1.20.2"), ("1.0",), ("1.21.4", "1.21.3", "1.21.2"),
    ],
    # Of all releases only those that a reason excludes.
    "conflicts/a_date_hides_what_is_asked_for": [("2.0",)],
    "conflicts/a_fallen_file_has_its_own_python_too": [("1.0",), ("2.0", "1.0")],
    "conflicts/a_witness_reads_the_page_of_what_it_requires": [("2.1", "2.0"), ("3.0",)],
    "conflicts/requires_python_leaves_the_old_ones": [("1.0",), ("2.1", "2.0")],
    "gates/an_unyanked_file_that_fits_keeps_a_yanked_one_out": [("1.0+axle.1",), ("1.0",)],
    "gates/no_release_opens_its_own_gate": [("0.9",), ("2.0rc1",)],
    "policy/the_reason_of_a_policy_is_told": [("1",), ("2.1", "2.0")],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_a_fact_names_the_releases_that_matter(name: str) -> None:
    facts = first_core(name).facts

    named = [tuple(fact.versions) for fact in facts if fact.versions]
    assert named == NAMED[name]


@pytest.mark.parametrize(
    ("name", "demand"),
    [
        ("a_url_that_a_dependency_names", "library @ https://files.invalid/library-1.0.tar.gz"),
        ("requires_python_leaves_the_old_ones", "library>=2"),
        ("kfserving_ray_python", None),
    ],
)  # fmt: skip
def test_a_demand_is_spelled_as_the_release_says(name: str, demand: str | None) -> None:
    facts = first_core(f"conflicts/{name}").facts

    edges = [fact.requirement for fact in facts if fact.kind == "edge"]
    assert edges == ([] if demand is None else [demand])


@pytest.mark.parametrize("name", NAMED)
def test_what_a_fact_allows_is_drawn(name: str) -> None:
    assert picture_of(first_core(name)) == load_scenario(name).expected.picture


def test_a_shut_gate_names_who_would_open_it() -> None:
    fact = first_core("gates/no_release_opens_its_own_gate").facts[-1]

    assert [(o.project, o.version, o.requirement) for o in fact.openers] == [
        ("friend", "1.0", "ring>=2.0rc1")
    ]


def test_what_is_empty_by_itself_is_known_whatever_there_is() -> None:
    [fact] = first_core("conflicts/a_requirement_contradicts_itself").facts

    assert fact.text.endswith("which contradicts itself: no version can meet it")
