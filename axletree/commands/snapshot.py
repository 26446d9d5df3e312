"""`axletree snapshot`: what a resolution chooses from, as one JSON file."""

import gzip
from pathlib import Path
from typing import Any

import click
import orjson

from axletree.commands.asking import ask_from
from axletree.commands.options import (
    input_options,
    output_options,
    source_options,
    take,
    target_options,
)
from axletree.commands.sources import open_universe
from axletree.console import Console
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.resolve import Resolver
from axletree.resolver.snapshot import universe_to_json
from axletree.wheelhouse.atomic import write_atomically


@click.command()
@input_options
@target_options
@source_options
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write here (compressed if it ends in .gz) [default: stdout].",
)
@output_options
def snapshot(
    *,
    output_file: Path | None,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Write all that a resolution reads as JSON, for tests and bug reports.

    The snapshot answers the same question with the same answer, anywhere.
    """
    console = Console(is_json=as_json, verbosity=verbose)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target)
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        universe = MemoUniverse(opened.universe)
        Resolver(universe, reporter=progress).resolve(asked.question)
    pages = [page for page in universe.page_of.values() if page is not None]
    answers = {file.filename: answer for file, answer in universe.metadata_of.items()}
    document = universe_to_json(pages, answers)
    raw = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    if output_file is None:
        console.result(raw.decode() + "\n")
        return 0
    is_packed = output_file.suffix == ".gz"
    write_atomically(output_file, gzip.compress(raw, mtime=0) if is_packed else raw)
    console.say(f"wrote {len(pages)} projects to {output_file}")
    if console.is_json:
        console.document(
            {
                "format": "axletree.snapshot/1",
                "file": str(output_file),
                "projects": len(pages),
            }
        )
    return 0
