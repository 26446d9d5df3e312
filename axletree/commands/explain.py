"""`axletree explain`: why requirements conflict, and what would help."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.asking import ask_from
from axletree.commands.explaining import future_wheels, with_repairs
from axletree.commands.options import (
    input_options,
    output_options,
    recipes_option,
    source_options,
    take,
    target_options,
)
from axletree.commands.refusing import NO_SOLUTION
from axletree.commands.sources import open_universe
from axletree.console import Console
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.lock import to_json
from axletree.resolver.model import Conflict, Resolution
from axletree.resolver.question import Question
from axletree.resolver.report import conflict_report, counters_sentence
from axletree.resolver.report_json import as_pip_to_json, conflict_to_json
from axletree.resolver.resolve import Resolver


@click.command()
@input_options
@target_options
@source_options
@recipes_option
@click.option("--no-repairs", is_flag=True, help="Stop at the cause.")
@click.option(
    "--engine",
    type=click.Choice(["exact", "resolvelib"]),
    default="exact",
    show_default=True,
    help="resolvelib shows what pip would do.",
)
@output_options
def explain(
    *,
    recipes: Path | None,
    no_repairs: bool,
    engine: str,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Say why requirements cannot be installed together, and what would help."""
    console = Console(is_json=as_json, verbosity=verbose)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target)
    wheels = future_wheels(recipes)
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        universe = MemoUniverse(opened.universe)
        if engine == "resolvelib":
            return _show_as_pip(console, universe, asked.question)
        resolver = Resolver(universe, reporter=progress)
        answer = resolver.resolve(asked.question)
        counters = opened.counted(resolver.counters)
        if isinstance(answer, Resolution):
            _show_resolution(console, replace(answer, counters=counters))
            return 0
        conflict = replace(answer.conflict, counters=counters)
        if not no_repairs:
            conflict = with_repairs(universe, asked.question, answer, wheels, progress)
            read = opened.counted(conflict.repair_counters)
            conflict = replace(conflict, counters=counters, repair_counters=read)
    _show_conflict(console, conflict)
    return NO_SOLUTION


def _show_resolution(console: Console, answer: Resolution) -> None:
    if console.is_json:
        console.document(to_json(answer, answer.counters))
        return
    label = answer.environment.label
    head = f"There is a solution for {label}: {len(answer.pins)} projects.\n"
    pins = (f"  {pin.name} {pin.version}\n" for pin in answer.pins)
    console.result("".join((head, *pins)))
    console.detail(counters_sentence("read", answer.counters))


def _show_conflict(console: Console, conflict: Conflict) -> None:
    if console.is_json:
        console.document(conflict_to_json(conflict))
        return
    lines = conflict_report(conflict, width=console.width, is_ascii=console.is_ascii)
    console.report(lines)
    console.detail(counters_sentence("up to the core", conflict.counters))
    if conflict.repairs:
        console.detail(counters_sentence("with repairs", conflict.repair_counters))


def _show_as_pip(console: Console, universe: MemoUniverse, question: Question) -> int:
    from axletree.resolver.as_pip import as_pip  # noqa: PLC0415  late: resolvelib

    opinion = as_pip(universe, question)
    if console.is_json:
        console.document({"format": "axletree.as-pip/1", **as_pip_to_json(opinion)})
    else:
        pins = (f"  {name} {version}\n" for name, version in opinion.pins)
        console.result("".join((opinion.text + "\n", *pins)))
    return 0 if opinion.outcome == "resolved" else NO_SOLUTION
