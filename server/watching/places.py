"""How many of what holds a thread for long may be under way at once, in a worker.

A download holds one until its reader has taken nearly all of it, an upload until it has
come. What is beyond is told to come later, so that threads for pages are always left.
"""

import threading
from typing import Literal, Self, TypeAlias

from axletree.server.watching.figures import Figures

Use: TypeAlias = Literal["downloads", "uploads"]

MOST: dict[Use, int] = {"downloads": 160, "uploads": 24}
"""In each worker."""


class Places:
    """The places of one worker; safe to use from threads."""

    def __init__(self, figures: Figures, most: dict[Use, int] | None = None) -> None:
        """Start with all of them free."""
        self._figures = figures
        self._most = most or MOST
        self._taken: dict[Use, int] = {"downloads": 0, "uploads": 0}
        self._changing = threading.Lock()

    def take(self, use: Use) -> "Place | None":
        """Take one; None: all are taken."""
        with self._changing:
            if self._taken[use] >= self._most[use]:
                self._figures.add("too_busy")
                return None
            self._change(use, 1)
        return Place(self, use)

    @property
    def are_taken(self) -> bool:
        """Tell whether any is."""
        return any(self._taken.values())

    def _change(self, use: Use, by: int) -> None:
        self._taken[use] += by
        self._figures.put(use, self._taken[use])

    def give_back(self, use: Use) -> None:
        """Free one."""
        with self._changing:
            self._change(use, -1)


class Place:
    """One that is taken, until it is closed."""

    __slots__ = ("_is_taken", "_places", "_use")

    def __init__(self, places: Places, use: Use) -> None:
        """Remember whose it is."""
        self._places = places
        self._use = use
        self._is_taken = True

    def close(self) -> None:
        """Give it back, once."""
        if self._is_taken:
            self._is_taken = False
            self._places.give_back(self._use)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
