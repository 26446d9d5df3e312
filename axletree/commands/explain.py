"""`axletree explain`: why requirements conflict, and what would help."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.asking import ask_from
from axletree.commands.explaining import future_wheels, with_repairs
from axletree.commands.lock_start import read_base, with_base
from axletree.commands.options import (
    base_option,
    input_options,
    output_options,
    recipes_option,
    source_options,
    take,
    target_options,
)
from axletree.commands.refusing import (
    NO_SOLUTION,
    show_outcomes,
    solution_sentence,
)
from axletree.commands.sources import open_universe
from axletree.console import Console
from axletree.resolver.as_pip import as_pip
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.lock import to_json
from axletree.resolver.locked import lay_together
from axletree.resolver.model import Conflict, Resolution
from axletree.resolver.question import Question
from axletree.resolver.report import counters_sentence
from axletree.resolver.report_json import as_pip_to_json
from axletree.resolver.resolve import Resolver


@click.command()
@input_options
@target_options
@source_options
@recipes_option
@base_option
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
    base = read_base(options["base"])
    asked = with_base(ask_from(inputs, target), base)
    wheels = future_wheels(recipes)
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        universe = MemoUniverse(opened.universe)
        if engine == "resolvelib":
            return _show_as_pip(console, universe, asked.question)
        resolver = Resolver(universe, reporter=progress)
        outcomes: list[Resolution | Conflict] = []
        for question in opened.one_by_one(asked, universe):
            answer = resolver.resolve(question)
            counters = opened.counted(resolver.counters)
            if isinstance(answer, Resolution):
                outcomes.append(replace(answer, counters=counters))
                continue
            conflict = replace(answer.conflict, counters=counters)
            if not no_repairs:
                conflict = with_repairs(universe, question, answer, wheels, progress)
                read = opened.counted(conflict.repair_counters)
                conflict = replace(conflict, counters=counters, repair_counters=read)
            outcomes.append(conflict)
    return _show(console, outcomes)


def _show(console: Console, outcomes: Sequence[Resolution | Conflict]) -> int:
    resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    if len(resolutions) == len(outcomes):
        _show_resolutions(console, resolutions)
        return 0
    show_outcomes(console, outcomes)
    for conflict in outcomes:
        if isinstance(conflict, Conflict):
            console.detail(counters_sentence("up to the core", conflict.counters))
            if conflict.repairs:
                counters = conflict.repair_counters
                console.detail(counters_sentence("with repairs", counters))
    return NO_SOLUTION


def _show_resolutions(console: Console, answers: Sequence[Resolution]) -> None:
    if console.is_json:
        console.document(to_json(lay_together(answers), answers[-1].counters))
        return
    for answer in answers:
        pins = (f"  {pin.name} {pin.version}\n" for pin in answer.pins)
        console.result("".join((solution_sentence(answer), *pins)))
        console.detail(counters_sentence("read", answer.counters))


def _show_as_pip(console: Console, universe: MemoUniverse, question: Question) -> int:
    opinion = as_pip(universe, question)
    if console.is_json:
        console.document({"format": "axletree.as-pip/1", **as_pip_to_json(opinion)})
    else:
        pins = (f"  {name} {version}\n" for name, version in opinion.pins)
        console.result("".join((opinion.text + "\n", *pins)))
    return 0 if opinion.outcome == "resolved" else NO_SOLUTION
