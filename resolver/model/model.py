"""The words of a resolution: question, fact, answer, conflict, repair.

All values are frozen; DESIGN.md 1 defines the words, docs/schema/ their JSON form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    ObservedKind,
)

Claim: TypeAlias = Literal["cause", "irreducible", "smallest"]
RepairClaim: TypeAlias = Literal["untried", "works", "irreducible", "cheapest"]
FactKind: TypeAlias = Literal[
    "root", "constraint", "edge", "unknown-project", "no-release", "fallen"
]
RepairKind: TypeAlias = Literal[
    "relax-root", "date", "python", "collect", "recipe", "override", "lift"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a requirement was written."""

    file: str = "command line"
    line: int | None = None

    def __str__(self) -> str:
        """Render as `FILE, line N`, or the file alone."""
        return self.file if self.line is None else f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The versions that take the place of those which requirements name."""

    target: NormalizedName
    specifier: SpecifierSet
    requirer: NormalizedName | None = None
    """Whose requirements on `target` it changes; None: everyone's, the user's too."""
    text: str
    """As written, without comment."""
    origin: Origin
    marker: Marker | None = None
    """Where it is in force; None: everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A project that nothing may require: requirements on it are dropped."""

    project: NormalizedName
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRequirement:
    """One requirement that the user wrote, with the place where it stands."""

    requirement: Requirement
    """What is in force: with the versions of `overrides`, if there are any."""
    text: str
    """As written, without comment."""
    origin: Origin
    hashes: tuple[str, ...] = ()
    """`sha256:…` values of `--hash` options, if any."""
    is_base: bool = False
    """A pin of the layer underneath, which the user did not write for this."""
    overrides: tuple[Override, ...] = ()
    """Those that gave the requirement its versions."""

    @property
    def demand(self) -> str:
        """Spell what is in force: as written, unless an override changed it."""
        return str(self.requirement) if self.overrides else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonLimit:
    """The Pythons that the user's own project is for."""

    specifier: SpecifierSet
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What is resolved for; never the interpreter that happens to run."""

    python_version: str
    """`3.9` (any patch release that fits) or `3.9.7` (that one)."""
    platform: str
    """As uv names it: `linux`, `x86_64-manylinux_2_17`, `macos`, `windows`…"""
    markers: Mapping[str, str]
    """Marker variables without `extra`; python_full_version is `3.9.0` for `3.9`."""
    tags: tuple[str, ...]
    """Wheel tags (`cp39-cp39-manylinux_2_17_x86_64`), best first."""
    patches: tuple[int, ...]
    """Patch releases of Python that the environment may be."""

    @property
    def label(self) -> str:
        """Name it for people: `Python 3.9 on linux`."""
        return f"Python {self.python_version} on {self.platform}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One release of an answer."""

    name: NormalizedName
    version: Version
    extras: tuple[str, ...] = ()
    file: DistributionFile
    """The file that would be installed in this environment."""
    files: tuple[DistributionFile, ...] = ()
    """All files of the release that the environment can use, `file` first."""
    requested_by: tuple[str, ...] = ()
    """Roots' origins and names of releases, in the order they asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What was read on the way; for `--json` and `-v`."""

    pages: int = 0
    metadata: int = 0
    rounds: int = 0
    solver_calls: int = 0
    requests: int = 0
    """Over the network; 0 where nothing was asked for, or all of it was cached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootLag:
    """How far a root is behind its newest release (RESOLVING.md 2)."""

    name: NormalizedName
    version: Version
    """The chosen one."""
    newest: Version
    """The highest that the environment and the roots on this project admit."""
    amount: int
    """Above 0, in `unit`."""
    unit: Literal["days", "releases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Pins that satisfy the roots, by the rule of RESOLVING.md 2."""

    environment: Environment
    pins: tuple[Pin, ...]
    """Sorted by name."""
    lags: tuple[RootLag, ...] = ()
    """Of the roots that are behind, in written order."""
    notes: tuple[str, ...] = ()
    counters: Counters = field(default_factory=Counters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One requirement that the user wrote, and what to write instead."""

    origin: Origin
    old: str
    """As written, without comment and options."""
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A change after which a resolution exists, with the resolution it leads to."""

    kind: RepairKind
    text: str
    """For people: `use kfserving 0.4.0 to 0.4.1 instead of 0.6.1`."""
    changes: tuple[str, ...]
    """Machine-readable: the new requirement texts, or the recipe's reference."""
    cost: tuple[int, ...]
    """Compared left to right (docs/explanation/repairs.md)."""
    claim: RepairClaim
    resolution: Resolution
    edits: tuple[Edit, ...] = ()
    """What to change in the input, where that is all it takes."""
    wheels: Mapping[DistributionFile, FileMetadata] = field(default_factory=dict)
    """Those that recipes would build, with what they would declare."""
    recipe: str | None = None
    """The file of a recipe that exists."""
    recipes: tuple[str, ...] = ()
    """Texts of recipes to be written, of an override one for each release."""
    command: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPip:
    """What pip would do with the same input, and at what price."""

    outcome: Literal["resolved", "conflict", "too-deep"]
    text: str
    """A sentence for people."""
    rounds: int
    fetched: Mapping[str, int]
    """Project -> number of distribution files whose metadata pip would fetch."""
    pins: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why there is no answer, and what would help."""

    environment: Environment
    conflicts: tuple[Core, ...]
    """The first is the one to show; at least one."""
    complete: bool
    """False when the search for further conflicts stopped at its cap."""
    repairs: tuple[Repair, ...] = ()
    as_pip: AsPip | None = None
    counters: Counters = field(default_factory=Counters)
    repair_counters: Counters = field(default_factory=Counters)
    notes: tuple[str, ...] = ()

    @property
    def holds_here_only(self) -> bool:
        """Tell whether no cause is known that holds on every machine."""
        return all(core.holds_here_only for core in self.conflicts)
