"""Several universes as one that has the files of all.

For folders, and for a folder beside indexes: who names a folder wants what is in it,
as with pip. Indexes among themselves have ranks: `axletree.wheelhouse.sources.first_index`,
`axletree.wheelhouse.sources.best_match`.
"""

from collections.abc import Mapping, Sequence

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    ListedVariants,
    Page,
)
from axletree.resolver.universe.protocol import (
    ListsProjects,
    MetadataAnswer,
    Universe,
)


class MergedUniverse:
    """The universes in order: of two files of one name the first stays."""

    def __init__(self, universes: Sequence[Universe]) -> None:
        """Read nothing yet."""
        self._universes = tuple(universes)
        self._owner_of: dict[DistributionFile, Universe] = {}

    @property
    def is_frozen(self) -> bool:
        """Be frozen if all are."""
        return all(universe.is_frozen for universe in self._universes)

    def projects(self) -> Sequence[NormalizedName]:
        """List the projects of all that can list theirs."""
        listing = (u for u in self._universes if isinstance(u, ListsProjects))
        return sorted({name for universe in listing for name in universe.projects()})

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the pages of all and put their files together."""
        files: dict[NormalizedName, dict[str, DistributionFile]] = {}
        excluded: dict[NormalizedName, list[ExcludedFile]] = {}
        statuses: dict[NormalizedName, tuple[str, str]] = {}
        unasked: dict[NormalizedName, tuple[str, ...]] = {}
        variants: dict[NormalizedName, dict[str, ListedVariants]] = {}
        for universe in self._universes:
            for name, page in universe.pages(projects).items():
                if page is None:
                    continue
                excluded.setdefault(name, []).extend(page.excluded)
                if page.status is not None:
                    statuses.setdefault(name, page.status)
                unasked[name] = unasked.get(name, ()) + page.unasked
                for each in page.variants:
                    variants.setdefault(name, {}).setdefault(each.filename, each)
                own = files.setdefault(name, {})
                for file in page.files:
                    kept = own.setdefault(file.filename, file)
                    self._owner_of.setdefault(kept, universe)
        return {
            name: Page(
                project=name,
                files=tuple(files[name].values()),
                excluded=tuple(excluded[name]),
                status=statuses.get(name),
                unasked=unasked[name],
                variants=tuple(variants.get(name, {}).values()),
            )
            if name in files
            else None
            for name in projects
        }

    def owner(self, file: DistributionFile) -> Universe:
        """Return the universe that the file came from."""
        return self._owner_of[file]

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask for each file the universe that it came from."""
        answers: dict[DistributionFile, MetadataAnswer] = {}
        for universe in self._universes:
            own = [file for file in files if self.owner(file) is universe]
            if own:
                answers.update(universe.metadata(own))
        return answers
