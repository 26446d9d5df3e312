"""A conflict from tables, as `axletree explain` tells it to a pipe."""

from __future__ import annotations

import sys

from axletree.commands.fast.arguments import name_of
from axletree.resolver.conflicts.also_contended import also_contended
from axletree.resolver.conflicts.asked import Asked, AskedLine
from axletree.resolver.conflicts.cores import CoreSearch
from axletree.resolver.conflicts.phrases import contradicts_itself
from axletree.resolver.conflicts.sentences import everywhere_first, write_core
from axletree.resolver.engine.models import FactModels
from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.reports.cause_text import cause_lines
from axletree.resolver.reports.lines import to_text
from axletree.resolver.universe.tables import BeyondTablesError
from axletree.resolver.universe.tables_read import Reading
from axletree.terminal import MOST_COLUMNS, may_be_terminal, size_of

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.commands.fast.arguments import PlainWords
    from axletree.resolver.conflicts.also_contended import AlsoContended
    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.model.facts import Core
    from axletree.resolver.universe.tables import Tables


def is_plain_output(environ: Mapping[str, str]) -> bool:
    """Tell whether the output is neither coloured nor confined to ASCII."""
    encoding = sys.stdout.encoding or ""
    is_utf = encoding.lower().startswith("utf")
    return is_utf and not may_be_terminal(sys.stdout, environ)


class Explained:
    """A conflict, as it was found on tables."""

    __slots__ = ("besides", "cores", "is_complete", "models", "width", "written")

    def __init__(  # noqa: PLR0913  one argument for each part of what is told
        self,
        models: FactModels,
        cores: Sequence[KeyCore],
        written: Sequence[Core],
        *,
        besides: AlsoContended,
        is_complete: bool,
        width: int,
    ) -> None:
        self.besides = besides
        self.models = models
        self.cores = cores
        self.written = written
        self.is_complete = is_complete
        """There are no more of them."""
        self.width = width
        """Columns to tell it in."""

    @property
    def is_for_command(self) -> bool:
        """Tell whether the command has more to say of the cause.

        What brings a project that is not there at all, or that a line admits nothing.
        """
        kinds = (fact.kind for core in self.written for fact in core.facts)
        return "unknown-project" in kinds or any(
            len(core.keys) == 1 for core in self.cores
        )

    @property
    def exit_code(self) -> int:
        """Return what it ends with; an answer no is only given for every machine."""
        return 3 if all(core.holds_here_only for core in self.written) else 1


def explain(
    plain: PlainWords, universe: Tables, environ: Mapping[str, str]
) -> Explained | None:
    """Find the conflict; None: there is none.

    :raises BeyondTablesError: it is beyond tables.
    :raises AxletreeError: whatever the universe raises.
    """
    places, minor = range(universe.micros), plain.python_version.removesuffix("t")
    asked = Asked(
        roots=list(_roots(plain, universe)),
        python_version=plain.python_version,
        platform=plain.python_platform,
        pythons=[f"{minor}.{place}" for place in places],
        near=_beyond,
    )
    roots = [root.table for root in asked.roots]
    reading = Reading(universe, keeps_unusable=True)
    models = FactModels(reading, Problem(roots), is_frozen=True)
    cores, is_complete = CoreSearch(models, [root.name for root in roots]).cores()
    if not cores:
        return None
    told = name_of(plain, environ).told
    written = everywhere_first(
        (core, told(write_core(core, asked, models, reading))) for core in cores
    )
    cores = tuple(core for core, _ in written)
    return Explained(
        models,
        cores,
        [words for _, words in written],
        besides=also_contended(models, reading, cores),
        is_complete=is_complete,
        width=min(size_of(environ)[0], MOST_COLUMNS),
    )


def cause_text(plain: PlainWords, found: Explained) -> str:
    """Tell the cause."""
    lines = cause_lines(
        found.written,
        plain.target,
        found.width,
        is_complete=found.is_complete,
        besides=found.besides,
    )
    return to_text(lines)


def _beyond(name: str) -> Sequence[str]:
    """Leave it to the plain way to say what may be meant by a name."""
    raise BeyondTablesError(name)


def _roots(plain: PlainWords, universe: Tables) -> Iterator[AskedLine]:
    for line in plain.lines():
        found = universe.root(line.text)
        if found is not None:
            page = universe.project(found[0])
            if contradicts_itself(found[2], universe, page):
                raise BeyondTablesError(line.text)
            yield AskedLine(Demand(*found, line.origin), line)
