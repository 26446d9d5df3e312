"""Options -> the universe that candidates come from."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.house import reading
from axletree.commands.sources.local import (
    open_folder,
    open_wheelhouse,
    paths_in_folders,
    paths_in_wheelhouse,
)
from axletree.commands.sources.named import (
    first_index,
    folders_of,
    is_extra_unasked,
    settings_for,
)
from axletree.commands.sources.naming import (
    SourceName,
    files_name,
    snapshot_name,
    view_name,
    wheelhouse_name,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.policed import policed
from axletree.config import Settings
from axletree.late_dataclasses import dataclass
from axletree.progress import Progress
from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.model.question import addressed_lines
from axletree.resolver.universe.protocol import Universe
from axletree.wheelhouse.sources.merged import MergedUniverse

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
    others = (source.index_url, source.extra_index_urls, source.find_links)
    if source.universe is not None and any(others):
        message = "--universe is all there is: leave out indexes and --find-links"
        raise click.UsageError(message)
    if source.view is not None and any((source.universe, *others)):
        message = (
            "--view is of the wheelhouse: leave out indexes, folders and snapshots"
        )
        raise click.UsageError(message)
    with ExitStack() as stack:
        opening = _Opening(
            settings=settings,
            source=source,
            asked=asked,
            progress=progress,
            brings_files=brings_files,
        )
        opened = policed(opening.open(stack), asked)
        yield opening.with_addresses(stack, opened)


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
        if self.source.universe is not None:
            from axletree.commands.sources.snapshots import read_snapshot  # noqa: PLC0415  late

            name = snapshot_name(str(self.source.universe))
            return Opened(universe=read_snapshot(self.source.universe), name=name)
        links = folders_of(self.source, self.asked)
        folders = {redact(link): open_folder(link) for link in dict.fromkeys(links)}
        urls = self._urls()
        if urls or (folders and self.brings_files):
            from axletree.commands.sources.indexes import Indexes  # noqa: PLC0415  late

            indexes = Indexes(
                settings=self.settings,
                source=self.source,
                question=self.asked.questions[0],
                progress=self.progress,
                has_hashes=any(each.limits.hashes for each in self.asked.questions),
            )
            return indexes.open(stack, urls, folders)
        if folders:
            universe = MergedUniverse(tuple(folders.values()))
            name = files_name(list(folders))
            return Opened(
                universe=universe,
                name=name,
                sources=tuple(folders),
                stored=paths_in_folders,
            )
        return self._open_wheelhouse(stack)

    def _open_wheelhouse(self, stack: ExitStack) -> Opened:
        place = self.settings.place
        takes_index = not self.asked.parsed.has_no_index
        with reading(self.settings, takes_index=takes_index):
            universe = open_wheelhouse(stack, place)
        if self.source.view is not None:
            return self._through_view(stack, universe, self.source.view)
        is_empty = universe.generation == 0
        name = self._named(is_empty=is_empty)
        return Opened(
            universe=universe,
            name=name,
            stored=lambda files: paths_in_wheelhouse(stack, place, files),
            kept=self._kept(universe.generation),
        )

    def _named(self, *, is_empty: bool = False) -> SourceName:
        place = self.settings.place
        return wheelhouse_name(
            str(place), is_elsewhere=place.is_elsewhere, is_empty=is_empty
        )

    def _through_view(self, stack: ExitStack, universe: Universe, name: str) -> Opened:
        from axletree.wheelhouse.views.reading import held_at, view_at  # noqa: PLC0415  late
        from axletree.wheelhouse.views.seen import seen_through  # noqa: PLC0415  late

        place = self.settings.place
        view = view_at(place, name)
        return Opened(
            universe=seen_through(universe, view, held_at(place, view)),
            name=view_name(self._named(), view.name, view.day, view.of_sets),
            stored=lambda files: paths_in_wheelhouse(stack, place, files),
        )

    def _kept(self, generation: int) -> "WheelhouseTables | None":
        if self.settings.database:
            return None  # Tables on this disk are of databases on it.
        from axletree.commands.sources.kept import WheelhouseTables  # noqa: PLC0415  late

        return WheelhouseTables(
            cache_dir=self.settings.cache_dir,
            home=self.settings.home,
            generation=generation,
        )

    def with_addresses(self, stack: ExitStack, opened: Opened) -> Opened:
        """Let what is named by its address stand beside what was opened."""
        questions = self.asked.questions
        lines = [line for each in questions for line in addressed_lines(each)]
        if not lines:
            return opened
        # Late: it brings the builder and the network along.
        from axletree.commands.sources.addressed import Addressing  # noqa: PLC0415

        addressing = Addressing(
            settings=self.settings,
            source=self.source,
            question=questions[0],
            progress=self.progress,
        )
        return addressing.open(stack, replace(opened, kept=None), lines)

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
