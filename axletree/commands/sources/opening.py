"""Options -> the universe that candidates come from."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.local import open_folder, open_wheelhouse
from axletree.commands.sources.named import (
    first_index,
    is_extra_unasked,
    settings_for,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.snapshots import read_snapshot
from axletree.config import Settings
from axletree.console import Progress
from axletree.resolver.inputs.requirement_lines import redact
from axletree.wheelhouse.merged import MergedUniverse


@contextmanager
def open_universe(
    source: SourceOptions,
    asked: Asked,
    progress: Progress,
    *,
    brings_files: bool = False,
) -> Iterator[Opened]:
    """Open what the options name, else the wheelhouse; close it afterwards.

    :param brings_files: files will be downloaded and built, also from folders alone.
    :raises click.UsageError: for options that cannot stand together.
    """
    settings = settings_for(source)
    if source.universe is not None:
        if source.index_url or source.extra_index_urls or source.find_links:
            message = "--universe is all there is: leave out indexes and --find-links"
            raise click.UsageError(message)
        yield Opened(universe=read_snapshot(source.universe))
        return
    with ExitStack() as stack:
        opening = _Opening(
            settings=settings,
            source=source,
            asked=asked,
            progress=progress,
            brings_files=brings_files,
        )
        yield opening.open(stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What opening folders and indexes takes."""

    settings: Settings
    source: SourceOptions
    asked: Asked
    progress: Progress
    brings_files: bool

    def open(self, stack: ExitStack) -> Opened:
        """Open indexes, folders, both, or the wheelhouse, until `stack` closes."""
        links = (*self.source.find_links, *self.asked.parsed.find_links)
        folders = {redact(link): open_folder(link) for link in dict.fromkeys(links)}
        urls = self._urls()
        if urls or (folders and self.brings_files):
            from axletree.commands.sources.indexes import Indexes  # noqa: PLC0415  late

            indexes = Indexes(
                settings=self.settings,
                source=self.source,
                question=self.asked.questions[0],
                progress=self.progress,
            )
            return indexes.open(stack, urls, folders)
        if folders:
            merged = MergedUniverse(tuple(folders.values()))
            return Opened(universe=merged, sources=tuple(folders))
        from axletree.commands.sources.kept import WheelhouseTables  # noqa: PLC0415  late

        universe = open_wheelhouse(stack, self.settings.home)
        tables = WheelhouseTables(
            cache_dir=self.settings.cache_dir,
            home=self.settings.home,
            generation=universe.generation,
        )
        return Opened(universe=universe, kept=tables)

    def _urls(self) -> list[str]:
        first = first_index(self.source, self.asked, self.settings)
        parsed = self.asked.parsed
        more = () if parsed.has_no_index else parsed.extra_index_urls
        extra = [*self.source.extra_index_urls, *more]
        if is_extra_unasked(self.source, self.asked, self.settings):
            return []
        if first is None and extra:
            raise click.UsageError(
                "--extra-index-url needs a first index: name it with --index-url "
                "(--index-url public is the one pip uses here)"
            )
        return [] if first is None else list(dict.fromkeys([first, *extra]))
