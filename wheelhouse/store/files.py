"""The content-addressed store of distribution files.

A blob's name is its SHA-256, so writing one twice does no harm. Blobs are written
through obstore, which will also speak to S3; what its local store leaves undone is
done here: it does not fsync, and a killed process leaves `x#1` behind.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import NoSpaceError, StorageError, WrongHashError
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.store.stamps import stamp_from

PART_BYTES = 1 << 20
FSYNCS_AT_ONCE = 8
"""They wait for the disk, not for a processor."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOST = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO})
"""What a blob answers that is gone, or lies on a bad part of a disk."""
_is_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """A blob as it lies there, unread."""

    sha256: Sha256
    size_bytes: int
    written_at: datetime
    stamp: tuple[int, ...]
    """What changes with its content, as of `axletree.wheelhouse.store.stamps`."""


class FileStore(Protocol):
    """Blobs by digest; a local directory now, S3 later."""

    def put(self, sha256: Sha256, source: Path) -> None:
        """Write a blob; it may be lost in a crash until `settle` has returned."""
        ...

    def settle(self, digests: tuple[Sha256, ...]) -> None:
        """Return when the blobs will survive a crash."""
        ...

    def is_intact(self, sha256: Sha256) -> bool:
        """Read the whole blob and tell whether it is there and unchanged."""
        ...

    def copy(self, sha256: Sha256, target: Path) -> bool:
        """Copy a blob; False, and no `target`, if it is gone or changed."""
        ...

    def remove(self, sha256: Sha256) -> None:
        """Forget a blob; no error where there is none."""
        ...

    def sweep(self) -> None:
        """Remove what killed writers left; only while nobody writes."""
        ...

    def blobs(self) -> Iterator[StoredBlob]:
        """Yield all that is there, in the order of the digests; nothing is read."""
        ...

    def path_of(self, sha256: Sha256) -> Path:
        """Say where the blob lies in the local file system."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFileStore:
    """Blobs in `root/sha256/ab/abcdef…`."""

    root: Path

    def put(self, sha256: Sha256, source: Path) -> None:
        """Stream `source` in.

        :raises WrongHashError: the content is not `sha256` (any more); nothing is kept.
        :raises StorageError: no space left, or reading or writing failed.
        """
        with translate_storage_errors(self.root):
            path = self.path_of(sha256)
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear(path)
            # No `mode="create"`: with it obstore would hold the file in memory.
            obstore.put(
                _local_store(self.root),
                _key(sha256),
                _parts(source, sha256),
                max_concurrency=2,
            )

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

    def is_intact(self, sha256: Sha256) -> bool:
        """Hash the blob, at about a gigabyte a second."""
        with translate_storage_errors(self.root):
            try:
                return digest_of(self.path_of(sha256)) == sha256
            except OSError as error:
                if error.errno in _LOST:
                    return False
                raise

    def copy(self, sha256: Sha256, target: Path) -> bool:
        """Hash the copy: what a reader is given is what was published."""
        source = self.path_of(sha256)
        with translate_storage_errors(target):
            try:
                shutil.copyfile(source, target)
                if digest_of(target) == sha256:
                    return True
            except OSError as error:
                if error.errno not in _LOST or str(error.filename) != str(source):
                    raise
            target.unlink(missing_ok=True)
            return False

    def remove(self, sha256: Sha256) -> None:
        """Unlink the blob."""
        with translate_storage_errors(self.root):
            self.path_of(sha256).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove obstore's `x#1` files."""
        with translate_storage_errors(self.root):
            for leftover in self.root.glob("sha256/*/*#*"):
                leftover.unlink(missing_ok=True)

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

    def path_of(self, sha256: Sha256) -> Path:
        """Name the blob's file, whether it exists or not."""
        return self.root / _key(sha256)


@lru_cache(maxsize=8)
def _local_store(root: Path) -> LocalStore:
    return LocalStore(root)


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


def _key(sha256: Sha256) -> str:
    return f"sha256/{sha256[:2]}/{sha256}"


def _parts(source: Path, expected: Sha256) -> Iterator[bytes]:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while part := file.read(PART_BYTES):
            digest.update(part)
            yield part
    if digest.hexdigest() != expected:
        # Raised inside obstore's write, which then drops what it has.
        raise WrongHashError(
            "the file changed while it was read", where=str(source), hint="try again"
        )


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
def translate_storage_errors(where: Path) -> Iterator[None]:
    """Turn what the system and obstore raise into our errors.

    :raises NoSpaceError: disk full, quota or file size limit.
    :raises StorageError: anything else that the system refused.
    """
    try:
        yield
    except OSError as error:
        raise _storage_error(error.errno, str(error), where) from error
    except BaseError as error:
        first_line = str(error).partition("\n")[0]
        number = _SYSTEM_ERROR.search(first_line)
        code = int(number[1]) if number else None
        raise _storage_error(code, first_line, where) from error


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
