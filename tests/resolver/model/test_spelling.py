"""How requirements are spelled, and in what order."""

import pytest

from axletree.resolver.model.spelling import (
    by_numbers,
    counted,
    in_brackets,
    spell_demand,
    spell_pythons,
)


def test_versions_are_sorted_by_their_numbers() -> None:
    pythons = [">=3.10", ">=3.9", "<4", ">=3.11", ">=3.9,<3.13", ""]

    assert sorted(pythons, key=by_numbers) == [
        *("", "<4", ">=3.9", ">=3.9,<3.13", ">=3.10", ">=3.11"),
    ]


def test_a_reason_of_others_stands_in_brackets_on_one_line() -> None:
    assert list(map(in_brackets, ["broken\nwheel \n", " ", "", None])) == [
        *(" (broken wheel)", "", "", ""),
    ]


def test_specifiers_of_one_kind_are_in_order() -> None:
    assert spell_demand("a", [], ["!=1.10", "!=1.9", "<2", ">=1"]) == (
        "a>=1,!=1.9,!=1.10,<2"
    )


@pytest.mark.parametrize(
    ("micros", "named"),
    [
        ({*range(10)}, "Python 3.9"),
        ({*range(4, 10)}, "Python 3.9.4 or newer"),
        ({*range(4)}, "Python 3.9.0 to 3.9.3"),
        ({9}, "Python 3.9.9"),
        ({0}, "Python 3.9.0"),
        ({*range(10)} - {7}, "Python 3.9, but not 3.9.7"),
        ({*range(2, 10)} - {4, 7}, "Python 3.9.2 or newer, but not 3.9.4 and 3.9.7"),
        ({0, 1, 6, 8, 9}, "Python 3.9.0 to 3.9.1 and 3.9.6 and 3.9.8 or newer"),
    ],
)
def test_patch_releases_are_named_as_people_do(micros: set[int], named: str) -> None:
    pythons = [f"3.9.{micro}" for micro in range(10)]

    assert spell_pythons(pythons, sum(1 << micro for micro in micros)) == named


def test_one_is_no_several() -> None:
    assert counted(1, "project") == "1 project"
    assert [counted(0, "file"), counted(1200, "file")] == ["0 files", "1,200 files"]
