"""A universe with what users name by its address, each beside the page of its project.

Nothing is fetched before the project is asked for: a constraint on something that
nobody needs stops nothing. Which of it may be chosen is `PageCompiler`'s to say.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Protocol

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Relay,
    Universe,
    read_ahead,
)


class AddressedFiles(Protocol):
    """Files, archives and folders that users name."""

    def file(self, root: RootRequirement) -> DistributionFile:
        """Bring what a root or constraint names, and say what it is."""
        ...

    def metadata(self, file: DistributionFile) -> MetadataAnswer:
        """Read the metadata of what was brought."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressedUniverse(Relay):
    """Another universe, with what stands at addresses."""

    base: Universe
    roots: Mapping[NormalizedName, tuple[RootRequirement, ...]]
    """Roots and constraints by address; one for each URL."""
    files: AddressedFiles
    _brought: dict[NormalizedName, tuple[DistributionFile, ...]] = field(
        default_factory=dict
    )

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages, and bring what is named of these projects.

        :raises InvalidRequirementError: what is named is not there, or of no use.
        """
        named = {name: self._named(name) for name in projects if name in self.roots}
        pages = dict(self.base.pages(projects))
        for name, files in named.items():
            page = pages[name] or Page(project=name, files=())
            pages[name] = replace(page, files=(*page.files, *files))
        return pages

    def _named(self, name: NormalizedName) -> tuple[DistributionFile, ...]:
        if name not in self._brought:
            self._brought[name] = tuple(map(self.files.file, self.roots[name]))
        return self._brought[name]

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask whose file it is, and for pages ahead if the base can read so."""
        answers = {f: self.files.metadata(f) for f in files if f.address is not None}
        others = [file for file in files if file.address is None]
        if others:
            answers.update(read_ahead(self.base, others, names))
        return answers


def by_project(
    lines: Iterable[RootRequirement],
) -> dict[NormalizedName, tuple[RootRequirement, ...]]:
    """Sort what is named by its address by project, each URL once."""
    found: dict[NormalizedName, dict[str, RootRequirement]] = {}
    for line in lines:
        if line.address is not None:
            name = canonicalize_name(line.requirement.name)
            found.setdefault(name, {}).setdefault(line.address.url, line)
    return {name: tuple(roots.values()) for name, roots in found.items()}


def without_addressed(page: Page | None) -> Page | None:
    """Return the page as the base has it; None if it has none."""
    if page is None or all(file.address is None for file in page.files):
        return page
    files = tuple(file for file in page.files if file.address is None)
    return replace(page, files=files) if files or page.excluded else None
