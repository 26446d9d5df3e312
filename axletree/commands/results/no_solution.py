"""The answer no, as the verbs show it that do not explain: the core alone."""

from collections.abc import Iterable, Sequence

from axletree.commands.options.respelling import respell
from axletree.commands.sources.absence import absence_steps
from axletree.commands.sources.naming import SourceName
from axletree.console import Console
from axletree.errors import Step
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.spelling import counted
from axletree.resolver.reports.conflict_json import (
    conflict_to_json,
    outcomes_to_json,
)
from axletree.resolver.reports.conflict_text import conflict_report

NO_SOLUTION = 1
NOT_READ_HERE = 3


def show_cores(
    console: Console,
    outcomes: Sequence[Resolution | Conflict],
    words: Sequence[str],
    source: SourceName,
) -> None:
    """Show the core of each environment that has no answer, and what may help.

    :param words: the command line that met the conflict, its verb first.
    :param source: where candidates come from.
    """
    show_outcomes(console, outcomes)
    if console.is_json:
        return
    conflicts = [each for each in outcomes if isinstance(each, Conflict)]
    steps = absence_steps(conflicts, source)
    if steps:
        show_absence(console, steps)
    explain = Step(purpose="To see what would help", command=respell(words, "explain"))
    console.say("")
    console.steps([explain], indent="")


def show_absence(console: Console, steps: Sequence[Step]) -> None:
    """Show how to get what is not where candidates come from."""
    console.say("\nTo get what is not there:")
    console.steps(steps, indent="  ")


def show_outcomes(console: Console, outcomes: Sequence[Resolution | Conflict]) -> None:
    """Show what became of each environment, where at least one has no answer."""
    if console.is_json:
        only = outcomes[0] if len(outcomes) == 1 else None
        if isinstance(only, Conflict):
            console.document(conflict_to_json(only))
        else:
            console.document(outcomes_to_json(outcomes))
        return
    width, is_ascii = console.width, console.is_ascii
    for place, outcome in enumerate(outcomes):
        if place:
            console.result("\n")
        if isinstance(outcome, Conflict):
            console.report(conflict_report(outcome, width=width, is_ascii=is_ascii))
        else:
            console.result(solution_sentence(outcome))


def exit_code(outcomes: Iterable[Resolution | Conflict]) -> int:
    """Return what a refusal ends with; an answer no is only given for every machine."""
    conflicts = [each for each in outcomes if isinstance(each, Conflict)]
    is_of_here = all(conflict.holds_here_only for conflict in conflicts)
    return NOT_READ_HERE if is_of_here else NO_SOLUTION


def solution_sentence(answer: Resolution) -> str:
    """Say that an environment has an answer; ends with a line break."""
    label, count = answer.environment.label, len(answer.pins)
    return f"There is a solution for {label}: {counted(count, 'project')}.\n"
