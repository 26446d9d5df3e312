"""A backup is a wheelhouse as of one moment; restored, it is that again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.errors import AxletreeError
from axletree.wheelhouse.catalog import changes, variants_changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.variants_changes import enter
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    RestoreLosesError,
    StorageError,
    UnknownGenerationError,
    WithdrawnFileError,
)
from axletree.wheelhouse.store.turns import tell_nobody
from axletree.wheelhouse.upkeep.backups import Copied, back_up
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.restoring import Restored, restore
from tests.support.wheels import make_wheel
from tests.wheelhouse.catalog.test_variants import coming
from tests.wheelhouse.upkeep.conftest import LATER, add
from tests.wheelhouse.upkeep.test_verifying import blob_of, verify

DEMO = canonicalize_name("demo")
WHEEL = "demo-1.0-py3-none-any.whl"


def nothing(done: int, total: int) -> None:
    assert 0 < done <= total


def saved(house: Wheelhouse, folder: Path) -> Copied:
    return back_up(house, folder, nothing)


def restored(home: Path, folder: Path, *, is_forced: bool = False) -> Restored:
    return restore(home, folder, nothing, tell=tell_nobody, is_forced=is_forced)


def test_a_backup_is_a_whole_wheelhouse(house: Wheelhouse, tmp_path: Path) -> None:
    changes.yank(house, [parse_subject("demo==2.0")], "old")
    done = saved(house, tmp_path / "backup")

    assert (done.generation, done.file_count, done.new_count) == (4, 4, 4)
    with Wheelhouse.open_to_read(tmp_path / "backup") as copy:
        for number in range(5):
            assert copy.files_of(DEMO, number) == house.files_of(DEMO, number)
        assert verify(copy, tmp_path / "cache").damages == ()
        assert copy.journal() == house.journal()


def test_a_backup_that_was_killed_anywhere_is_gone_on_with(
    house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    saved(house, folder)
    (folder / "backup.json").unlink()
    for name in ("wheelhouse.sqlite.new", "wheelhouse.sqlite.new-journal"):
        (folder / name).write_bytes(b"half")
    (folder / f".{'ab' * 8}.new").write_bytes(b"half")

    assert saved(house, folder).generation == 3

    assert sorted(path.name for path in folder.iterdir()) == [
        *("backup.json", "files", "keeping.lock", "wheelhouse.sqlite")
    ]


@pytest.mark.parametrize("name", ["wheelhouse.sqlite", "notes.txt"])
def test_what_is_no_backup_that_was_begun_stays_as_it_is(
    house: Wheelhouse, tmp_path: Path, name: str
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / name).write_bytes(b"somebody's")
    with pytest.raises(StorageError):
        saved(house, tmp_path / "other")
    assert (tmp_path / "other" / name).read_bytes() == b"somebody's"
    with Wheelhouse.open(tmp_path / "theirs") as another:
        add(another, make_wheel(tmp_path, "theirs", "1"))
    with pytest.raises(StorageError, match="no backup"):
        saved(house, tmp_path / "theirs")


def test_the_next_backup_copies_what_is_new_and_drops_what_went(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    assert saved(house, tmp_path / "backup").new_count == 0
    add(house, make_wheel(tmp_path, "new", "1"))
    changes.remove(house, [parse_subject("other")])
    sweep(house, clock=lambda: LATER)

    done = saved(house, tmp_path / "backup")

    assert (done.generation, done.file_count, done.new_count) == (5, 4, 1)
    blobs = (tmp_path / "backup" / "files" / "sha256").glob("*/*")
    assert len(list(blobs)) == 4


@pytest.mark.parametrize(
    "loss",
    [
        shutil.rmtree,
        lambda home: (home / "wheelhouse.sqlite").unlink(),
        lambda home: (home / "wheelhouse.sqlite").write_bytes(b"x" * 9000),
        lambda home: (home / "wheelhouse.sqlite").write_bytes(b""),
        lambda home: shutil.rmtree(home / "files"),
    ],
    ids=["all", "database", "damaged database", "empty database", "files"],
)
def test_what_was_lost_is_restored(
    house: Wheelhouse, tmp_path: Path, loss: Callable[[Path], object]
) -> None:
    before = [house.files_of(DEMO, number) for number in range(4)]
    saved(house, tmp_path / "backup")
    house.close()
    loss(house.home)

    done = restored(house.home, tmp_path / "backup")

    assert (done.generation, done.lost) == (3, 0)
    with Wheelhouse.open(house.home) as again:
        assert [again.files_of(DEMO, number) for number in range(4)] == before
        assert verify(again, tmp_path / "cache").damages == ()
        assert again.journal()[-1].action == "restore"


def test_a_database_that_others_have_open_is_replaced_under_them(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    changes.remove(house, [parse_subject("other")])
    restored(house.home, tmp_path / "backup", is_forced=True)
    assert house.projects() == ("demo", "other")
    add(house, make_wheel(tmp_path, "new", "1"))
    assert len(house.projects()) == 3
    assert verify(house, tmp_path / "cache").damages == ()


def test_what_would_be_lost_is_said_first_and_numbers_are_not_given_again(
    house: Wheelhouse, tmp_path: Path
) -> None:
    frozen = house.files_of(DEMO, 3)
    saved(house, tmp_path / "backup")
    changes.yank(house, [parse_subject("demo")], "old")
    changes.remove(house, [parse_subject("other")])
    with pytest.raises(RestoreLosesError, match="2 generations"):
        restored(house.home, tmp_path / "backup")
    assert house.generation() == 5

    done = restored(house.home, tmp_path / "backup", is_forced=True)

    assert (done.lost, done.generation) == (2, 6)
    assert house.generation() == 6
    assert house.files_of(DEMO) == house.files_of(DEMO, 3) == frozen
    with pytest.raises(UnknownGenerationError, match="a restore has lost it"):
        house.files_of(DEMO, 4)
    assert list(house.home.glob("before-restore-*.sqlite"))
    assert verify(house, tmp_path / "cache").damages == ()


def test_what_was_withdrawn_after_the_backup_stays_withdrawn(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    changes.withdraw(house, [parse_subject(WHEEL)], "malware")
    restored(house.home, tmp_path / "backup", is_forced=True)
    assert WHEEL not in [file.filename for file in house.files_of(DEMO)]
    [old] = house.files_of(DEMO, 1)
    assert old.withdrawn == "malware"


def test_what_came_and_was_withdrawn_after_the_backup_does_not_come_again(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    evil = make_wheel(tmp_path, "evil", "1")
    add(house, evil)
    changes.withdraw(house, [parse_subject("evil")], "malware")
    for lost in (2, 1):  # The second restore finds what the first one has kept.
        done = restored(house.home, tmp_path / "backup", is_forced=True)
        assert done.lost >= lost
        with pytest.raises(WithdrawnFileError, match="malware"):
            add(house, evil)
        assert house.files_of(canonicalize_name("evil")) == ()
        assert verify(house, tmp_path / "cache").damages == ()
    saved(house, tmp_path / "other backup")
    sweep(house, clock=lambda: LATER)
    assert verify(house, tmp_path / "cache").damages == ()


def test_what_another_wheelhouse_has_withdrawn_is_known_by_its_bytes(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    own = make_wheel(tmp_path / "own", "demo", "1.0", files={"demo/own.py": "1"})
    with Wheelhouse.open(tmp_path / "there") as there:
        add(there, own)
        changes.withdraw(there, [parse_subject("demo")], "malware")
    restored(tmp_path / "there", tmp_path / "backup", is_forced=True)
    with Wheelhouse.open(tmp_path / "there") as there:
        assert WHEEL in [file.filename for file in there.files_of(DEMO)]


def test_a_damaged_wheelhouse_leaves_the_backup_as_it_was(
    house: Wheelhouse, tmp_path: Path
) -> None:
    saved(house, tmp_path / "backup")
    add(house, make_wheel(tmp_path, "new", "1"))
    blob_of(house, "new-1-py3-none-any.whl").unlink()
    with pytest.raises(CorruptStoredFileError, match="new-1"):
        saved(house, tmp_path / "backup")
    with Wheelhouse.open_to_read(tmp_path / "backup") as copy:
        assert copy.generation() == 3
        assert verify(copy, tmp_path / "cache").damages == ()


def test_a_damaged_backup_changes_nothing(house: Wheelhouse, tmp_path: Path) -> None:
    saved(house, tmp_path / "backup")
    with Wheelhouse.open(tmp_path / "backup") as copy:
        blob_of(copy, WHEEL).unlink()
    blob_of(house, WHEEL).unlink()
    with pytest.raises(CorruptStoredFileError, match=WHEEL):
        restored(house.home, tmp_path / "backup")
    assert house.generation() == 3


def test_what_is_no_backup_is_refused(house: Wheelhouse, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    for refused in (
        lambda: saved(house, other),
        lambda: saved(house, house.home),
        lambda: saved(house, house.home / "files"),
        lambda: saved(house, tmp_path),
        lambda: restored(house.home, other),
        lambda: restored(house.home, tmp_path / "missing"),
    ):
        with pytest.raises(StorageError):
            refused()
    assert sorted(path.name for path in other.iterdir()) == ["letter.txt"]


def test_the_backup_of_another_wheelhouse_is_not_written_over(
    house: Wheelhouse, tmp_path: Path
) -> None:
    with Wheelhouse.open(tmp_path / "second") as second:
        add(second, make_wheel(tmp_path, "new", "1"))
        saved(second, tmp_path / "backup")
        with pytest.raises(AxletreeError, match="another wheelhouse"):
            saved(house, tmp_path / "backup")


def test_listings_of_variants_come_back_and_stay_withdrawn(
    house: Wheelhouse, tmp_path: Path
) -> None:
    kept, lost = "demo-1.0-variants.json", "demo-2.0-variants.json"
    enter(house, [coming(b'{"variants": {}}', filename=kept)])
    saved(house, tmp_path / "backup")
    enter(house, [coming(b'{"variants": {}}', filename=lost)])
    variants_changes.withdraw(house, [kept, lost], "by law")
    house.close()

    restored(house.home, tmp_path / "backup", is_forced=True)

    with Wheelhouse.open(house.home) as again:
        assert again.variants.of(DEMO) == ()
        refused = enter(
            again, [coming(b"{}", filename=kept), coming(b"{}", filename=lost)]
        )
        assert [type(error) for _, error in refused.refused] == [WithdrawnFileError] * 2
        assert again.generation() > 5
    restored(tmp_path / "elsewhere", tmp_path / "backup")
    with Wheelhouse.open_to_read(tmp_path / "elsewhere") as copy:
        [listed] = copy.variants.of(DEMO)
        assert copy.variants.content(listed) == b'{"variants": {}}'
