"""What is wrong with cells, at which lines, and under which name in the next run."""

from dataclasses import replace

import pytest

from axletree.errors import Spot
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.facts import Core, Fact
from axletree.resolver.queries.check import Cell, Failure
from axletree.resolver.queries.findings import Place, findings, places_of
from tests.support.answers import make_pin, make_resolution
from tests.support.checks import cell, conflict_at

BROKEN = Failure(
    reference="invalid-requirement",
    what="2 requirement lines cannot be used\n  …",
    where="c.txt",
    hint="mend them",
    exit_code=2,
    spots=(
        Spot(file="c.txt", line=2, what="'=1' is not a requirement"),
        Spot(file="base.txt", line=7, what="'=1' is not a requirement"),
        Spot(file="command line", line=None, what="c.txt cannot be read"),
    ),
)


def core_of(found: Cell) -> Core:
    return found.cores[0]


def fingerprint(found: Cell) -> str:
    return found.fingerprint(core_of(found))


def with_facts(found: Cell, *facts: Fact) -> Cell:
    assert isinstance(found.answer, Conflict)
    core = core_of(found).telling(facts)
    return replace(found, answer=replace(found.answer, conflicts=(core,)))


def test_a_conflict_is_found_at_all_lines_that_users_wrote_the_first_one_first() -> (
    None
):
    found = cell("a.txt", conflict_at("a.txt", 3, 9))

    [finding] = findings([found], lambda file: f"sub/{file}")

    assert finding.place == Place(path="sub/a.txt", line=3)
    assert finding.others == (Place(path="sub/a.txt", line=9),)
    assert finding.what == (
        "kubeflow-fairing 1.0.2 requires kubernetes==10.0.1, "
        "but kfserving 0.6.1 requires kubernetes>=12.0.0"
    )


def test_a_conflict_that_no_line_says_is_found_at_its_file() -> None:
    conflict = conflict_at("a.txt", 1)
    found = with_facts(cell("a.txt", conflict), *conflict.conflicts[0].facts[2:])

    assert places_of(core_of(found), found) == (Place(path="a.txt"),)


def test_each_line_that_cannot_be_read_is_a_finding() -> None:
    found = findings([cell("c.txt", BROKEN)])

    assert [str(finding.place) for finding in found] == [
        "c.txt:2",
        "base.txt:7",
        "c.txt",
    ]
    assert len({finding.fingerprint for finding in found}) == 3


def test_an_answer_is_no_finding() -> None:
    assert findings([cell("a.txt", make_resolution(make_pin("six", "1.15.0")))]) == ()


def test_a_conflict_keeps_its_name_where_lines_and_versions_move() -> None:
    before = cell("a.txt", conflict_at("a.txt", 1, 2))
    moved = cell("a.txt", conflict_at("a.txt", 40, 2))
    facts = [
        fact.told(fact.text.replace("0.6.1", "0.7.0")) for fact in core_of(before).facts
    ]
    newer = with_facts(before, *reversed(facts))
    patch = cell("a.txt", conflict_at("a.txt", 1, 2), "3.9.7")

    assert {fingerprint(each) for each in (before, moved, newer, patch)} == {
        fingerprint(before)
    }


@pytest.mark.parametrize(
    "other",
    [
        cell("b.txt", conflict_at("a.txt", 1)),
        cell("a.txt", conflict_at("a.txt", 1), "3.10"),
        with_facts(
            cell("a.txt", conflict_at("a.txt", 1)),
            *conflict_at("a.txt", 1).conflicts[0].facts[1:],
        ),
    ],
)
def test_another_file_environment_or_dispute_is_another_conflict(other: Cell) -> None:
    assert fingerprint(other) != fingerprint(cell("a.txt", conflict_at("a.txt", 1)))
