"""A conflict from tables, as `axletree explain --no-repairs` tells it to a pipe."""

from __future__ import annotations

import os
import sys

from axletree.resolver.conflicts.asked import Asked, AskedLine
from axletree.resolver.conflicts.cores import CoreSearch
from axletree.resolver.conflicts.sentences import write_core
from axletree.resolver.engine.fact_models import FactModels
from axletree.resolver.engine.swift_judge import TableJudge
from axletree.resolver.reports.conflict_text import cause_lines
from axletree.resolver.reports.lines import to_text
from axletree.resolver.universe.swift_reading import (
    Reading,
    SwiftAsked,
    SwiftRoot,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from axletree.commands.fast.arguments import PlainWords
    from axletree.resolver.universe.compiled import CompiledUniverse

MOST_COLUMNS = 120
"""As `axletree.console`."""
_TERMINAL_SETTINGS = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""Variables by which rich takes a pipe for a terminal."""


def is_plain_output(environ: Mapping[str, str]) -> bool:
    """Tell whether the output is neither coloured nor confined to ASCII."""
    encoding = sys.stdout.encoding or ""
    has_settings = any(environ.get(name) for name in _TERMINAL_SETTINGS)
    is_utf = encoding.lower().startswith("utf")
    return is_utf and not has_settings and not sys.stdout.isatty()


def explain(
    plain: PlainWords, universe: CompiledUniverse, environ: Mapping[str, str]
) -> str | None:
    """Return the conflict; None: there is none.

    :raises NotCompilableError: it is beyond tables.
    :raises AxletreeError: whatever the universe raises.
    """
    asked = Asked(roots=list(_roots(plain, universe)), target=plain.target)
    roots = [root.table for root in asked.roots]
    reading = Reading(universe, keeps_unusable=True)
    judge = TableJudge(reading, SwiftAsked(roots))
    models = FactModels(reading, roots, (), judge, is_frozen=True)
    cores, is_complete = CoreSearch(models, [root.name for root in roots]).cores()
    if not cores:
        return None
    written = [write_core(core, asked, models, reading) for core in cores]
    width = _width(environ)
    return to_text(cause_lines(written, plain.target, width, is_complete=is_complete))


def _roots(plain: PlainWords, universe: CompiledUniverse) -> Iterator[AskedLine]:
    for line in plain.lines():
        found = universe.root(line.text)
        if found is not None:
            yield AskedLine(SwiftRoot(*found, line.origin), line)


def _width(environ: Mapping[str, str]) -> int:
    """Return the columns to fill, as rich counts them."""
    columns = environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() else _terminal_width()
    return min(width or 80, MOST_COLUMNS)


def _terminal_width() -> int:
    for descriptor in range(3):
        try:
            return os.get_terminal_size(descriptor).columns
        except OSError:
            continue
    return 0
