"""A refused question, asked for another Python or on another platform.

What was read already is asked first, of another version of a requirement, too.

A line with a marker about Python is no sign that another Python helps: most often it has
a sibling for each of them, and all clash alike. That shows in what was read for the
cause; to resolve the whole for each means to read hundreds of releases anew.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.fact_keys import EdgeKey
from axletree.resolver.model.outcomes import Answer, Found, GaveUp, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.proving import (
    Prover,
    WrittenKey,
    projects_of,
    with_specifier,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import KnownUniverse, MemoUniverse

MOST_HINTED = 16
"""Releases near a pin whose sdists are looked into for hints."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Resolves the same for other targets."""

    prover: Prover
    for_target: Callable[[str, str], Question | None]
    turn: Callable[[Question], None] | None = None
    """See `axletree.resolver.repairs.repairer.Repairer`."""

    @contextmanager
    def and_back(self) -> Iterator[None]:
        """Turn the universe back when all was tried."""
        with ExitStack() as stack:
            for each in self.prover.spared:
                stack.enter_context(each.aside())
            if self.turn is not None:
                stack.callback(self.turn, self.prover.question)
            yield

    def resolve(self, python_version: str, platform: str) -> Answer[Resolution]:
        """Resolve for another target, which the user's own project may exclude.

        An answer that rests on an sdist of native code, which is not built to be read, is
        none: an old release without a wheel for a new Python would always do. Patch
        releases of the same Python have the same wheels, so there it is as good.
        """
        question = self.for_target(python_version, platform)
        if question is None or self._is_refused_as_known(question):
            return ProvedNone()
        found = self._resolve(question)
        if isinstance(found, Found) and not self._has_same_wheels(question):
            return GaveUp() if any(map(self._is_native, found.unread)) else found
        return found

    def _has_same_wheels(self, question: Question) -> bool:
        own, other = self.prover.question.environment, question.environment
        return (own.python, own.platform) == (other.python, other.platform)

    def _is_refused_as_known(self, question: Question) -> bool:
        """Tell whether the cause holds there, too; where all is at hand, all is asked."""
        prover = self.prover
        return not prover.universe.is_frozen and is_refused_as_known(prover, question)

    def _is_native(self, file: DistributionFile) -> bool:
        return file.kind == "sdist" and any(
            each.is_native(file) for each in self.prover.spared
        )

    def _resolve(self, question: Question) -> Answer[Resolution]:
        if self.turn is None:
            return self.prover.resolve(question)
        self.turn(question)
        # What an sdist's code says is not carried over; pages and wheels are, below.
        universe = MemoUniverse(self.prover.universe.base)
        resolver = Resolver(universe, reporter=self.prover.reporter)
        return self.prover.attempt(resolver, question)

    def markers_of(self, key: EdgeKey) -> Iterator[str]:
        """Yield the markers of an edge's lines, as far as they are read."""
        knowledge = self.prover.explanation.knowledge
        knowledge.read_pages([key.project])
        page = knowledge.releases[key.project]
        releases = () if page is None else page.all
        if self.prover.universe.is_frozen:
            # Tables that were made before have only the lines that are true here.
            knowledge.read_metadata(releases, through=True)
        for release in releases:
            found = knowledge.dependencies.get(release)
            for line in found.all_lines if found is not None else ():
                if line.target == key.target:
                    yield line.marker_text


def is_refused_as_known(prover: Prover, question: Question) -> bool:
    """Tell whether a question has no answer for certain, by what was read already.

    :param question: that of the prover for another target.
    """
    keys = [key for core in prover.cores for key in core.keys]
    names = frozenset(projects_of(prover.question, keys))
    asked = replace(
        question,
        roots=tuple(
            root
            for root in question.roots
            if canonicalize_name(root.requirement.name) in names
        ),
        # A line that is left out here could open a gate.
        limits=replace(question.limits, allow_prereleases=True),
        prefer="newest",
    )
    known = KnownUniverse(base=prover.universe, names=names)
    return Resolver(MemoUniverse(known)).attempt(asked) == ProvedNone()


def clashing_by_hints(
    prover: Prover, question: Question, key: WrittenKey, releases: Sequence[Release]
) -> Collection[Version]:
    """Find the sdists that clash by what an earlier build of them noted.

    :param key: the requirement that is to be moved to one of them.
    :param releases: the nearest first.
    """
    sdists = [r for r in releases[:MOST_HINTED] if r.files[0].kind == "sdist"]
    files = {release.files[0]: release for release in sdists}
    hints = prover.hints(list(files))
    if not hints:
        return ()
    base = prover.universe
    known = KnownUniverse(base=base, names=base.page_of.keys(), hints=hints)
    resolver = Resolver(MemoUniverse(known))
    limits = replace(question.limits, allow_prereleases=True)
    asked = replace(question, limits=limits, prefer="newest")

    def is_refused(version: str) -> bool:
        search = resolver.search(with_specifier(asked, key, f"==={version}"))
        return resolver.settle(search) == ProvedNone()

    return [files[file].version for file in hints if is_refused(file.version)]
