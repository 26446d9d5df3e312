"""The answer no, as the verbs show it that do not explain: the core alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from packaging.utils import canonicalize_name

from axletree.commands.line.respelling import respell
from axletree.commands.sources.absence import absence_steps
from axletree.commands.sources.naming import SourceName
from axletree.console import Console
from axletree.errors import Step
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.errors import NotRecordedError
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import counted
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.near_names import near_names

_RELEASE = re.compile(r"([A-Za-z][\w.-]*?)[-_]?(\d[\w.]*)")
"""`numpy-1.2`, as files are called, and `numpy1.2`."""

NO_SOLUTION = 1
NOT_READ_HERE = 3


def show_cores(
    console: Console,
    outcomes: Sequence[Resolution | Conflict],
    words: Sequence[str],
    source: SourceName,
    near: Sequence[Step] = (),
) -> None:
    """Show the core of each environment that has no answer, and what may help.

    :param words: the command line that met the conflict, its verb first.
    :param source: where candidates come from.
    :param near: `spelled_otherwise` of them.
    """
    show_outcomes(console, outcomes)
    if console.is_json:
        return
    console.steps(near, heading="", indent="")
    conflicts = [each for each in outcomes if isinstance(each, Conflict)]
    show_absence(console, absence_steps(conflicts, source))
    explain = Step(purpose="To see what would help", command=respell(words, "explain"))
    console.steps([explain], heading="", indent="")


def spelled_otherwise(refusal: Refusal, words: Sequence[str]) -> Iterator[Step]:
    """Give the command with the name that was meant, where there is no such project."""
    facts = [fact for core in refusal.conflict.conflicts for fact in core.facts]
    absent = {fact.project for fact in facts if fact.kind == "unknown-project"}
    for root in refusal.explanation.question.roots:
        name = canonicalize_name(root.requirement.name)
        if name not in absent:
            continue
        for other, new in _meant(refusal.explanation.knowledge, root):
            if root.text in words:
                command = respell(words, instead={root.text: new})
            elif len(refusal.conflict.conflicts) > 1 or _RELEASE.fullmatch(root.text):
                # Nobody knows that the first repair is this one.
                command = respell(words, "explain")
            else:
                more = ["--repair", "1", "--write"]
                command = respell(words, "explain", more=more)
            yield Step(purpose=f"Did you mean {other}? Then", command=command)


def _meant(knowledge: Knowledge, root: RootRequirement) -> Iterator[tuple[str, str]]:
    """Yield at most one name, or release, that a root may mean, and the root for it."""
    name = root.requirement.name
    found = _RELEASE.fullmatch(root.text)
    if found:
        base = canonicalize_name(found[1])
        with suppress(NotRecordedError):
            knowledge.read_pages([base])
            releases = knowledge.releases[base]
            if releases and any(str(r.version) == found[2] for r in releases.all):
                yield f"{base} {found[2]}", f"{base}=={found[2]}"
                return
    for other in near_names(knowledge, canonicalize_name(name))[:1]:
        yield other, root.text.replace(name, other, 1)


def show_absence(console: Console, steps: Sequence[Step]) -> None:
    """Show how to get what is not where candidates come from."""
    console.steps(steps, heading="\nTo get what is not there:", indent="  ")


def show_outcomes(console: Console, outcomes: Sequence[Resolution | Conflict]) -> None:
    """Show what became of each environment, where at least one has no answer."""
    # Late: where there is an answer, what would tell of a conflict is not needed.
    from axletree.resolver.reports.conflict_text import conflict_report  # noqa: PLC0415  as said above

    if console.is_json:
        from axletree.resolver.reports.conflict_json import (  # noqa: PLC0415  as said above
            conflict_to_json,
            outcomes_to_json,
        )

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
