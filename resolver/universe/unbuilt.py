"""Sdists that must be built to be read: how many may be, and an index that builds none.

An sdist is built with the build requirements of the day that is asked about, so what
came of it as of one day says nothing of another, and trying each as of each day takes
minutes. So those that only show as of the other day stay unread: what is refused then
is not refused for certain, whatever was built here before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    UnusableMetadata,
)
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer, Relay

AS_OF_ANOTHER_DAY = UnusableMetadata(
    reason="it would have to be built as of another day", kind="unbuilt"
)


@dataclass(slots=True)
class BuildAllowance:
    """How many sdists may be built to be read. Who builds asks, one after the other."""

    left: int | None = None
    """None: as many as it takes."""
    declines: Callable[[DistributionFile], bool] | None = None
    """Tells of a file that it is not worth a build; asked where there is a limit."""
    built: list[DistributionFile] = field(init=False, default_factory=list)
    """What was allowed since there is a limit."""

    @property
    def is_limited(self) -> bool:
        """Tell whether it matters who is asked for first."""
        return self.left is not None

    def take(self, file: DistributionFile) -> bool:
        """Ask to build one; True also where an earlier run has built it."""
        if self.left is None:
            return True
        if self.left == 0 or (self.declines is not None and self.declines(file)):
            return False
        self.left -= 1
        self.built.append(file)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbuiltUniverse(Relay):
    """A universe in which sdists that a date hides are not read, or no sdists at all."""

    base: MemoUniverse
    limit: datetime | None = None
    """What the base was opened as of: the first instant that is too new. None: no
    sdist is read."""
    unread: UnusableMetadata = AS_OF_ANOTHER_DAY
    """What is said of them."""

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base, and for pages ahead if it can read so."""
        hidden = dict.fromkeys(
            file
            for file in files
            if file.kind == "sdist"
            and (self.limit is None or is_hidden(file, self.limit))
        )
        others = [file for file in files if file not in hidden]
        answers = self.base.metadata_ahead(others, names) if others else {}
        return {**dict.fromkeys(hidden, self.unread), **answers}


def is_hidden(file: DistributionFile, limit: datetime) -> bool:
    """Tell whether a date hides a file."""
    return file.upload_time is None or file.upload_time >= limit
