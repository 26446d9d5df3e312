"""A wheelhouse as it was, and as it would be, to resolve over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog.universe import Readable
from axletree.wheelhouse.model import ProjectStatus, Sha256, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItWas:
    """A wheelhouse in which nobody has withdrawn yet what was withdrawn later."""

    house: Readable

    def generation(self) -> int:
        """Return the newest generation."""
        return self.house.generation()

    def projects(self, generation: int) -> Sequence[NormalizedName]:
        """List the projects of a generation."""
        return self.house.projects(generation)

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of projects as a generation had them."""
        found = self.house.listed_of_all(projects, generation)
        return {
            name: tuple(_as_of(file, generation) for file in files)
            for name, files in found.items()
        }

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        """Say how projects were."""
        return self.house.statuses_of(projects, generation)

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest."""
        return self.house.metadata(digests)


def _as_of(file: StoredFile, generation: int) -> StoredFile:
    if file.is_withdrawn_in(generation):
        return file
    return replace(file, withdrawn=None, withdrawn_since=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItWouldBe:
    """A wheelhouse with some files more."""

    house: Readable
    entering: tuple[StoredFile, ...]
    content: Mapping[Sha256, bytes]
    """Their METADATA."""

    def generation(self) -> int:
        """Return the newest generation."""
        return self.house.generation()

    def projects(self, generation: int) -> Sequence[NormalizedName]:
        """List the projects of a generation, and those of the files."""
        own = {file.project for file in self.entering}
        return sorted({*self.house.projects(generation), *own})

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List what is there, and what would be."""
        found = self.house.listed_of_all(projects, generation)
        return {
            name: (*files, *(f for f in self.entering if f.project == name))
            for name, files in found.items()
        }

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        """Say how projects are."""
        return self.house.statuses_of(projects, generation)

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest, also of what is not there yet."""
        own = {each: self.content[each] for each in digests if each in self.content}
        others = [each for each in digests if each not in own]
        return {**self.house.metadata(others), **own}
