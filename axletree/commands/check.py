"""`axletree check`: many requirements files for many environments, for CI."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from axletree.commands.check_options import (
    cores_at_hand,
    environments_options,
    take_targets,
)
from axletree.commands.checking import Matrix
from axletree.commands.checking import check as check_matrix
from axletree.commands.options import (
    TargetOptions,
    limit_options,
    output_options,
    source_options,
    take,
)
from axletree.console import Console
from axletree.resolver.junit import to_junit
from axletree.resolver.matrix import exit_code
from axletree.resolver.matrix_json import check_to_json
from axletree.resolver.matrix_report import check_report
from axletree.wheelhouse.atomic import write_atomically


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@limit_options
@environments_options
@source_options
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Resolve this many at a time [default: one on each core].",
)
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write JUnit XML here, too.",
)
@output_options
def check(
    *,
    jobs: int | None,
    junit: Path | None,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Say which requirements files have a solution, for each Python and platform."""
    console = Console(is_json=as_json, verbosity=verbose)
    matrix = _matrix(options)
    with console.progress() as progress:
        cells = check_matrix(matrix, progress, jobs=jobs or cores_at_hand())
    if junit is not None:
        write_atomically(junit, to_junit(cells))
    if console.is_json:
        console.document(check_to_json(cells))
    else:
        width, is_ascii = console.width, console.is_ascii
        console.report(check_report(cells, width=width, is_ascii=is_ascii))
    return exit_code(cells)


def _matrix(options: dict[str, Any]) -> Matrix:
    targets = take_targets(options)
    files = options.pop("files")
    # What the others take once, `check` has as files and targets of its own.
    absent = {field.name: None for field in fields(TargetOptions)}
    inputs, _, source = take({"requirements": (), "files": (), **absent, **options})
    return Matrix(files=files, targets=targets, inputs=inputs, source=source)
