"""Where facts can be looked up, and what their files say besides."""

from typing import TYPE_CHECKING

import pytest

from axletree.resolver.conflicts.asked import Asked
from axletree.resolver.conflicts.evidence import (
    by_override,
    fallen_evidence,
    observed_kind,
    policy_text,
    reason_label,
    unusable_text,
    yank_reason,
)
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.facts import Evidence
from axletree.resolver.model.origins import Origin
from axletree.resolver.universe.particulars import Particulars
from tests.property.case import override
from tests.support.answers import name
from tests.support.refusals import evidence_of, first_core
from tests.support.scenarios import REFUSED, load_scenario

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import Broken, Refusals

TOLD = [name for name in REFUSED if load_scenario(name).expected.evidence is not None]


def release(
    yanks: tuple[str, ...] = (), refusals: "Refusals" = (), broken: "Broken" = ()
) -> Particulars:
    file = ("a-1.whl", "abc", False, False)
    return Particulars((file, (), ((), (), yanks, refusals, broken)))


@pytest.mark.parametrize("name", TOLD)
def test_the_evidence_is_what_the_scenario_says(name: str) -> None:
    assert evidence_of(first_core(name)) == load_scenario(name).expected.evidence


def test_overrides_are_named_by_their_places_each_once() -> None:
    one = override(None, "b<2")

    assert by_override([]) == ""
    assert by_override([one, one]) == f" (by your override, {one.origin})"
    assert by_override([one], ", before").endswith(f"{one.origin}, before)")


def test_hashes_are_found_at_their_lines_policy_at_its_places_others_at_pages() -> None:
    here, there = Origin("r.in", 1), Origin("r.in", 2)
    lines = (("a", here), ("b", there), ("a", here))
    asked = Asked(roots=(), python_version="", platform="", hash_lines=lines)
    told = [release(refusals=(("bad", "p.toml", 4), ("old", "p.toml", 4)))]

    [by_hash] = fallen_evidence(FallenKey("a", "hash"), told, asked)
    [by_policy] = fallen_evidence(FallenKey("a", "policy"), told, asked)
    [by_page] = fallen_evidence(FallenKey("a", "tag"), told, asked)

    assert by_hash == Evidence(kind="requirement-line", file="r.in", line=1)
    assert by_policy == Evidence(kind="policy", file="p.toml", line=4)
    assert by_page == Evidence(kind="index-page", project=name("a"))


def test_reasons_of_a_policy_and_of_a_yank_are_told() -> None:
    told = [
        release(yanks=("worse",), refusals=(("bad", "p.toml", 4),)),
        release(yanks=("broken",), refusals=(("bad", "p.toml", 5), ("old", "", None))),
    ]

    assert policy_text(told) == "refused by policy: bad; old"
    assert yank_reason(told) == " (broken)"
    assert yank_reason([release()]) == ""


@pytest.mark.parametrize(
    ("broken", "text", "label"),
    [
        ((), "cannot be used: invalid metadata", "has valid metadata"),
        ((("bad", None),), "cannot be used: bad", "has valid metadata"),
        ((("no gcc", "host"),), "could not be read here: no gcc", "could be read here"),
        (
            (("bad", None), ("slow", "limits")),
            "cannot be used, or could not be read here: slow",
            "could be read here",
        ),
    ],
)
def test_what_was_not_read_on_this_machine_is_told_apart(
    broken: "Broken", text: str, label: str
) -> None:
    told = [release(), release(broken=broken)]
    key = FallenKey("a", "metadata")

    assert unusable_text(told) == text
    assert reason_label(key, told) == label
    kinds = [kind for _, kind in broken if kind is not None]
    assert observed_kind(key, told) == (kinds[0] if kinds else None)
    assert observed_kind(FallenKey("a", "tag"), told) is None


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_witness_reads_the_page_of_what_it_requires",
        "conflicts/each_file_falls_by_its_own_reason",
        "gates/a_superfluous_release_opens_no_gate",
        "gates/an_unyanked_file_that_fits_keeps_a_yanked_one_out",
        "overrides/a_root_that_it_changed_says_so",
        "overrides/an_edge_that_it_made_says_so",
        "policy/the_reason_of_a_policy_is_told",
    ],
)
def test_what_it_says_stands_in_the_sentence(name: str) -> None:
    """Reasons of yanks, policies and files, and whose override it is."""
    facts = first_core(name).facts

    assert [fact.text for fact in facts] == list(load_scenario(name).expected.facts)
