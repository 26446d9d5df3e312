"""The answer no, as the verbs show it that do not explain: the core alone."""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from axletree.commands.options.table import OPTIONS
from axletree.commands.options.words import take_apart
from axletree.console import Console
from axletree.resolver.inputs.requirement_lines import redact
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

_VERSION = re.compile("[=<>~!]")


def show_core(console: Console, conflict: Conflict, words: Sequence[str]) -> None:
    """Show the core, and the command that explains it.

    :param words: the command line that met the conflict, its verb first.
    """
    show_cores(console, [conflict], words)


def show_cores(
    console: Console, outcomes: Sequence[Resolution | Conflict], words: Sequence[str]
) -> None:
    """Show the core of each environment that has no answer, and which have one."""
    show_outcomes(console, outcomes)
    if console.is_json:
        return
    explain = shlex.join(["axletree", "explain", *_kept(words)])
    console.say(f"\nFor what would help: {explain}", style="green")


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


def _kept(words: Sequence[str]) -> Iterator[str]:
    """Leave out what `explain` does not take, and passwords."""
    known = {name for option in OPTIONS["explain"] for name in option.names}
    for part in take_apart(words):
        option = part.option
        if option is None or not known.isdisjoint(option.names):
            yield from map(redact, part.words)
        elif option.to == "upgrade_packages" and _VERSION.search(part.value):
            # To a version it is a limit, without which there may be no conflict.
            yield part.value
