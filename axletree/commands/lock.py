"""`axletree lock`: requirements in, a lock out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.asking import ask_from
from axletree.commands.options import (
    input_options,
    output_options,
    source_options,
    take,
    target_options,
)
from axletree.commands.refusing import NO_SOLUTION, show_core
from axletree.commands.sources import open_universe
from axletree.console import Console
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.lock import to_constraints, to_json, to_requirements
from axletree.resolver.model import Resolution
from axletree.resolver.report import counters_sentence
from axletree.resolver.resolve import Refusal, Resolver
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
    help="Write the lock here, at once or not at all [default: stdout].",
)
@click.option(
    "--format",
    "lock_format",
    type=click.Choice(["requirements", "constraints"]),
    default="requirements",
    show_default=True,
    help="The form of the lock.",
)
@output_options
@click.pass_obj
def lock(
    words: tuple[str, ...],
    /,
    *,
    output_file: Path | None,
    lock_format: str,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Resolve requirements and write a lock with hashes."""
    console = Console(is_json=as_json, verbosity=verbose)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target)
    console.detail(f"resolving for {asked.question.environment.label}")
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        resolver = Resolver(MemoUniverse(opened.universe), reporter=progress)
        answer = resolver.resolve(asked.question)
        counters = opened.counted(resolver.counters)
    if isinstance(answer, Refusal):
        show_core(console, replace(answer.conflict, counters=counters), words)
        return NO_SOLUTION
    answer = replace(answer, counters=counters)
    console.detail(counters_sentence("read", counters))
    console.notes(answer.notes)
    write = to_constraints if lock_format == "constraints" else to_requirements
    _put(console, answer, write(answer, ("axletree", *words)), output_file)
    return 0


def _put(
    console: Console, answer: Resolution, text: str, output_file: Path | None
) -> None:
    if output_file is not None:
        write_atomically(output_file, text.encode())
        console.say(f"wrote {len(answer.pins)} pins to {output_file}")
    if console.is_json:
        console.document(to_json(answer, answer.counters))
    elif output_file is None:
        console.result(text)
