"""Exchanges driven together, in one thread, until what is waited for is there.

What has arrived is looked at in the order of need: a page that nobody waits for is not
read while something waited for has come.
"""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

import pycurl

from axletree.config import Settings
from axletree.errors import AxletreeError
from axletree.wheelhouse.transport.connections import Connections
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
Key_contra = TypeVar("Key_contra", contravariant=True)
Result = TypeVar("Result")
_Item = TypeVar("_Item")

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
LONGEST_WAIT_S = 1.0
"""For something to arrive, before all is looked at again."""
_REDIRECTS = {301, 302, 303, 307, 308}


class Needs(Protocol[Key_contra]):
    """What one caller waits for, of all that is on its way."""

    def is_met(self) -> bool:
        """Tell whether all of it has come."""
        ...

    def is_due(self, key: Key_contra) -> bool:
        """Tell whether something is waited for."""
        ...

    def is_welcome(self, key: Key_contra) -> bool:
        """Tell whether something may be looked at while nothing is due."""
        ...


class _All:
    """The needs of who waits for everything."""

    def is_met(self) -> bool:
        return False

    def is_due(self, key: object) -> bool:
        del key
        return True

    def is_welcome(self, key: object) -> bool:
        del key
        return True


class Loop(Generic[Key, Result]):
    """Exchanges on their way."""

    def __init__(
        self,
        connections: Connections,
        credentials: Credentials,
        patience: Patience,
        settings: Settings,
        *,
        at_once: int,
    ) -> None:
        """Begin nothing yet.

        :param at_once: requests that may be on their way together.
        """
        self._connections = connections
        self._credentials = credentials
        self._patience = patience
        self._retries = settings.retries
        self._limits = settings.limits
        self._most_at_once = self._at_once = at_once
        self._needs: Needs[Key] = _All()
        self._unopened: deque[tuple[Key, Exchange[Result]]] = deque()
        self._ready: deque[Transfer[Key, Result]] = deque()
        self._paused: list[tuple[float, int, Transfer[Key, Result]]] = []
        self._running: dict[pycurl.Curl, Transfer[Key, Result]] = {}
        self._ended: dict[pycurl.Curl, tuple[int, str]] = {}
        """Those of them that have ended, and nobody has looked at."""
        self._results: list[tuple[Key, Result]] = []
        # Only while we listen: whoever takes a result may think for a minute.
        self._listened_s = 0.0
        self._look_every_s = min(1.0, max(0.1, self._limits.rate_window_s / 4))
        self._look_at_s = self._look_every_s

    def begin(self, exchanges: Iterable[tuple[Key, Exchange[Result]]]) -> None:
        """Let exchanges begin, after those that wait for their turn."""
        self._unopened.extend(exchanges)

    def results(self, needs: Needs[Key] | None = None) -> Iterator[tuple[Key, Result]]:
        """Yield results as they come, what is due first, until the needs are met.

        The iterator must be read to its end, or the loop closed. More may be begun
        meanwhile.

        :param needs: None: all is waited for.
        :raises UnreachableIndexError: as an exchange does not catch.
        """
        self._needs = needs or _All()
        self._at_once = self._most_at_once
        while self._is_busy() and not self._needs.is_met():
            self._start_what_may()
            self._listen(0.0 if self._results or self._next_ended() else LONGEST_WAIT_S)
            self._drain()
            self._finish_some()
            found, self._results = self._results, []
            yield from found
        # What was begun meanwhile is asked for while nobody listens.
        self._start_what_may()
        self._listen(0.0)

    def close(self) -> None:
        """Give up all that is on its way."""
        for handle, transfer in self._running.items():
            self._connections.stop(handle)
            transfer.close()
            transfer.exchange.close()
        for transfer in [*self._ready, *(paused[2] for paused in self._paused)]:
            transfer.exchange.close()
        for _, exchange in self._unopened:
            exchange.close()
        for left in (self._running, self._ended, self._ready, self._paused):
            left.clear()
        self._unopened.clear()

    def _is_busy(self) -> bool:
        return bool(
            self._unopened
            or self._ready
            or self._paused
            or self._running
            or self._results
        )

    # Beginning.

    def _start_what_may(self) -> None:
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now:
            self._ready.append(heapq.heappop(self._paused)[2])
        # What is known already is given away before anything else is opened.
        while not self._results:
            if not self._ready:
                opened = self._take(self._unopened, lambda each: each[0])
                if opened is None:
                    return
                self._open(*opened)
                continue
            # A batch is for one host as a rule, so the others wait behind the first.
            limit = self._connections.streams(self._ready[0].url)
            if len(self._running) - len(self._ended) >= min(limit, self._at_once):
                return
            transfer = self._ready.popleft()
            try:
                handle = self._connections.start(transfer)
            except AxletreeError as error:
                self._throw(transfer, error)
            else:
                self._running[handle] = transfer

    def _take(
        self, queue: deque[_Item], key_of: Callable[[_Item], Key]
    ) -> _Item | None:
        """Take what is due out of a queue, else what is welcome; None: nothing is."""
        for accepts in (self._needs.is_due, self._needs.is_welcome):
            for at, item in enumerate(queue):
                if accepts(key_of(item)):
                    del queue[at]
                    return item
        return None

    def _open(self, key: Key, exchange: Exchange[Result]) -> None:
        try:
            request = next(exchange)
        except StopIteration as stop:
            self._results.append((key, stop.value))
            return
        transfer = Transfer(
            key=key, exchange=exchange, request=request, limits=self._limits
        )
        transfer.await_answer(request)
        self._ready.append(transfer)

    # Listening.

    def _listen(self, most_s: float) -> None:
        began_s = time.monotonic()
        wait_s = self._paused[0][0] - began_s if self._paused else most_s
        wait_s = min(wait_s, most_s, self._look_every_s)
        for handle, code, message in self._connections.perform(max(0.0, wait_s)):
            self._ended[handle] = code, message
        self._listened_s += time.monotonic() - began_s

    def _drain(self) -> None:
        """Look at what has arrived of answers that go on."""
        much = [
            (handle, transfer)
            for handle, transfer in self._running.items()
            if transfer.has_much and handle not in self._ended
        ]
        for handle, transfer in much:
            try:
                is_enough = transfer.drain(*_status_and_length(handle))
            except AxletreeError as error:
                del self._running[handle]
                self._connections.stop(handle)
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
            if handle not in self._ended and transfer.is_too_slow(self._listened_s)
        ]
        # Many answers may share a slow line.
        self._at_once = max(1, self._at_once - len(slow) // 2)
        for handle, transfer in slow:
            if self._take_out(handle, is_whole=False):
                where = printable(transfer.request.url)
                self._retry(transfer, slowness(self._limits, where))

    # Ending.

    def _finish_some(self) -> None:
        """Look at all that is due of what has ended, or else at one that is welcome.

        One: to read a page takes time, in which something may come that is due.
        """
        due = [h for h in self._ended if self._needs.is_due(self._running[h].key)]
        if not due and not self._results:
            welcome = self._next_ended()
            due = [] if welcome is None else [welcome]
        for handle in due:
            self._finish(handle, *self._ended.pop(handle))

    def _next_ended(self) -> pycurl.Curl | None:
        """Return what has ended and may be looked at, what is due first."""
        for accepts in (self._needs.is_due, self._needs.is_welcome):
            for handle in self._ended:
                if accepts(self._running[handle].key):
                    return handle
        return None

    def _finish(self, handle: pycurl.Curl, code: int, message: str) -> None:
        transfer = self._running[handle]
        if not code:
            self._connections.learn(transfer.url, handle)
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
        self._connections.stop(handle)
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
        most = self._limits.redirects
        try:
            if transfer.redirects > most:
                raise too_many_redirects(most, transfer.request.url)
            url = redirected(transfer.url, location)
        except UnreachableIndexError as error:
            self._throw(transfer, error)
            return
        transfer.url = self._credentials.detach(url)
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
        if not failure.may_pass or transfer.failures > self._retries:
            self._throw(transfer, failure.error)
            return
        if failure.spoils_partial_file and transfer.request.into:
            transfer.request.into.unlink(missing_ok=True)
        pause_s = min(FIRST_PAUSE_S * 2 ** (transfer.failures - 1), LONGEST_PAUSE_S)
        if failure.pause_s > pause_s:
            pause_s = failure.pause_s
            host = host_of(printable(transfer.url))
            if not self._patience.may_wait(host, pause_s):
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
