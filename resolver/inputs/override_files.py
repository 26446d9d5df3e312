"""What the user overrides: `kubernetes>=12`, or `kubeflow-fairing:kubernetes>=12`.

The file is a requirements file, as uv's; before the requirement may stand, with a
colon, whose requirement it changes. Only versions change, so a line that holds more
is refused rather than half obeyed.
"""

import os.path
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from packaging.utils import canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.reading import beside
from axletree.resolver.inputs.requirement_lines import (
    BrokenLine,
    Line,
    read_lines,
    redact,
)
from axletree.resolver.inputs.requirement_text import (
    Issue,
    gather,
    parse_text,
    refused_address,
    unreadable,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import (
    Override,
    RootRequirement,
)

Read: TypeAlias = Callable[[str], str]

_SCOPE = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*:(?!\s*/)(.*)")

_PATH = re.compile(r"[^\s:;<>=!~]*(/[^\s:;<>=!~]*|\.(txt|in))")

MOST_NESTED = 50
"""Files of which each includes the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideFile:
    """A file of overrides, and those that led to it."""

    path: str
    including: tuple[str, ...] = ()


def parse_overrides(
    values: Sequence[str | OverrideFile], *, read: Read, environ: Mapping[str, str]
) -> tuple[Override, ...]:
    """Read overrides and files of them, in the order given.

    :param environ: values for `${NAME}` in files.
    :raises InvalidRequirementError: once, for all that cannot be used.
    """
    reader = _Reader(read=read, environ=environ)
    found: list[Override | Issue] = []
    for value in values:
        if isinstance(value, OverrideFile):
            found += reader.items(value, Origin())
        else:
            found.append(_inline(value))
    issues = [item for item in found if isinstance(item, Issue)]
    if issues:
        raise gather(issues)
    return tuple(item for item in found if isinstance(item, Override))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    read: Read
    environ: Mapping[str, str]

    def items(self, file: OverrideFile, asked_at: Origin) -> Iterator[Override | Issue]:
        try:
            text = self.read(file.path)
        except (OSError, ValueError) as error:
            yield unreadable(file.path, error, asked_at)
            return
        for line in read_lines(text, self.environ):
            origin = Origin(file=file.path, line=line.number)
            if isinstance(line, BrokenLine):
                what = f"{redact(line.text)!r} cannot be read: {line.reason}"
                yield Issue(what=what, origin=origin, hint="write one override on it")
            elif line.requirement and not line.options:
                yield _parse(line.requirement, origin, shown=line.text)
            else:
                yield from self._include(line, file, origin)

    def _include(
        self, line: Line, file: OverrideFile, origin: Origin
    ) -> Iterator[Override | Issue]:
        [(name, value), *others] = line.options
        including = (*file.including, os.path.normpath(file.path))
        path = beside(file.path, value)
        if line.requirement or others or name != "--requirement":
            yield Issue(
                what=f"{redact(line.text)} has an option that overrides do not take",
                origin=origin,
                hint="write overrides, and -r to include a file of them",
            )
        elif len(including) > MOST_NESTED:
            yield Issue(
                what=f"more than {MOST_NESTED} files include one another",
                origin=origin,
                hint="put them into fewer files",
            )
        elif path in including:
            chain = " includes ".join((*including[including.index(path) :], path))
            yield Issue(
                what=f"the includes run in a circle: {chain}",
                origin=origin,
                hint="remove one of these includes",
            )
        else:
            yield from self.items(OverrideFile(path=path, including=including), origin)


def _inline(text: str) -> Override | Issue:
    found = _parse(text, Origin())
    is_bare = isinstance(found, Override) and not (found.requirer or found.specifier)
    if is_bare or _PATH.fullmatch(text):
        # Most likely the mistyped name of a file.
        return Issue(
            what=f"{redact(text)} is neither a file nor an override with a version",
            origin=Origin(),
            hint="check the path, or name versions, such as 'kubernetes>=12'",
        )
    return found


def _parse(text: str, origin: Origin, *, shown: str = "") -> Override | Issue:
    scope = _SCOPE.fullmatch(text)
    root = parse_text(scope[2] if scope else text, origin, shown=shown or text)
    if isinstance(root, Issue):
        return root
    refused = refused_address(root)
    if refused is not None:
        return refused
    if root.requirement.extras:
        return Issue(
            what=f"an override has no extras: {redact(shown or text)}",
            origin=origin,
            hint="name the project and its versions; each requirement keeps its extras",
        )
    return _override(scope[1] if scope else None, root, text.strip())


def _override(requirer: str | None, root: RootRequirement, text: str) -> Override:
    return Override(
        target=canonicalize_name(root.requirement.name),
        specifier=root.requirement.specifier,
        requirer=None if requirer is None else canonicalize_name(requirer),
        text=text,
        origin=root.origin,
        marker=root.requirement.marker,
    )
