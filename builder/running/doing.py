"""One target on its way, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from axletree.builder.running.targets import Target
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.jobs.records import Failure, Need
from axletree.wheelhouse.jobs.table import Lease

End: TypeAlias = Literal["published", "there", "failed", "known", "cancelled"]


class GroupReporter(Protocol):
    """Hears how a group of jobs goes."""

    def announce(self, text: str) -> None:
        """Take the start of a build."""
        ...

    def note(self, text: str) -> None:
        """Take what is worth knowing."""
        ...

    def counting(self, doing: str, *, done: int, total: int, what: str) -> None:
        """Take how many are done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of one target."""

    job: int
    target: Target
    end: End
    took_s: float = 0.0
    """Of all attempts of this run; nothing for what was there."""
    result: Mapping[str, Json] | None = None
    failure: Failure | None = None
    error: Exception | None = None
    """What was raised, where it was in this process."""

    @property
    def is_good(self) -> bool:
        """Tell whether its wheels are in the wheelhouse."""
        return self.end in {"published", "there"}


@dataclass(slots=True, kw_only=True)
class Doing:
    """One target on its way."""

    job: int
    target: Target
    needs: dict[int, Need] = field(default_factory=dict)
    """Others of the group that come first: by name."""
    hopes: set[int] = field(default_factory=set)
    """Others that may bring what is missing."""
    attempts: int = 0
    not_before_s: float = 0.0
    took_s: float = 0.0
    is_elsewhere: bool = False
    """Another process does it."""
    is_alone: bool = False
    """It waits for nobody any more."""
    is_asked_anew: bool = False
    takes_what_is_there: bool = False
    """It is built with wheels that are at hand: the others need it to be built."""
    has_taken: bool = False
    """That was tried, and they do not suffice."""
    is_announced: bool = False
    asked: int = 0
    """How often it has asked for build requirements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A part that is being done."""

    members: tuple[tuple[Doing, Lease], ...]
    began_s: float
    memory_bytes: int
