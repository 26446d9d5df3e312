"""A database that may not be written: which way it is read, and that it is followed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import (
    DatabaseError,
    DatabaseLockedError,
    LostDatabaseError,
    ReadOnlyWheelhouseError,
)
from axletree.wheelhouse.sql import (
    database,
    database_access,
    database_copy,
    databases,
    state_queries,
)
from axletree.wheelhouse.sql.database import SqliteDatabase
from axletree.wheelhouse.sql.database_access import find_access
from tests.support.read_only import held_open
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a wheelhouse at generation 1 that is closed."""
    publish_all(tmp_path / "home", [make_wheel(tmp_path, "demo", "1.0")])
    return tmp_path / "home"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a temporary folder of its own."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    """Let nothing be written, though another file system's user may."""
    del scratch
    monkeypatch.setattr(database_access, "is_writable", lambda _: False)
    monkeypatch.setattr(database, "is_writable", lambda _: False)


@pytest.fixture
def opened(home: Path, unwritable: None) -> Iterator[Wheelhouse]:
    del unwritable
    with Wheelhouse.open_to_read(home) as wheelhouse:
        yield wheelhouse


def kind(wheelhouse: Wheelhouse) -> str:
    return way(wheelhouse).access.kind


def way(wheelhouse: Wheelhouse) -> database._Way:
    assert isinstance(wheelhouse.database, SqliteDatabase)
    return wheelhouse.database.way


def publish_next(writer: sqlite3.Connection) -> None:
    writer.execute(
        "INSERT INTO generations (number, made_at) SELECT max(number) + 1, '2026-01-01' FROM generations"
    )


def as_file_system(
    monkeypatch: pytest.MonkeyPatch, name: str, *, is_read_only: bool
) -> None:
    told = name, is_read_only
    monkeypatch.setattr(database_access, "_filesystem_of", lambda _: told)
    monkeypatch.setattr(
        database_access, "_is_mounted_read_only", lambda _: is_read_only
    )


def test_what_can_be_written_is_opened_in_place(home: Path, scratch: Path) -> None:
    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert kind(wheelhouse) == "written"
        assert wheelhouse.generation() == 1
    assert list(scratch.iterdir()) == []


def test_a_closed_one_is_copied_and_the_copy_goes_with_it(
    home: Path, scratch: Path, unwritable: None
) -> None:
    del unwritable
    before = sorted(home.iterdir())
    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert (kind(wheelhouse), wheelhouse.generation()) == ("copied", 1)
        assert len(list(scratch.iterdir())) == 1
    assert list(scratch.iterdir()) == []
    assert sorted(home.iterdir()) == before


def test_a_writer_is_followed_as_it_comes_and_goes(
    home: Path, opened: Wheelhouse
) -> None:
    assert (kind(opened), opened.generation()) == ("copied", 1)
    with held_open(home) as writer:
        publish_next(writer)
        assert (opened.generation(), kind(opened)) == (2, "live")
        publish_next(writer)
        assert opened.generation() == 3
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        publish_next(writer)
        assert opened.generation() == 4
    assert opened.generation() == 4
    with held_open(home) as writer:
        publish_next(writer)
        assert opened.generation() == 5


def test_a_writer_that_takes_its_log_along_is_survived(
    home: Path, opened: Wheelhouse
) -> None:
    with held_open(home) as writer:
        publish_next(writer)
        assert (opened.generation(), kind(opened)) == (2, "live")
        # No connection of ours is left that would keep the log in its place.
        way(opened).engine.dispose()
    assert not (home / "wheelhouse.sqlite-wal").exists()

    assert (opened.generation(), kind(opened)) == (2, "copied")


def test_each_commit_is_seen_through_copies(
    home: Path, monkeypatch: pytest.MonkeyPatch, unwritable: None
) -> None:
    del unwritable
    as_file_system(monkeypatch, "nfs4", is_read_only=False)
    with Wheelhouse.open_to_read(home) as wheelhouse, held_open(home) as writer:
        for generation in range(2, 5):
            publish_next(writer)
            assert (wheelhouse.generation(), kind(wheelhouse)) == (generation, "copied")


@pytest.mark.parametrize("has_shm", [True, False])
def test_what_a_killed_writer_left_in_the_log_is_read(
    home: Path, unwritable: None, *, has_shm: bool
) -> None:
    del unwritable
    program = (
        "import os, signal, sqlite3, sys\n"
        "writer = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "writer.execute(\"INSERT INTO generations (number, made_at) VALUES (2, '2026-01-01')\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = home / "wheelhouse.sqlite"
    ended = subprocess.run([sys.executable, "-c", program, path], check=False)
    assert ended.returncode == -signal.SIGKILL
    if not has_shm:
        (home / "wheelhouse.sqlite-shm").unlink()

    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert wheelhouse.generation() == 2


def test_a_read_only_file_system_is_read_in_place(
    home: Path, monkeypatch: pytest.MonkeyPatch, scratch: Path, unwritable: None
) -> None:
    del unwritable
    as_file_system(monkeypatch, "squashfs", is_read_only=True)

    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert (kind(wheelhouse), wheelhouse.generation()) == ("frozen", 1)
        assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "is_read_only"),
    [("ext4", False), ("nfs4", True), ("overlay", True), ("", True)],
)
def test_what_another_may_write_is_never_taken_for_frozen(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    unwritable: None,
    name: str,
    *,
    is_read_only: bool,
) -> None:
    del unwritable
    as_file_system(monkeypatch, name, is_read_only=is_read_only)

    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert (kind(wheelhouse), wheelhouse.generation()) == ("copied", 1)


