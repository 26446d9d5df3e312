"""The blobs of a wheelhouse in a folder of this machine.

They are written through obstore; what its local store leaves undone is done here: it
does not fsync, and a killed process leaves `x#1` behind.
"""

import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import (
    LostBlobError,
    NoSpaceError,
    StorageError,
    WrongHashError,
)
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.store.blobs import (
    PART_BYTES,
    FileStore,
    StoredBlob,
    parts_of,
)
from axletree.wheelhouse.store.stamps import stamp_from

if TYPE_CHECKING:
    # Who only reads does without.
    from obstore.store import LocalStore

FSYNCS_AT_ONCE = 8
"""They wait for the disk, not for a processor."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOST = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO})
"""What a blob answers that is gone, or lies on a bad part of a disk."""
_is_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


class FileBlob:
    """A blob, or a part of it, that is read from a file."""

    __slots__ = ("_left", "_path", "_stream")

    def __init__(self, path: Path, start: int = 0, stop: int | None = None) -> None:
        """Open the file.

        :raises LostBlobError: it is gone, or can be read no more.
        :raises StorageError: it may not be read.
        """
        with _reading(path):
            self._stream: BinaryIO = path.open("rb")
            self._stream.seek(start)
        self._path = path
        self._left = None if stop is None else stop - start

    def stamp(self) -> tuple[int, ...]:
        """Look at the file as it is now."""
        return stamp_from(os.fstat(self._stream.fileno()))

    def read(self, size: int, /) -> bytes:
        """Read on, at most so many bytes."""
        if self._left is not None:
            size = min(size, self._left)
        with _reading(self._path):
            part = self._stream.read(size)
        if self._left is not None:
            self._left -= len(part)
        return part

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFileStore:
    """Blobs in `root/sha256/ab/abcdef…`."""

    root: Path

    def put(self, sha256: Sha256, source: Path) -> None:
        """Stream `source` in."""
        with translate_storage_errors(self.root):
            path = self.path_of(sha256)
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear(path)
            with self._writers(fcntl.LOCK_SH):
                _put(self.root, key_of(sha256), hashed_parts(source, sha256))

    def put_all(self, source_of: Mapping[Sha256, Path]) -> None:
        """Write one after the other: a disk is no faster for many."""
        for sha256, source in source_of.items():
            self.put(sha256, source)

    def settle(self, digests: tuple[Sha256, ...]) -> None:
        """Fsync the blobs and every directory on the way to them."""
        paths = list(map(self.path_of, digests))
        folders = dict.fromkeys(
            (*(path.parent for path in paths), self.root, self.root / "sha256")
        )
        with (
            translate_storage_errors(self.root),
            ThreadPoolExecutor(max_workers=FSYNCS_AT_ONCE) as pool,
        ):
            for path in paths:
                path.chmod(0o444)
            # One commit of the file system's journal does for all that wait for it.
            for _ in pool.map(fsync, (*paths, *folders)):
                pass

    def open(self, sha256: Sha256, start: int = 0, stop: int | None = None) -> FileBlob:
        """Open the blob's file."""
        return FileBlob(self.path_of(sha256), start, stop)

    def size(self, sha256: Sha256) -> int | None:
        """Look at the blob's file; anything else in its place is no blob."""
        path = self.path_of(sha256)
        with translate_storage_errors(self.root):
            try:
                found = path.lstat()
            except OSError as error:
                if error.errno in _LOST:
                    return None
                raise
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def remove(self, *digests: Sha256) -> None:
        """Unlink the blobs."""
        with translate_storage_errors(self.root):
            for sha256 in digests:
                self.path_of(sha256).unlink(missing_ok=True)

    @contextmanager
    def local_copy(self, sha256: Sha256) -> Iterator[Path]:
        """Give the blob's own file, which cannot be written to."""
        self.open(sha256).close()
        yield self.path_of(sha256)

    def sweep(self, digests: Sequence[Sha256] | None = None) -> None:
        """Remove obstore's `x#1` files, unless somebody writes one this moment."""
        names = ["*/*"] if digests is None else [f"{d[:2]}/{d}" for d in digests]
        with translate_storage_errors(self.root):
            try:
                with self._writers(fcntl.LOCK_EX | fcntl.LOCK_NB):
                    for name in names:
                        for leftover in self.root.glob(f"sha256/{name}#*"):
                            leftover.unlink(missing_ok=True)
            except BlockingIOError:
                return

    def blobs(self) -> Iterator[StoredBlob]:
        """Look at every file that is named as a blob is."""
        with translate_storage_errors(self.root):
            for path in sorted(self.root.glob("sha256/*/*")):
                if not _is_digest(path.name) or path.parent.name != path.name[:2]:
                    continue
                try:
                    found = path.lstat()
                except FileNotFoundError:  # removed meanwhile
                    continue
                yield StoredBlob(
                    sha256=Sha256(path.name),
                    size_bytes=found.st_size,
                    written_at=datetime.fromtimestamp(found.st_mtime, UTC),
                    stamp=stamp_from(found),
                )

    def place_of(self, sha256: Sha256) -> str:
        """Name the blob's file."""
        return str(self.path_of(sha256))

    def ask(self) -> None:
        """Look at the folder of all blobs."""
        with translate_storage_errors(self.root):
            os.scandir(self.root).close()

    def path_of(self, sha256: Sha256) -> Path:
        """Name the blob's file, whether it exists or not."""
        return self.root / key_of(sha256)

    @contextmanager
    def _writers(self, how: int) -> Iterator[None]:
        """Be one of those who write, or the only one; the system ends it with us."""
        lock = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)


