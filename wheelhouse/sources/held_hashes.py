"""Files held against hashes of kinds that their index does not give.

Such a hash excludes nothing by itself. A file that is about to be read is fetched then,
once, and one whose bytes have another hash is of no use: a fact, as any other.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.model.limits import FileLimits, HashLimit, Policy
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Relay,
    Universe,
    read_ahead,
)
from axletree.wheelhouse.transport.errors import FileGoneError

Fetch = Callable[[Sequence[DistributionFile]], Sequence[Path]]
"""Brings files; returns one path for each, in order."""


@dataclass(slots=True, kw_only=True)
class HeldHashes(Relay):
    """Another universe, some of whose files are fetched before they are read."""

    base: Universe
    hashes: Sequence[HashLimit]
    fetch: Fetch
    _limits: FileLimits = field(init=False)

    def __post_init__(self) -> None:
        """Find the lines by project."""
        self.turn_to(self.hashes)

    def turn_to(self, hashes: Sequence[HashLimit]) -> None:
        """Hold files against other lines: an environment may have lines of its own."""
        self.hashes = hashes
        self._limits = FileLimits(hashes, Policy())

    def are_held(self, files: Iterable[DistributionFile]) -> list[DistributionFile]:
        """List the files of which more is said than the base says."""
        return [file for file in files if self._limits.unknown_hashes(file)]

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base, and for pages ahead if it can.

        :raises AxletreeError: a file did not come.
        """
        held = {
            file: self._hold(file, limits)
            for file in files
            if (limits := self._limits.unknown_hashes(file))
        }
        right = [file for file in files if held.get(file) is None]
        answers = dict(read_ahead(self.base, right, names))
        for file, wrong in held.items():
            own = answers.get(file)
            if wrong is not None:
                answers[file] = wrong
            elif isinstance(own, FileMetadata):
                answers[file] = replace(own, is_held=True)
        return answers

    def _hold(
        self, file: DistributionFile, limits: Sequence[HashLimit]
    ) -> UnusableMetadata | None:
        """Fetch a file and look at its bytes; None: they are as they should be."""
        try:
            [path] = self.fetch([file])
        except FileGoneError:
            return UnusableMetadata(reason="the index lists it, but does not have it")
        kinds = frozenset().union(*(limit.kinds for limit in limits))
        found = {**file.hashes, **digests(path, kinds)}
        for limit in limits:
            if limit.verdict(found) is False:
                said = ", ".join(sorted(f"{k}:{found[k]}" for k in limit.kinds))
                return UnusableMetadata(
                    reason=f"its bytes have another hash than you give ({said})"
                )
        return None


def digests(path: Path, kinds: Collection[str]) -> Mapping[str, str]:
    """Compute hashes of a file, by kind."""
    found = {}
    for kind in sorted(kinds):
        with path.open("rb") as file:
            found[kind] = hashlib.file_digest(file, kind).hexdigest()
    return found
