"""An index that is read sparingly, once a cause is told and repairs are looked for.

No more sdists are built than are allowed, and none of a project whose wheels hold native
code: the metadata of such takes minutes, and what a target has no wheel for is mostly too
old or too new for it. No pre-release is read whose gate nobody is known to open. All
these then count as usable and without requirements: that is the weakest
thing to be said of them, so what is refused over them is refused by less than the truth.
An sdist that notes what an earlier build required counts as if it did, and no refusal is
certain then; what an answer holds of these is built last, and held against its note.
Not so what a project has that the conflict is about and that was not built: it is left
out, since a repair by it would be a guess; no refusal over such is certain.
Whatever takes one is not proved, and who asked finds it in `unread`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from typing import Literal, Self, TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.foreign_text import may_name_prerelease, parse_version
from axletree.resolver.model.question import Question
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    PagesRelay,
    Universe,
    begin,
    read_ahead,
    read_pages,
)
from axletree.resolver.universe.unbuilt import (
    BuildAllowance,
    HintedSdists,
    has_native_wheels,
    hints_in,
    is_final,
    read_as,
)

Spared: TypeAlias = Literal["unbuilt", "gated", "older"]
"""It would have to be built, its gate is shut, or it is far older than what is asked."""
NOT_BUILT = UnusableMetadata(
    reason="it would have to be built to be read", kind="unbuilt"
)
"""What an index says of an sdist that it was not allowed to build."""

_UNKNOWN = FileMetadata()
_LEFT_OUT = UnusableMetadata(reason=NOT_BUILT.reason)
_MOST_BESIDES = 1
"""Builds for other projects, where those that the conflict is about need builds, too."""
_PATIENCE = 4
"""Objections of one search to shut gates before it goes on as if none would open."""


class ReadEnoughError(Exception):
    """More would be read than is allowed; never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """How much may be read, in files and in the batches that they are asked for in."""

    files: int
    batches: int
    objections: int
    """Times that gates are found shut in what else would be an answer."""


@dataclass(slots=True)
class Reading:
    """What is left of that."""

    files: int
    batches: int
    objections: int
    heard: int = 0
    """Objections so far."""
    has_ended: bool = False
    """More files were asked for than were left, or batches."""

    @classmethod
    def of(cls, limits: ReadingLimits) -> Self:
        """Begin with all of it."""
        return cls(limits.files, limits.batches, limits.objections)

    def take(self, files: int) -> None:
        """Take a batch.

        :raises ReadEnoughError: there is not so much left.
        """
        if files > self.files or not self.batches:
            self.has_ended = True
            raise ReadEnoughError
        self.files -= files
        self.batches -= 1

    def object(self) -> None:
        """Object once more.

        :raises ReadEnoughError: that was often enough.
        """
        if not self.objections:
            raise ReadEnoughError
        self.objections -= 1
        self.heard += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparing:
    """How sparingly to read."""

    builds: int
    """Sdists that may be built, of projects without native code in wheels."""
    question: Question | None = None
    """It leaves the gates of pre-releases shut, which are not read; None: they are."""
    floors: Mapping[NormalizedName, SpecifierSet] = field(default_factory=dict)
    """Of some projects those that are asked for; no other is read."""
    blamed: Collection[NormalizedName] = ()
    """Projects that the conflict is about: what is unread of them is left out."""
    keeps_builds: bool = False
    """Builds are kept for them, since some of their releases have no wheel."""
    all_searches: ReadingLimits | None = None
    """What all searches together may read; None: all."""
    one_search: ReadingLimits | None = None
    """What one of them may; see `begin_search`."""


