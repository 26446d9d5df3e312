import errno
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import NoSpaceError, StorageError, WrongHashError
from axletree.wheelhouse.store.files import (
    LocalFileStore,
    digest_of,
    translate_storage_errors,
)


@pytest.fixture
def store(tmp_path: Path) -> LocalFileStore:
    (tmp_path / "files").mkdir()
    return LocalFileStore(root=tmp_path / "files")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"x" * (6 << 20))
    return path


def everything(store: LocalFileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_a_blob_lies_under_its_digest_and_cannot_be_written_to(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)

    store.put(digest, source)
    store.settle((digest,))

    (path,) = everything(store)
    assert path == store.root / "sha256" / digest[:2] / digest == store.path_of(digest)
    assert path.stat().st_mode & 0o777 == 0o444
    assert store.is_intact(digest)


def test_a_source_that_changes_is_not_kept(store: LocalFileStore, source: Path) -> None:
    digest = digest_of(source)
    source.write_bytes(source.read_bytes() + b"y")

    with pytest.raises(WrongHashError):
        store.put(digest, source)

    assert everything(store) == []


def test_a_damaged_or_missing_blob_is_not_intact(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    assert not store.is_intact(digest)
    store.put(digest, source)
    store.path_of(digest).write_bytes(b"")
    assert not store.is_intact(digest)


def test_writing_again_repairs(store: LocalFileStore, source: Path) -> None:
    digest = digest_of(source)
    store.path_of(digest).parent.mkdir(parents=True)
    store.path_of(digest).write_bytes(b"half")

    store.put(digest, source)

    assert store.is_intact(digest)


def test_leftovers_are_swept_and_blobs_stay(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    store.put(digest, source)
    store.path_of(digest).with_name(f"{digest}#12").write_bytes(b"half")

    store.sweep()

    assert everything(store) == [store.path_of(digest)]


def test_removing_is_final_and_may_be_repeated(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    store.put(digest, source)

    store.remove(digest)
    store.remove(digest)

    assert everything(store) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_apart(tmp_path: Path, code: int) -> None:
    with pytest.raises(NoSpaceError), translate_storage_errors(tmp_path):
        raise OSError(code, "said the system")


def test_a_failing_disk_is_one_clear_error(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match="Input/output error"),
        translate_storage_errors(tmp_path),
    ):
        raise OSError(errno.EIO, "said the system")


def test_a_folder_in_a_blob_s_place_is_named_and_kept(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    found = store.path_of(digest) / "notes.txt"
    found.parent.mkdir(parents=True)
    found.write_text("somebody's")

    assert not store.is_intact(digest)
    with pytest.raises(StorageError, match="a folder is where") as caught:
        store.put(digest, source)

    assert caught.value.where == str(store.path_of(digest))
    assert "move it away" in caught.value.hint
    assert found.read_text() == "somebody's"
