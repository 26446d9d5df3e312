"""What an upstream client tells about its progress."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from axletree.resolver.model.distribution import DistributionFile


class UpstreamReporter(Protocol):
    """Hears of progress."""

    def reading(
        self, kind: Literal["pages", "metadata"], *, done: int, total: int
    ) -> None:
        """Hear that `done` of the `total` items of one batch are there."""
        ...

    def bringing(self, files: Sequence[DistributionFile]) -> None:
        """Hear that these files are about to be downloaded."""
        ...

    def downloading(self, file: DistributionFile, done_bytes: int) -> None:
        """Hear that `done_bytes` of the file have arrived."""
        ...

    def downloaded(self, file: DistributionFile, path: Path) -> None:
        """Hear that the whole file has arrived and its hash is right."""
        ...

    def waiting(self, host: str, pause_s: float) -> None:
        """Hear that nothing is asked for `pause_s`, because the host says so."""
        ...

    def unverified(self, host: str) -> None:
        """Hear that a file comes from this host that nobody can verify."""
        ...


class SilentUpstreamReporter:
    """Says nothing."""

    def reading(
        self, kind: Literal["pages", "metadata"], *, done: int, total: int
    ) -> None:
        """Ignore it."""

    def bringing(self, files: Sequence[DistributionFile]) -> None:
        """Ignore it."""

    def downloading(self, file: DistributionFile, done_bytes: int) -> None:
        """Ignore it."""

    def downloaded(self, file: DistributionFile, path: Path) -> None:
        """Ignore it."""

    def waiting(self, host: str, pause_s: float) -> None:
        """Ignore it."""

    def unverified(self, host: str) -> None:
        """Ignore it."""
