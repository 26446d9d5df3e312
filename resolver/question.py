"""What is asked: requirements, limits and the environment they are for."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from packaging.markers import Marker

from axletree.resolver.file_formats import FormatControl
from axletree.resolver.file_limits import HashLimit, Policy, hash_limits
from axletree.resolver.markers import MarkerEvaluator
from axletree.resolver.model import Environment, RootRequirement
from axletree.resolver.overrides import Edits


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is hidden from a resolution by the user's own wish."""

    exclude_newer: datetime | None = None
    """Files uploaded at or after this instant (aware, UTC) fall away."""
    allow_prereleases: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    """Whose wheels or sdists fall away."""
    hashes: tuple[HashLimit, ...] = ()
    """What `--hash` options of roots and constraints allow; others fall away."""
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One resolution to make."""

    roots: tuple[RootRequirement, ...]
    environment: Environment
    constraints: tuple[RootRequirement, ...] = ()
    limits: Limits = field(default_factory=Limits)
    edits: Edits = field(default_factory=Edits)
    """Overrides and exclusions; the roots have theirs already."""


def ask(
    roots: Iterable[RootRequirement],
    environment: Environment,
    *,
    constraints: Iterable[RootRequirement] = (),
    limits: Limits | None = None,
    edits: Edits | None = None,
) -> Question:
    """Ask for the roots, constraints and overrides whose marker holds in `environment`.

    Overrides and exclusions change the roots here, and metadata where it is read.

    :param edits: what the user changes in requirements, for any environment.
    """
    evaluator = MarkerEvaluator(environment.markers)

    def holds(marker: Marker | None) -> bool:
        return marker is None or evaluator.is_true(marker, str(marker), "")

    edits = edits or Edits()
    in_force = tuple(o for o in edits.overrides if holds(o.marker))
    edits = replace(edits, overrides=in_force)
    asked = edits.roots(root for root in roots if holds(root.requirement.marker))
    limited = tuple(c for c in constraints if holds(c.requirement.marker))
    hashes = hash_limits((*asked, *limited))
    return Question(
        roots=asked,
        environment=environment,
        constraints=limited,
        limits=replace(limits or Limits(), hashes=hashes),
        edits=edits,
    )