def test_a_log_on_a_read_only_file_system_is_read_as_well(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unwritable: None
) -> None:
    del unwritable
    carried = tmp_path / "carried"
    with held_open(home) as writer:
        publish_next(writer)
        shutil.copytree(home, carried, ignore=shutil.ignore_patterns("*-shm"))
    as_file_system(monkeypatch, "iso9660", is_read_only=True)

    with Wheelhouse.open_to_read(carried) as wheelhouse:
        assert (wheelhouse.generation(), kind(wheelhouse)) == (2, "copied")


def test_a_file_system_that_becomes_writable_is_frozen_no_longer(
    home: Path, monkeypatch: pytest.MonkeyPatch, unwritable: None
) -> None:
    del unwritable
    as_file_system(monkeypatch, "ext4", is_read_only=True)
    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert (wheelhouse.generation(), kind(wheelhouse)) == (1, "frozen")
        as_file_system(monkeypatch, "ext4", is_read_only=False)
        assert (wheelhouse.generation(), kind(wheelhouse)) == (1, "copied")


def test_a_database_that_never_rests_is_one_clear_error(
    home: Path, monkeypatch: pytest.MonkeyPatch, unwritable: None
) -> None:
    del unwritable
    monkeypatch.setattr(database_copy, "MOST_TRIES", 2)
    monkeypatch.setattr(database_copy, "PAUSE_S", 0.01)
    monkeypatch.setattr(
        database_copy, "_copy_file", lambda *_: os.utime(home / "wheelhouse.sqlite")
    )
    with pytest.raises(DatabaseLockedError, match="faster than it can be copied"):
        find_access(str(home / "wheelhouse.sqlite"))


def test_a_medium_from_a_clock_that_is_ahead_is_read(
    home: Path, unwritable: None
) -> None:
    del unwritable
    ahead = time.time() + 1e6
    os.utime(home / "wheelhouse.sqlite", (ahead, ahead))

    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert wheelhouse.generation() == 1


def test_copies_of_killed_processes_are_swept_and_others_stay(
    home: Path, scratch: Path, opened: Wheelhouse
) -> None:
    (mine,) = scratch.iterdir()
    program = (
        "import os, signal, sys, tempfile\n"
        "from axletree.wheelhouse.sql.database_copy import PrivateCopy\n"
        "tempfile.tempdir = sys.argv[1]\n"
        "PrivateCopy.taken(sys.argv[2])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = home / "wheelhouse.sqlite"
    subprocess.run([sys.executable, "-c", program, scratch, path], check=False)
    assert len(list(scratch.iterdir())) == 2

    find_access(str(path), is_copied=True).close()

    assert list(scratch.iterdir()) == [mine]
    assert opened.generation() == 1


def test_an_older_form_is_migrated_in_a_copy(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    unwritable: None,
) -> None:
    del unwritable
    migrations = tmp_path / "migrations"
    shutil.copytree(databases.MIGRATIONS, migrations)
    (migrations / "versions" / "r9999_more.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{state_queries.REVISION}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE more AS SELECT 7 AS seven')\n"
    )
    monkeypatch.setattr(databases, "MIGRATIONS", migrations)
    monkeypatch.setattr(database, "REVISION", "9999")
    as_file_system(monkeypatch, "ext4", is_read_only=True)
    before = (home / "wheelhouse.sqlite").read_bytes()

    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert (wheelhouse.generation(), kind(wheelhouse)) == (1, "copied")
        with wheelhouse.database.reading() as connection:
            more = connection.exec_driver_sql("SELECT seven FROM more").scalar_one()

    assert more == 7
    assert (home / "wheelhouse.sqlite").read_bytes() == before


def test_writing_is_refused(home: Path, opened: Wheelhouse) -> None:
    with pytest.raises(ReadOnlyWheelhouseError), opened.database.writing():
        pass
    with pytest.raises(ReadOnlyWheelhouseError) as caught:
        Wheelhouse.open(home)

    assert caught.value.exit_code == 3


@pytest.mark.parametrize("is_unwritable", [False, True])
def test_a_database_that_is_replaced_or_lost_while_it_is_read_is_noticed(
    home: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    *,
    is_unwritable: bool,
) -> None:
    path, other = home / "wheelhouse.sqlite", tmp_path / "other"
    publish_all(other, [])
    if is_unwritable:
        request.getfixturevalue("unwritable")
    with Wheelhouse.open_to_read(home) as wheelhouse:
        assert wheelhouse.generation() == 1
        path.rename(tmp_path / "aside")
        with pytest.raises(LostDatabaseError):
            wheelhouse.generation()
        shutil.copy(other / path.name, path)
        assert wheelhouse.generation() == 0
        (tmp_path / "aside").rename(path)
        assert wheelhouse.generation() == 1


def test_a_newer_form_is_told_of_the_original(
    home: Path, tmp_path: Path, unwritable: None
) -> None:
    del tmp_path, unwritable
    with sqlite3.connect(home / "wheelhouse.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(DatabaseError, match="unknown format 9999") as caught:
        SqliteDatabase.open_to_read(home / "wheelhouse.sqlite")

    assert caught.value.where == str(home / "wheelhouse.sqlite")
