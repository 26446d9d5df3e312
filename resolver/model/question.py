"""What is asked: requirements, limits and the environment they are for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import (
    Environment,
    environment_for,
    limit_python,
)
from axletree.resolver.model.errors import PythonExcludedError
from axletree.resolver.model.limits import (
    FormatControl,
    HashLimit,
    Policy,
    hash_limits,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.requirements import (
    Override,
    PythonLimit,
    RootRequirement,
    joined_parts,
)

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
    hashes: tuple[HashLimit, ...] = ()
    """What `--hash` options of roots and constraints allow; others fall away."""
    policy: Policy = field(default_factory=Policy)
    skip_unbuildable: bool = False
    """Files that cannot be read fall away, too; else they stay unread."""
    addresses: frozenset[tuple[NormalizedName, str]] = frozenset()
    """Projects, and the keys of the addresses by which roots and constraints require
    them."""

    @property
    def last_day(self) -> str:
        """Return the last day that no date hides: `2022-02-01`; empty: none is."""
        if self.exclude_newer is None:
            return ""
        # A whole day was named by the first instant that is too new.
        return f"{self.exclude_newer - timedelta(microseconds=1):%Y-%m-%d}"


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
    changes: Changes = field(default_factory=Changes)
    """Overrides and exclusions; the roots have theirs already."""
    other_overrides: tuple[Override, ...] = ()
    """Those whose marker does not hold in the environment."""
    pythons: tuple[PythonLimit, ...] = ()
    """What the user's own projects are for; the environment is limited already."""


def addressed_lines(question: Question) -> tuple[RootRequirement, ...]:
    """List the roots and constraints in force that name an address."""
    lines = (*question.roots, *question.constraints)
    return tuple(line for line in lines if line.address_in_force is not None)


def ask(  # noqa: PLR0913  one argument for each part of a question
    roots: Iterable[RootRequirement],
    environment: Environment,
    *,
    constraints: Iterable[RootRequirement] = (),
    limits: Limits | None = None,
    changes: Changes | None = None,
    prefer: Preference = "newest",
    pythons: Iterable[PythonLimit] = (),
) -> Question:
    """Ask for the roots, constraints and overrides whose marker holds in `environment`.

    One patch release of Python is enough for a root or a constraint. Overrides hold for
    all that is resolved, so that the patch releases are left which are as the newest is
    for them.

    Overrides and exclusions change the roots here, and metadata where it is read.

    :param changes: what the user changes in requirements, for any environment.
    """
    changes = changes or Changes()
    environment = _alike(environment, changes.overrides)
    evaluator = MarkerEvaluator(environment)

    def holds(marker: Marker | None) -> bool:
        return marker is None or evaluator.is_true(marker, str(marker), "")

    roots, constraints = tuple(roots), tuple(constraints)
    in_force = tuple(o for o in changes.overrides if holds(o.marker))
    others = tuple(o for o in changes.overrides if not holds(o.marker))
    changes = replace(changes, overrides=in_force)
    asked = changes.roots(
        _by_ways(root, holds) for root in roots if holds(root.requirement.marker)
    )
    limited = tuple(c for c in constraints if holds(c.requirement.marker))
    return Question(
        roots=asked,
        environment=environment,
        constraints=limited,
        limits=_limited_by(limits or Limits(), (*asked, *limited)),
        changes=changes,
        prefer=prefer,
        other_roots=tuple(r for r in roots if not holds(r.requirement.marker)),
        other_constraints=tuple(
            c for c in constraints if not holds(c.requirement.marker)
        ),
        other_overrides=others,
        pythons=tuple(pythons),
    )


def _limited_by(limits: Limits, lines: Sequence[RootRequirement]) -> Limits:
    """Add the hashes and the addresses that roots and constraints give."""
    addresses = frozenset(
        (canonicalize_name(line.requirement.name), address.key)
        for line in lines
        if (address := line.address_in_force) is not None
    )
    return replace(limits, hashes=hash_limits(lines), addresses=addresses)


def _alike(environment: Environment, overrides: Iterable[Override]) -> Environment:
    """Leave the patch releases for which the same overrides hold as for the newest."""
    evaluator = MarkerEvaluator(environment)
    everything = left = evaluator.everything
    newest = everything.bit_length() - 1
    for override in overrides:
        if micros := evaluator.limit(override.marker):
            left &= micros if micros >> newest & 1 else ~micros
    kept = (m for bit, m in enumerate(environment.micros) if left >> bit & 1)
    return environment.limited_to(tuple(kept))


def _by_ways(
    root: RootRequirement, holds: Callable[[Marker | None], bool]
) -> RootRequirement:
    """Name the parts that a requirement holds for in one environment."""
    if not root.ways:
        return root
    parts = joined_parts(parts for parts, marker in root.ways if holds(marker))
    return replace(root, parts=parts)


def for_target(
    question: Question, python_version: str, platform: str
) -> Question | None:
    """Ask the same for another version of Python, or another platform.

    Roots that only apply there come after the others.

    :returns: None if the user's own project is not for it.
    """
    changes = question.changes
    try:
        environment = limit_python(
            environment_for(python_version, platform), question.pythons
        )
    except PythonExcludedError:
        return None
    asked = ask(
        (*map(_as_written, question.roots), *question.other_roots),
        environment,
        constraints=(*question.constraints, *question.other_constraints),
        limits=question.limits,
        changes=replace(
            changes, overrides=(*changes.overrides, *question.other_overrides)
        ),
        prefer=question.prefer,
        pythons=question.pythons,
    )
    return replace(asked, preferences=question.preferences)


def skipping(question: Question) -> Question:
    """Ask the same without whatever cannot be read here."""
    return replace(question, limits=replace(question.limits, skip_unbuildable=True))


def _as_written(root: RootRequirement) -> RootRequirement:
    """Take the overrides of a root back, which may not hold elsewhere."""
    if not root.overrides:
        return root
    if root.address is None:
        return replace(root, requirement=Requirement(root.text), overrides=())
    requirement = copy(root.requirement)
    requirement.specifier = SpecifierSet()
    return replace(root, requirement=requirement, overrides=())
