"""One exchange with the request that it waits for, and what has arrived of it.

libcurl writes to memory only, by a method of a buffer: an exception in a callback that
is written in Python (a full disk, Ctrl-C, a limit) would be printed and lost. The
buffer is emptied between two of libcurl's steps, each of which brings some 100 kB at
most: there it is unpacked, counted, and put on disk where it is large.
"""

from collections.abc import Mapping
from dataclasses import field
from io import BytesIO, FileIO
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar

from axletree.late_dataclasses import dataclass
from axletree.limits import BodyKind, IndexLimits
from axletree.sizes import size_words
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.decoding import (
    Decoder,
    UndecodableError,
)
from axletree.wheelhouse.transport.errors import (
    TooLargeError,
    UnreachableIndexError,
    WrongSizeError,
)
from axletree.wheelhouse.transport.failures import storage_errors
from axletree.wheelhouse.transport.request import (
    Exchange,
    Request,
    Response,
)

Key = TypeVar("Key")
Result = TypeVar("Result")

DRAIN_BYTES = 64 * 1024
"""What may wait in the buffer: small answers are looked at once, at their end."""
_IN_MEMORY_BYTES = 1 << 20
_OK = 200
_WITH_CONTENT = {_OK, 206}
_SETTINGS: Mapping[BodyKind, str] = {
    "page": "AXLETREE_MAX_PAGE",
    "metadata": "AXLETREE_MAX_METADATA",
    # Larger parts are not asked for: the whole file is.
    "part": "AXLETREE_MAX_METADATA",
    "file": "AXLETREE_MAX_FILE",
}


class UnreadableAnswerError(UnreachableIndexError):
    """An answer that is damaged: another try may bring a sound one."""


