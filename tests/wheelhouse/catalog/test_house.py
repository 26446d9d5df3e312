import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    DatabaseError,
    LostDatabaseError,
    StorageError,
)
from axletree.wheelhouse.model import Collection, IncomingFile, StoredFile
from axletree.wheelhouse.store.files import digest_of
from tests.support.damage import DAMAGES, spoil
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel

DEMO = canonicalize_name("demo")


def add(wheelhouse: Wheelhouse, path: Path) -> StoredFile:
    file = IncomingFile(
        path=path, filename=path.name, origin="test", strictness="lenient"
    )
    return publish(wheelhouse, [file]).new[0]


def test_a_new_wheelhouse_is_empty_and_private(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"

    with Wheelhouse.open(home) as wheelhouse:
        assert wheelhouse.generation() == 0
        assert wheelhouse.projects() == ()
        assert wheelhouse.files_of(DEMO) == ()
        assert wheelhouse.find("demo-1.0-py3-none-any.whl") is None

    assert home.stat().st_mode & 0o777 == 0o700


def test_a_wheelhouse_is_found_again(tmp_path: Path) -> None:
    with Wheelhouse.open(tmp_path / "home % #") as wheelhouse:
        stored = add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))

    with Wheelhouse.open(tmp_path / "home % #") as again:
        assert again.find(stored.filename) == stored


