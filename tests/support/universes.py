"""Universes in memory, and how they are asked."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Universe,
)


@dataclass(kw_only=True)
class LazyUniverse:
    """An index: nothing is at hand, each thing is read at most once."""

    base: Universe
    is_frozen: bool = False
    pages_read: list[NormalizedName] = field(default_factory=list)
    files_read: list[DistributionFile] = field(default_factory=list)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Look every page up."""
        self.pages_read += projects
        return self.base.pages(projects)

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Look every file's metadata up."""
        self.files_read += files
        return self.base.metadata(files)


@dataclass(kw_only=True)
class LateUniverse(LazyUniverse):
    """An index whose sdists must be asked, which takes long."""

    begun: list[DistributionFile] = field(default_factory=list)
    """Those being asked, of which nobody has waited for the answer."""
    order: list[str] = field(default_factory=list)
    """What was read, in order; `begin NAME` and `wait NAME` of sdists."""

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],  # noqa: ARG002  nothing is read ahead
    ) -> Collection[DistributionFile]:
        """Begin with sdists."""
        new = [f for f in files if f.kind == "sdist" and f not in self.begun]
        self.begun += new
        self.order += [f"begin {file.filename}" for file in new]
        return [file for file in files if file in self.begun]

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Wait for sdists, look all else up."""
        for file in files:
            is_begun = file in self.begun
            self.order.append(f"{'wait ' if is_begun else ''}{file.filename}")
        self.begun = [file for file in self.begun if file not in files]
        return super().metadata(files)
