"""Several indexes as one universe: the best version of all wins.

On request only: whoever can publish on any of the indexes can bring in a version of
any project (dependency confusion). As with uv, a version that several indexes have is
taken from the first of them with a usable file of it: so files carry the rank of their
index, which `axletree.resolver.universe.candidates` compares.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    ListedVariants,
    Page,
)
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Universe,
    read_ahead,
)


class BestMatch:
    """The indexes in order of their rank: of two files of one name the first stays."""

    def __init__(self, indexes: Sequence[Universe]) -> None:
        """Read nothing yet."""
        self._indexes = tuple(indexes)
        self._owner_of: dict[DistributionFile, Universe] = {}

    @property
    def is_frozen(self) -> bool:
        """Be frozen if all are."""
        return all(index.is_frozen for index in self._indexes)

    def owner(self, file: DistributionFile) -> Universe | None:
        """Return the index that the file was found on."""
        return self._owner_of.get(file)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Ask every index for every project and put their files together."""
        found: dict[NormalizedName, dict[str, DistributionFile]] = {}
        excluded: dict[NormalizedName, list[ExcludedFile]] = {}
        statuses: dict[NormalizedName, tuple[str, str]] = {}
        variants: dict[NormalizedName, dict[str, ListedVariants]] = {}
        for rank, index in enumerate(self._indexes):
            for name, page in index.pages(projects).items():
                if page is not None:
                    self._add(page, index, rank, found.setdefault(name, {}))
                    excluded.setdefault(name, []).extend(page.excluded)
                    for each in page.variants:
                        variants.setdefault(name, {}).setdefault(each.filename, each)
                    if page.status is not None:
                        statuses.setdefault(name, page.status)
        return {
            name: Page(
                project=name,
                files=tuple(found[name].values()),
                excluded=tuple(excluded[name]),
                status=statuses.get(name),
                variants=tuple(variants.get(name, {}).values()),
            )
            if name in found
            else None
            for name in projects
        }

    def _add(
        self,
        page: Page,
        index: Universe,
        rank: int,
        found: dict[str, DistributionFile],
    ) -> None:
        for file in page.files:
            if file.filename not in found:
                ranked = replace(file, index_rank=rank) if rank else file
                found[file.filename] = ranked
                self._owner_of[ranked] = index

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask for each file the index that it was found on."""
        return self.metadata_ahead(files, lambda _: ())

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read pages ahead on the index that makes them necessary."""
        answers: dict[DistributionFile, MetadataAnswer] = {}
        for index in self._indexes:
            own = [file for file in files if self.owner(file) is index]
            if own:
                # Nothing is guessed of pages that are only a part of what there is.
                answers.update(read_ahead(index, own, partial(names)))
        return answers
