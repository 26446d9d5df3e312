"""What is asked: requirements, limits and the environment they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.file_formats import FormatControl
from axletree.resolver.markers import MarkerEvaluator
from axletree.resolver.model import Environment, RootRequirement


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
    preferences: Mapping[NormalizedName, Version] = field(default_factory=dict)
    """Versions that come before newer ones, such as those of an existing lock."""


def ask(
    roots: Iterable[RootRequirement],
    environment: Environment,
    *,
    constraints: Iterable[RootRequirement] = (),
    limits: Limits | None = None,
) -> Question:
    """Ask for the roots and constraints whose marker holds in `environment`."""
    evaluator = MarkerEvaluator(environment.markers)

    def applies(root: RootRequirement) -> bool:
        marker = root.requirement.marker
        return marker is None or evaluator.is_true(marker, str(marker), "")

    return Question(
        roots=tuple(filter(applies, roots)),
        environment=environment,
        constraints=tuple(filter(applies, constraints)),
        limits=limits or Limits(),
    )
