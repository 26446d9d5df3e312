"""One thing that a hostile index does, and the answer that a user must get.

Nothing of it may end in a traceback, in a file outside, or in much memory.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.hostile_index import JSON_TYPE, Site, Wire

SCALED = {
    "AXLETREE_TIMEOUT": "1",
    "AXLETREE_MAX_PAGE": "100 kB",
    "AXLETREE_MAX_METADATA": "20 kB",
    "AXLETREE_MAX_HEADERS": "8 kB",
    "AXLETREE_MAX_FILE": "1 MB",
    "AXLETREE_MAX_WAIT": "0.5",
    "AXLETREE_MIN_RATE_TIME": "0.5",
}
"""Limits under which each behaviour is over in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One thing that an index does, and the exit codes that are right for it."""

    name: str
    do: Callable[[Site], None]
    lock: int = 0
    collect: int | None = None
    """None: as lock."""
    explain: int | None = None
    """None: as lock."""
    says: str = ""
    """Somewhere in what `collect` writes."""
    locks: str = ""
    """The version of `p` that is locked, if one is."""
    retries: int = 0
    is_slow: bool = False
    """It takes a time limit to end it."""

    @property
    def explains(self) -> int:
        return self.lock if self.explain is None else self.explain

    @property
    def collects(self) -> int:
        return self.lock if self.collect is None else self.collect


def endless(wire: Wire, status: int = 200, **headers: str | int | None) -> None:
    wire.head(status, Content_Type=JSON_TYPE, **headers)
    wire.endless(bytes(65536))


def dripping(wire: Wire) -> None:
    wire.head(200)
    wire.endless(b"x", 0.05)


def offering(**said: object) -> Callable[[Site], None]:
    """Offer a 2.0 whose entry says this."""

    def do(site: Site) -> None:
        site.offer("2.0", **said)

    return do
