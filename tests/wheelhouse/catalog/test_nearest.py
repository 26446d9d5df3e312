"""The wheelhouse that a mistyped path may mean."""

from pathlib import Path

import pytest

from axletree.wheelhouse.catalog import nearest
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.nearest import nearest_wheelhouse


@pytest.mark.parametrize(
    "mistyped",
    [
        "data/wheelhose",
        "daat/wheelhouse",
        "dta/wheelhous",
        "data/wheelhouse/files",
        "data/wheelhouse/wheelhouse.sqlite",
        "data",
        "data/prod",
        "data/Wheelhouse",
    ],
)
def test_a_path_much_like_one_that_is_there_is_found(
    tmp_path: Path, mistyped: str
) -> None:
    Wheelhouse.open(tmp_path / "data" / "wheelhouse").close()

    found = nearest_wheelhouse(tmp_path / mistyped)

    assert found == tmp_path / "data" / "wheelhouse"


def test_a_folder_that_is_no_wheelhouse_is_not_named(tmp_path: Path) -> None:
    (tmp_path / "data" / "wheelhouse" / "files").mkdir(parents=True)
    Wheelhouse.open(tmp_path / "usual").close()

    assert nearest_wheelhouse(tmp_path / "deep" / "data" / "wheelhose") is None
    assert (
        nearest_wheelhouse(tmp_path / "deep" / "a" / "b", [tmp_path / "usual"])
        == tmp_path / "usual"
    )


def test_the_work_on_a_deep_path_with_many_alike_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path
    for _ in range(12):
        for name in ("aaaa", "aaab", "aaac", "aaad"):
            (folder / name).mkdir()
        folder /= "aaaa"
    looks: list[Path] = []

    def look(path: Path) -> bool:
        looks.append(path)
        return False

    monkeypatch.setattr(nearest, "_has_database", look)

    assert nearest_wheelhouse(tmp_path.joinpath(*["aaax"] * 12)) is None
    assert len(looks) < 200


def test_a_path_that_can_be_none_names_nothing(tmp_path: Path) -> None:
    assert nearest_wheelhouse(tmp_path / ("x" * 5000) / "y") is None
