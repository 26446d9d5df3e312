"""What was opened for candidates to come from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.commands.options.question import Asked
from axletree.commands.sources.naming import SourceName
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Conflict, Counters
from axletree.resolver.model.question import Question
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.sparing import SparingUniverse
from axletree.resolver.universe.unbuilt import BuildAllowance

if TYPE_CHECKING:
    # The network takes longer to import than most answers to find.
    from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
    from axletree.commands.sources.downloads import SpreadDownloads
    from axletree.commands.sources.kept import WheelhouseTables
    from axletree.resolver.model.distribution import DistributionFile
    from axletree.resolver.repairs.strategies import AllIndexes
    from axletree.resolver.universe.composed import MemoUniverse
    from axletree.wheelhouse.sdist_builder import SdistBuilder
    from axletree.wheelhouse.sources.addressed_files import AddressedFilesHere
    from axletree.wheelhouse.sources.held_hashes import HeldHashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A universe, and what it was made of."""

    universe: Universe
    name: SourceName
    sources: tuple[str, ...] = ()
    """The folders and indexes that are asked, in their order, without logins."""
    all_indexes: "AllIndexes | None" = None
    """The same with every index asked for every project; None: they are anyway."""
    downloads: "SpreadDownloads | None" = None
    """Set, with the two below, if candidates come from indexes."""
    builder: "SdistBuilder | None" = None
    build_requirements: "ResolvedBuildRequirements | None" = None
    kept: "WheelhouseTables | None" = None
    """Its tables that were made before; None: there are none of such a universe."""
    addressed: "AddressedFilesHere | None" = None
    """What requirements name by its address; None: there is no such."""
    held: "HeldHashes | None" = None
    """What is fetched to be held against hashes; None: no line gives any."""
    stored: "Callable[[Sequence[DistributionFile]], Sequence[Path]] | None" = None
    """Brings files of folders or a wheelhouse, for builds; None: of indexes only."""
    allowance: BuildAllowance = field(default_factory=BuildAllowance)
    """What its indexes ask before they build an sdist to read it."""

    def told(self, conflict: Conflict) -> Conflict:
        """Name what was asked, where a fact says that something is not there."""
        cores = tuple(map(self.name.told, conflict.conflicts))
        return replace(conflict, conflicts=cores)

    def spared(self) -> SparingUniverse:
        """Return the universe so that it can be told to read sparingly."""
        return SparingUniverse(self.universe, self.allowance)

    def one_by_one(self, asked: Asked, universe: "MemoUniverse") -> Iterator[Question]:
        """Yield each question, with the universe turned to its environment.

        What an sdist's code says of its metadata is not carried over, nor what a file's
        bytes are held against; pages are.

        :param universe: over this one, used for all of them.
        """
        yield asked.questions[0]
        for question in asked.questions[1:]:
            universe.forget_sdists()
            self._forget_held(universe)
            if self.turn is not None:
                self.turn(question)
            self._forget_held(universe)
            yield question

    def _forget_held(self, universe: "MemoUniverse") -> None:
        if self.held is not None:
            universe.forget(self.held.are_held(universe.metadata_of))

    @property
    def turn(self) -> Callable[[Question], None] | None:
        """Return what turns the universe to a question; None: it is for all."""
        if self.downloads is None and self.addressed is None:
            return None

        def turn_all(question: Question) -> None:
            if self.downloads is not None:
                self.downloads.turn(question.environment)
            if self.addressed is not None:
                self.addressed.turn_to(question.environment)
            if self.held is not None:
                self.held.turn_to(question.limits.hashes)

        return turn_all

    def counted(self, counters: Counters) -> Counters:
        """Add the requests made so far."""
        if self.downloads is None:
            return counters
        return replace(counters, requests=self.downloads.requests)
