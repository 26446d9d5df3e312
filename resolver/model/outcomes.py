"""What a search comes to that may give up: found, proved that there is none, or neither.

"Not found" is not "does not exist". A search over metadata that could not be read here,
or one that stops at a cap, has proved nothing by finding nothing; whoever claims that
something is the only, the first or the cheapest way has to look at which it was.
"""

from typing import Generic, TypeAlias, TypeVar

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile

Value = TypeVar("Value", covariant=True)  # noqa: PLC0105  one type of many classes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Value]):
    """It exists: here it is."""

    value: Value
    unread: tuple[DistributionFile, ...] = ()
    """Files that the search met and that nobody could read here. Read, one of them may
    be taken instead."""
    stops_at: tuple[DistributionFile, ...] = ()
    """Files that cannot be read, and at which `lock` stops."""


@dataclass(frozen=True, slots=True)
class ProvedNone:
    """It does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """Nobody knows whether it exists."""

    unread: tuple[DistributionFile, ...] = ()
    """The files that nobody could read here; none if a cap was reached."""


Answer: TypeAlias = Found[Value] | ProvedNone | GaveUp
