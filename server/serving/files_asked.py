"""Whether the store of the files answers, found out beside the requests.

A bucket that hangs is asked by one thread alone, however many probes come meanwhile, and
none of them waits longer than a probe may.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic

from axletree.server.answers.errors import FilesSilentError

WITHIN_S = 2.0
"""A probe waits no longer. Kubernetes itself gives up after one second, unless told more."""
GOOD_FOR_S = 1.0
"""Several probes, of several workers, need not each ask the server of the files."""


class FilesAsked:
    """Remembers what the store has answered; safe to use from threads."""

    def __init__(
        self,
        ask: Callable[[], None],
        *,
        within_s: float = WITHIN_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take what asks the store, and raises where it does not answer."""
        self._ask = ask
        self._within_s = within_s
        self._clock = clock
        self._changing = threading.Lock()
        self._asked: Future[None] | None = None
        self._asked_at = float("-inf")

    def require(self) -> None:
        """Find out whether the store answers, or has within `GOOD_FOR_S`.

        :raises FilesSilentError: it has not answered in time.
        :raises StorageError: it cannot be reached, or refuses.
        """
        asked, waited_s = self._asking()
        try:
            asked.result(timeout=max(0.0, self._within_s - waited_s))
        except TimeoutError as error:
            raise FilesSilentError(
                "the store of the files has not answered yet, for "
                f"{max(waited_s, self._within_s):.0f} s",
                hint="look whether the server of the bucket runs, or the disk hangs",
            ) from error

    def _asking(self) -> "tuple[Future[None], float]":
        """Ask, unless that is under way or was just answered well; since when."""
        with self._changing:
            now = self._clock()
            since = now - self._asked_at
            asked = self._asked
            if asked is not None and _counts(asked, since):
                return asked, 0.0 if asked.done() else since
            asked = self._asked = Future()
            self._asked_at = now
        # A thread that ends with the process: one that hangs must hold up no stop.
        threading.Thread(target=self._answer, args=(asked,), daemon=True).start()
        return asked, 0.0

    def _answer(self, asked: "Future[None]") -> None:
        try:
            self._ask()
        except Exception as error:  # noqa: BLE001  raised where it was asked for
            asked.set_exception(error)
        else:
            asked.set_result(None)


def _counts(asked: "Future[None]", since: float) -> bool:
    if not asked.done():
        return True
    return asked.exception() is None and since < GOOD_FOR_S
