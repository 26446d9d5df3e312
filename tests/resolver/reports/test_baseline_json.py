"""What is known of conflicts: written, read, and compared with what there is now."""

import json
from dataclasses import replace

import pytest

from axletree.resolver.model.errors import InvalidBaselineError
from axletree.resolver.queries.check import Cell, Failure, exit_code
from axletree.resolver.reports.baseline_json import (
    Compared,
    Known,
    compare,
    conflicts_of,
    read_baseline,
    write_baseline,
)
from tests.support.answers import make_pin, make_resolution
from tests.support.checks import HOSTILE_NAMES, cell, conflict_at
from tests.support.schemas import validate

FINE = make_resolution(make_pin("six", "1.15.0"))
BROKEN = Failure(reference="x", what="x", where="", hint="", exit_code=2)
REFUSED = cell("a.txt", conflict_at("a.txt", 1))


def baseline(*cells: Cell) -> tuple[Known, ...]:
    return read_baseline(write_baseline(conflicts_of(cells)), "b.json")


def compared(now: Cell, *before: Cell, gone_files: tuple[str, ...] = ()) -> Compared:
    return compare(
        [now], baseline(*before), "b.json", lambda path: path not in gone_files
    )


def test_a_baseline_is_valid_by_its_schema_and_sorted() -> None:
    other = cell("A.txt", conflict_at("A.txt", 1))
    text = write_baseline(conflicts_of([REFUSED, other, REFUSED]))

    document = validate(json.loads(text), "baseline")
    assert [known["file"] for known in document["conflicts"]] == ["A.txt", "a.txt"]  # type: ignore[union-attr,index,call-overload]  # plain JSON
    assert text == write_baseline(conflicts_of([other, REFUSED]))


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_of_a_file_is_read_back(name: str) -> None:
    [known] = baseline(cell(name, conflict_at(name, 1)))
    assert known.file == name


def test_a_conflict_that_is_known_fails_nothing() -> None:
    [now] = compared(REFUSED, REFUSED).cells

    assert now.outcome == "known"
    assert exit_code([now]) == 0


def test_a_new_conflict_beside_a_known_one_fails() -> None:
    first = REFUSED.cores[0]
    second = first.telling(first.facts[1:])
    both = replace(conflict_at("a.txt", 1), conflicts=(first, second))

    [now] = compared(replace(REFUSED, answer=both), REFUSED).cells

    assert now.outcome == "conflict"
    assert now.new_cores == (second,)
    assert exit_code([now]) == 1


def test_what_was_checked_and_is_no_conflict_any_more_is_gone() -> None:
    found = compared(replace(REFUSED, answer=FINE), REFUSED)

    assert [known.file for known in found.gone] == ["a.txt"]
    assert found.kept == ()


@pytest.mark.parametrize(
    "now",
    [
        cell("b.txt", FINE),
        cell("a.txt", FINE, "3.10"),
        cell("a.txt", BROKEN),
        cell(
            "a.txt",
            replace(
                conflict_at("a.txt", 1),
                conflicts=(
                    REFUSED.cores[0].telling(REFUSED.cores[0].facts[1:]),
                ),
                complete=False,
            ),
        ),
    ],
    ids=["another file", "another Python", "an error", "a search that was cut off"],
)  # fmt: skip
def test_what_was_not_looked_at_to_the_end_is_kept(now: Cell) -> None:
    found = compared(now, REFUSED)

    assert found.gone == ()
    assert [known.file for known in found.kept] == ["a.txt"]


def test_what_was_known_of_a_file_that_is_no_longer_there_is_gone() -> None:
    found = compared(cell("b.txt", FINE), REFUSED, gone_files=("a.txt",))
    assert [known.file for known in found.gone] == ["a.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"format": "axletree.baseline/2", "conflicts": []}',
        '{"format": "axletree.baseline/1"}',
        '{"format": "axletree.baseline/1", "conflicts": {}}',
        '{"format": "axletree.baseline/1", "conflicts": [1]}',
        '{"format": "axletree.baseline/1", "conflicts": [{"fingerprint": "a"}]}',
        (
            '{"format": "axletree.baseline/1", "conflicts": '
            '[{"fingerprint": 1, "file": "a", "environment": "b", "cause": "c"}]}'
        ),
    ],
    ids=range(11),
)
def test_what_is_no_baseline_is_told_by_its_name(text: str) -> None:
    with pytest.raises(InvalidBaselineError) as raised:
        read_baseline(text, "b.json")
    assert raised.value.where == "b.json"
    assert raised.value.exit_code == 2
