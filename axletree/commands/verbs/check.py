"""`axletree check`: many requirements files for many environments, for CI."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.matrix import Matrix
from axletree.commands.options.repository import Repository
from axletree.commands.options.requirement_files import Finder
from axletree.commands.options.shared import take
from axletree.commands.results.check_outputs import (
    CheckOutputs,
    ToldCheck,
    take_outputs,
)
from axletree.commands.results.known_conflicts import (
    Baseline,
    take_baseline,
    tell_gone,
)
from axletree.commands.sources.batches import check as check_matrix
from axletree.commands.sources.snapshots import at_rest
from axletree.console import Console
from axletree.environ import process_environment
from axletree.reading import current_folder
from axletree.resolver.queries.check import Cell, exit_code


@click.command(cls=VerbCommand)
@options_of("check")
@click.pass_obj
def check(
    words: tuple[str, ...],
    /,
    *,
    jobs: int | None,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Check which requirements files have a solution, on each Python and platform.

    Of a folder requirements*.txt, requirements*.in and pyproject.toml are checked,
    in folders below it too; of no path, the current folder. Of a pyproject.toml the
    project, each of its extras and each dependency group is a set of its own.
    """
    outputs = take_outputs(options, is_json=as_json)
    console = Console(is_json=outputs.printed == "json", verbosity=verbose - quiet)
    known = take_baseline(options, words)
    matrix = _matrix(console, options, words, is_brief=known is None)
    with console.progress() as progress, at_rest(matrix.source) as source:
        cells = check_matrix(
            replace(matrix, source=source), progress, jobs=jobs or _cores_at_hand()
        )
    return _tell(console, outputs, cells, known, words)


def _tell(
    console: Console,
    outputs: CheckOutputs,
    cells: Iterable[Cell],
    known: Baseline | None,
    words: tuple[str, ...],
) -> int:
    environ = process_environment()
    repository = Repository.around(Path(current_folder()), environ)
    cells = tuple(replace(cell, path=repository.locate(cell.file)) for cell in cells)
    compared = None if known is None else known.compare(cells, repository)
    cells = cells if compared is None else compared.cells
    told = ToldCheck(cells=cells, repository=repository, compared=compared)
    outputs.write(told)
    outputs.show(console, told, environ)
    if known is not None and compared is not None:
        known.write(console, compared)
        if not known.is_written:
            tell_gone(console, compared, words)
    return exit_code(cells)


def _matrix(
    console: Console, options: dict[str, Any], words: tuple[str, ...], *, is_brief: bool
) -> Matrix:
    finder = Finder()
    sets = finder.sets(options.pop("paths"))
    console.notes(map(str, finder.left_out))
    inputs, target, source = take(options)
    return Matrix(
        sets=sets,
        target=target,
        inputs=inputs,
        source=source,
        is_brief=is_brief,
        words=words,
        read=finder.files,
    )


def _cores_at_hand() -> int:
    """Count the processor cores that this process may use."""
    # Not every system says which of them are ours.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
