"""Options -> the universe that candidates come from."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.house import reading
from axletree.commands.sources.local import open_folder, open_wheelhouse
from axletree.commands.sources.named import (
    first_index,
    is_extra_unasked,
    settings_for,
)
from axletree.commands.sources.naming import (
    files_name,
    snapshot_name,
    wheelhouse_name,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.snapshots import read_snapshot
from axletree.config import Settings
from axletree.console import Progress
from axletree.resolver.inputs.requirement_lines import redact
from axletree.wheelhouse.merged import MergedUniverse

if TYPE_CHECKING:
    from axletree.commands.sources.kept import WheelhouseTables


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
        name = snapshot_name(str(source.universe))
        yield Opened(universe=read_snapshot(source.universe), name=name)
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
            universe = MergedUniverse(tuple(folders.values()))
            name = files_name(list(folders))
            return Opened(universe=universe, name=name, sources=tuple(folders))
        return self._open_wheelhouse(stack)

    def _open_wheelhouse(self, stack: ExitStack) -> Opened:
        home = self.settings.home
        takes_index = not self.asked.parsed.has_no_index
        with reading(self.settings, takes_index=takes_index):
            universe = open_wheelhouse(stack, home)
        is_empty = universe.generation == 0
        name = wheelhouse_name(str(home), is_empty=is_empty)
        return Opened(
            universe=universe, name=name, kept=self._kept(universe.generation)
        )

    def _kept(self, generation: int) -> "WheelhouseTables":
        from axletree.commands.sources.kept import WheelhouseTables  # noqa: PLC0415  late

        return WheelhouseTables(
            cache_dir=self.settings.cache_dir,
            home=self.settings.home,
            generation=generation,
        )

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
