"""Universes made of others, or of what is in memory."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import ClassVar

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.errors import NotRecordedError
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    PagesRelay,
    Relay,
    Universe,
    begin,
    note_objection,
    read_ahead,
    read_pages,
)

_PROJECT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(slots=True)
class MemoUniverse(PagesRelay):
    """A universe that reads each page and each file's metadata once."""

    base: Universe
    page_of: dict[NormalizedName, Page | None] = field(default_factory=dict)
    metadata_of: dict[DistributionFile, MetadataAnswer] = field(default_factory=dict)

    def pages_ahead(
        self,
        projects: Sequence[NormalizedName],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[NormalizedName, Page | None]:
        """Ask the base for what is new, and for what is likely if it can read so."""
        new = [name for name in dict.fromkeys(projects) if name not in self.page_of]
        if new:
            self.page_of.update(read_pages(self.base, new, names))
        return {name: self.page_of[name] for name in projects}

    def forget_sdists(self) -> None:
        """Ask for the metadata of sdists anew: their code may look at the Python."""
        wheels = (file for file in self.metadata_of if file.kind == "wheel")
        self.metadata_of = {file: self.metadata_of[file] for file in wheels}

    def forget(self, files: Iterable[DistributionFile]) -> None:
        """Ask for the metadata of files anew."""
        for file in files:
            self.metadata_of.pop(file, None)

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base for what is new, and for pages ahead if it can read so."""
        new = self._new(files)
        if new:
            self.metadata_of.update(read_ahead(self.base, new, names))
        return {file: self.metadata_of[file] for file in files}

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Collection[DistributionFile]:
        """Let the base begin with what is new."""
        new = self._new(files)
        return begin(self.base, new, names) if new else ()

    def _new(self, files: Iterable[DistributionFile]) -> list[DistributionFile]:
        return [file for file in dict.fromkeys(files) if file not in self.metadata_of]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenUniverse:
    """A universe in memory."""

    page_of: Mapping[NormalizedName, Page]
    metadata_of: Mapping[str, MetadataAnswer]
    """File name -> metadata."""
    is_frozen: ClassVar[bool] = True

    def projects(self) -> Sequence[NormalizedName]:
        """List every project, by name."""
        return sorted(self.page_of)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Look every page up."""
        return {name: self.page_of.get(name) for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Look every file's metadata up."""
        missing = UnusableMetadata(reason="its metadata is not in this universe")
        return {file: self.metadata_of.get(file.filename, missing) for file in files}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedUniverse:
    """What one run read of a universe, to be read again.

    What it lacks is unknown, never absent: a resolution that asks for it stops.
    """

    page_of: Mapping[NormalizedName, Page | None]
    metadata_of: Mapping[str, MetadataAnswer]
    """File name -> metadata."""
    is_frozen: bool
    """As what was recorded was, so that the same is read and claimed again."""

    def projects(self) -> Sequence[NormalizedName]:
        """List every project that the run has read and found."""
        return sorted(name for name, page in self.page_of.items() if page is not None)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Look every page up.

        :raises NotRecordedError: for pages that the run did not read.
        """
        missing = [name for name in projects if name not in self.page_of]
        if missing:
            raise _not_recorded("page", missing)
        return {name: self.page_of[name] for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Look every file's metadata up.

        :raises NotRecordedError: for metadata that the run did not read.
        """
        names = [file.filename for file in files]
        missing = [name for name in names if name not in self.metadata_of]
        if missing:
            raise _not_recorded("metadata", missing)
        return {file: self.metadata_of[file.filename] for file in files}


def _not_recorded(kind: str, missing: Sequence[str]) -> NotRecordedError:
    more = f" (and of {len(missing) - 1} more)" if len(missing) > 1 else ""
    return NotRecordedError(
        f"the snapshot does not hold the {kind} of {missing[0]}{more}",
        where=missing[0],
        hint="it holds what one command read: ask it the same, or make it again with "
        "axletree snapshot and the words of this command",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayUniverse(Relay):
    """Another universe with some files added (wheels a recipe would build).

    An added file stands beside what the universe has of the same project.
    """

    base: Universe
    added: Mapping[DistributionFile, FileMetadata]

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages and append the added files."""
        pages = dict(self.base.pages(projects))
        for name in projects:
            extra = tuple(file for file in self.added if file.project == name)
            if extra:
                page = pages[name] or Page(project=name, files=())
                pages[name] = replace(page, files=(*page.files, *extra))
        return pages

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Answer for the added files, ask the base for the others."""
        answers: dict[DistributionFile, MetadataAnswer] = {
            file: self.added[file] for file in files if file in self.added
        }
        asked = _others(files, self.added)
        if asked:
            answers.update(read_ahead(self.base, asked, names))
        return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUniverse:
    """What another universe told of some projects, which require nothing else.

    What it was not asked counts as without requirements, and so does an sdist, whose
    code may look at the target. Nothing is yanked: a line that is left out could pin it.
    So what is refused here, pre-releases allowed, the other refuses, too.
    """

    base: MemoUniverse
    names: Collection[NormalizedName]
    hints: Mapping[DistributionFile, FileMetadata] = field(default_factory=dict)
    """Taken at their word of what else would not be known."""
    is_frozen: ClassVar[bool] = True
    _listed: dict[DistributionFile, DistributionFile] = field(default_factory=dict)
    """Files whose yank is taken back -> as they are listed."""

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Repeat pages."""
        return {name: self._unyanked(self.base.page_of.get(name)) for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Repeat what is known of wheels."""
        return {file: self._known(file) for file in files}

    def _known(self, file: DistributionFile) -> MetadataAnswer:
        listed = self._listed.get(file, file)
        answer = self.base.metadata_of.get(listed)
        if listed in self.hints:
            answer = self.hints[listed]
        elif file.kind == "sdist" or not isinstance(answer, FileMetadata):
            return FileMetadata()
        lines = (line for line in answer.requires_dist if self._is_among(line))
        return replace(answer, requires_dist=tuple(lines))

    def _is_among(self, line: str) -> bool:
        found = _PROJECT.match(line)
        return found is None or canonicalize_name(found[1]) in self.names

    def _unyanked(self, page: Page | None) -> Page | None:
        if page is None or all(file.yanked is None for file in page.files):
            return page
        files = {replace(file, yanked=None): file for file in page.files}
        self._listed.update(files)
        return replace(page, files=tuple(files))


@dataclass(frozen=True, slots=True, kw_only=True)
class UndemandingUniverse(Relay):
    """Another universe in which nothing requires anything (`--no-deps`)."""

    base: Universe

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],  # noqa: ARG002  nothing is required
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read the base's metadata, which may still be unusable."""
        return {
            file: replace(answer, requires_dist=())
            if isinstance(answer, FileMetadata)
            else answer
            for file, answer in self.base.metadata(files).items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedUniverse:
    """A universe in which some projects have another one's files as well.

    So have all projects that the base lacks. Of two files of one name the base's stays.
    """

    base: Universe
    other: Universe
    opened: frozenset[NormalizedName]
    is_frozen: ClassVar[bool] = False
    _from_other: set[DistributionFile] = field(default_factory=set)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages, and the other's of what is opened or not there."""
        pages = dict(self.base.pages(projects))
        opened = [n for n in projects if n in self.opened or not has_files(pages[n])]
        for name, page in self.other.pages(opened).items() if opened else ():
            new = absent_from(pages[name], page)
            self._from_other.update(new)
            if new:
                own = pages[name] or Page(project=name, files=())
                pages[name] = replace(own, files=(*own.files, *new))
        return pages

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask whose file it is."""
        answers: dict[DistributionFile, MetadataAnswer] = {}
        others = [file for file in files if file in self._from_other]
        if others:
            answers.update(self.other.metadata(others))
        own = _others(files, answers)
        if own:
            answers.update(self.base.metadata(own))
        return answers

    def hear_objection(self) -> bool:
        """Let the base hear it."""
        return note_objection(self.base)

    def is_absent(self, file: DistributionFile) -> bool:
        """Tell whether a file is the other's alone."""
        return file in self._from_other


def has_files(page: Page | None) -> bool:
    """Tell whether there is anything on a page."""
    return page is not None and bool(page.files)


def absent_from(page: Page | None, other: Page | None) -> tuple[DistributionFile, ...]:
    """List the files of the other page that the first has none of that name for."""
    names = {file.filename for file in page.files} if page is not None else set()
    files = other.files if other is not None else ()
    return tuple(file for file in files if file.filename not in names)


def _others(
    files: Iterable[DistributionFile], known: Mapping[DistributionFile, MetadataAnswer]
) -> list[DistributionFile]:
    return [file for file in files if file not in known]
