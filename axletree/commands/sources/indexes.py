"""Package indexes as the universe that candidates come from.

Apart from `axletree.commands.sources.opening`, so that only who asks an index imports all
that a network takes.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.commands.line.corrections import (
    did_you_mean,
    url_meant,
)
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.downloads import (
    RankedIndexes,
    SpreadDownloads,
)
from axletree.commands.sources.late_builder import LateSdistBuilder
from axletree.commands.sources.named import strategy_of
from axletree.commands.sources.naming import files_name
from axletree.commands.sources.opened import Opened
from axletree.config import IndexStrategy, Settings
from axletree.late_dataclasses import dataclass
from axletree.progress import Progress
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.sparing import SparingUniverse
from axletree.resolver.universe.unbuilt import BuildAllowance
from axletree.wheelhouse.sources.best_match import BestMatch
from axletree.wheelhouse.sources.first_index import FirstIndex
from axletree.wheelhouse.sources.merged import MergedUniverse
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.errors import InvalidIndexUrlError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import (
    ReadingOptions,
    SdistReading,
)
from axletree.wheelhouse.upstream.public_index import public_index_url

if TYPE_CHECKING:
    # Few runs need them.
    from axletree.resolver.repairs.strategies import AllIndexes
    from axletree.wheelhouse.sources.file_index import FileIndex
    from axletree.wheelhouse.sources.held_hashes import HeldHashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexes:
    """What opening indexes takes."""

    settings: Settings
    source: SourceOptions
    question: Question
    progress: Progress
    has_hashes: bool = False
    """Lines for one of the environments give hashes."""

    def open(
        self, stack: ExitStack, urls: Sequence[str], folders: Mapping[str, Universe]
    ) -> Opened:
        """Open them, best first, and folders (by their names) that stand beside them.

        Where there are folders alone, no index is asked.
        """
        settings, question = self.settings, self.question
        # The hashes are those of what is asked for, not of what builds it.
        build_limits = replace(question.limits, hashes=())
        requirements = ResolvedBuildRequirements(limits=build_limits)
        builder = LateSdistBuilder(
            settings=settings,
            requirements=requirements,
            isolation=self.source.isolation,
            reporter=self.progress,
        )
        allowance = BuildAllowance()
        options = self._reading(builder, allowance)
        indexes = [self._open_one(stack, url, options) for url in urls]
        names = tuple(printable(index.url) for index in indexes)
        strategy = strategy_of(self.source, settings)
        ranked = _ranked(strategy, indexes, names)
        beside = [ranked] if indexes else []
        merged = MergedUniverse([*folders.values(), *beside]) if folders else None
        universe = merged or ranked
        every = None
        if strategy == "first-index" and len(indexes) > 1:
            best = [*folders.values(), BestMatch(indexes)]
            every = _all_indexes(best, names, allowance)
        downloads = SpreadDownloads(
            indexes=tuple(i for i in indexes if isinstance(i, UpstreamIndex)),
            ranked=ranked,
            merged=merged,
        )
        # A build needs the index, and the index needs builds for some metadata.
        requirements.universe = MemoUniverse(universe)
        requirements.fetch = downloads.fetch
        held = self._held(universe, downloads) if self.has_hashes else None
        return Opened(
            universe=held or universe,
            held=held,
            name=files_name([*folders], names, is_public="public" in urls),
            sources=(*folders, *names),
            all_indexes=every,
            downloads=downloads,
            builder=builder,
            build_requirements=requirements,
            allowance=allowance,
        )

    def _held(self, universe: Universe, downloads: SpreadDownloads) -> "HeldHashes":
        from axletree.wheelhouse.sources.held_hashes import HeldHashes  # noqa: PLC0415  late

        hashes = self.question.limits.hashes
        return HeldHashes(base=universe, hashes=hashes, fetch=downloads.fetch)

    def _open_one(
        self, stack: ExitStack, url: str, options: ReadingOptions
    ) -> "UpstreamIndex | FileIndex":
        """Open one index, on this machine or elsewhere.

        :raises InvalidIndexUrlError: it is no address; says what may be meant.
        """
        settings = self.settings
        address = public_index_url(settings) if url == "public" else url
        if address.startswith("file:"):
            from axletree.wheelhouse.sources.file_index import FileIndex  # noqa: PLC0415  late

            return FileIndex.at(address, settings.limits.page_bytes)
        try:
            index = UpstreamIndex(settings, address, options, self.progress)
        except InvalidIndexUrlError as error:
            if url == settings.index_url:
                error.where = "index-url of the settings, or AXLETREE_INDEX_URL"
            raise did_you_mean(error, url, url_meant(url)) from error
        return stack.enter_context(index)

    def _reading(
        self, builder: LateSdistBuilder, allowance: BuildAllowance
    ) -> ReadingOptions:
        environment = self.question.environment
        return ReadingOptions(
            exclude_newer=self.question.limits.exclude_newer,
            refresh=self.source.refresh,
            sdists=SdistReading(
                builder=builder, environment=environment, allowance=allowance
            ),
        )


def _all_indexes(
    universes: Sequence[Universe], names: tuple[str, ...], allowance: BuildAllowance
) -> "AllIndexes":
    """Read from all, as pip does."""
    from axletree.resolver.repairs.strategies import AllIndexes  # noqa: PLC0415  late

    spared = SparingUniverse(MergedUniverse(universes), allowance)
    return AllIndexes(universe=spared, names=names)


def _ranked(
    strategy: IndexStrategy, indexes: Sequence[Universe], names: Sequence[str]
) -> RankedIndexes:
    if strategy == "first-index":
        return FirstIndex(indexes, names)
    return BestMatch(indexes)
