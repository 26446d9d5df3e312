"""A refused question, asked for another Python or on another platform."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.fact_keys import EdgeKey
from axletree.resolver.model.outcomes import Answer, Found, GaveUp, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse


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
        none: an old release without a wheel for a new Python would always do.
        """
        question = self.for_target(python_version, platform)
        if question is None:
            return ProvedNone()
        found = self._resolve(question)
        if isinstance(found, Found) and any(map(self._is_native, found.unread)):
            return GaveUp()
        return found

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
