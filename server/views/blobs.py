"""Stored files as bytes to send, and which of them are damaged.

Nobody is given a whole file that is not the published one: a file that is sent whole is
hashed on the way, and its last bytes are held back until the hash is known; of a file
that is sent in parts, the whole is hashed before its first part. What was hashed counts
for `SOUND_FOR_S`, while the file on disk is the same: hashing costs more than all else
in a busy server, and a disk seldom changes bytes by itself. What is found damaged is refused from then on, until the file on disk is another one: publishing the same
file again repairs it, and is seen without a restart.

One object a worker process; safe to use from threads.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from time import monotonic
from typing import TypeAlias

from axletree.server.answers.conditional import ByteRange
from axletree.server.answers.errors import DamagedFileError
from axletree.server.live.source import IndexSource
from axletree.wheelhouse.errors import LostBlobError, StorageError
from axletree.wheelhouse.model import Sha256, StoredFile
from axletree.wheelhouse.store.blobs import BlobStream

CHUNK_BYTES = 64 * 1024
"""Of which granian takes over six or so, however slow the reader: with four times as much
160 slow readers held 350 MB, and a download took a third less processor time."""
SOUND_FOR_S = 60.0

_Stamp: TypeAlias = tuple[int, ...]
"""What changes with the content, its size first."""

_log = logging.getLogger(__name__)


class Sending:
    """Bytes on their way; closes the file, also for an answer that nobody began to read."""

    __slots__ = ("_at_end", "_chunks", "_stream")

    def __init__(self, stream: BlobStream | None, chunks: Iterator[bytes]) -> None:
        """Send what `chunks` reads from `stream`; None: they close what they open."""
        self._stream = stream
        self._chunks = chunks
        self._at_end: Callable[[], None] | None = None

    def at_end(self, call: Callable[[], None]) -> None:
        """Have something called when it is closed."""
        self._at_end = call

    def __iter__(self) -> Iterator[bytes]:
        """Give the bytes, once."""
        return self._chunks

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
        if self._at_end is not None:
            self._at_end()


class Blobs:
    """Opens stored files, and remembers what was seen of their bytes."""

    def __init__(
        self, source: IndexSource, *, clock: Callable[[], float] = monotonic
    ) -> None:
        """Remember where the files lie; nothing is read yet."""
        self._source = source
        self._clock = clock
        self._sound: dict[Sha256, tuple[_Stamp, float]] = {}
        """How a file was when it was hashed, and until when that counts."""
        self._damaged: dict[Sha256, tuple[_Stamp, str]] = {}

    def damaged(self) -> tuple[str, ...]:
        """Name the files that were found damaged and are not repaired yet."""
        # A copy at once: other threads add to it.
        known = list(self._damaged.values())
        return tuple(sorted(filename for _, filename in known))

    def check(self, stored: StoredFile) -> None:
        """Look whether the file can be sent, as far as that is known unread.

        :raises DamagedFileError: it is missing, of another length, or known damaged.
        """
        self._open(stored).close()

    def whole(self, stored: StoredFile) -> "Sending":
        """Send all of a file; a small one is read here, to be refused in time.

        It ends early, logged, if the bytes turn out not to be the published ones: the
        announced length then stays unmet, on which the connection is cut.

        :raises DamagedFileError: it cannot be the published content.
        """
        stream = self._open(stored)
        if self._is_sound(stream, stored):
            return Sending(stream, _told(stored, self._trusted(stream, stored)))
        chunks = self._hashed(stream, stored)
        if stored.size_bytes <= CHUNK_BYTES:
            content = b"".join(chunks)
            if len(content) < stored.size_bytes:
                raise _error(stored, "was changed", self._source.place_of(stored))
            chunks = iter((content,))
        return Sending(stream, chunks)

    def require_sound(self, stored: StoredFile) -> None:
        """Hash all of a file, unless that was done within `SOUND_FOR_S`.

        :raises DamagedFileError: the file is not the published content.
        """
        with closing(self._open(stored)) as stream:
            if self._is_sound(stream, stored):
                return
            read = sum(map(len, self._hashed(stream, stored)))
        if read < stored.size_bytes:
            raise _error(stored, "was changed", self._source.place_of(stored))

    def part(self, stored: StoredFile, part: ByteRange) -> "Sending":
        """Send a part of a file.

        :raises DamagedFileError: the file is not the published content.
        """
        stream = self._open(stored, part.start, part.stop)
        if not self._is_sound(stream, stored):
            stream.close()
            self.require_sound(stored)
            # Where it is another one by now, it is hashed in its turn.
            return self.part(stored, part)
        return Sending(stream, _told(stored, _read(stream, part.stop - part.start)))

    def parts(
        self, stored: StoredFile, parts: Sequence[tuple[bytes, ByteRange]], end: bytes
    ) -> "Sending":
        """Send several parts of a file, with bytes before each, and after all.

        :raises DamagedFileError: the file is not the published content.
        """
        self.require_sound(stored)
        return Sending(None, self._each(stored, parts, end))

    def _each(
        self, stored: StoredFile, parts: Sequence[tuple[bytes, ByteRange]], end: bytes
    ) -> Iterator[bytes]:
        """Yield parts; ended early where the file is lost, so that the length is unmet."""
        for head, part in parts:
            yield head
            try:
                sending = self.part(stored, part)
            except DamagedFileError as error:
                _log.error("%s: %s", stored.filename, error.what)
                return
            with closing(sending):
                yield from sending
        yield end

    def _open(
        self, stored: StoredFile, start: int = 0, stop: int | None = None
    ) -> BlobStream:
        place = self._source.place_of(stored)
        try:
            stream = self._source.open_bytes(stored, start, stop)
        except LostBlobError as error:
            raise _error(stored, error.what, place) from error
        stamp = _stamp(stream)
        known, _ = self._damaged.get(stored.sha256, ((), ""))
        if stamp == known or stamp[0] != stored.size_bytes:
            stream.close()
            how = "was changed" if stamp == known else "has another length"
            raise _error(stored, how, place)
        if known:
            self._damaged.pop(stored.sha256, None)
        return stream

    def _is_sound(self, stream: BlobStream, stored: StoredFile) -> bool:
        stamp, until = self._sound.get(stored.sha256, ((), 0.0))
        return stamp == _stamp(stream) and self._clock() < until

    def _trusted(self, stream: BlobStream, stored: StoredFile) -> Iterator[bytes]:
        """Yield the bytes of a sound file, the last of them only if it stayed so."""
        stamp = _stamp(stream)
        left = stored.size_bytes
        for chunk in _read(stream, left):
            left -= len(chunk)
            if not left and _stamp(stream) != stamp:
                _log.error("%s was changed while it was sent", stored.filename)
                return
            yield chunk

    def _hashed(self, stream: BlobStream, stored: StoredFile) -> Iterator[bytes]:
        """Yield a file's bytes, the last of them only if all were the published."""
        stamp = _stamp(stream)
        digest = hashlib.sha256()
        held = b""
        try:
            for chunk in _read(stream, stored.size_bytes):
                digest.update(chunk)
                if held:
                    yield held
                held = chunk
        except StorageError as error:
            _log.error("%s: its content %s", stored.filename, error.what)
            return
        if digest.hexdigest() == stored.sha256:
            self._sound[stored.sha256] = stamp, self._clock() + SOUND_FOR_S
            yield held
            return
        self._damaged[stored.sha256] = stamp, stored.filename
        _log.error(
            "%s is damaged and not handed out until it is repaired: publish the same "
            "file again, or restore it from a backup (%s)",
            stored.filename,
            self._source.place_of(stored),
        )


def _told(stored: StoredFile, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """End early where the store fails: the headers are sent, and the length unmet."""
    try:
        yield from chunks
    except StorageError as error:
        _log.error("%s: its content %s", stored.filename, error.what)


def _read(stream: BlobStream, count: int) -> Iterator[bytes]:
    with closing(stream):
        while count > 0 and (chunk := stream.read(min(CHUNK_BYTES, count))):
            count -= len(chunk)
            yield chunk


def _stamp(stream: BlobStream) -> _Stamp:
    return stream.stamp()


def _error(stored: StoredFile, how: str, place: str) -> DamagedFileError:
    return DamagedFileError(
        f"the stored content of {stored.filename} {how}",
        where=place,
        hint="publish the same file again, or restore it from a backup",
    )
