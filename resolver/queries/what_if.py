"""What would change if a requirement were written, too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.pin_changes import (
    PinChange,
    pin_changes,
)
from axletree.resolver.resolve import Resolver

SUPPOSED = "--if"
"""Names the place of a requirement that is only supposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """One requirement that is supposed, and those whose place it takes."""

    root: RootRequirement
    replaced: tuple[RootRequirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Two answers side by side."""

    suppositions: tuple[Supposition, ...]
    before: Resolution | None
    """None: without them there is no solution."""
    after: Resolution
    changes: tuple[PinChange, ...]
    """By name; empty when there was no answer before."""


def what_if(
    resolver: Resolver,
    question: Question,
    suppositions: tuple[Supposition, ...],
    after: Resolution,
) -> WhatIf:
    """Compare the answer with suppositions to the one of the question without."""
    before = resolver.resolve(question)
    known = before if isinstance(before, Resolution) else None
    return WhatIf(
        suppositions=suppositions,
        before=known,
        after=after,
        changes=pin_changes(known, after) if known else (),
    )


def suppose(
    question: Question, supposed: Sequence[RootRequirement]
) -> tuple[tuple[Supposition, ...], Question]:
    """Write requirements into a question, in the order given.

    One on a project that roots name takes the place of these; others come last.
    """
    # Several on one project stand together: only what the user wrote is replaced.
    roots = list(question.roots)
    found: list[Supposition] = []
    for root in supposed:
        same = [other for other in roots if other in question.roots]
        replaced = [other for other in same if _name(other) == _name(root)]
        at = roots.index(replaced[0]) if replaced else len(roots)
        roots.insert(at, root)
        roots = [other for other in roots if other not in replaced]
        found.append(Supposition(root=root, replaced=tuple(replaced)))
    return tuple(found), replace(question, roots=tuple(roots))


def _name(root: RootRequirement) -> str:
    return canonicalize_name(root.requirement.name)
