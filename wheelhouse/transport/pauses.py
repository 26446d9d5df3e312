"""How long we wait because an index asks us to: not for ever, and not in silence."""

import time
from collections.abc import Callable

from axletree.late_dataclasses import dataclass

_SHORTEST_TOLD_S = 1.0


@dataclass(slots=True, kw_only=True)
class Patience:
    """The time in which nothing is asked, by the words of an index.

    Requests that wait at the same time wait once.
    """

    most_s: float
    tell: Callable[[str, float], None]
    """Told the host and how long we wait, each time that it becomes longer."""
    clock: Callable[[], float] = time.monotonic
    _waited_s: float = 0.0
    _until_s: float = 0.0

    def may_wait(self, host: str, pause_s: float) -> bool:
        """Tell whether this pause is one that we make, and note it."""
        now_s = self.clock()
        more_s = max(0.0, now_s + pause_s - max(now_s, self._until_s))
        if self._waited_s + more_s > self.most_s:
            return False
        self._waited_s += more_s
        self._until_s = max(self._until_s, now_s + pause_s)
        if more_s >= _SHORTEST_TOLD_S:
            self.tell(host, pause_s)
        return True
