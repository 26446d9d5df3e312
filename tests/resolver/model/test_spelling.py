"""How requirements are spelled, and in what order."""

from axletree.resolver.model.spelling import by_numbers, counted, spell_demand


def test_versions_are_sorted_by_their_numbers() -> None:
    pythons = [">=3.10", ">=3.9", "<4", ">=3.11", ">=3.9,<3.13", ""]

    assert sorted(pythons, key=by_numbers) == [
        *("", "<4", ">=3.9", ">=3.9,<3.13", ">=3.10", ">=3.11"),
    ]


def test_specifiers_of_one_kind_are_in_order() -> None:
    assert spell_demand("a", [], ["!=1.10", "!=1.9", "<2", ">=1"]) == (
        "a>=1,!=1.9,!=1.10,<2"
    )


def test_one_is_no_several() -> None:
    assert counted(1, "project") == "1 project"
    assert [counted(0, "file"), counted(1200, "file")] == ["0 files", "1,200 files"]
