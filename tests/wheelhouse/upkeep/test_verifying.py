"""A check names all that is not as it was, goes on after a stop, and puts back."""

import hashlib
import shutil
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.errors import FilesUnreachableError
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.sets.keeping import add_set
from axletree.wheelhouse.sets.records import SetText, Target
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.verifying import Verified, Verifier, repair
from tests.support.damage import DAMAGES, spoil
from tests.support.wheels import make_wheel
from tests.wheelhouse.upkeep.conftest import LATER

pytestmark = pytest.mark.slow

DEMO = canonicalize_name("demo")
WHEEL = "demo-1.0-py3-none-any.whl"


def verify(house: Wheelhouse, folder: Path, *, is_through: bool = True) -> Verified:
    with ProgressFile.open(folder, house.home, is_fresh=False) as known:
        found = Verifier(house=house, progress=known).verify()
        if is_through:
            known.end()
    return found


def digest(house: Wheelhouse, filename: str) -> Sha256:
    stored = house.find_kept(filename)
    assert stored is not None
    return stored.sha256


def blob_of(house: Wheelhouse, filename: str) -> Path:
    stored = house.find_kept(filename)
    assert stored is not None
    return Path(house.place_of(stored))


def test_all_is_well_where_nothing_was_done(house: Wheelhouse, tmp_path: Path) -> None:
    changes.yank(house, [parse_subject("demo")], "old")
    changes.remove(house, [parse_subject("other")])
    changes.withdraw(house, [parse_subject(WHEEL)], "malware")
    sweep(house, clock=lambda: LATER)

    found = verify(house, tmp_path / "cache")

    assert (found.damages, found.file_count, found.unnamed_count) == ((), 2, 0)


def test_nothing_is_lost_because_something_else_answers(
    house: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: object) -> None:
        raise FilesUnreachableError("what answers is no S3 server")

    spoil(house, digest(house, WHEEL), "flipped")
    monkeypatch.setattr(type(house.files), "ask", ask)

    with pytest.raises(FilesUnreachableError):
        verify(house, tmp_path / "cache")


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_blob_is_named_and_put_back(
    house: Wheelhouse, tmp_path: Path, how: str
) -> None:
    spoil(house, digest(house, WHEEL), how)

    found = verify(house, tmp_path / "cache")

    [only] = found.damages
    assert only.name == WHEEL
    assert only.kind in {"bytes-missing", "bytes-changed"}
    other = tmp_path / "elsewhere" / "deep"
    other.mkdir(parents=True)
    shutil.copy(tmp_path / "files" / WHEEL, other / "called otherwise")
    assert repair(house, found.damages, tmp_path / "elsewhere") == [WHEEL]
    assert verify(house, tmp_path / "cache").damages == ()
    assert house.journal()[-1].action == "repair"


def test_what_is_not_in_the_folder_stays_damaged(
    house: Wheelhouse, tmp_path: Path
) -> None:
    spoil(house, digest(house, WHEEL), "gone")
    found = verify(house, tmp_path / "cache")
    (tmp_path / "empty").mkdir()
    assert repair(house, found.damages, tmp_path / "empty") == []
    assert verify(house, tmp_path / "cache").damages == found.damages


ROWS = {
    "UPDATE metadata SET content = x'00'": "metadata-changed",
    "UPDATE files SET size_bytes = 1 WHERE version = '2.0'": "row",
    "UPDATE files SET size_bytes = 'x' WHERE version = '2.0'": "row",
    "UPDATE files SET entered_at = 'noon' WHERE version = '2.0'": "row",
    "UPDATE files SET requires_python = '>=9' WHERE version = '2.0'": "row",
    "UPDATE files SET version = '3.0' WHERE version = '2.0'": "row",
    "UPDATE files SET metadata_sha256 = NULL WHERE version = '2.0'": "row",
    "UPDATE listings SET project = 'other'": "database",
    "INSERT INTO policies(since, name, content) VALUES (1, 'p', 'x = 1')": "database",
    "INSERT INTO policies(since, name, content) VALUES (1, 'p', x'ff')": "database",
    "UPDATE listings SET since = 99 WHERE id = 1": "database",
    "INSERT INTO listings (file_id, project, since, is_by_hand)"
    " VALUES (1, 'demo', 2, 0)": "database",
    "DELETE FROM listings WHERE id = 1": "row",
    "PRAGMA foreign_keys = OFF; DELETE FROM metadata": "metadata-missing",
    "DELETE FROM tallies": "sums",
}


@pytest.mark.local
@pytest.mark.parametrize("statement", ROWS)
def test_rows_are_held_against_the_files_and_each_other(
    house: Wheelhouse, tmp_path: Path, statement: str
) -> None:
    connection = sqlite3.connect(house.database.where)
    connection.executescript(statement)
    connection.close()

    found = verify(house, tmp_path / "cache")

    assert ROWS[statement] in {each.kind for each in found.damages}


