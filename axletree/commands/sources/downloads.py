"""Files from wherever a resolution over several sources has found them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.addresses import path_of
from axletree.resolver.model.answers import Pin, Resolution
from axletree.resolver.model.distribution import DistributionFile, ListedVariants
from axletree.resolver.model.environment import Environment
from axletree.resolver.universe.protocol import Universe
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.sources.merged import MergedUniverse
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.remote_file import Brought

if TYPE_CHECKING:
    from axletree.wheelhouse.sources.addressed_files import AddressedFilesHere


class RankedIndexes(Universe, Protocol):
    """Several indexes as one universe, by one strategy or another."""

    def owner(self, file: DistributionFile) -> Universe | None:
        """Return the index that a file comes from."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadDownloads:
    """Brings each file from the index or folder that its project was found in."""

    indexes: tuple[UpstreamIndex, ...]
    ranked: RankedIndexes
    """Of these indexes; knows whose a file is."""
    merged: MergedUniverse | None = None
    """Of folders and `ranked`, if there are folders."""
    addressed: "AddressedFilesHere | None" = None
    """What requirements name by its address, if there is such."""

    kept: dict[DistributionFile, Path] = field(default_factory=dict)
    """What was fetched: without a hash nobody knows it again."""

    @property
    def requests(self) -> int:
        """Count what went over the network so far."""
        return sum(index.counters.requests for index in self.indexes)

    def turn(self, environment: Environment) -> None:
        """Let sdists tell what their code says for an environment."""
        for index in self.indexes:
            index.turn_to(environment)

    def download_all(self, files: Sequence[DistributionFile], folder: Path) -> Brought:
        """Bring files into `folder`; those of folders stay where they are.

        :raises AxletreeError: as `UpstreamIndex.download_all`.
        """
        return self._bring(files, lambda index, own: index.download_all(own, folder))

    def fetch(self, files: Sequence[DistributionFile]) -> Sequence[Path]:
        """Bring files into the cache; one path for each, in order.

        :raises AxletreeError: a file did not come.
        """
        new = [file for file in files if file not in self.kept]
        self.kept.update(
            self._bring(new, lambda index, own: index.fetch(own)).whole() if new else {}
        )
        return [self.kept[file] for file in files]

    def provenance(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, bytes | str]:
        """Read what indexes give along; as `UpstreamIndex.provenance`."""
        found: dict[DistributionFile, bytes | str] = {}
        for index in self.indexes:
            own = [file for file in files if self._owner(file) is index]
            found.update(index.provenance(own) if own else {})
        return found

    def variants(
        self, listed: Sequence[ListedVariants]
    ) -> Mapping[ListedVariants, bytes | str]:
        """Read listings of variants; as `UpstreamIndex.variants`."""
        from axletree.wheelhouse.entry.variants import read_variants  # noqa: PLC0415  late: for collect

        found: dict[ListedVariants, bytes | str] = {}
        for index in self.indexes:
            own = [each for each in listed if index.has_listed(each)]
            found.update(index.variants(own) if own else {})
        in_folders = (each for each in listed if each not in found)
        return found | {each: read_variants(path_of(each.url)) for each in in_folders}

    def with_sha256(self, answer: Resolution) -> Resolution:
        """Give each file to install a SHA-256, of its bytes where nobody gives one.

        :raises AxletreeError: a file did not come.
        """
        bare = [
            pin.file
            for pin in answer.pins
            if pin.file.address is None and "sha256" not in pin.file.hashes
        ]
        if not bare:
            return answer
        known = dict(zip(bare, self.fetch(bare), strict=True))
        pins = (
            _hashed(pin, known[pin.file]) if pin.file in known else pin
            for pin in answer.pins
        )
        return replace(answer, pins=tuple(pins))

    def _bring(
        self,
        files: Sequence[DistributionFile],
        bring: Callable[[UpstreamIndex, Sequence[DistributionFile]], Brought],
    ) -> Brought:
        owners = {file: self._owner(file) for file in files}
        paths = {f: self._path_of(f) for f in files if owners[f] is None}
        failures: dict[DistributionFile, WheelhouseError] = {}
        for index in self.indexes:
            own = [file for file in files if owners[file] is index]
            if own:
                brought = bring(index, own)
                paths.update(brought.paths)
                failures.update(brought.failures)
        return Brought(paths=paths, failures=failures)

    def _owner(self, file: DistributionFile) -> Universe | None:
        """Return the file's index; None for a folder (not by its URL: pages lie)."""
        if file.address is not None:
            return None
        if self.merged is not None and self.merged.owner(file) is not self.ranked:
            return None
        owner = self.ranked.owner(file)
        # The file of an index in a folder lies there.
        return owner if isinstance(owner, UpstreamIndex) else None

    def _path_of(self, file: DistributionFile) -> Path:
        if self.addressed is not None and file.address is not None:
            return self.addressed.paths[file]
        return path_of(file.url)


def _hashed(pin: Pin, path: Path) -> Pin:
    from axletree.wheelhouse.sources.held_hashes import digests  # noqa: PLC0415  late: most are given

    hashes = {**pin.file.hashes, **digests(path, ["sha256"])}
    file = replace(pin.file, hashes=hashes)
    others = tuple(other for other in pin.files if other is not pin.file)
    return replace(pin, file=file, files=(file, *others))