@dataclass(slots=True)
class SparingUniverse(PagesRelay):
    """Another universe, read as ever until it is told to spare."""

    base: Universe
    allowance: BuildAllowance = field(default_factory=BuildAllowance)
    unread: dict[DistributionFile, Spared] = field(init=False, default_factory=dict)
    """What counts as usable and without requirements, and why."""
    _how: Sparing | None = field(init=False, default=None)
    """None: not at all."""
    _reading: Reading | None = field(init=False, default=None)
    """What may still be read; None: all."""
    _search: Reading | None = field(init=False, default=None)
    """The same of the search that is running."""
    _pages: dict[NormalizedName, Page | None] = field(init=False, default_factory=dict)
    _told: set[DistributionFile] = field(init=False, default_factory=set)
    """What was read, for whatever target: to read it again costs nothing."""
    _has_shut: bool = field(init=False, default=False)
    """Something was refused that might be let in."""
    _hinted: HintedSdists = field(init=False, default_factory=HintedSdists)
    _opened: set[NormalizedName] = field(init=False, default_factory=set)
    """Projects of which a line that was read names a pre-release, or a repair does."""
    _gated: dict[NormalizedName, bool] = field(init=False, default_factory=dict)

    @contextmanager
    def sparing(self, how: Sparing) -> Iterator[None]:
        """Spare, where reading is not free."""
        if self.is_frozen:
            yield
            return
        self.allowance.left, self.allowance.built = how.builds, []
        self.allowance.declines = self._is_declined
        self._how = how
        if how.all_searches is not None:
            self._reading = Reading.of(how.all_searches)
        self.begin_search()
        self._gated.clear()
        try:
            yield
        finally:
            self.allowance.left = self.allowance.declines = None
            self._how = self._reading = self._search = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Read for another target: what was read for one is unread for another."""
        before = self.unread, self._has_shut
        self.unread, self._has_shut = {}, False
        try:
            yield
        finally:
            self.unread, self._has_shut = before

    def begin_search(self) -> None:
        """Let the next search read as much as one may."""
        if self._how is not None and self._how.one_search is not None:
            self._search = Reading.of(self._how.one_search)

    @property
    def has_read_enough(self) -> bool:
        """Tell whether the last search was stopped in the midst of its reading.

        The same search would come further now, since nothing is read twice.
        """
        return any(r is not None and r.has_ended for r in (self._search, self._reading))

    def hints(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, FileMetadata]:
        """Read what sdists say without a build, for certain or of an earlier one.

        :raises ReadEnoughError: for more than may be read.
        """
        asked = [file for file in files if not self.is_native(file)]
        self._take(len(asked))
        with self.allowance.withheld():
            answers = self.base.metadata(asked) if asked else {}
        return dict(hints_in(answers))

    def forgotten(self) -> list[DistributionFile]:
        """Return what was unread, which is to be asked for anew."""
        found = list(self.unread)
        self.unread.clear()
        self._has_shut = False
        return found

    def open_gate(self, name: NormalizedName) -> list[DistributionFile]:
        """Read pre-releases of a project from now on; return what was unread of it."""
        self._opened.add(name)
        gated = [file for file, why in self.unread.items() if why == "gated"]
        for file in (found := [file for file in gated if file.project == name]):
            del self.unread[file]
        return found

    def is_decisive(self) -> bool:
        """Tell whether a refusal could be another one if all were read.

        Lines that are not known can open gates. A pre-release that nothing lets in has
        no say, whatever its lines are, nor has what nobody asks for. A single one that was
        not built is built for it.
        """
        unbuilt = {file for file, why in self.unread.items() if why == "unbuilt"}
        self.confirm(unbuilt if len(unbuilt) <= _MOST_BESIDES else ())
        return self._has_shut or any(
            why == "unbuilt" or (why == "gated" and file.project in self._opened)
            for file, why in self.unread.items()
        )

    def pages_ahead(
        self,
        projects: Sequence[NormalizedName],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages, and what they make likely if it can."""
        # What is only guessed is not read, where reading is counted.
        ahead = names if self._how is None else partial(names)
        pages = read_pages(self.base, projects, ahead)
        self._pages.update(pages)
        return pages

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base for what is not spared, and for pages ahead if it can.

        :raises ReadEnoughError: for more than may be read.
        """
        spared = {file: why for file in files if (why := self._spared(file))}
        others = [file for file in files if file not in spared]
        new = [file for file in others if file not in self._told]
        self._take(len(new))
        # What is only guessed is not read, where reading is counted.
        ahead = names if self._how is None else partial(names)
        answers = dict(read_ahead(self.base, others, ahead)) if others else {}
        self._opened.update(
            name for answer in answers.values() for name in _opened_by(answer)
        )
        for file, answer in answers.items():
            if isinstance(answer, UnusableMetadata) and answer.kind == "unbuilt":
                spared[file] = "unbuilt"
                self._hinted.note(file, answer.hint)
        self.unread.update(spared)
        self._told.update(file for file in answers if file not in spared)
        return {**answers, **{f: self._untold(f, why) for f, why in spared.items()}}

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Collection[DistributionFile]:
        """Let the base begin, as long as nothing is spared."""
        return begin(self.base, files, names) if self._how is None else ()

    def hear_objection(self) -> bool:
        """Hear one more, while it matters; after a few, cut them short.

        Any release that is not read could open a gate, of whatever project: to read
        them all for that is not worth it.

        :raises ReadEnoughError: that was often enough.
        """
        for reading in (self._search, self._reading):
            if reading is not None:
                reading.object()
        if self._search is not None and self._search.heard > _PATIENCE:
            # Searches of one conflict meet the same gates.
            self._has_shut = True
        return self._has_shut

    def _take(self, files: int) -> None:
        for reading in (self._search, self._reading):
            if reading is not None and files:
                reading.take(files)

    def _untold(self, file: DistributionFile, why: Spared) -> MetadataAnswer:
        """Say what a file that was not read counts as."""
        if why != "unbuilt":
            return _UNKNOWN
        is_blamed = self._how is not None and file.project in self._how.blamed
        return _LEFT_OUT if is_blamed else self._hinted.hint_of.get(file, _UNKNOWN)

    def confirm(self, files: Collection[DistributionFile]) -> None:
        """Build what is unread, if all can be, and count as read what says as noted.

        What has no gate but one that something opened is a file to be read as any other:
        it counted as if it required nothing, and mostly does not.
        """
        mine = [file for file in self.unread if file in files]
        gated = [f for f in mine if self.unread[f] == "gated" and f.kind == "wheel"]
        for file in read_as(dict.fromkeys(gated, _UNKNOWN), gated, self.base):
            del self.unread[file]
        others = [file for file in mine if file in self.unread]
        if not any(map(self.is_native, others)):
            for file in self._hinted.confirmed(others, self.base, self.allowance):
                del self.unread[file]

    def _is_declined(self, file: DistributionFile, hint: FileMetadata | None) -> bool:
        """Tell whether a file is not worth one of the builds."""
        how = self._how
        if how is None or self.is_native(file):
            return True
        if self._hinted.is_wanted(file):
            return False
        if hint is not None and file.project not in how.blamed:
            # It is built once an answer holds it.
            return True
        if file.project in how.blamed or not how.keeps_builds:
            return False
        besides = sum(other.project not in how.blamed for other in self.allowance.built)
        return besides >= _MOST_BESIDES

    def _spared(self, file: DistributionFile) -> Spared | None:
        """Tell why a file is not worth reading; None: it is."""
        version, how, name = parse_version(file.version), self._how, file.project
        if how is None or version is None:
            return None
        floor = how.floors.get(name)
        if floor is not None and not floor.contains(version, prereleases=True):
            return "older"
        question = how.question
        if question is None or not version.is_prerelease:
            return None
        if question.limits.allow_prereleases:
            return None
        if name not in self._gated:
            self._gated[name] = self._is_gated(name, question)
        return "gated" if self._gated[name] and name not in self._opened else None

    def is_native(self, file: DistributionFile) -> bool:
        """Tell whether wheels of its project are for certain systems, so far as read."""
        page = self._pages.get(file.project)
        question = None if self._how is None else self._how.question
        limit = None if question is None else question.limits.exclude_newer
        return page is not None and has_native_wheels(page, limit)

    def _is_gated(self, name: NormalizedName, question: Question) -> bool:
        """Tell whether final releases are there, and nobody asks for others."""
        page = self._pages.get(name)
        if page is None or any(
            canonicalize_name(asked.requirement.name) == name
            and may_name_prerelease(str(asked.requirement.specifier))
            for asked in (*question.roots, *question.constraints)
        ):
            return False
        limit = question.limits.exclude_newer
        return any(is_final(file, limit) for file in page.files)


def _opened_by(answer: MetadataAnswer) -> Iterator[NormalizedName]:
    """Yield the projects of which a file may let pre-releases in."""
    if isinstance(answer, UnusableMetadata):
        return
    for text in answer.requires_dist:
        if may_name_prerelease(text):
            try:
                yield canonicalize_name(Requirement(text).name)
            except InvalidRequirement:
                continue