@pytest.mark.local
def test_false_sums_are_named_and_added_up_again(
    house: Wheelhouse, tmp_path: Path
) -> None:
    connection = sqlite3.connect(house.database.where)
    connection.executescript(
        "UPDATE tallies SET file_count = 9, size_bytes = 'x' WHERE project = 'demo'"
    )
    connection.close()
    found = verify(house, tmp_path / "cache")
    assert [(each.kind, each.name) for each in found.damages] == [("sums", "demo")]
    (tmp_path / "empty").mkdir()
    assert repair(house, found.damages, tmp_path / "empty") == ["demo"]
    assert verify(house, tmp_path / "cache").damages == ()


@pytest.mark.local
def test_lost_metadata_is_taken_from_its_own_file(
    house: Wheelhouse, tmp_path: Path
) -> None:
    connection = sqlite3.connect(house.database.where)
    connection.executescript("DELETE FROM metadata")
    connection.close()
    found = verify(house, tmp_path / "cache")
    (tmp_path / "empty").mkdir()
    repair(house, found.damages, tmp_path / "empty")
    assert verify(house, tmp_path / "cache").damages == ()


@pytest.mark.local
def test_a_wheel_whose_record_lies_is_told_though_its_hash_is_right(
    house: Wheelhouse, tmp_path: Path
) -> None:
    honest = make_wheel(tmp_path / "honest", "demo", "1.0", files={"demo/a.py": b"1"})
    lying = tmp_path / "lying.whl"
    with ZipFile(honest) as source, ZipFile(lying, "w") as target:
        for name in source.namelist():
            is_changed = name == "demo/a.py"
            target.writestr(name, b"2" if is_changed else source.read(name))
    content = lying.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    blob = house.home / "files" / "sha256" / digest[:2] / digest
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    connection = sqlite3.connect(house.database.where)
    connection.execute(
        "UPDATE files SET sha256 = ?, size_bytes = ? WHERE filename = ?",
        (digest, len(content), WHEEL),
    )
    connection.commit()
    connection.close()

    found = verify(house, tmp_path / "cache")

    assert found.flaws == (f"{WHEEL}: RECORD has another hash or size for demo/a.py",)


@pytest.mark.local
def test_a_file_that_would_not_be_let_in_is_found_though_its_hash_is_right(
    house: Wheelhouse, tmp_path: Path
) -> None:
    content = b"no wheel at all"
    digest = hashlib.sha256(content).hexdigest()
    blob = house.home / "files" / "sha256" / digest[:2] / digest
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    connection = sqlite3.connect(house.database.where)
    connection.execute(
        "UPDATE files SET sha256 = ? WHERE filename = ?", (digest, WHEEL)
    )
    connection.commit()
    connection.close()

    found = verify(house, tmp_path / "cache")

    assert [(each.kind, each.name) for each in found.damages] == [("content", WHEEL)]


def test_a_check_that_was_stopped_goes_on(house: Wheelhouse, tmp_path: Path) -> None:
    first = verify(house, tmp_path / "cache", is_through=False)
    second = verify(house, tmp_path / "cache", is_through=False)
    assert (first.known_count, second.known_count) == (0, 4)

    spoil(house, digest(house, WHEEL), "flipped")
    third = verify(house, tmp_path / "cache")
    assert third.known_count == 3
    assert [each.name for each in third.damages] == [WHEEL]

    assert verify(house, tmp_path / "cache").known_count == 0


def test_a_cut_off_note_of_what_was_sound_counts_for_nothing(
    house: Wheelhouse, tmp_path: Path
) -> None:
    verify(house, tmp_path / "cache", is_through=False)
    [note] = (tmp_path / "cache").iterdir()
    note.write_bytes(note.read_bytes()[:-3] + b"\xff\x00")
    assert verify(house, tmp_path / "cache").known_count == 3


SET_DAMAGES = {
    "UPDATE set_outcomes SET lock = 'x'": "the lock of a requirement set cannot be read",
    "UPDATE set_versions SET requirements = '-r /etc/passwd'": (
        "the text of a requirement set cannot be read"
    ),
    "UPDATE set_versions SET environments = '7'": "the requirement sets cannot be read",
    """UPDATE set_versions SET environments = '[["x", "y"]]'""": (
        "the requirement sets cannot be read"
    ),
    "UPDATE set_outcomes SET result = 'fine'": "the requirement sets cannot be read",
    "UPDATE set_states SET generation = 99": (
        "a requirement set was checked in a generation that is not there"
    ),
    "UPDATE set_lock_files SET filename = 'other'": (
        "a requirement set is locked with a file that is not there"
    ),
    "UPDATE files SET swept_at = '2026-01-01 00:00:00.000000'": (
        "a requirement set is locked with a file whose bytes are gone"
    ),
    "DELETE FROM set_outcomes": "belongs to one of set_outcomes that is not there",
}


@pytest.mark.local
@pytest.mark.parametrize("damage", SET_DAMAGES)
def test_a_damaged_set_is_named(house: Wheelhouse, tmp_path: Path, damage: str) -> None:
    text, target = (
        SetText(requirements="other\n"),
        Target(python_version="3.9", platform="linux"),
    )
    add_set(house, "jupyter", text, [target])
    assert verify(house, tmp_path / "cache").damages == ()
    with sqlite3.connect(house.home / "wheelhouse.sqlite") as database:
        database.execute(damage)

    found = [each.what for each in verify(house, tmp_path / "cache").damages]

    assert [what for what in found if SET_DAMAGES[damage] in what]
