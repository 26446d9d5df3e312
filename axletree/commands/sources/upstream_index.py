"""An index beside the wheelhouse, looked at only for what would help."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.house import opened_if_there
from axletree.commands.sources.named import (
    first_index,
    folders_of,
    settings_for,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.policed import policed
from axletree.late_dataclasses import dataclass
from axletree.progress import Progress
from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.model.answers import Counters
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import SparingUniverse

if TYPE_CHECKING:
    # Few name such an index, and what helps is looked for once a cause is told.
    from axletree.resolver.repairs.collecting import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedUpstream:
    """The index, if one was named."""

    upstream: "Upstream | None" = None
    spared: tuple[SparingUniverse, ...] = ()
    """What is read sparingly, since it is only looked at for what would help."""
    _opened: Opened | None = None

    def turned_to(self, asked: Asked) -> Iterator[Question]:
        """Yield each question, with the index turned to its environment."""
        if self.upstream is None or self._opened is None:
            yield from asked.questions
            return
        yield from self._opened.one_by_one(asked, self.upstream.universe)

    def counted(self, counters: Counters) -> Counters:
        """Add the requests made so far."""
        return counters if self._opened is None else self._opened.counted(counters)


@contextmanager
def open_upstream(
    url: str | None, source: SourceOptions, asked: Asked, progress: Progress
) -> Iterator[OpenedUpstream]:
    """Open the index of `--upstream`; nothing is asked for before it is needed.

    :raises click.UsageError: candidates come from where no file can be brought to.
    """
    if url is None:
        yield OpenedUpstream()
        return
    _check(source, asked)
    from axletree.commands.sources.indexes import Indexes  # noqa: PLC0415  late: the network
    from axletree.resolver.repairs.collecting import Upstream  # noqa: PLC0415  late
    from axletree.resolver.repairs.repairer import MOST_BUILDS  # noqa: PLC0415  late

    indexes = Indexes(
        settings=settings_for(source),
        source=source,
        question=asked.questions[0],
        progress=progress,
    )
    links = folders_of(source, asked)
    with ExitStack() as stack:
        opened = policed(indexes.open(stack, [url], {}), asked)
        opened = _as_of_view(_known_here(stack, opened, source), source)
        spared = opened.spared()
        opened.allowance.left = MOST_BUILDS
        upstream = Upstream(
            universe=MemoUniverse(spared),
            name=redact(url),
            folder=redact(links[-1]) if links else None,
        )
        yield OpenedUpstream(upstream=upstream, spared=(spared,), _opened=opened)


def _known_here(stack: ExitStack, opened: Opened, source: SourceOptions) -> Opened:
    """Leave out what would not be let in, because it was withdrawn here."""
    from axletree.wheelhouse.collecting.known_here import known_here  # noqa: PLC0415  late

    house = stack.enter_context(opened_if_there(settings_for(source)))
    if house is None:
        return opened
    return replace(opened, universe=known_here(opened.universe, house))


def _as_of_view(opened: Opened, source: SourceOptions) -> Opened:
    """Show of an index what would be seen through the view, were it collected."""
    if source.view is None:
        return opened
    from axletree.wheelhouse.views.reading import held_at, view_at  # noqa: PLC0415  late
    from axletree.wheelhouse.views.seen import seen_through  # noqa: PLC0415  as above

    place = settings_for(source).place
    view = view_at(place, source.view)
    universe = seen_through(opened.universe, view, held_at(place, view))
    return replace(opened, universe=universe)


def _check(source: SourceOptions, asked: Asked) -> None:
    if source.universe is not None:
        message = "--upstream cannot be combined with --universe"
        raise click.UsageError(f"{message}: nothing can be added to a snapshot")
    if first_index(source, asked, settings_for(source)) is not None:
        message = "--upstream is for a wheelhouse or --find-links; here packages"
        raise click.UsageError(f"{message} come from an index already")
