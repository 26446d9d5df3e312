"""Sdists that must be built to be read: how many may be, and an index that builds none.

An sdist is built with the build requirements of the day that is asked about, so what
came of it as of one day says nothing of another, and trying each as of each day takes
minutes. So those that only show as of the other day stay unread: what is refused then
is not refused for certain, whatever was built here before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer, Relay, Universe

AS_OF_ANOTHER_DAY = UnusableMetadata(
    reason="it would have to be built as of another day", kind="unbuilt"
)


@dataclass(slots=True)
class BuildAllowance:
    """How many sdists may be built to be read. Who builds asks, one after the other."""

    left: int | None = None
    """None: as many as it takes."""
    declines: Callable[[DistributionFile, FileMetadata | None], bool] | None = None
    """Tells of a file, and of what it hints at, that it is not worth a build; asked
    where there is a limit."""
    built: list[DistributionFile] = field(init=False, default_factory=list)
    """What was allowed since there is a limit."""

    @property
    def is_limited(self) -> bool:
        """Tell whether it matters who is asked for first."""
        return self.left is not None

    @contextmanager
    def withheld(self) -> Iterator[None]:
        """Allow none meanwhile."""
        left, self.left = self.left, 0
        try:
            yield
        finally:
            self.left = left

    def take(self, file: DistributionFile, hint: FileMetadata | None = None) -> bool:
        """Ask to build one; True also where an earlier run has built it.

        :param hint: what an earlier build of it required, if it notes that.
        """
        if self.left is None:
            return True
        if self.left == 0 or (self.declines is not None and self.declines(file, hint)):
            return False
        self.left -= 1
        self.built.append(file)
        return True


@dataclass(slots=True)
class HintedSdists:
    """Sdists that count as what they note of an earlier build, until they are built."""

    hint_of: dict[DistributionFile, FileMetadata] = field(default_factory=dict)
    _wanted: set[DistributionFile] = field(init=False, default_factory=set)

    def note(self, file: DistributionFile, hint: FileMetadata | None) -> None:
        """Take in what one notes, if it does."""
        if hint is not None:
            self.hint_of[file] = hint

    def is_wanted(self, file: DistributionFile) -> bool:
        """Tell whether it is to be built whatever it notes."""
        return file in self._wanted

    def confirmed(
        self,
        files: Sequence[DistributionFile],
        base: Universe,
        allowance: BuildAllowance,
    ) -> Sequence[DistributionFile]:
        """Build files, and return those that require what they noted.

        :returns: none of them where not all note something, and may be built.
        """
        # What was built before, and says something else, stays what it noted.
        are_new = self._wanted.isdisjoint(files) and self.hint_of.keys() >= set(files)
        if not files or not are_new or len(files) > (allowance.left or 0):
            return ()
        self._wanted.update(files)
        return read_as(self.hint_of, files, base)


def read_as(
    supposed: Mapping[DistributionFile, FileMetadata],
    files: Sequence[DistributionFile],
    base: Universe,
) -> Sequence[DistributionFile]:
    """Read files, and return those that require just what is supposed."""
    answers = base.metadata(files) if files else {}
    return [file for file in files if _says(answers[file], supposed[file], file)]


def hints_in(
    answers: Mapping[DistributionFile, MetadataAnswer],
) -> Iterator[tuple[DistributionFile, FileMetadata]]:
    """Yield what files say for certain, or note of an earlier build."""
    for file, answer in answers.items():
        said = answer.hint if isinstance(answer, UnusableMetadata) else answer
        if said is not None:
            yield file, said


def _says(answer: MetadataAnswer, hint: FileMetadata, file: DistributionFile) -> bool:
    """Tell whether a build says what was noted, for whatever extra is asked for."""
    if isinstance(answer, UnusableMetadata):
        return False
    is_for_python = answer.requires_python in {None, "", file.requires_python}
    try:
        said, noted = (
            {str(Requirement(line)) for line in each.requires_dist}
            for each in (answer, hint)
        )
    except InvalidRequirement:
        return False
    return is_for_python and said == noted


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbuiltUniverse(Relay):
    """A universe in which sdists that a date hides are not read, or no sdists at all."""

    base: MemoUniverse
    limit: datetime | None = None
    """What the base was opened as of: the first instant that is too new. None: no
    sdist is read."""
    unread: UnusableMetadata = AS_OF_ANOTHER_DAY
    """What is said of them."""

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base, and for pages ahead if it can read so."""
        hidden = dict.fromkeys(
            file
            for file in files
            if file.kind == "sdist"
            and (self.limit is None or is_hidden(file, self.limit))
        )
        others = [file for file in files if file not in hidden]
        answers = self.base.metadata_ahead(others, names) if others else {}
        return {**dict.fromkeys(hidden, self.unread), **answers}


def is_hidden(file: DistributionFile, limit: datetime) -> bool:
    """Tell whether a date hides a file."""
    return file.upload_time is None or file.upload_time >= limit


def is_final(file: DistributionFile, limit: datetime | None) -> bool:
    """Tell whether a file is of a final release, not yanked, nor hidden by a date."""
    version = parse_version(file.version)
    if version is None or version.is_prerelease or file.yanked is not None:
        return False
    return limit is None or not is_hidden(file, limit)


def has_native_wheels(page: Page, limit: datetime | None) -> bool:
    """Tell whether wheels of a project, those that no date hides, hold native code."""
    return any(
        file.kind == "wheel" and not file.tag.endswith("-any")
        for file in page.files
        if limit is None or not is_hidden(file, limit)
    )
