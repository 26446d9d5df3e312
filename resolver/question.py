"""What is asked: requirements, limits and the environment they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import filterfalse
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.environment import environment_for
from axletree.resolver.file_formats import FormatControl
from axletree.resolver.markers import MarkerEvaluator
from axletree.resolver.model import Environment, RootRequirement

Preference: TypeAlias = Literal["newest", "balanced"]
"""Which solution is the answer (RESOLVING.md 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is hidden from a resolution by the user's own wish."""

    exclude_newer: datetime | None = None
    """Files uploaded at or after this instant (aware, UTC) fall away."""
    allow_prereleases: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    """Whose wheels or sdists fall away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One resolution to make."""

    roots: tuple[RootRequirement, ...]
    environment: Environment
    constraints: tuple[RootRequirement, ...] = ()
    limits: Limits = field(default_factory=Limits)
    prefer: Preference = "newest"
    other_roots: tuple[RootRequirement, ...] = ()
    """Those whose marker does not hold in the environment."""
    other_constraints: tuple[RootRequirement, ...] = ()
    """Likewise."""
    preferences: Mapping[NormalizedName, Version] = field(default_factory=dict)
    """Versions that come before newer ones, such as those of an existing lock."""


def ask(
    roots: Iterable[RootRequirement],
    environment: Environment,
    *,
    constraints: Iterable[RootRequirement] = (),
    limits: Limits | None = None,
    prefer: Preference = "newest",
) -> Question:
    """Ask for the roots and constraints whose marker holds in `environment`."""
    evaluator = MarkerEvaluator(environment.markers)

    def applies(root: RootRequirement) -> bool:
        marker = root.requirement.marker
        return marker is None or evaluator.is_true(marker, str(marker), "")

    roots, constraints = tuple(roots), tuple(constraints)
    return Question(
        roots=tuple(filter(applies, roots)),
        environment=environment,
        constraints=tuple(filter(applies, constraints)),
        limits=limits or Limits(),
        prefer=prefer,
        other_roots=tuple(filterfalse(applies, roots)),
        other_constraints=tuple(filterfalse(applies, constraints)),
    )


def for_python(question: Question, python_version: str) -> Question:
    """Ask the same for another version of Python.

    Roots that only apply there come after the others.
    """
    environment = environment_for(python_version, question.environment.platform)
    asked = ask(
        (*question.roots, *question.other_roots),
        environment,
        constraints=(*question.constraints, *question.other_constraints),
    )
    return replace(
        question,
        environment=environment,
        roots=asked.roots,
        constraints=asked.constraints,
        other_roots=asked.other_roots,
        other_constraints=asked.other_constraints,
    )
