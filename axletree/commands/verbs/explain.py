"""`axletree explain`: why requirements conflict, and what would help."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.line.table import OPTIONS
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import (
    ask_from,
)
from axletree.commands.options.shared import SourceOptions, take
from axletree.commands.results.applying import Applying
from axletree.commands.results.explaining import Explaining
from axletree.commands.results.no_solution import (
    NO_SOLUTION,
    exit_code,
    show_outcomes,
    solution_sentence,
)
from axletree.commands.results.telling import Teller
from axletree.commands.results.wanted import Wanted
from axletree.commands.sources.named import notes_on
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.commands.sources.upstream_index import (
    open_upstream,
)
from axletree.console import Console
from axletree.resolver.locks.starting import on_base, read_base
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.question import Question
from axletree.resolver.reports.conflict_text import counters_sentence
from axletree.resolver.universe.composed import MemoUniverse

if TYPE_CHECKING:
    from axletree.resolver.repairs.repairer import FutureWheel


@click.command(cls=VerbCommand)
@options_of("explain")
@click.pass_context
def explain(
    context: click.Context,
    /,
    *,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Explain why requirements cannot be installed together, and what would help."""
    if options["why"] is not None:
        _check_alias(context)
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    return answer(console, Wanted.take(options, is_json=as_json), options)


def _check_alias(context: click.Context) -> None:
    """Let `--why` stand for `axletree why`, with what that has.

    :raises click.UsageError: for an option that it has not.
    """
    known = {"why", *(option.to for option in OPTIONS["why"])}
    for option in OPTIONS["explain"]:
        source = context.get_parameter_source(option.to)
        if option.to not in known and source is ParameterSource.COMMANDLINE:
            message = (
                f"--why is the same as axletree why, which has no {option.names[-1]}"
            )
            raise click.UsageError(message)


def answer(console: Console, wanted: Wanted, options: dict[str, Any]) -> int:
    """Answer, or explain why there is no answer; return the exit code.

    :param options: those for what is asked, its sources and its repairs.
    """
    inputs, target, source = take(options)
    files = InputFiles()
    base = read_base(options["base"], files.text)
    asked = ask_from(inputs, target, files).changed(lambda each: on_base(each, base))
    asked = under_policy(asked, source, reads_index=wanted.upstream is not None)
    asking = wanted.asking(asked)
    if asking is not None:
        asked = replace(asked, questions=(asking.changed,))
    wheels = _future_wheels(options["recipes"])
    console.notes(notes_on(source, asked))
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
        open_upstream(wanted.upstream, source, asked, progress) as upstream,
    ):
        spared = opened.spared()
        run = Explaining(
            console=console,
            wanted=wanted,
            asking=asking,
            wheels=wheels,
            opened=opened,
            upstream=upstream,
            universe=MemoUniverse(spared),
            spared=spared,
            progress=progress,
            teller=None if wanted.is_told_otherwise(console) else Teller(console),
        )
        if wanted.engine != "exact":
            return _ask_another(run, asked.question, source)
        outcomes = run.outcomes(asked)
        if opened.kept is not None:
            opened.kept.save()
    return _show(console, outcomes, wanted, files)


def _future_wheels(recipes: Path | None) -> "tuple[FutureWheel, ...]":
    if recipes is None:
        return ()
    # Late: all that looks for repairs comes along, and the cause is told before.
    from axletree.commands.results.remedies import future_wheels  # noqa: PLC0415

    return future_wheels(recipes)


def _ask_another(run: Explaining, question: Question, source: SourceOptions) -> int:
    """Ask an engine that is not ours."""
    if run.wanted.engine == "resolvelib":
        # pip takes the best of all indexes, whatever the strategy is here.
        every = run.opened.all_indexes
        read = run.universe if every is None else MemoUniverse(every.universe)
        return _show_as_pip(run.console, read, question)
    # Late: it brings the builder along.
    from axletree.commands.results.second_opinion import ask_both  # noqa: PLC0415

    return ask_both(
        run.console,
        question,
        source=source,
        opened=run.opened,
        progress=run.progress,
    )


def _show(
    console: Console,
    outcomes: Sequence[Resolution | Conflict],
    wanted: Wanted,
    files: InputFiles,
) -> int:
    if wanted.svg is not None:
        from axletree.commands.results.picture_file import write_picture  # noqa: PLC0415  late

        write_picture(console, outcomes, wanted.svg)
    resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    is_solved = len(resolutions) == len(outcomes)
    if wanted.is_picture_only:
        return 0 if is_solved else exit_code(outcomes)
    if is_solved:
        if resolutions:
            _show_resolutions(console, resolutions)
        if wanted.reproduce is not None:
            console.say("there is no conflict, so nothing was written")
        return 0
    [first, *_] = outcomes
    if wanted.repair_number is not None and isinstance(first, Conflict):
        from axletree.commands.results import one_repair  # noqa: PLC0415  late

        repair = one_repair.chosen_repair(first, wanted.repair_number)
        applying = Applying(is_supposed=bool(wanted.supposed))
        inputs = files if wanted.write else None
        one_repair.tell_repair(console, first, repair, applying, inputs)
        return 0
    if console.is_json:
        show_outcomes(console, outcomes)
    for conflict in outcomes:
        if isinstance(conflict, Conflict):
            Teller(console).count(conflict)
    return exit_code(outcomes)


def _show_resolutions(console: Console, answers: Sequence[Resolution]) -> None:
    if console.is_json:
        from axletree.resolver.locks.json_form import to_json  # noqa: PLC0415  late
        from axletree.resolver.locks.locked import lay_together  # noqa: PLC0415  late

        console.document(to_json(lay_together(answers), answers[-1].counters))
        return
    for answer in answers:
        pins = (f"  {pin.name} {pin.version}\n" for pin in answer.pins)
        console.result("".join((solution_sentence(answer), *pins)))
        console.notes(answer.notes)
        console.detail(counters_sentence("read", answer.counters))


def _show_as_pip(console: Console, universe: MemoUniverse, question: Question) -> int:
    from axletree.resolver.queries.as_pip import (  # noqa: PLC0415  late: resolvelib
        ROUNDS_IF_ASKED,
        as_pip,
    )

    opinion = as_pip(universe, question, most_rounds=ROUNDS_IF_ASKED)
    if console.is_json:
        from axletree.resolver.reports.conflict_json import as_pip_to_json  # noqa: PLC0415  late

        console.document({"format": "axletree.as-pip/1", **as_pip_to_json(opinion)})
    else:
        pins = (f"  {name} {version}\n" for name, version in opinion.pins)
        console.result("".join((opinion.text + "\n", *pins)))
    return 0 if opinion.outcome == "resolved" else NO_SOLUTION
