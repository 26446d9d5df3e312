import errno
import fcntl
import os
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import (
    LostBlobError,
    NoSpaceError,
    StorageError,
    WrongHashError,
)
from axletree.wheelhouse.store.blobs import is_intact, parts_of
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
    assert is_intact(store, digest)


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
    assert not is_intact(store, digest)
    store.put(digest, source)
    store.path_of(digest).write_bytes(b"")
    assert not is_intact(store, digest)


def test_writing_again_repairs(store: LocalFileStore, source: Path) -> None:
    digest = digest_of(source)
    store.path_of(digest).parent.mkdir(parents=True)
    store.path_of(digest).write_bytes(b"half")

    store.put(digest, source)

    assert is_intact(store, digest)


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

    assert not is_intact(store, digest)
    with pytest.raises(StorageError, match="a folder is where") as caught:
        store.put(digest, source)

    assert caught.value.where == str(store.path_of(digest))
    assert "move it away" in caught.value.hint
    assert found.read_text() == "somebody's"


@pytest.mark.parametrize(
    ("start", "stop"), [(0, None), (0, 7), (5, 9), (1 << 20, (3 << 20) + 1), (9, 9)]
)
def test_a_part_of_a_blob_is_read_from_one_place_to_another(
    store: LocalFileStore, tmp_path: Path, start: int, stop: int | None
) -> None:
    source = tmp_path / "varied"
    source.write_bytes(bytes(range(256)) * (4 << 12))
    digest = digest_of(source)
    store.put(digest, source)

    found = b"".join(parts_of(store, digest, start, stop))

    assert found == source.read_bytes()[start:stop]
    assert store.size(digest) == 4 << 20


def test_what_is_no_blob_has_no_size_and_is_not_read(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    assert store.size(digest) is None
    store.path_of(digest).mkdir(parents=True)
    assert store.size(digest) is None
    with pytest.raises(LostBlobError), store.local_copy(digest):
        pass


def test_what_is_being_written_is_not_swept(
    store: LocalFileStore, source: Path
) -> None:
    digest = digest_of(source)
    written = store.path_of(digest).with_name(f"{digest}#1")
    written.parent.mkdir(parents=True)
    written.touch()

    # As another process does while it writes.
    lock = os.open(store.root, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_SH)
    store.sweep()
    assert written.exists()
    os.close(lock)
    store.sweep()
    assert not written.exists()
