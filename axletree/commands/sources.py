"""Options -> the universe that candidates come from."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
import orjson

from axletree.builder.resolved_requirements import ResolvedBuildRequirements
from axletree.commands.asking import Asked
from axletree.commands.late_builder import LateSdistBuilder
from axletree.commands.options import SourceOptions
from axletree.config import Settings, find_file, load, process_environment
from axletree.console import Progress
from axletree.resolver.distribution import DistributionFile
from axletree.resolver.errors import InvalidSnapshotError
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.model import Counters
from axletree.resolver.snapshot import universe_from_json
from axletree.resolver.universe import Universe
from axletree.wheelhouse.first_index import FirstIndex
from axletree.wheelhouse.public_index import public_index_url
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.upstream import ReadingOptions, SdistReading, UpstreamIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A universe, and what it was made of."""

    universe: Universe
    upstream: UpstreamIndex | None = None
    """The first index, if candidates come from indexes."""
    builder: SdistBuilder | None = None
    build_requirements: ResolvedBuildRequirements | None = None

    def counted(self, counters: Counters) -> Counters:
        """Add the requests made so far."""
        if self.upstream is None:
            return counters
        return replace(counters, requests=self.upstream.counters.requests)


def settings_for(source: SourceOptions | None = None) -> Settings:
    """Load the settings of this run; options come last."""
    settings = load(process_environment(), find_file(Path.cwd()))
    if source is not None and source.cache_dir is not None:
        settings = replace(settings, cache_dir=source.cache_dir)
    return settings


@contextmanager
def open_universe(
    source: SourceOptions, asked: Asked, progress: Progress
) -> Iterator[Opened]:
    """Open what the options name, else the wheelhouse; close it afterwards."""
    settings = settings_for(source)
    if source.universe is not None:
        yield Opened(universe=_read_snapshot(source.universe))
        return
    directories = [*source.find_links, *asked.parsed.find_links]
    if directories:
        yield Opened(universe=_open_directory(directories))
        return
    first = source.index_url or asked.parsed.index_url or settings.index_url
    if first is None:
        with _open_wheelhouse(settings) as universe:
            yield Opened(universe=universe)
        return
    urls = [first, *source.extra_index_urls, *asked.parsed.extra_index_urls]
    with ExitStack() as stack:
        opening = _Opening(
            settings=settings, source=source, asked=asked, progress=progress
        )
        yield opening.indexes(stack, urls)


def _open_directory(directories: Sequence[str]) -> Universe:
    from axletree.wheelhouse.directory import DirectoryUniverse  # noqa: PLC0415  late

    if len(directories) > 1:
        raise click.UsageError("one --find-links directory is all that is read so far")
    return DirectoryUniverse(Path(directories[0]))


@contextmanager
def _open_wheelhouse(settings: Settings) -> Iterator[Universe]:
    # Imported late: SQLAlchemy takes longer to import than most answers to find.
    from axletree.wheelhouse.house import Wheelhouse  # noqa: PLC0415
    from axletree.wheelhouse.universe import WheelhouseUniverse  # noqa: PLC0415

    with Wheelhouse.open(settings.home) as house:
        yield WheelhouseUniverse(house)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What opening an index takes."""

    settings: Settings
    source: SourceOptions
    asked: Asked
    progress: Progress

    def indexes(self, stack: ExitStack, urls: Sequence[str]) -> Opened:
        """Open indexes until `stack` closes them."""
        settings, question = self.settings, self.asked.question
        requirements = ResolvedBuildRequirements(limits=question.limits)
        builder = LateSdistBuilder(
            settings=settings,
            requirements=requirements,
            isolation=self.source.isolation,
            reporter=self.progress,
        )
        options = ReadingOptions(
            exclude_newer=question.limits.exclude_newer,
            refresh=self.source.refresh,
            sdists=SdistReading(builder=builder, environment=question.environment),
        )
        indexes = [
            stack.enter_context(
                UpstreamIndex(settings, _address(url, settings), options, self.progress)
            )
            for url in urls
        ]
        universe = indexes[0] if len(indexes) == 1 else FirstIndex(indexes)
        # A build needs the index, and the index needs builds for some metadata.
        requirements.universe = MemoUniverse(universe)
        requirements.fetch = partial(_fetch, indexes[0], settings.cache_dir / "files")
        return Opened(
            universe=universe,
            upstream=indexes[0],
            builder=builder,
            build_requirements=requirements,
        )


def _address(url: str, settings: Settings) -> str:
    return public_index_url(settings) if url == "public" else url


def _fetch(
    index: UpstreamIndex, folder: Path, files: Sequence[DistributionFile]
) -> Sequence[Path]:
    paths = index.download_all(files, folder)
    return [paths[file] for file in files]


def _read_snapshot(path: Path) -> Universe:
    try:
        raw = path.read_bytes()
        document = orjson.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (OSError, ValueError, EOFError) as error:
        raise InvalidSnapshotError(
            f"the universe cannot be read: {error}",
            where=str(path),
            hint="make one with axletree snapshot",
        ) from error
    return universe_from_json(document)
