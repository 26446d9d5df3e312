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
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Generic, TypeVar

import pycurl

from axletree.config import Settings
from axletree.errors import AxletreeError
from axletree.wheelhouse.transport.connections import (
    MAX_STREAMS,
    Connections,
)
from axletree.wheelhouse.transport.credentials import (
    Credentials,
    printable,
)
from axletree.wheelhouse.transport.errors import UnreachableIndexError
from axletree.wheelhouse.transport.failures import (
    Failure,
    failure_of_code,
    failure_of_status,
    impatience,
    slowness,
)
from axletree.wheelhouse.transport.pauses import Patience
from axletree.wheelhouse.transport.request import (
    Exchange,
    Response,
    host_of,
    redirected,
    too_many_redirects,
)
from axletree.wheelhouse.transport.transfer import (
    Transfer,
    UnreadableAnswerError,
)

Key = TypeVar("Key")
Result = TypeVar("Result")

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
LEAST_PATIENCE_S = 1.0
"""For what nobody needs, of a run that took less."""
_REDIRECTS = {301, 302, 303, 307, 308}


def _tell_nobody(host: str, pause_s: float) -> None:
    """Ignore it."""


def _never() -> bool:
    """Wait for everything."""
    return False


class Transport:
    """Sends requests; keeps connections until closed. Threads take turns."""

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        on_wait: Callable[[str, float], None] = _tell_nobody,
    ) -> None:
        """Connect to nothing yet; `on_wait` hears of hosts that ask us to wait."""
        self.credentials = credentials
        self.retries = settings.retries
        self.limits = settings.limits
        self.patience = Patience(most_s=settings.limits.wait_s, tell=on_wait)
        self.connections = Connections(settings, credentials)
        self._lock = threading.Lock()

    def run(
        self,
        exchanges: Iterable[tuple[Key, Exchange[Result]]],
        *,
        at_once: int = MAX_STREAMS,
        more: deque[tuple[Key, Exchange[Result]]] | None = None,
        is_enough: Callable[[], bool] | None = None,
    ) -> Generator[tuple[Key, Result], None, None]:
        """Drive all exchanges to their ends and yield results as they come.

        The iterator must be read to its end or closed.

        :param more: looked at after each result, emptied, and driven as well: what a
            result makes necessary need not wait for the others.
        :param is_enough: tells whether nobody needs what is still on its way. From then
            on it may take as long again as the run has taken, or a second; the rest is lost.

        :raises UnreachableIndexError: if a server cannot be reached, refuses, or
            still fails after the settings' retries.
        """
        with self._lock, closing(_Loop(self, exchanges, at_once, more)) as loop:
            yield from loop.results(is_enough or _never)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            self.connections.close()

    @property
    def requests(self) -> int:
        """Count what was asked so far."""
        return self.connections.requests

    @property
    def received_bytes(self) -> int:
        """Count what came of bodies so far, as sent (compressed)."""
        return self.connections.received_bytes


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
        self._ready: deque[Transfer[Key, Result]] = deque()
        self._paused: list[tuple[float, int, Transfer[Key, Result]]] = []
        self._running: dict[pycurl.Curl, Transfer[Key, Result]] = {}
        self._results: list[tuple[Key, Result]] = []
        # Only while we listen: whoever takes a result may think for a minute.
        self._listened_s = 0.0
        self._look_every_s = min(1.0, max(0.1, transport.limits.rate_window_s / 4))
        self._look_at_s = self._look_every_s

    def results(self, is_enough: Callable[[], bool]) -> Iterator[tuple[Key, Result]]:
        began_s = time.monotonic()
        end_s = None
        while self._unopened or self._ready or self._paused or self._running:
            if end_s is None and is_enough():
                now_s = time.monotonic()
                end_s = now_s + max(now_s - began_s, LEAST_PATIENCE_S)
            left_s = 1.0 if end_s is None else end_s - time.monotonic()
            if left_s <= 0:
                return
            self._start_what_may()
            for handle, code, message in self._listen(left_s):
                self._finish(handle, code, message)
            self._drain()
            yield from self._results
            self._results.clear()
            self._unopened.extend(self._more)
            self._more.clear()

    def close(self) -> None:
        for handle, transfer in self._running.items():
            self._transport.connections.stop(handle)
            transfer.close()
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
            limit = self._transport.connections.streams(self._ready[0].url)
            if len(self._running) >= min(limit, self._at_once):
                return
            transfer = self._ready.popleft()
            try:
                handle = self._transport.connections.start(transfer)
            except AxletreeError as error:
                self._throw(transfer, error)
            else:
                self._running[handle] = transfer

    def _open(self, key: Key, exchange: Exchange[Result]) -> None:
        try:
            request = next(exchange)
        except StopIteration as stop:
            self._results.append((key, stop.value))
            return
        limits = self._transport.limits
        transfer = Transfer(key=key, exchange=exchange, request=request, limits=limits)
        transfer.await_answer(request)
        self._ready.append(transfer)

    def _listen(self, most_s: float) -> list[tuple[pycurl.Curl, int, str]]:
        began_s = time.monotonic()
        wait_s = self._paused[0][0] - began_s if self._paused else most_s
        wait_s = min(wait_s, most_s)
        ended = self._transport.connections.perform(
            max(0.0, min(wait_s, self._look_every_s))
        )
        self._listened_s += time.monotonic() - began_s
        return ended

    def _drain(self) -> None:
        """Look at what has arrived of answers that go on."""
        much = [
            (handle, transfer)
            for handle, transfer in self._running.items()
            if transfer.has_much
        ]
        for handle, transfer in much:
            try:
                is_enough = transfer.drain(*_status_and_length(handle))
            except AxletreeError as error:
                del self._running[handle]
                self._transport.connections.stop(handle)
                transfer.close()
                self._refuse(transfer, error)
            else:
                if is_enough:
                    self._finish(handle, 0, "")
        if self._listened_s >= self._look_at_s:
            self._look_at_s = self._listened_s + self._look_every_s
            self._end_what_is_slow()

    def _end_what_is_slow(self) -> None:
        slow = [
            (handle, transfer)
            for handle, transfer in self._running.items()
            if transfer.is_too_slow(self._listened_s)
        ]
        # Many answers may share a slow line.
        self._at_once = max(1, self._at_once - len(slow) // 2)
        for handle, transfer in slow:
            if self._take_out(handle, is_whole=False):
                where = printable(transfer.request.url)
                self._retry(transfer, slowness(self._transport.limits, where))

    def _finish(self, handle: pycurl.Curl, code: int, message: str) -> None:
        transfer = self._running[handle]
        if not code:
            self._transport.connections.learn(transfer.url, handle)
        response = self._take_out(handle, is_whole=not code)
        if response is None:
            return
        where = printable(transfer.request.url)
        failure = (
            failure_of_code(code, message, where)
            if code
            else failure_of_status(response, where, is_part=transfer.is_part)
        )
        if failure:
            self._retry(transfer, failure)
        elif response.status in _REDIRECTS and "location" in response.headers:
            self._follow(transfer, response.headers["location"])
        else:
            self._send(transfer, response)

    def _take_out(self, handle: pycurl.Curl, *, is_whole: bool) -> Response | None:
        """End a request; None if what came cannot be taken (which is settled then)."""
        transfer = self._running.pop(handle)
        status, length = _status_and_length(handle)
        self._transport.connections.stop(handle)
        try:
            return transfer.end(status, length, is_whole=is_whole)
        except AxletreeError as error:
            self._refuse(transfer, error)
            return None

    def _refuse(self, transfer: Transfer[Key, Result], error: AxletreeError) -> None:
        if isinstance(error, UnreadableAnswerError):
            self._retry(transfer, Failure(error=error, spoils_partial_file=True))
        else:
            self._throw(transfer, error)

    def _follow(self, transfer: Transfer[Key, Result], location: str) -> None:
        transfer.redirects += 1
        most = self._transport.limits.redirects
        try:
            if transfer.redirects > most:
                raise too_many_redirects(most, transfer.request.url)
            url = redirected(transfer.url, location)
        except UnreachableIndexError as error:
            self._throw(transfer, error)
            return
        transfer.url = self._transport.credentials.detach(url)
        self._ready.append(transfer)

    def _send(self, transfer: Transfer[Key, Result], response: Response) -> None:
        try:
            transfer.await_answer(transfer.exchange.send(response))
        except StopIteration as stop:
            self._results.append((transfer.key, stop.value))
            return
        self._ready.append(transfer)

    def _throw(self, transfer: Transfer[Key, Result], error: AxletreeError) -> None:
        """Give the exchange an error in place of an answer; it may end the run."""
        try:
            transfer.await_answer(transfer.exchange.throw(error))
        except StopIteration as stop:
            self._results.append((transfer.key, stop.value))
            return
        self._ready.append(transfer)

    def _retry(self, transfer: Transfer[Key, Result], failure: Failure) -> None:
        transfer.failures += 1
        if not failure.may_pass or transfer.failures > self._transport.retries:
            self._throw(transfer, failure.error)
            return
        if failure.spoils_partial_file and transfer.request.into:
            transfer.request.into.unlink(missing_ok=True)
        pause_s = min(FIRST_PAUSE_S * 2 ** (transfer.failures - 1), LONGEST_PAUSE_S)
        if failure.pause_s > pause_s:
            pause_s = failure.pause_s
            host = host_of(printable(transfer.url))
            if not self._transport.patience.may_wait(host, pause_s):
                self._throw(transfer, impatience(failure))
                return
        transfer.begin_anew()
        due = time.monotonic() + pause_s
        heapq.heappush(self._paused, (due, id(transfer), transfer))


def _status_and_length(handle: pycurl.Curl) -> tuple[int, int]:
    return (
        int(handle.getinfo(pycurl.RESPONSE_CODE)),
        int(handle.getinfo(pycurl.CONTENT_LENGTH_DOWNLOAD_T)),
    )
