"""Many small HTTP requests at once: libcurl's multi interface, in one thread.

A resolution reads up to 1,200 wheel tails of 32 kB. Over one HTTP/2 connection
libcurl takes a third of the time of urllib3 with 32 threads and a quarter of its
processor time (figures in docs/dependencies.md), and starts in a fifth.

Conversations that need several requests (metadata file, else tail, else whole file)
are written as generators: they yield a `Request`, get its `Response`, and return
their result. One thread drives all of them, so that reading a page and receiving the
next never fight for the interpreter lock.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Protocol, TypeVar

from axletree.config import Settings
from axletree.wheelhouse.transport.connections import (
    MAX_STREAMS,
    Connections,
)
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.loop import Loop
from axletree.wheelhouse.transport.pauses import Patience
from axletree.wheelhouse.transport.request import Exchange

Key = TypeVar("Key")
Result = TypeVar("Result")

LONGEST_REST_S = 5.0
"""After it, what is on its way is given up: its time limits ran while nobody listened."""


def _tell_nobody(host: str, pause_s: float) -> None:
    """Ignore it."""


class _Closes(Protocol):
    """A loop, whatever it carries."""

    def close(self) -> None: ...


class Transport:
    """Sends requests; keeps connections until closed. Threads take turns."""

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        on_wait: Callable[[str, float], None] = _tell_nobody,
    ) -> None:
        """Connect to nothing yet; `on_wait` hears of hosts that ask us to wait."""
        self._credentials = credentials
        self._settings = settings
        self._patience = Patience(most_s=settings.limits.wait_s, tell=on_wait)
        self._connections = Connections(settings, credentials)
        self._lock = threading.Lock()
        self._standing: _Closes | None = None
        self._rests_since_s = 0.0

    def run(
        self,
        exchanges: Iterable[tuple[Key, Exchange[Result]]],
        *,
        at_once: int = MAX_STREAMS,
    ) -> Generator[tuple[Key, Result], None, None]:
        """Drive all exchanges to their ends and yield results as they come.

        The iterator must be read to its end or closed. What is on its way in the
        standing loop is given up.

        :raises UnreachableIndexError: if a server cannot be reached, refuses, or
            still fails after the settings' retries.
        """
        with self._lock:
            self._end_standing()
            loop: Loop[Key, Result] = self._loop(at_once)
            with closing(loop):
                loop.begin(exchanges)
                yield from loop.results()

    @contextmanager
    def standing(self, last: Loop[Key, Result] | None) -> Iterator[Loop[Key, Result]]:
        """Give a loop that stays open: what was begun there goes on the next time.

        :param last: what was given before. It is another one after an error, a `run`,
            or a long rest.
        """
        with self._lock:
            if time.monotonic() - self._rests_since_s > LONGEST_REST_S:
                self._end_standing()
            if last is None or last is not self._standing:
                self._end_standing()
                last = self._loop(MAX_STREAMS)
                self._standing = last
            try:
                yield last
            except BaseException:
                self._end_standing()
                raise
            self._rests_since_s = time.monotonic()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            self._end_standing()
            self._connections.close()

    @property
    def requests(self) -> int:
        """Count what was asked so far."""
        return self._connections.requests

    @property
    def received_bytes(self) -> int:
        """Count what came of bodies so far, as sent (compressed)."""
        return self._connections.received_bytes

    def _loop(self, at_once: int) -> Loop[Key, Result]:
        return Loop(
            self._connections,
            self._credentials,
            self._patience,
            self._settings,
            at_once=at_once,
        )

    def _end_standing(self) -> None:
        if self._standing is not None:
            self._standing.close()
            self._standing = None
