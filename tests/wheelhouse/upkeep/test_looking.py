"""What is there, summed up by the database, and all that is known of one thing."""

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.tallies import Tally, add_up, read_tallies
from axletree.wheelhouse.errors import DatabaseError
from axletree.wheelhouse.sql.version_lists import count_in, newest_in
from axletree.wheelhouse.upkeep.looking import summarize
from tests.support.wheels import make_wheel
from tests.wheelhouse.upkeep.conftest import add

DEMO = canonicalize_name("demo")


def only(house: Wheelhouse, name: str, generation: int | None = None) -> Tally:
    projects = summarize(house, generation).projects
    [found] = [each for each in projects if each.project == name]
    return found


def test_projects_are_summed_up_by_name(house: Wheelhouse) -> None:
    summary = summarize(house)
    assert [each.project for each in summary.projects] == ["demo", "other"]
    demo = summary.projects[0]
    assert demo.file_count == 3
    assert demo.size_bytes == sum(f.size_bytes for f in house.files_of(DEMO))
    assert demo.versions == "02.0\n01.0"


def test_a_version_is_yanked_when_all_of_its_files_are(house: Wheelhouse) -> None:
    changes.yank(house, [parse_subject("demo-1.0-py3-none-any.whl")], "")
    assert only(house, "demo").versions == "02.0\n01.0"
    changes.yank(house, [parse_subject("demo==2.0")], "old")

    demo = only(house, "demo")
    assert demo.versions == "12.0\n01.0"
    assert newest_in(demo.versions) == "1.0"
    changes.yank(house, [parse_subject("demo")], "old")
    versions = only(house, "demo").versions
    assert (newest_in(versions), count_in(versions)) == ("2.0", (2, 2))


def test_what_is_withdrawn_or_removed_is_not_counted_any_more(
    house: Wheelhouse,
) -> None:
    changes.withdraw(house, [parse_subject("demo==2.0")], "malware")
    changes.remove(house, [parse_subject("other")])
    [demo] = summarize(house).projects
    assert demo.versions == "01.0"
    assert [each.project for each in summarize(house, 3).projects] == ["demo", "other"]
    assert only(house, "demo", 3).file_count == 3


@pytest.mark.local
@pytest.mark.parametrize(
    "damage", ["versions = ''", "versions = x'00'", "size_bytes = 'x'"]
)
def test_damaged_sums_are_one_clear_error(house: Wheelhouse, damage: str) -> None:
    connection = sqlite3.connect(house.database.where)
    connection.executescript(f"UPDATE tallies SET {damage}")  # noqa: S608  a table
    connection.close()
    with pytest.raises(DatabaseError, match="is damaged"):
        summarize(house)


def test_many_files_of_one_project_are_one_row(
    house: Wheelhouse, tmp_path: Path
) -> None:
    summarize(house)
    before = calls(lambda: summarize(house))
    add(house, *(make_wheel(tmp_path, "demo", f"3.{n}") for n in range(30)))
    assert only(house, "demo").file_count == 33
    assert calls(lambda: summarize(house)) < before + 30


def test_the_sums_that_are_kept_are_those_of_the_rows_after_each_change(
    house: Wheelhouse, tmp_path: Path
) -> None:
    demo = parse_subject("demo==1.0")
    kept = []
    for change in (
        lambda: changes.yank(house, [demo], "old"),
        lambda: changes.remove(house, [parse_subject("other"), demo]),
        lambda: add(house, tmp_path / "files" / "demo-1.0-py3-none-any.whl"),
        lambda: changes.withdraw(house, [parse_subject("demo==2.0")], "malware"),
        lambda: changes.unyank(house, [parse_subject("demo==1.0")]),
        lambda: changes.withdraw(house, [parse_subject("demo")], "malware"),
    ):
        change()
        with house.database.reading() as connection:
            true = list(add_up(connection, house.generation()))
            kept = read_tallies(connection)
        assert sorted(kept, key=str) == sorted(true, key=str)
    assert kept == []


def calls(work: Callable[[], object]) -> int:
    count = 0

    def count_one(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        del frame, argument
        count += event == "call"

    sys.setprofile(count_one)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
