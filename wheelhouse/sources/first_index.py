"""Several indexes as one universe: the first that has a project is the only one.

So a project of that name on a later index can never come in by a higher version
(dependency confusion). uv has the same rule, but asks `--extra-index-url` before
`--index-url`; pip takes the best of all (`axletree.wheelhouse.sources.best_match`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    ReadsAhead,
    Universe,
    begin,
    read_pages,
)


class FirstIndex:
    """The indexes in order of their rank."""

    def __init__(self, indexes: Sequence[Universe], names: Sequence[str]) -> None:
        """Read nothing yet.

        :param names: of the indexes, for people.
        """
        self._indexes = tuple(indexes)
        self._names = tuple(names)
        self._owner_of: dict[NormalizedName, Universe] = {}

    @property
    def is_frozen(self) -> bool:
        """Be frozen if all are."""
        return all(index.is_frozen for index in self._indexes)

    def owner(self, file: DistributionFile) -> Universe | None:
        """Return the index that the file's project was found on."""
        return self._owner_of.get(file.project)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Ask each index for what those before it do not have."""
        return self.pages_ahead(projects, _nothing)

    def pages_ahead(
        self,
        projects: Sequence[NormalizedName],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[NormalizedName, Page | None]:
        """Read pages, and what they make likely where there is one index.

        As below: only the first may be asked for a project that it has.
        """
        found: dict[NormalizedName, Page | None] = dict.fromkeys(projects)
        ahead = names if len(self._indexes) == 1 else _nothing
        for rank, index in enumerate(self._indexes):
            wanted = [name for name, page in found.items() if page is None]
            if not wanted:
                break
            for name, page in read_pages(index, wanted, ahead).items():
                if page is not None:
                    found[name] = replace(page, unasked=self._names[rank + 1 :])
                    self._owner_of[name] = index
        return found

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask for each file the index that its project was found on."""
        answers: dict[DistributionFile, MetadataAnswer] = {}
        for index in self._indexes:
            own = [file for file in files if self.owner(file) is index]
            if own:
                answers.update(index.metadata(own))
        return answers

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read pages ahead where there is one index.

        With several, only the first may be asked for a project that it has.
        """
        only = self._indexes[0]
        if len(self._indexes) == 1 and isinstance(only, ReadsAhead):
            return only.metadata_ahead(files, names)
        return self.metadata(files)

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Collection[DistributionFile]:
        """Begin with each index's own files; pages are read ahead as above."""
        ahead = names if len(self._indexes) == 1 else _nothing
        begun: list[DistributionFile] = []
        for index in self._indexes:
            own = [file for file in files if self.owner(file) is index]
            if own:
                begun += begin(index, own, ahead)
        return begun


def _nothing(answer: MetadataAnswer) -> tuple[NormalizedName, ...]:  # noqa: ARG001  as is asked
    return ()
