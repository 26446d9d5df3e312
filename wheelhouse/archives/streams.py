"""Unpack the bytes of a foreign archive in bounded memory, and tell its damage.

Like `archive_members.py` this runs inside sandboxes, under any Python from 3.6 on.
"""

import contextlib
import errno
import gzip
import zlib

TYPE_CHECKING = False  # typing takes longer to import than all the rest.
if TYPE_CHECKING:  # Annotations stand in quotes: Python 3.6 could not evaluate them.
    from collections.abc import Callable, Iterator
    from lzma import LZMADecompressor
    from typing import IO, Protocol

    class Readable(Protocol):
        """What a tar is read from."""

        def read(self, __size: int) -> bytes:  # noqa: PYI063 - no syntax of 3.6
            """Return some bytes, at most so many; none at the end."""
            ...


CHUNK_BYTES = 1 << 16
XZ_MEMORY_BYTES = 128 << 20
"""`xz -9` needs half of it."""

_DAMAGE = (
    EOFError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
)


class ArchiveError(Exception):
    """What an archive holds that is not unpacked: a clause, and the member's name."""

    def __init__(self, what: str, name: bytes = b"") -> None:
        super().__init__(what)
        self.what = what
        shown = ascii(name.decode("utf-8", "replace")) if name else ""
        self.name = shown if len(shown) <= 120 else shown[:60] + "…" + shown[-60:]

    def __str__(self) -> str:
        return f"{self.name} {self.what}" if self.name else self.what


@contextlib.contextmanager
def damage_told(*more: "type[Exception]") -> "Iterator[None]":
    """Say of damage that it is the archive's; what the disk does stays an OSError.

    :param more: exceptions that mean damage as well.
    """
    damage: tuple[type[Exception], ...] = (*_DAMAGE, *more)
    try:
        yield
    except OSError as error:
        # A place that no file has is refused by the system, in the archive's name.
        if error.errno not in (None, errno.EINVAL):
            raise  # The disk's fault, not the archive's.
        raise ArchiveError(f"it is damaged: {error}") from error
    except damage as error:
        raise ArchiveError(f"it is damaged: {error}") from error


def telling(
    read: "Callable[[int], bytes]", *more: "type[Exception]"
) -> "Callable[[int], bytes]":
    """Make a reading function tell damage in the same way."""

    def telling(size: int) -> bytes:
        with damage_told(*more):
            return read(size)

    return telling


def unpacked(file: "IO[bytes]", start: bytes) -> "Readable":
    """Return what a compressed file unpacks to.

    :param start: its first six bytes, which tell how it is compressed.
    """
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if start.startswith(b"BZh"):
        import bz2  # noqa: PLC0415 - not every Python has it, few sdists need it

        return bz2.BZ2File(file)
    if start.startswith(b"\xfd7zXZ\0"):
        return _Xz(file)
    return file


class _Xz:
    """Unpack xz in bounded memory, which lzma.LZMAFile does not offer."""

    def __init__(self, file: "IO[bytes]") -> None:
        import lzma  # noqa: PLC0415 - as bz2

        self._file = file
        self._lzma = lzma
        self._stream = self._next()

    def _next(self) -> "LZMADecompressor":
        return self._lzma.LZMADecompressor(
            self._lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES
        )

    def read(self, size: int) -> bytes:
        try:
            return self._read(size)
        except self._lzma.LZMAError as error:
            raise ArchiveError(f"it is damaged: {error}") from error

    def _read(self, size: int) -> bytes:
        while True:
            raw = b""
            if self._stream.eof:
                raw = self._stream.unused_data or self._file.read(CHUNK_BYTES)
                if not raw:
                    return b""
                raw = raw.lstrip(b"\0")
                self._stream = self._next()
            if not raw and self._stream.needs_input:
                raw = self._file.read(CHUNK_BYTES)
                if not raw:
                    raise EOFError("it ends early")
            content = self._stream.decompress(raw, size)
            if content:
                return content
