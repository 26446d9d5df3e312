"""Every change makes a generation, and none before it lists anything else for that."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.catalog.publish import publish, publish_sound
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.errors import (
    FilenameTakenError,
    NotKeptError,
    StillNeededError,
    UnknownGenerationError,
    WithdrawnFileError,
)
from axletree.wheelhouse.model import Collection, IncomingFile, ProjectStatus
from axletree.wheelhouse.sql.state_queries import PROJECTS_SINCE
from tests.support.wheels import make_sdist, make_wheel

DEMO = canonicalize_name("demo")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHEEL = "demo-1.0-py3-none-any.whl"
ONE = [parse_subject("demo==1.0")]
CHANGES: dict[str, Callable[[Wheelhouse], object]] = {
    "yank": lambda house: changes.yank(house, ONE, "broken"),
    "remove": lambda house: changes.remove(house, ONE),
    "withdraw": lambda house: changes.withdraw(house, ONE, "malware"),
    "status": lambda house: changes.set_status(
        house, DEMO, ProjectStatus(marker="quarantined", reason="stolen")
    ),
}


def add(house: Wheelhouse, *paths: Path, yanked: str | None = None) -> None:
    publish(
        house,
        [
            IncomingFile(path=path, filename=path.name, origin="test", yanked=yanked)
            for path in paths
        ],
    )


@pytest.fixture
def house(wheelhouse: Wheelhouse, tmp_path: Path) -> Wheelhouse:
    """Generation 1 has the wheel 1.0, 2 its sdist and 2.0 besides."""
    add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    add(
        wheelhouse,
        make_sdist(tmp_path, "demo", "1.0"),
        make_wheel(tmp_path, "demo", "2.0"),
    )
    return wheelhouse


def listed(house: Wheelhouse, generation: int | None = None) -> list[str]:
    return [file.filename for file in house.files_of(DEMO, generation)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_frozen_generation_lists_the_same_after_a_change(
    house: Wheelhouse, change: Callable[[Wheelhouse], object]
) -> None:
    before = {number: house.files_of(DEMO, number) for number in (1, 2)}

    change(house)

    assert house.generation() == 3
    for number, files in before.items():
        after = house.files_of(DEMO, number)
        assert [(f.filename, f.sha256, f.yanked) for f in after] == [
            (f.filename, f.sha256, f.yanked) for f in files
        ]
        assert not house.status_of(DEMO, number).is_quarantined


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_one_generation_and_one_journal_entry(
    house: Wheelhouse, change: Callable[[Wheelhouse], object]
) -> None:
    change(house)

    *_, entry = house.journal()
    assert entry.generation == house.generation() == 3
    assert entry.action == next(n for n, each in CHANGES.items() if each is change)
    assert len(house.journal()) == 3


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_that_changes_nothing_makes_no_generation(
    house: Wheelhouse, change: Callable[[Wheelhouse], object]
) -> None:
    change(house)
    with suppress(NotKeptError):  # it was removed
        change(house)

    assert house.generation() == 3
    assert len(house.journal()) == 3


@pytest.mark.local
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_tables_that_were_kept_are_made_anew_for_the_project(
    house: Wheelhouse, change: Callable[[Wheelhouse], object]
) -> None:
    change(house)
    connection = sqlite3.connect(house.database.where)
    found = connection.execute(PROJECTS_SINCE, (2,)).fetchall()
    connection.close()
    assert found == [("demo",)]


def test_a_yank_says_why_and_is_taken_back(house: Wheelhouse) -> None:
    changed = changes.yank(house, ONE, "broken")
    assert [file.yanked for file in changed.files] == ["broken", "broken"]
    assert [f.yanked for f in house.files_of(DEMO)] == ["broken", "broken", None]

    changes.yank(house, [parse_subject(WHEEL)], "")
    assert [f.yanked for f in house.files_of(DEMO)] == ["", "broken", None]

    changes.unyank(house, [parse_subject("demo")])
    assert [f.yanked for f in house.files_of(DEMO)] == [None, None, None]
    assert [f.yanked for f in house.files_of(DEMO, 3)] == ["broken", "broken", None]
    assert house.generation() == 5


def test_a_removed_file_leaves_name_and_hash(house: Wheelhouse, tmp_path: Path) -> None:
    changes.remove(house, [parse_subject(WHEEL)], "too large")
    assert WHEEL not in listed(house)
    assert house.find(WHEEL) is None
    assert house.find_kept(WHEEL) is not None

    other = make_wheel(tmp_path / "other", "demo", "1.0", files={"a": b"b"})
    with pytest.raises(FilenameTakenError):
        add(house, other)
    assert house.generation() == 3

    add(house, tmp_path / WHEEL)
    assert house.generation() == 4
    assert listed(house) == listed(house, 2)
    assert WHEEL not in listed(house, 3)


def test_the_bytes_of_a_removed_file_come_again_where_they_are_gone(
    house: Wheelhouse, tmp_path: Path
) -> None:
    changes.remove(house, [parse_subject(WHEEL)])
    kept = house.find_kept(WHEEL)
    assert kept is not None
    house.files.remove(kept.sha256)

    published = publish_sound(
        house, [IncomingFile(path=tmp_path / WHEEL, filename=WHEEL, origin="test")]
    )

    assert [file.filename for file in published.new] == [WHEEL]
    house.check(kept)


def test_a_removed_file_comes_again_yanked_as_it_is_by_then(
    house: Wheelhouse, tmp_path: Path
) -> None:
    changes.remove(house, [parse_subject(WHEEL)])
    add(house, tmp_path / WHEEL, yanked="old")
    assert house.files_of(DEMO)[0].yanked == "old"


def test_a_withdrawn_file_is_given_out_by_none_and_never_comes_again(
    house: Wheelhouse, tmp_path: Path
) -> None:
    changes.withdraw(house, [parse_subject(WHEEL)], "malware")

    assert WHEEL not in listed(house)
    assert house.find(WHEEL) is None
    [old] = house.files_of(DEMO, 1)
    assert (old.filename, old.withdrawn) == (WHEEL, "malware")
    with pytest.raises(WithdrawnFileError, match="malware"):
        add(house, tmp_path / WHEEL)
    published = publish_sound(
        house, [IncomingFile(path=tmp_path / WHEEL, filename=WHEEL, origin="test")]
    )
    assert isinstance(published.refused[WHEEL], WithdrawnFileError)


def test_withdrawn_bytes_are_given_out_and_come_in_by_no_other_name(
    house: Wheelhouse, tmp_path: Path
) -> None:
    kept, late = (tmp_path / f"demo-1.0-{n}-py3-none-any.whl" for n in (1, 2))
    for path in (kept, late):
        path.write_bytes((tmp_path / WHEEL).read_bytes())
    coming = [
        IncomingFile(path=path, filename=path.name, origin="test", strictness="lenient")
        for path in (kept, late)
    ]
    publish(house, coming[:1])

    done = changes.withdraw(house, [parse_subject(WHEEL)], "malware")

    assert [file.filename for file in done.files] == [WHEEL, kept.name]
    assert kept.name not in listed(house)
    with pytest.raises(WithdrawnFileError, match="which was withdrawn"):
        publish(house, coming[1:])


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_a_universe_says_in_each_generation_that_a_file_was_withdrawn(
    house: Wheelhouse, generation: int
) -> None:
    changes.withdraw(house, [parse_subject(WHEEL)], "malware")
    with ExitStack() as stack:
        for readable in (house, PlainReader(house.place, stack)):
            universe = WheelhouseUniverse(readable, generation)
            page = universe.pages([DEMO])[DEMO]
            assert page is not None
            assert [(f.name, f.reason) for f in page.excluded] == [
                (WHEEL, "it was withdrawn: malware")
            ]
            assert WHEEL not in [file.filename for file in page.files]


def test_a_universe_says_that_a_project_is_quarantined(house: Wheelhouse) -> None:
    CHANGES["status"](house)
    page = WheelhouseUniverse(house).pages([DEMO])[DEMO]
    assert page is not None
    assert page.files == ()
    assert [(file.name, file.reason) for file in page.excluded] == [
        ("all its files", "the project is quarantined: stolen")
    ]
    before = WheelhouseUniverse(house, 2).pages([DEMO])[DEMO]
    assert before is not None
    assert len(before.files) == 3


def test_a_status_ends_with_the_next(house: Wheelhouse) -> None:
    for marker in ("archived", "deprecated", "active"):
        changes.set_status(house, DEMO, ProjectStatus(marker=marker, reason=marker))
    said = [house.status_of(DEMO, number).marker for number in (2, 3, 4, 5)]
    assert said == ["active", "archived", "deprecated", "active"]


def test_a_project_that_nobody_knows_has_no_status(house: Wheelhouse) -> None:
    with pytest.raises(NotKeptError, match="no project dmeo") as caught:
        changes.set_status(
            house, canonicalize_name("dmeo"), ProjectStatus(marker="archived")
        )
    assert caught.value.hint == "did you mean demo?"


@pytest.mark.parametrize(
    ("word", "what", "hint"),
    [
        ("demo==3.0", "there is no release demo==3.0", "there are 1.0, 2.0"),
        ("dem", "there is no project dem", "did you mean demo?"),
        ("demo-9-py3-none-any.whl", "there is no file demo-9", WHEEL),
        ("Demo == 1.0.0", None, ""),
        ("DEMO", None, ""),
        ("dist/" + WHEEL, None, ""),
    ],
)
def test_a_word_names_what_pip_would_call_so(
    house: Wheelhouse, word: str, what: str | None, hint: str
) -> None:
    if what is None:
        assert changes.yank(house, [parse_subject(word)], "").files
        return
    with pytest.raises(NotKeptError, match=what) as caught:
        changes.yank(house, [parse_subject(word)], "")
    assert hint in caught.value.hint


@pytest.mark.parametrize("word", ["", "==1.0", "demo==", "a b", "../etc/passwd", "-"])
def test_a_word_that_names_nothing_is_refused(word: str) -> None:
    with pytest.raises(NotKeptError):
        parse_subject(word)


def test_what_a_collection_needs_is_removed_by_force_alone(house: Wheelhouse) -> None:
    collection = house.record_collection(
        Collection(
            key="k",
            requirements="demo\nother",
            environment="Python 3.11 on linux",
            exclude_newer=None,
            pins={"demo": "1.0"},
            filenames=(WHEEL,),
            generation=0,
            recorded_at=NOW,
        )
    )
    with pytest.raises(StillNeededError) as caught:
        changes.remove(house, [parse_subject("demo")])
    assert caught.value.what == (
        f"{WHEEL} is needed by the collection of demo, other for Python 3.11 on linux"
    )
    assert house.generation() == 2

    changed = changes.remove(house, [parse_subject("demo")], is_forced=True)

    assert changed.needed_by == (collection,)
    assert house.find_collection("k") is None


def test_pins_hold_until_their_day(house: Wheelhouse) -> None:
    made = changes.pin(house, 1, "release 7", NOW + timedelta(days=1))
    assert house.pins() == (made,)
    assert house.pins(NOW + timedelta(days=2)) == ()
    assert changes.unpin(house, 1)
    assert not changes.unpin(house, 1)
    with pytest.raises(UnknownGenerationError):
        changes.pin(house, 9, "")


def test_a_project_is_known_after_all_its_files_have_gone(house: Wheelhouse) -> None:
    changes.remove(house, [parse_subject("demo")])
    assert house.projects() == ()
    assert house.knows(DEMO)
    assert not house.knows(canonicalize_name("other"))
