"""What keeps the bytes of distribution files, by their digests, wherever that is.

A blob's name is its SHA-256, so that writing one twice does no harm, and what is read is
what was put there, or can be told from it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import Protocol

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import LostBlobError
from axletree.wheelhouse.model import Sha256

PART_BYTES = 1 << 20
"""Read at once, of a blob of any size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """A blob as it lies there, unread."""

    sha256: Sha256
    size_bytes: int
    written_at: datetime
    stamp: tuple[int, ...]
    """What changes with its content, its size first."""


class BlobStream(Protocol):
    """The bytes of a blob, or a part of them."""

    def stamp(self) -> tuple[int, ...]:
        """Return what changes with the whole blob's content, its size first."""
        ...

    def read(self, size: int, /) -> bytes:
        """Read on, at most so many bytes; empty at the end.

        :raises LostBlobError: it cannot be read to its end.
        :raises StorageError: the store cannot be reached, or refuses.
        """
        ...

    def close(self) -> None:
        """Read no more."""
        ...


class FileStore(Protocol):
    """Blobs by digest: in a folder of this machine, or in a bucket."""

    def put(self, sha256: Sha256, source: Path) -> None:
        """Write a blob; it may be lost in a crash until `settle` has returned.

        :raises WrongHashError: the content is not `sha256` (any more); nothing is kept.
        :raises StorageError: no space left, or reading or writing failed.
        """
        ...

    def put_all(self, source_of: Mapping[Sha256, Path]) -> None:
        """Write several blobs, as `put` does each."""
        ...

    def settle(self, digests: tuple[Sha256, ...]) -> None:
        """Return when the blobs will survive a crash."""
        ...

    def open(
        self, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> BlobStream:
        """Read a blob from one place to, without, another; None: to its end.

        :raises LostBlobError: it is not there, or can be read no more.
        :raises StorageError: the store cannot be reached, or refuses.
        """
        ...

    def size(self, sha256: Sha256) -> int | None:
        """Count a blob's bytes, unread; None: it is not there."""
        ...

    def remove(self, *digests: Sha256) -> None:
        """Forget blobs; no error where there is none."""
        ...

    def local_copy(self, sha256: Sha256) -> AbstractContextManager[Path]:
        """Give a file of this machine that has the bytes, to be read and no more.

        :raises LostBlobError: the blob is not there, or can be read no more.
        """
        ...

    def sweep(self, digests: Sequence[Sha256] | None = None) -> None:
        """Remove what killed writers have left.

        :param digests: only of these blobs, and only where that takes no time.
        """
        ...

    def blobs(self) -> Iterator[StoredBlob]:
        """Yield all that is there, in the order of the digests; nothing is read."""
        ...

    def place_of(self, sha256: Sha256) -> str:
        """Say where a blob lies, for people; whether it is there or not."""
        ...

    def ask(self) -> None:
        """Find out whether the store answers; no blob is needed for it.

        :raises StorageError: it cannot be reached, or refuses.
        """
        ...


def parts_of(
    store: FileStore, sha256: Sha256, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """Yield a blob's bytes, a part at a time."""
    with closing(store.open(sha256, start, stop)) as stream:
        while part := stream.read(PART_BYTES):
            yield part


def is_intact(store: FileStore, sha256: Sha256) -> bool:
    """Read a whole blob, and tell whether it is there and unchanged."""
    digest = hashlib.sha256()
    try:
        for part in parts_of(store, sha256):
            digest.update(part)
    except LostBlobError:
        return False
    return digest.hexdigest() == sha256
