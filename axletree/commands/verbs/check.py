"""`axletree check`: many requirements files for many environments, for CI."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.options.click_options import options_of
from axletree.commands.options.helping import VerbCommand
from axletree.commands.options.matrix import Matrix
from axletree.commands.options.shared import take
from axletree.commands.sources.batches import check as check_matrix
from axletree.commands.sources.snapshots import at_rest
from axletree.console import Console
from axletree.resolver.model.answers import Conflict
from axletree.resolver.queries.check import Cell, exit_code
from axletree.resolver.reports.check_json import check_to_json
from axletree.resolver.reports.check_text import check_report
from axletree.resolver.reports.junit import to_junit
from axletree.wheelhouse.atomic import write_atomically


@click.command(cls=VerbCommand)
@options_of("check")
def check(
    *,
    jobs: int | None,
    junit: Path | None,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Check which requirements files have a solution, on each Python and platform."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    matrix = _matrix(options)
    with console.progress() as progress, at_rest(matrix.source) as source:
        cells = check_matrix(
            replace(matrix, source=source), progress, jobs=jobs or _cores_at_hand()
        )
    if junit is not None:
        write_atomically(junit, to_junit(cells))
    if console.is_json:
        console.document(check_to_json(cells))
    else:
        width, is_ascii = console.width, console.is_ascii
        console.report(check_report(cells, width=width, is_ascii=is_ascii))
        _point_on(console, cells)
    return exit_code(cells)


def _point_on(console: Console, cells: Sequence[Cell]) -> None:
    """Name the command that tells more of a refusal."""
    refused = [cell.file for cell in cells if isinstance(cell.answer, Conflict)]
    if refused:
        words = shlex.join(["axletree", "explain", "-r", refused[0]])
        console.say(
            f"\nTo see what would help: {words}, with the same options", style="green"
        )


def _matrix(options: dict[str, Any]) -> Matrix:
    files = options.pop("files")
    inputs, target, source = take(options)
    return Matrix(files=files, target=target, inputs=inputs, source=source)


def _cores_at_hand() -> int:
    """Count the processor cores that this process may use."""
    # Not every system says which of them are ours.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
