"""The words of an explanation: facts, their evidence, cores, the picture.

All values are frozen; docs/schema/ has their JSON form.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    ObservedKind,
)

Claim: TypeAlias = Literal["cause", "irreducible", "smallest"]


FactKind: TypeAlias = Literal[
    "root", "constraint", "edge", "unknown-project", "no-release", "fallen"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a fact can be looked up."""

    kind: Literal["requirement-line", "metadata", "index-page", "policy"]
    file: str | None = None
    """Of a requirement line or policy."""
    line: int | None = None
    filename: str | None = None
    """Of the distribution file whose metadata says so."""
    sha256: str | None = None
    field: str | None = None
    """The metadata line, such as `Requires-Dist: kubernetes==10.0.1`."""
    project: NormalizedName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One true sentence of an explanation (RESOLVING.md 4)."""

    kind: FactKind
    text: str
    """A whole clause: `kfserving 0.6.1 requires kubernetes>=12.0.0`."""
    project: NormalizedName
    """The project that demands, or of which files fell away."""
    versions: tuple[str, ...] = ()
    """Versions of `project` that the fact is about; empty for a root."""
    target: NormalizedName | None = None
    """The project demanded, of roots, constraints and edges."""
    requirement: str | None = None
    """The requirement on `target`, of roots and of edges with just one."""
    evidence: tuple[Evidence, ...] = ()
    observed: ObservedKind | None = None
    """Set if it is true on this machine, or within these limits, and not in general."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContendedRow:
    """One line of the picture: who allows which versions of the contended project."""

    label: str
    allowed: tuple[bool, ...]
    """One for each version of `Picture.versions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The contended project's versions on a line, one row for each requirement."""

    project: NormalizedName
    versions: tuple[str, ...]
    """Oldest first."""
    rows: tuple[ContendedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Facts that cannot hold together."""

    facts: tuple[Fact, ...]
    claim: Claim
    picture: Picture | None = None

    @property
    def holds_here_only(self) -> bool:
        """Tell whether it rests on what this machine could not read."""
        return any(fact.observed is not None for fact in self.facts)
