"""Files are written whole or not at all, and stay what they are."""

import os
import stat
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.store.atomic import write_atomically


def test_a_new_file_is_for_all_to_read_and_an_old_one_keeps_its_rights(
    tmp_path: Path,
) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("old")
    old.chmod(0o640)

    write_atomically(new, b"1")
    write_atomically(old, b"2")

    assert stat.S_IMODE(new.stat().st_mode) == 0o644
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert (new.read_bytes(), old.read_bytes()) == (b"1", b"2")
    assert sorted(tmp_path.iterdir()) == [new, old]


def test_a_link_stays_a_link_also_where_it_leads_to_nothing_yet(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)

    write_atomically(link, b"1")

    assert link.is_symlink()
    assert target.read_bytes() == b"1"


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_atomically(pipe, b"1")

    assert os.read(reader, 9) == b"1"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("place", ["none/file", "file/below", "folder", "loop"])
def test_what_cannot_be_written_is_told_and_nothing_is_left(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("as it was")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(StorageError, match="cannot be written"):
        write_atomically(tmp_path / place, b"1")

    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "file").read_text() == "as it was"


def test_a_failure_on_the_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("as it was")

    def refuse(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", refuse)

    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, b"1")

    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "as it was"
