import os
from pathlib import Path

import pytest

from axletree.wheelhouse.store.removal import remove_tree


@pytest.mark.slow
def test_a_tree_deeper_than_the_stack_is_removed(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    os.mkdir("made", dir_fd=folder)
    for name in ["made", *["d"] * 3000]:
        inner = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
        os.mkdir("d", dir_fd=folder)
    os.close(folder)
    remove_tree(tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_what_may_not_be_written_is_removed(tmp_path: Path) -> None:
    for name in ("made/a/b", "made/c"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("x")
        (tmp_path / name).chmod(0)
    remove_tree(tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o755)
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "made" / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "made" / "fifo")
    remove_tree(tmp_path / "made")
    assert (tmp_path / "kept" / "file").read_text() == "x"
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o755


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "none")
