"""Many small HTTP requests at once: libcurl's multi interface, in one thread.

A resolution reads up to 1,200 wheel tails of 32 kB. Over one HTTP/2 connection
libcurl takes a third of the time of urllib3 with 32 threads and a quarter of its
processor time (figures in docs/dependencies.md), and starts in a fifth.

Conversations that need several requests (metadata file, else tail, else whole file)
are written as generators: they yield a `Request`, get its `Response`, and return
their result. One thread drives all of them, so that reading a page and receiving the
next never fight for the interpreter lock.
"""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO, FileIO
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import pycurl

from axletree.config import Settings
from axletree.wheelhouse.credentials import Credentials, printable
from axletree.wheelhouse.http_failures import (
    Failure,
    failure_of_code,
    failure_of_status,
    storage_errors,
)
from axletree.wheelhouse.http_options import configure

Key = TypeVar("Key")
Result = TypeVar("Result")

MAX_STREAMS = 100
MAX_CONNECTIONS_PER_HOST = 32
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET request."""

    url: str
    """Without credentials."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_compressed: bool = False
    """Whether the answer may be sent compressed (it is decompressed on arrival)."""
    into: Path | None = None
    """File that takes the body. If it has content, the rest is asked for."""
    on_bytes: Callable[[int], None] | None = None
    """Told the file's length so far, now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: any status that repeating the request would not change."""

    status: int
    url: str
    """After redirects."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Empty if the request's `into` took it."""


Exchange: TypeAlias = Generator[Request, Response, Result]


@dataclass(slots=True, eq=False)
class _Transfer(Generic[Key, Result]):
    """One exchange with the request that it waits for."""

    key: Key
    exchange: Exchange[Result]
    request: Request
    failures: int = 0
    header_lines: list[bytes] = field(default_factory=list)
    received: BytesIO = field(default_factory=BytesIO)
    file: FileIO | None = None

    def prepare(self) -> int:
        """Forget what was received; return the length of the file so far."""
        self.header_lines, self.received = [], BytesIO()
        if self.request.into is None:
            return 0
        self.file = self.request.into.open("ab", buffering=0)
        return self.file.tell()

    def drain(self) -> None:
        """Move what was received into the file.

        libcurl writes to memory only: an exception in one of its callbacks (a full
        disk, Ctrl-C) would be printed and lost.
        """
        if self.file is None or not self.received.tell():
            return
        left = memoryview(self.received.getvalue())
        with storage_errors(self.request.into):
            while left:
                # An unbuffered file may take a part; a buffered one would fail once
                # more when it is closed.
                left = left[self.file.write(left) :]
        self.received.seek(0)
        self.received.truncate()
        if self.request.on_bytes:
            self.request.on_bytes(self.file.tell())

    def close_file(self) -> None:
        """Close the file, if there is one."""
        if self.file is not None:
            self.file.close()
            self.file = None


