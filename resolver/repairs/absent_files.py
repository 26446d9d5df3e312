"""Files of another universe that make a refused question solvable.

The other universe is an index over a network, so it is asked only for projects that
the question's own universe lacks, or that a conflict is about. What is lacking comes in
the newest release that fits, by the usual rule: the fewest files of all would often be
those of ten years ago, which required nothing. A project that is there already is
opened to other releases only where it must be: each conflict that is met names projects
of which one must be opened, so that sets of them, smaller ones first, find the fewest.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import combinations
from typing import TypeAlias

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile, FileMetadata, Page
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.outcomes import Answer, Found, GaveUp
from axletree.resolver.repairs.proving import Prover, projects_of
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import PageCompiler
from axletree.resolver.universe.composed import (
    MemoUniverse,
    OpenedUniverse,
    absent_from,
    has_files,
)

MOST_TRIED = 60
"""Sets of projects that are resolved before the first solution found has to do."""
_MOST_PARTS_TRIED = 4
"""Files up to which every part is resolved, where a gate could shut by one more."""

_Projects: TypeAlias = frozenset[NormalizedName]
_Files: TypeAlias = tuple[DistributionFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """What came of opening some projects."""

    files: _Files
    """Those of the other universe that a solution takes."""
    blamed: tuple[NormalizedName, ...]
    """If there is none: the projects of a conflict that could be opened."""


@dataclass(slots=True)
class AbsentFiles:
    """Looks for files that the question's own universe lacks."""

    prover: Prover
    other: MemoUniverse
    is_settled: bool = field(init=False, default=True)
    """Whatever was refused so far was refused for certain."""
    _attempts: dict[_Projects, _Attempt] = field(init=False, default_factory=dict)
    _compiler: PageCompiler = field(init=False)

    def __post_init__(self) -> None:
        question = self.prover.question
        self._compiler = PageCompiler(question.environment, question.limits)

    def fewest(self) -> Iterator[_Files]:
        """Yield sets of files that suffice and have no part that does.

        Each opens as few projects as is known to suffice.
        """
        opened = self._by_opening_all()
        if opened is None:
            return
        found = list(self._smallest(len(opened)))
        yield from found or [self._spared(self._attempt(opened).files)]

    def resolve(self, files: Sequence[DistributionFile]) -> Answer[Resolution]:
        """Resolve with just these files added."""
        return self.prover.attempt(self._with(files), self.prover.question)

    def _with(self, files: Sequence[DistributionFile]) -> Resolver:
        answers = self.other.metadata(files)
        added = {
            file: metadata
            for file in files
            if isinstance(metadata := answers[file], FileMetadata)
        }
        return self.prover.resolver.beside(added)

    def is_irreducible(self, files: _Files) -> bool:
        """Tell whether it is known that no part of the files is enough.

        One by one each of them is needed; more files than a part has could only hurt
        by shutting a gate.
        """
        if not self.is_settled:
            return False
        if not any(map(self._has_gates, files)):
            return True
        if len(files) > _MOST_PARTS_TRIED or any(
            self._is_enough(part)
            for size in range(1, len(files))
            for part in combinations(files, size)
        ):
            return False
        return self.is_settled

    def _has_gates(self, file: DistributionFile) -> bool:
        page = self.prover.universe.pages([file.project])[file.project]
        files = (file, *(page.files if page is not None else ()))
        versions = (parse_version(other.version) for other in files)
        return any(other.yanked is not None for other in files) or any(
            version is not None and version.is_prerelease for version in versions
        )

    # The search.

    def _by_opening_all(self) -> _Projects | None:
        """Open whatever is blamed until there is a solution; None if there is none."""
        opened: _Projects = frozenset()
        while not (attempt := self._attempt(opened)).files:
            if not attempt.blamed:
                return None
            opened |= set(attempt.blamed)
        return opened

    def _smallest(self, most: int) -> Iterator[_Files]:
        """Open the smallest sets that suffice, of at most so many projects."""
        queue: list[tuple[int, tuple[NormalizedName, ...]]] = [(0, ())]
        seen = set(queue)
        found: set[frozenset[DistributionFile]] = set()
        for _ in range(MOST_TRIED):
            if not queue or queue[0][0] > most:
                return
            size, names = heapq.heappop(queue)
            attempt = self._attempt(frozenset(names))
            if attempt.files:
                most = size
                files = self._spared(attempt.files)
                if frozenset(files) not in found:
                    found.add(frozenset(files))
                    yield files
            for name in attempt.blamed:
                larger = (size + 1, tuple(sorted((*names, name))))
                if larger not in seen:
                    seen.add(larger)
                    heapq.heappush(queue, larger)

    def _attempt(self, opened: _Projects) -> _Attempt:
        found = self._attempts.get(opened)
        if found is None:
            what = ", ".join(sorted(opened)) or "what is lacking"
            self.prover.reporter.proving(f"files of {what}")
            found = self._attempts[opened] = self._open(opened)
        return found

    def _open(self, opened: _Projects) -> _Attempt:
        universe = OpenedUniverse(
            base=self.prover.universe, other=self.other, opened=opened
        )
        memo, question = MemoUniverse(universe), self.prover.question
        resolver = Resolver(memo, reporter=self.prover.reporter)
        search = resolver.search(question)
        found = self.prover.settle(resolver, search)
        if isinstance(found, Found):
            chosen = map(search.knowledge.file_of, found.value.releases.values())
            files = tuple(filter(universe.is_absent, chosen))
            return _Attempt(files=files, blamed=())
        if isinstance(found, GaveUp):
            self.is_settled = False
        core = resolver.explanation(search).first()
        named = projects_of(question, core.keys) if core else set()
        return _Attempt(files=(), blamed=self._openable(named - opened))

    def _openable(self, names: Iterable[NormalizedName]) -> tuple[NormalizedName, ...]:
        """List those that are there, and of which the other universe has more."""
        pages = self.prover.universe.pages(sorted(names))
        own = {name: page for name, page in pages.items() if has_files(page)}
        others = self.other.pages(list(own))
        return tuple(
            name
            for name, page in own.items()
            if (absent := absent_from(page, others[name]))
            and self._compiler.compile(Page(project=name, files=absent)).all
        )

    def _spared(self, files: _Files) -> _Files:
        """Leave out one file after the other that is not needed."""
        kept = files
        for file in files:
            fewer = tuple(other for other in kept if other is not file)
            if fewer and self._is_enough(fewer):
                kept = fewer
        return kept

    def _is_enough(self, files: Sequence[DistributionFile]) -> bool:
        resolver = self._with(files)
        found = self.prover.settle(resolver, resolver.search(self.prover.question))
        if isinstance(found, GaveUp):
            self.is_settled = False
        return isinstance(found, Found)
