"""Universes in memory, and how they are asked."""

from collections.abc import Mapping, Sequence
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