@lru_cache(maxsize=8)
def _local_store(root: Path) -> "LocalStore":
    from obstore.store import LocalStore  # noqa: PLC0415  late

    return LocalStore(root)


def _put(root: Path, key: str, parts: Iterator[bytes]) -> None:
    import obstore  # noqa: PLC0415  late
    from obstore.exceptions import BaseError  # noqa: PLC0415  as above

    try:
        # No `mode="create"`: with it obstore would hold the file in memory.
        obstore.put(_local_store(root), key, parts, max_concurrency=2)
    except BaseError as error:
        first_line = str(error).partition("\n")[0]
        number = _SYSTEM_ERROR.search(first_line)
        code = int(number[1]) if number else None
        raise _storage_error(code, first_line, root) from error


def _clear(path: Path) -> None:
    """Make room where no file of ours stands: a link would be written through.

    :raises StorageError: a folder stands there, which may hold what is not ours.
    """
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        raise StorageError(
            "a folder is where the wheelhouse keeps a file",
            where=str(path),
            hint="move it away, then run the same command again",
        )


def key_of(sha256: Sha256) -> str:
    """Give the path of a blob below `root`."""
    return f"sha256/{sha256[:2]}/{sha256}"


def hashed_parts(source: Path, expected: Sha256) -> Iterator[bytes]:
    """Yield what is to be written; a wrong hash is an error before the end is told.

    :raises WrongHashError: the content is not `expected` (any more).
    """
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while part := file.read(PART_BYTES):
            digest.update(part)
            yield part
    if digest.hexdigest() != expected:
        # Raised inside a store's write, which then drops what it has.
        raise WrongHashError(
            "the file changed while it was read", where=str(source), hint="try again"
        )


def copied(store: FileStore, sha256: Sha256, target: Path) -> bool:
    """Copy a blob; False, and no `target`, if it is gone or changed.

    What a reader is given is what was published.

    :raises StorageError: the copy cannot be written, or the store not be read.
    """
    digest = hashlib.sha256()
    try:
        parts = parts_of(store, sha256)
        with translate_storage_errors(target), target.open("wb") as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        if digest.hexdigest() == sha256:
            return True
    except LostBlobError:
        pass
    target.unlink(missing_ok=True)
    return False


def digest_of(path: Path) -> Sha256:
    """Hash a file."""
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


def fsync(path: Path) -> None:
    """Make a file or the names in a folder survive a crash."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _LOST:
            raise _storage_error(error.errno, str(error), path) from error
        is_gone = error.errno == errno.ENOENT
        how = "is missing" if is_gone else f"cannot be read ({error.strerror})"
        raise LostBlobError(how, where=str(path)) from error


@contextmanager
def translate_storage_errors(where: Path) -> Iterator[None]:
    """Turn what the system raises into our errors.

    :raises NoSpaceError: disk full, quota or file size limit.
    :raises StorageError: anything else that the system refused.
    """
    try:
        yield
    except OSError as error:
        raise _storage_error(error.errno, str(error), where) from error


def _storage_error(code: int | None, text: str, where: Path) -> StorageError:
    if code in _NO_SPACE:
        return NoSpaceError(
            "no space left for the wheelhouse",
            where=str(where),
            hint="free some space, then run the same command again",
        )
    reason = os.strerror(code) if code else text
    return StorageError(
        f"cannot read or write the wheelhouse: {reason}", where=str(where)
    )