class Transport:
    """Sends requests; keeps connections until closed. Threads take turns."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        """Connect to nothing yet."""
        self.requests = 0
        self.received_bytes = 0
        self._settings = settings
        self._credentials = credentials
        self._lock = threading.Lock()
        self._idle: list[pycurl.Curl] = []
        self._multiplexing: set[str] = set()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, MAX_CONNECTIONS_PER_HOST)
        self._multi.setopt(pycurl.M_MAXCONNECTS, 2 * MAX_CONNECTIONS_PER_HOST)

    def run(
        self,
        exchanges: Iterable[tuple[Key, Exchange[Result]]],
        *,
        at_once: int = MAX_STREAMS,
        more: deque[tuple[Key, Exchange[Result]]] | None = None,
    ) -> Generator[tuple[Key, Result], None, None]:
        """Drive all exchanges to their ends and yield results as they come.

        The iterator must be read to its end or closed.

        :param more: looked at after each result, emptied, and driven as well: what a
            result makes necessary need not wait for the others.

        :raises UnreachableIndexError: if a server cannot be reached, refuses, or
            still fails after the settings' retries, and the exchange into which this
            is thrown lets it pass.
        """
        with self._lock, closing(_Loop(self, exchanges, at_once, more)) as loop:
            yield from loop.results()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for handle in self._idle:
                handle.close()
            self._idle.clear()
            self._multi.close()

    def perform(self, timeout_s: float) -> list[tuple[pycurl.Curl, int, str]]:
        """Move bytes, wait if there are none, and return what has ended.

        A tuple is the handle, libcurl's code (0 for success), and its message.
        """
        self._multi.perform()
        ended = self._ended()
        if not ended:
            due_ms = self._multi.timeout()
            wait_s = min(timeout_s, due_ms / 1000) if due_ms >= 0 else timeout_s
            # -1: libcurl has no socket yet, as while it looks a name up.
            if wait_s > 0 and self._multi.select(wait_s) == -1:
                time.sleep(min(wait_s, 0.002))
        return ended

    def _ended(self) -> list[tuple[pycurl.Curl, int, str]]:
        ended: list[tuple[pycurl.Curl, int, str]] = []
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            ended += [(handle, 0, "") for handle in good]
            ended += bad
        return ended

    def start(self, transfer: _Transfer[Key, Result]) -> pycurl.Curl:
        """Send the transfer's request."""
        handle = self._idle.pop() if self._idle else pycurl.Curl()
        request = transfer.request
        configure(handle, self._settings, request.url)
        handle.setopt(pycurl.URL, request.url.replace(" ", "%20"))
        handle.setopt(
            pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in request.headers.items()]
        )
        if request.is_compressed:
            handle.setopt(pycurl.ACCEPT_ENCODING, "")
        login = self._credentials.login(request.url)
        if login:
            handle.setopt(pycurl.USERNAME, login.user)
            handle.setopt(pycurl.PASSWORD, login.password)
        with storage_errors(request.into):
            handle.setopt(pycurl.RESUME_FROM_LARGE, transfer.prepare())
        if request.into is not None:
            # Else the body of an error would be appended to the file.
            handle.setopt(pycurl.FAILONERROR, 1)
        handle.setopt(pycurl.HEADERFUNCTION, transfer.header_lines.append)
        handle.setopt(pycurl.WRITEDATA, transfer.received)
        self._multi.add_handle(handle)
        self.requests += 1
        return handle

    def stop(self, handle: pycurl.Curl) -> None:
        """Take the handle out of the multi interface, done or not."""
        self._multi.remove_handle(handle)
        self.received_bytes += int(handle.getinfo(pycurl.SIZE_DOWNLOAD_T))
        handle.reset()
        self._idle.append(handle)

    def learn(self, url: str, handle: pycurl.Curl) -> None:
        """Remember whether the host of `url` takes many requests per connection."""
        version = handle.getinfo(pycurl.INFO_HTTP_VERSION)
        if version >= pycurl.CURL_HTTP_VERSION_2_0:
            self._multiplexing.add(_host(url))
        else:
            self._multiplexing.discard(_host(url))

    def streams(self, url: str) -> int:
        """Return how many requests the host of `url` may have at once.

        libcurl counts the time that a request waits for a connection as time in which
        none could be made, so no more are begun than there are connections.
        """
        is_multiplexing = _host(url) in self._multiplexing
        return MAX_STREAMS if is_multiplexing else MAX_CONNECTIONS_PER_HOST

    @property
    def retries(self) -> int:
        """Return how often a request is repeated."""
        return self._settings.retries