def test_an_earlier_generation_stays_readable(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    first = add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    add(wheelhouse, make_wheel(tmp_path, "demo", "2.0"))
    add(wheelhouse, make_wheel(tmp_path, "other", "1.0"))

    assert wheelhouse.files_of(DEMO, generation=1) == (first,)
    assert wheelhouse.projects(generation=2) == ("demo",)
    assert wheelhouse.projects() == ("demo", "other")


def test_an_unbuilt_sdist_has_no_metadata(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    stored = add(
        wheelhouse, make_sdist(tmp_path, "demo", "1.0", metadata_version="2.1")
    )

    assert stored.metadata_sha256 is None
    with pytest.raises(CorruptStoredFileError):
        wheelhouse.metadata_of(stored)


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_bytes_are_noticed_and_never_laid_out(
    wheelhouse: Wheelhouse, tmp_path: Path, how: str
) -> None:
    damaged = add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    intact = add(wheelhouse, make_wheel(tmp_path, "demo", "2.0"))
    spoil(wheelhouse, damaged.sha256, how)
    out = tmp_path / "out"

    with pytest.raises(CorruptStoredFileError) as caught:
        wheelhouse.check(damaged)
    with pytest.raises(CorruptStoredFileError):
        wheelhouse.lay_out(damaged, out)

    assert caught.value.exit_code == 4
    assert not out.exists()
    names = [damaged.filename, intact.filename, "other-1.0.tar.gz"]
    assert wheelhouse.intact(names) == {intact.filename}
    wheelhouse.lay_out(intact, out)
    assert digest_of(out) == intact.sha256


def test_a_file_that_cannot_be_laid_out_is_no_damage(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    stored = add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))

    with pytest.raises(StorageError):
        wheelhouse.lay_out(stored, tmp_path / "no" / "such" / "folder")


@pytest.mark.local
def test_changed_metadata_is_noticed(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    stored = add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    with sqlite3.connect(wheelhouse.database.where) as connection:
        connection.execute("UPDATE metadata SET content = x'00'")
    connection.close()

    with pytest.raises(CorruptStoredFileError):
        wheelhouse.metadata_of(stored)


def collection(requirements: str) -> Collection:
    return Collection(
        key="k",
        requirements=requirements,
        environment="Python 3.9 on linux",
        exclude_newer=datetime(2022, 2, 1, tzinfo=UTC),
        pins={"demo": "1.0"},
        filenames=("demo-1.0-py3-none-any.whl",),
        generation=0,
        recorded_at=datetime(2022, 2, 1, tzinfo=UTC),
    )


def test_a_finished_collect_is_remembered(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    assert wheelhouse.find_collection("k") is None

    wheelhouse.record_collection(collection("demo"), actor="ann")
    recorded = wheelhouse.record_collection(collection("demo==1.0"), actor="ann")

    assert wheelhouse.find_collection("k") == recorded
    assert recorded.requirements == "demo==1.0"
    assert recorded.generation == 1
    assert recorded.recorded_at.tzinfo is UTC
    assert [entry.action for entry in wheelhouse.journal()] == [
        "publish",
        "collect",
        "collect",
    ]


def test_many_threads_may_publish_and_read(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    paths = [make_wheel(tmp_path, "demo", f"1.{n}") for n in range(8)]

    def publish_and_count(path: Path) -> int:
        add(wheelhouse, path)
        return len(wheelhouse.files_of(DEMO))

    with ThreadPoolExecutor(max_workers=4) as pool:
        counts = list(pool.map(publish_and_count, paths))

    assert max(counts) == wheelhouse.generation() == 8


PUBLISHER = """
import sys
from pathlib import Path
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.catalog.publish import publish

with Wheelhouse.open(Path(sys.argv[1])) as wheelhouse:
    for path in map(Path, sys.argv[2:]):
        publish(wheelhouse, [IncomingFile(path=path, filename=path.name, origin="t")])
"""


@pytest.mark.slow
def test_many_processes_may_make_it_and_publish_at_once(tmp_path: Path) -> None:
    paths = [make_wheel(tmp_path, "demo", f"1.{n}") for n in range(6)]

    running = [
        subprocess.Popen([sys.executable, "-c", PUBLISHER, tmp_path / "home", *own])
        for own in (paths[:3], paths[3:], paths[1:5])
    ]

    assert [process.wait() for process in running] == [0, 0, 0]
    with Wheelhouse.open(tmp_path / "home") as wheelhouse:
        assert len(wheelhouse.files_of(DEMO)) == wheelhouse.generation() == 6


def damage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def leave_nothing(path: Path) -> None:
    path.write_bytes(b"")


def leave_nothing_beside_a_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"what was written last")
    path.write_bytes(b"")


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


OPENINGS = (Wheelhouse.open, Wheelhouse.open_to_read)


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damage, "damaged"),
        (truncate, "damaged"),
        (leave_nothing, "is empty"),
        (leave_nothing_beside_a_log, "is empty"),
        (put_a_folder, "is not a file"),
        (make_newer, "unknown format 9999"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_error_and_stays(
    tmp_path: Path,
    opening: Callable[[Path], Wheelhouse],
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    home = tmp_path / "home"
    publish_all(home, [make_wheel(tmp_path, "demo", "1.0")])
    spoil(home / "wheelhouse.sqlite")
    before = bytes_in(home)

    with pytest.raises(DatabaseError, match=said) as caught:
        opening(home)

    assert caught.value.exit_code == 3
    assert caught.value.where == str(home / "wheelhouse.sqlite")
    assert bytes_in(home) == before


def test_another_program_s_database_is_one_clear_error(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "wheelhouse.sqlite") as connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()

    with pytest.raises(DatabaseError, match="not made by Axletree"):
        Wheelhouse.open(tmp_path)


def bytes_in(home: Path) -> dict[Path, bytes]:
    # SQLite's shared memory tells nothing.
    paths = [path for path in home.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in paths if path.suffix != ".sqlite-shm"}


def remove(home: Path) -> None:
    (home / "wheelhouse.sqlite").unlink()


def remove_all_but_files(home: Path) -> None:
    remove(home)
    (home / "publish.lock").unlink()


def remove_all_but_the_log(home: Path) -> None:
    shutil.rmtree(home / "files")
    (home / "wheelhouse.sqlite").rename(home / "wheelhouse.sqlite-wal")


def link_to_nowhere(home: Path) -> None:
    remove(home)
    (home / "wheelhouse.sqlite").symlink_to(home.parent / "unmounted" / "database")


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize(
    "lose", [remove, remove_all_but_files, remove_all_but_the_log, link_to_nowhere]
)
def test_a_lost_database_is_never_made_anew(
    tmp_path: Path,
    opening: Callable[[Path], Wheelhouse],
    lose: Callable[[Path], None],
) -> None:
    home = tmp_path / "home"
    publish_all(home, [make_wheel(tmp_path, "demo", "1.0")])
    lose(home)
    before = bytes_in(home)

    with pytest.raises(LostDatabaseError, match="lost its database") as caught:
        opening(home)

    assert (caught.value.exit_code, caught.value.reference) == (3, "database-lost")
    assert "restore" in caught.value.hint
    assert bytes_in(home) == before


def test_a_lost_database_that_is_restored_is_as_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish_all(home, [make_wheel(tmp_path, "demo", "1.0")])
    (home / "wheelhouse.sqlite").rename(tmp_path / "backup")
    with pytest.raises(LostDatabaseError):
        Wheelhouse.open(home)
    (tmp_path / "backup").rename(home / "wheelhouse.sqlite")

    with Wheelhouse.open(home) as wheelhouse:
        assert len(wheelhouse.files_of(DEMO)) == 1


def test_an_empty_folder_becomes_a_wheelhouse(tmp_path: Path) -> None:
    (tmp_path / "home" / "files" / "sha256" / "ab").mkdir(parents=True)

    with Wheelhouse.open(tmp_path / "home") as wheelhouse:
        assert wheelhouse.generation() == 0


@pytest.mark.local
@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE files SET upload_time = 'yesterday'",
        "UPDATE files SET entered_at = 7",
        "UPDATE files SET sha256 = '../../../etc/passwd'",
        "UPDATE files SET sha256 = 7",
        "UPDATE files SET size_bytes = 'large'",
        "UPDATE files SET project = 'other'",
        "UPDATE listings SET project = x'ff'",
        "UPDATE listings SET yanked = x'ff'",
        "UPDATE files SET filename = '../demo-1.0-py3-none-any.whl'",
        "UPDATE files SET requires_python = x'03'",
        "UPDATE collections SET filenames = '[1]'",
        "UPDATE journal SET subjects = '{'",
        "UPDATE journal SET subjects = x'ff'",
    ],
)
def test_a_damaged_row_is_one_clear_error(
    wheelhouse: Wheelhouse, tmp_path: Path, spoil: str
) -> None:
    add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    wheelhouse.record_collection(collection("demo"))
    with sqlite3.connect(wheelhouse.database.where) as connection:
        connection.execute(spoil)
    connection.close()

    readers: dict[str, Callable[[], object]] = {
        "journal": wheelhouse.journal,
        "SET project = x": wheelhouse.projects,
        "collections": lambda: wheelhouse.find_collection("k"),
    }
    named = [reader for name, reader in readers.items() if f" {name}" in spoil]
    read = named[0] if named else lambda: wheelhouse.files_of(DEMO)
    with pytest.raises(DatabaseError, match="damaged"):
        read()


def test_a_home_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(StorageError):
        Wheelhouse.open(tmp_path / "home")
