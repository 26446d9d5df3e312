"""How an index is read, and what of it was."""

from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.resolver.universe.unbuilt import BuildAllowance
from axletree.wheelhouse.sdist_builder import SdistBuilder


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistReading:
    """How an sdist is asked that does not tell its metadata itself."""

    builder: SdistBuilder
    environment: Environment
    """What the builder builds for."""
    allowance: BuildAllowance = field(default_factory=BuildAllowance)
    """What may be built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How an index is read."""

    exclude_newer: datetime | None = None
    """Which pages answer without asking, and what of them is read late. Hides no file."""
    refresh: bool = False
    """Ask for every page, whatever is cached."""
    sdists: SdistReading | None = None
    """None: sdists that do not tell their metadata themselves are unusable."""
    now: Callable[[], datetime] = _now


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What an index was asked for so far."""

    pages: int = 0
    metadata: int = 0
    requests: int = 0
    """Over the network: fewer than pages and metadata if some were cached."""
    received_bytes: int = 0
    """Bodies, as sent (compressed)."""
