"""What a collect works with, and what it has done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.model import Collection, StoredFile
from axletree.wheelhouse.upstream.remote_file import Brought


class Downloads(Protocol):
    """Where files are brought from."""

    def download_all(self, files: Sequence[DistributionFile], folder: Path) -> Brought:
        """Bring files into `folder`, each verified."""
        ...


class BuildRequirements(Protocol):
    """Brings what builds need, and remembers it."""

    @property
    def provided(self) -> Mapping[DistributionFile, Path]:
        """Return the build requirements brought so far."""
        ...

    def provide(
        self, requirements: Sequence[str], environment: Environment
    ) -> Sequence[Path]:
        """Bring the whole closure of `requirements`."""
        ...


class CollectReporter(Protocol):
    """Hears of the steps of a collect."""

    def step(self, text: str) -> None:
        """Take the start of a step."""
        ...

    def announce(self, text: str) -> None:
        """Take the start of a build."""
        ...

    def note(self, text: str) -> None:
        """Take what is worth knowing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collect has done."""

    collection: Collection
    new: tuple[StoredFile, ...] = ()
    repaired: tuple[StoredFile, ...] = ()
    """Files that were there, and damaged."""
    built: tuple[str, ...] = ()
    """Wheels that were built from sdists."""
    notes: tuple[str, ...] = ()
    """Harmless flaws."""
    answer_notes: tuple[str, ...] = ()
    """What is to be said of the answer itself, as a lock says it."""