@dataclass(slots=True, eq=False)
class Transfer(Generic[Key, Result]):
    """One exchange with the request that it waits for."""

    key: Key
    exchange: Exchange[Result]
    request: Request
    limits: IndexLimits
    url: str = ""
    """Where it is asked for now: redirects lead on."""
    redirects: int = 0
    failures: int = 0
    wire: BytesIO = field(default_factory=BytesIO)
    """What libcurl has received, and nobody has looked at."""
    head: BytesIO = field(default_factory=BytesIO)
    """The header lines."""
    _file: FileIO | None = None
    _begins_at: int = 0
    _spool: "SpooledTemporaryFile[bytes] | None" = None
    _decoder: Decoder | None = None
    _body_bytes: int = 0
    _drained_bytes: int = 0
    _window_began_s: float | None = None
    _window_began_bytes: int = 0

    def await_answer(self, request: Request) -> None:
        """Turn to the next request of the exchange."""
        self.request, self.failures = request, 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """Go back to the address that was asked for first."""
        self.url, self.redirects = self.request.url, 0

    def prepare(self) -> int:
        """Forget what was received; return the length of the file so far."""
        self.close()
        self.wire, self.head = BytesIO(), BytesIO()
        self._decoder, self._window_began_s = None, None
        self._body_bytes = self._drained_bytes = self._begins_at = 0
        if self.request.into is not None:
            with storage_errors(self.request.into):
                self._file = self.request.into.open("ab", buffering=0)
                self._begins_at = self._body_bytes = self._file.tell()
        return self._begins_at

    def close(self) -> None:
        """Close the files, if there are some."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    @property
    def is_part(self) -> bool:
        """Tell whether a part was asked for."""
        return self._begins_at > 0 or "Range" in self.request.headers

    @property
    def has_much(self) -> bool:
        """Tell whether something must be done before more comes."""
        return (
            self.wire.tell() > DRAIN_BYTES
            or self.head.tell() > self.limits.header_bytes
        )

    def drain(self, status: int, length: int) -> bool:
        """Unpack, count and keep what was received; tell whether that is enough.

        :param length: of the body, as the answer's headers say; -1 if they do not.
        :raises TooLargeError: if it is more than is taken.
        :raises UnreadableAnswerError: if it cannot be unpacked.
        :raises StorageError: if the disk does not take it.
        """
        if self.head.tell() > self.limits.header_bytes:
            subject = f"the answer's headers for {self.request.name} are"
            most = self.limits.header_bytes
            raise self._too_large(subject, most, "AXLETREE_MAX_HEADERS")
        chunk = self.wire.getvalue()
        self.wire.seek(0)
        self.wire.truncate()
        self._drained_bytes += len(chunk)
        if status not in _WITH_CONTENT:
            # An error's page, or a redirect's: its status says it all.
            return self._drained_bytes > DRAIN_BYTES
        if self._decoder is None:
            self._find_place(status)
        try:
            self._decoder = self._decoder or Decoder(self._encoding())
            self._check(self._begins_at + max(length, self._drained_bytes))
            for piece in self._decoder.unpack(chunk):
                self._body_bytes += len(piece)
                self._check(self._body_bytes)
                self._keep(piece)
        except UndecodableError as error:
            raise self._unreadable(str(error)) from error
        if self._file and self.request.on_bytes:
            self.request.on_bytes(self._body_bytes)
        return False

    def end(self, status: int, length: int, *, is_whole: bool) -> Response:
        """Take the last bytes, close all files and return the answer.

        :raises WheelhouseError: as `drain`.
        """
        try:
            self.drain(status, length)
            if is_whole and self._decoder:
                self._decoder.end()
            body = b""
            if self._spool is not None:
                self._spool.seek(0)
                body = self._spool.read()
        except UndecodableError as error:
            raise self._unreadable(str(error)) from error
        finally:
            self.close()
        return Response(
            status=status, url=self.url, headers=read_headers(self.head), body=body
        )

    def is_too_slow(self, now_s: float) -> bool:
        """Tell whether too little has come since the last window began."""
        arrived = self._drained_bytes + self.wire.tell() + self.head.tell()
        if not arrived:
            # Until then it is the time limit's business.
            return False
        if self._window_began_s is None:
            self._window_began_s, self._window_began_bytes = now_s, arrived
        passed_s = now_s - self._window_began_s
        if passed_s < self.limits.rate_window_s:
            return False
        least = self.limits.least_bytes_per_s * passed_s
        is_slow = arrived - self._window_began_bytes < least
        self._window_began_s, self._window_began_bytes = now_s, arrived
        return is_slow

    def _find_place(self, status: int) -> None:
        """See to it that the body fits what is there of the file."""
        if self._file is None or not self._begins_at:
            return
        if status == _OK:
            # The server sends everything once more.
            self._file.truncate(0)
            self._begins_at = self._body_bytes = 0
            return
        place = read_headers(self.head).get("content-range", "")
        if not place.startswith(f"bytes {self._begins_at}-"):
            raise self._unreadable("it is another part of the file than was asked for")

    def _encoding(self) -> str:
        if not self.request.is_compressed:
            # Where it was not asked for, it is part of the file.
            return ""
        return read_headers(self.head).get("content-encoding", "")

    def _keep(self, piece: bytes) -> None:
        with storage_errors(self.request.into):
            if self._file is not None:
                left = memoryview(piece)
                while left:
                    # An unbuffered file may take a part; a buffered one would fail
                    # once more when it is closed.
                    left = left[self._file.write(left) :]
                return
            if self._spool is None:
                # Many large pages may arrive at once.
                spool = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  closed by close()
                self._spool = spool
            self._spool.write(piece)

    def _check(self, body_bytes: int) -> None:
        """Hold the length of the body against the limit."""
        request = self.request
        most = self.limits.of(request.kind)
        announced = request.announced_bytes
        if announced and announced < min(most, body_bytes):
            raise WrongSizeError(
                f"{request.name} is larger than the {announced} bytes that the index "
                "announces",
                where=printable(request.url),
            )
        if body_bytes > most:
            raise self._too_large(f"{request.name} is", most, _SETTINGS[request.kind])

    def _too_large(self, subject: str, most: int, setting: str) -> TooLargeError:
        return TooLargeError(
            f"{subject} larger than {size_words(most)}, the most that is taken",
            where=printable(self.request.url),
            hint=f"if you trust the index, allow more with {setting}",
        )

    def _unreadable(self, reason: str) -> UnreadableAnswerError:
        return UnreadableAnswerError(
            f"the answer of the index cannot be read: {reason}",
            where=printable(self.request.url),
            hint="try again; a proxy on the way may damage it",
        )


def read_headers(head: BytesIO) -> dict[str, str]:
    """Read the header lines of the last answer (others may come before it)."""
    headers: dict[str, str] = {}
    for line in head.getvalue().split(b"\n"):
        if line.startswith(b"HTTP/"):
            headers.clear()
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers
