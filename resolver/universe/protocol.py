"""What a resolution chooses from, as the resolver sees it.

The resolver does no I/O: it hands batches of names and files to a `Universe` and
gets values back. A batch is one round trip: an implementation over a network reads
it concurrently.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeGuard, runtime_checkable

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)

MetadataAnswer: TypeAlias = FileMetadata | UnusableMetadata


class Universe(Protocol):
    """Pages and metadata, read in batches.

    Each page is read at most once for one resolution. An implementation raises
    for an outage (exit 3); it never reports one as a missing project.
    """

    @property
    def is_frozen(self) -> bool:
        """Tell whether everything is at hand, so that reading all of it is cheap."""
        ...

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Return one entry for each project; None where there is no such project."""
        ...

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Return one entry for each file."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A universe that can read pages while metadata is still on its way."""

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Return metadata, and begin to read the pages that each answer names.

        The pages come from `pages` as ever, only sooner.
        """
        ...


@runtime_checkable
class ReadsPagesAhead(Protocol):
    """A universe that can read what pages make likely while others are on their way."""

    def pages_ahead(
        self,
        projects: Sequence[NormalizedName],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[NormalizedName, Page | None]:
        """Return pages, and begin to read the files that `names` guesses of each.

        Their metadata comes from `metadata` as ever, only sooner.
        """
        ...


@runtime_checkable
class GuessesFiles(Protocol):
    """Who names the pages that answers make necessary, and guesses what comes next."""

    def likely(self, page: Page) -> DistributionFile | None:
        """Return the file of such a page that is most likely asked for."""
        ...


def guesses_of(names: object) -> GuessesFiles | None:
    """Return who guesses, if whoever names pages does so."""
    return names if isinstance(names, GuessesFiles) else None


@runtime_checkable
class AsksMeanwhile(Protocol):
    """A universe some of whose metadata takes long, and can come while others are read.

    Which that is depends on the files alone, not on how long it takes: so all runs read
    the same.
    """

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Collection[DistributionFile]:
        """Read metadata but for what takes long, which is begun; return the latter.

        All of it comes from `metadata` as ever, which waits for it.
        """
        ...


@runtime_checkable
class ListsProjects(Protocol):
    """A universe that knows all that is in it."""

    def projects(self) -> Sequence[NormalizedName]:
        """List every project, by name."""
        ...


def lists_projects(universe: Universe) -> ListsProjects | None:
    """Return who lists the projects: a universe, or the one that it is made of."""
    below: object = universe
    while below is not None:
        if isinstance(below, ListsProjects):
            return below
        below = getattr(below, "base", None)
    return None


@runtime_checkable
class HearsObjections(Protocol):
    """A universe that may have had enough of a search."""

    def hear_objection(self) -> bool:
        """Hear that a search objects to shut gates, and may have to read on for it.

        What no gate lets in is only known for certain when all is read that could open
        it: over an index a search may go from objection to objection, through projects
        that have nothing to do with what is asked.

        :returns: it is to go on as if nothing opened them, and no refusal is certain
            then.
        :raises ReadEnoughError: that was often enough.
        """
        ...


def read_ahead(
    universe: Universe,
    files: Sequence[DistributionFile],
    names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
) -> Mapping[DistributionFile, MetadataAnswer]:
    """Read metadata, and the pages that it names ahead where a universe can do so."""
    if _reads_ahead(universe):
        return universe.metadata_ahead(files, names)
    return universe.metadata(files)


def read_pages(
    universe: Universe,
    projects: Sequence[NormalizedName],
    names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
) -> Mapping[NormalizedName, Page | None]:
    """Read pages, and what they make likely ahead where a universe can do so."""
    if _reads_pages_ahead(universe):
        return universe.pages_ahead(projects, names)
    return universe.pages(projects)


def _reads_pages_ahead(universe: Universe) -> TypeGuard[ReadsPagesAhead]:
    return _has_pages_ahead(type(universe))


@cache
def _has_pages_ahead(kind: type[Universe]) -> bool:
    """Tell it of a class, once, as below."""
    return issubclass(kind, ReadsPagesAhead)


def _reads_ahead(universe: Universe) -> TypeGuard[ReadsAhead]:
    return _has_ahead(type(universe))


@cache
def _has_ahead(kind: type[Universe]) -> bool:
    """Tell it of a class, once: Python looks through all that a protocol names."""
    return issubclass(kind, ReadsAhead)


def begin(
    universe: Universe,
    files: Sequence[DistributionFile],
    names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
) -> Collection[DistributionFile]:
    """Begin with what takes long where a universe can do so, and return it."""
    if _asks_meanwhile(universe):
        return universe.begin(files, names)
    return ()


def _asks_meanwhile(universe: Universe) -> TypeGuard[AsksMeanwhile]:
    return _has_begin(type(universe))


@cache
def _has_begin(kind: type[Universe]) -> bool:
    """Tell it of a class, once, as above."""
    return issubclass(kind, AsksMeanwhile)


def note_objection(universe: Universe) -> bool:
    """Tell whoever bounds a search that it objects to shut gates.

    :returns: see `HearsObjections`.
    :raises ReadEnoughError: that was often enough.
    """
    return isinstance(universe, HearsObjections) and universe.hear_objection()


class Relay:
    """A universe over another: what it does not say otherwise, its base says.

    A subclass has a field `base`, and changes one method or two.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # At run time a field of the subclass; a property here would be its default.
        @property
        def base(self) -> Universe:
            """Return the universe that is asked."""
            ...

    @property
    def is_frozen(self) -> bool:
        """Be as frozen as the base."""
        return self.base.is_frozen

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages."""
        return self.base.pages(projects)

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read metadata, and nothing ahead."""
        return self.metadata_ahead(files, lambda _: ())

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read the base's metadata, and pages ahead if it can."""
        return read_ahead(self.base, files, names)

    def hear_objection(self) -> bool:
        """Let the base hear it."""
        return note_objection(self.base)


class PagesRelay(Relay):
    """One that reads what pages make likely, too: where others change pages, none is."""

    __slots__ = ()

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read pages, and nothing ahead."""
        return self.pages_ahead(projects, lambda _: ())

    def pages_ahead(
        self,
        projects: Sequence[NormalizedName],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages, and what they make likely if it can."""
        return read_pages(self.base, projects, names)
