"""What nothing needs goes, and what pinned generations list does not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.errors import GoneGenerationError, StorageError
from axletree.wheelhouse.upkeep.gc import plan_sweep, sweep
from axletree.wheelhouse.upkeep.usage import measure
from tests.support.wheels import make_wheel
from tests.wheelhouse.upkeep.conftest import LATER, add

DEMO = canonicalize_name("demo")
WHEEL = "demo-1.0-py3-none-any.whl"


def gc(house: Wheelhouse) -> tuple[list[str], tuple[int, ...]]:
    planned = plan_sweep(house, clock=lambda: LATER)
    done = sweep(house, clock=lambda: LATER)
    assert done == planned
    return [each.file.stored.filename for each in done.files], done.gone


def blobs(house: Wheelhouse) -> int:
    return len(list(house.files.blobs()))


def test_what_is_listed_now_stays(house: Wheelhouse) -> None:
    changes.yank(house, [parse_subject("demo")], "old")
    assert gc(house) == ([], ())
    assert blobs(house) == 4


def test_a_removed_file_goes_and_the_generations_that_list_it_are_gone(
    house: Wheelhouse, tmp_path: Path
) -> None:
    changes.remove(house, [parse_subject(WHEEL)])

    assert gc(house) == ([WHEEL], (1, 2, 3))

    assert blobs(house) == 3
    for number in (1, 2, 3):
        with pytest.raises(GoneGenerationError, match=f"gc took {WHEEL}"):
            house.files_of(DEMO, number)
    assert len(house.files_of(DEMO, 4)) == 2
    assert house.find_kept(WHEEL) is None
    assert [entry.action for entry in house.journal()][-1] == "gc"
    assert gc(house) == ([], ())
    add(house, tmp_path / "files" / WHEEL)
    assert len(house.files_of(DEMO)) == 3
    with pytest.raises(GoneGenerationError):
        house.files_of(DEMO, 1)


def test_what_a_pinned_generation_lists_stays_until_its_day(
    house: Wheelhouse,
) -> None:
    before = house.files_of(DEMO, 2)
    changes.pin(house, 2, "image", LATER + timedelta(days=1))
    changes.remove(house, [parse_subject("demo")])

    names, gone = gc(house)
    assert (names, gone) == (["demo-2.0-py3-none-any.whl"], (3,))
    assert house.files_of(DEMO, 2) == before
    for file in before:
        house.check(file)

    over = LATER + timedelta(days=2)
    assert len(sweep(house, clock=lambda: over).files) == 2
    with pytest.raises(GoneGenerationError):
        changes.pin(house, 2, "")


def test_a_withdrawn_file_goes_and_its_generations_stay(house: Wheelhouse) -> None:
    changes.pin(house, 1, "image")
    changes.withdraw(house, [parse_subject(WHEEL)], "malware")

    assert gc(house) == ([WHEEL], ())

    [file] = house.files_of(DEMO, 1)
    assert file.withdrawn == "malware"
    assert blobs(house) == 3


def test_what_was_written_within_a_day_is_spared(house: Wheelhouse) -> None:
    changes.remove(house, [parse_subject("demo")])
    [other] = house.files_of(canonicalize_name("other"))
    with house.files.local_copy(other.sha256) as path:
        house.files.put(other.sha256, path)
    done = sweep(house)
    assert (done.files, done.spared, done.freed_bytes) == ((), 3, 0)
    assert blobs(house) == 4


@pytest.mark.local
def test_bytes_that_no_file_has_go(house: Wheelhouse) -> None:
    stray = house.home / "files" / "sha256" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left")
    (stray.parent / "notes.txt").write_text("not ours")

    done = sweep(house, clock=lambda: LATER)

    assert [blob.sha256 for blob in done.unnamed] == [stray.name]
    assert done.freed_bytes == 4
    assert not stray.exists()
    assert (stray.parent / "notes.txt").exists()


def test_usage_says_what_gc_would_free(house: Wheelhouse) -> None:
    before = measure(house, clock=lambda: LATER)
    assert (before.file_count, before.free_bytes) == (4, 0)
    assert {name for name, _ in before.projects} == {"demo", "other"}
    [size] = [f.size_bytes for f in house.files_of(DEMO) if f.filename == WHEEL]
    changes.remove(house, [parse_subject(WHEEL)])

    after = measure(house, clock=lambda: LATER)

    assert after.free_bytes == size
    assert after.files_bytes == before.files_bytes
    assert after.database_bytes > 0


@pytest.mark.local
def test_files_of_another_wheelhouse_are_not_taken(
    house: Wheelhouse, tmp_path: Path
) -> None:
    with Wheelhouse.open(tmp_path / "other") as other:
        add(other, make_wheel(tmp_path / "theirs", "theirs", "1.0"))
        mixed = replace(house, files=other.files)
        with pytest.raises(StorageError, match="another wheelhouse's"):
            sweep(mixed, clock=lambda: LATER)
        assert blobs(other) == 1
