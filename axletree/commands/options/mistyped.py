"""The whole command, where something that it asks for is mistyped: to be copied."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from axletree.commands.line.corrections import (
    corrected,
    did_you_mean,
    is_requirement,
)
from axletree.commands.line.respelling import (
    respell,
    spelled,
)
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.shared import InputOptions
from axletree.errors import Step
from axletree.likeness import meant
from axletree.resolver.inputs.mending import hint_for
from axletree.resolver.inputs.pyproject import load_project, provided_extras
from axletree.resolver.inputs.requirement_text import Issue
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.terminal import current_words

_WRITE = re.compile(r"\bwrite (\S.*)$")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+")
_USUAL_FILES = ("requirements.txt", "requirements.in", "pyproject.toml")


def with_command(
    error: InvalidRequirementError, inputs: InputOptions, files: InputFiles
) -> InvalidRequirementError:
    """Let an error end with the command that was meant, if anybody can say that."""
    words = current_words()
    for requirement in inputs.requirements:
        right = _mended(requirement)
        if right is not None and error.hint.endswith(right):
            steps = corrected(requirement, right, words)
            return InvalidRequirementError(
                error.what, where=error.where, hint=error.hint, steps=steps
            )
    for wrong, known in _parts(inputs, files):
        path, colon, name = wrong.rpartition(":")
        near = meant(name, [each for each in known if each != name])
        if repr(name) in error.what and near:
            return did_you_mean(error, wrong, f"{path}{colon}{near[0]}")
    return error


def _mended(requirement: str) -> str | None:
    found = _WRITE.search(hint_for(requirement))
    right = found[1] if found else requirement
    return right if right != requirement and is_requirement(right) else None


def _parts(
    inputs: InputOptions, files: InputFiles
) -> Iterable[tuple[str, Sequence[str]]]:
    """Yield the extras and groups that are asked for, each with those that there are."""
    projects = [path for path in inputs.files if path.endswith(".toml")]
    for extra in inputs.extras:
        yield extra, [e for p in projects for e in provided_extras(p, files.text)]
    for group in inputs.groups:
        file = load_project(group.rpartition(":")[0] or "pyproject.toml", files.text)
        groups = (
            None if isinstance(file, Issue) else file.table.get("dependency-groups")
        )
        yield group, list(map(str, groups)) if isinstance(groups, dict) else []


def refuse_version(requirements: Sequence[str]) -> None:
    """Tell of a version that stands apart from its name, as in `numpy 1.2`.

    :raises InvalidRequirementError: there is one, behind a bare name.
    """
    words = current_words()
    for name, version in pairwise(requirements):
        is_bare = _NAME.fullmatch(name) and not _VERSION.fullmatch(name)
        if not (is_bare and _VERSION.fullmatch(version)):
            continue
        right = f"{name}=={version.removeprefix('v')}"
        at = next(
            (n for n, pair in enumerate(pairwise(words)) if pair == (name, version)),
            None,
        )
        again = [] if at is None else [*words[:at], right, *words[at + 2 :]]
        raise InvalidRequirementError(
            f"{version} is a version, no project",
            where="command line",
            hint=f"did you mean {right}?",
            steps=[Step(purpose="the whole command", command=spelled(again))]
            if again
            else (),
        )


def nothing_asked(inputs: InputOptions) -> InvalidRequirementError:
    """Say that there is nothing to resolve, and name a file that lies there."""
    words = current_words()
    there = [] if inputs.files else [n for n in _USUAL_FILES if Path(n).is_file()]
    steps = [
        Step(purpose=f"for those of {name}", command=respell(words, more=["-r", name]))
        for name in there[:1]
        if words
    ]
    return InvalidRequirementError(
        "there is nothing to resolve: no requirement was given",
        where=", ".join(inputs.files) or "command line",
        hint="name requirements, or a file of them with -r",
        steps=steps,
    )