class _Loop(Generic[Key, Result]):
    """The exchanges of one `Transport.run`."""

    def __init__(
        self,
        transport: Transport,
        exchanges: Iterable[tuple[Key, Exchange[Result]]],
        at_once: int,
        more: deque[tuple[Key, Exchange[Result]]] | None,
    ) -> None:
        self._more = deque() if more is None else more
        self._transport = transport
        self._at_once = at_once
        self._unopened = deque(exchanges)
        self._ready: deque[_Transfer[Key, Result]] = deque()
        self._paused: list[tuple[float, int, _Transfer[Key, Result]]] = []
        self._running: dict[pycurl.Curl, _Transfer[Key, Result]] = {}
        self._results: list[tuple[Key, Result]] = []

    def results(self) -> Iterator[tuple[Key, Result]]:
        while self._unopened or self._ready or self._paused or self._running:
            self._start_what_may()
            wait_s = self._paused[0][0] - time.monotonic() if self._paused else 1.0
            ended = self._transport.perform(max(0.0, min(wait_s, 1.0)))
            for transfer in self._running.values():
                transfer.drain()
            for handle, code, message in ended:
                self._finish(handle, code, message)
            yield from self._results
            self._results.clear()
            self._unopened.extend(self._more)
            self._more.clear()

    def close(self) -> None:
        for handle, transfer in self._running.items():
            self._transport.stop(handle)
            transfer.close_file()
            transfer.exchange.close()
        for transfer in [*self._ready, *(paused[2] for paused in self._paused)]:
            transfer.exchange.close()
        for _, exchange in self._unopened:
            exchange.close()

    def _start_what_may(self) -> None:
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now:
            self._ready.append(heapq.heappop(self._paused)[2])
        while self._ready or self._unopened:
            if not self._ready:
                self._open(*self._unopened.popleft())
                continue
            # A batch is for one host as a rule, so the others wait behind the first.
            limit = self._transport.streams(self._ready[0].request.url)
            if len(self._running) >= min(limit, self._at_once):
                return
            transfer = self._ready.popleft()
            self._running[self._transport.start(transfer)] = transfer

    def _open(self, key: Key, exchange: Exchange[Result]) -> None:
        try:
            request = next(exchange)
        except StopIteration as stop:
            self._results.append((key, stop.value))
            return
        self._ready.append(_Transfer(key=key, exchange=exchange, request=request))

    def _finish(self, handle: pycurl.Curl, code: int, message: str) -> None:
        transfer = self._running.pop(handle)
        status = int(handle.getinfo(pycurl.RESPONSE_CODE))
        url = handle.getinfo(pycurl.EFFECTIVE_URL)
        if not code:
            self._transport.learn(transfer.request.url, handle)
        self._transport.stop(handle)
        body = transfer.received.getvalue() if transfer.file is None else b""
        transfer.close_file()
        headers = _headers(transfer.header_lines)
        where = printable(transfer.request.url)
        failure = (
            failure_of_code(code, message, where)
            if code and code != pycurl.E_HTTP_RETURNED_ERROR
            else failure_of_status(status, headers, where)
        )
        if failure:
            self._retry(transfer, failure)
            return
        response = Response(status=status, url=url, headers=headers, body=body)
        self._go_on(transfer, lambda: transfer.exchange.send(response))

    def _go_on(
        self, transfer: _Transfer[Key, Result], step: Callable[[], Request]
    ) -> None:
        try:
            transfer.request = step()
        except StopIteration as stop:
            self._results.append((transfer.key, stop.value))
            return
        transfer.failures = 0
        self._ready.append(transfer)

    def _retry(self, transfer: _Transfer[Key, Result], failure: Failure) -> None:
        transfer.failures += 1
        if not failure.may_pass or transfer.failures > self._transport.retries:
            # Raised here, unless the exchange knows how to go on without an answer.
            self._go_on(transfer, lambda: transfer.exchange.throw(failure.error))
            return
        if failure.spoils_partial_file and transfer.request.into:
            transfer.request.into.unlink(missing_ok=True)
        pause_s = FIRST_PAUSE_S * 2 ** (transfer.failures - 1)
        pause_s = min(max(pause_s, failure.pause_s), LONGEST_PAUSE_S)
        due = time.monotonic() + pause_s
        heapq.heappush(self._paused, (due, id(transfer), transfer))


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _headers(lines: Iterable[bytes]) -> dict[str, str]:
    """Read the header lines of the last answer (redirects answer first)."""
    headers: dict[str, str] = {}
    for line in lines:
        if line.startswith(b"HTTP/"):
            headers.clear()
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers
