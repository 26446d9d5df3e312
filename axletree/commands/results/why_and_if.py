"""`axletree why` and `explain --if`: what is asked about an answer."""

import re
from dataclasses import dataclass

import click
from packaging.utils import InvalidName, canonicalize_name

from axletree.commands.line.corrections import corrected
from axletree.commands.sources.opened import Opened
from axletree.console import Console
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.errors import NotInAnswerError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.queries.what_if import (
    SUPPOSED,
    Supposition,
    suppose,
    what_if,
)
from axletree.resolver.queries.why import Asker, Why
from axletree.resolver.reports.why_json import (
    what_if_to_json,
    why_to_json,
)
from axletree.resolver.reports.why_text import (
    what_if_report,
    why_report,
)
from axletree.resolver.resolve import Resolver

_NEAR = re.compile(r"did you mean ([^\s?]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked about the answer, beside the answer itself."""

    question: Question
    """As the user wrote it."""
    changed: Question
    """With what `--if` supposes; the same without it."""
    why: str | None = None
    suppositions: tuple[Supposition, ...] = ()


def read_asking(
    question: Question, why: str | None, supposed: tuple[str, ...]
) -> Asking:
    """Read which project is asked about, and `--if`.

    :raises InvalidRequirementError: for a supposition that cannot be read.
    :raises click.UsageError: for no name, or a supposition that says nothing.
    """
    if why is not None:
        _check_name(why)
    roots = [parse_requirement(text, Origin(file=SUPPOSED)) for text in supposed]
    kept = ask(roots, question.environment).roots
    for root in roots:
        if root not in kept:
            label = question.environment.label
            message = f"--if {root.text}: its marker is false for {label}"
            raise click.UsageError(message)
    suppositions, changed = suppose(question, kept)
    return Asking(
        question=question, changed=changed, why=why, suppositions=suppositions
    )


def _check_name(project: str) -> None:
    try:
        canonicalize_name(project, validate=True)
    except InvalidName as error:
        message = f"{project!r} is not the name of a project; give it without a version"
        raise click.UsageError(message) from error


def _why(resolver: Resolver, asked: Asking, answer: Resolution, project: str) -> Why:
    try:
        return Asker(resolver, asked.changed, answer).why(project)
    except NotInAnswerError as error:
        near = _NEAR.match(error.hint)
        raise NotInAnswerError(
            error.what,
            where="command line",
            hint=error.hint,
            steps=corrected(project, near[1]) if near else (),
        ) from error


def show_asked(
    console: Console,
    opened: Opened,
    resolver: Resolver,
    asked: Asking,
    answer: Resolution,
) -> bool:
    """Show what is asked about an answer.

    :returns: whether anything is.
    :raises NotInAnswerError: when the answer does not have the project.
    """
    width, is_ascii = console.width, console.is_ascii
    if asked.why is not None:
        why = _why(resolver, asked, answer, asked.why)
        document = why_to_json(why, opened.counted(resolver.counters))
        lines = why_report(why, width=width, is_ascii=is_ascii)
    elif asked.suppositions:
        found = what_if(resolver, asked.question, asked.suppositions, answer)
        document = what_if_to_json(found, opened.counted(resolver.counters))
        lines = what_if_report(found, width=width, is_ascii=is_ascii)
    else:
        return False
    if console.is_json:
        console.document(document)
    else:
        console.report(lines)
    return True
