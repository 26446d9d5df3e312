"""The words of an answer: pins and resolutions, conflicts and repairs.

All values are frozen; docs/schema/ has their JSON form.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, overload

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.facts import (
    Core,
)
from axletree.resolver.model.origins import RequestedBy
from axletree.resolver.model.requirements import (
    Edit,
    Part,
)

if TYPE_CHECKING:
    _Slice: TypeAlias = slice[int | None, int | None, int | None]

RepairClaim: TypeAlias = Literal["untried", "works", "irreducible", "cheapest"]


RepairKind: TypeAlias = Literal[
    "near-name",
    "relax-root",
    "date",
    "python",
    "platform",
    "index-strategy",
    "collect",
    "recipe",
    "override",
    "lift",
]


Item = TypeVar("Item", covariant=True)  # noqa: PLC0105  one type of many classes


class Late(Sequence[Item]):
    """Items that are found when somebody looks at them, which not everybody does."""

    def __init__(self, find: Callable[[], Sequence[Item]]) -> None:
        """Find nothing yet; they may be looked for several times."""
        self._find = find

    def __len__(self) -> int:
        """Count them."""
        return len(self._find())

    def __iter__(self) -> Iterator[Item]:
        """Give each."""
        return iter(self._find())

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: "_Slice") -> Sequence[Item]: ...

    def __getitem__(self, place: "int | _Slice") -> Item | Sequence[Item]:
        """Give one, or some."""
        return self._find()[place]


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
    requested_by: tuple[RequestedBy, ...] = ()
    """Lines of the user's and releases, in the order they asked."""
    parts: frozenset[Part] = frozenset()
    """Where one of them is wanted it is needed; none: always."""


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
    """With the patch releases of Python that it holds for; it was found for the newest
    of them."""
    pins: Sequence[Pin]
    """Sorted by name."""
    lags: Sequence[RootLag] = ()
    """Of the roots that are behind, in written order."""
    has_skipped: bool = False
    """What cannot be read was left out, as `--skip-unbuildable` says."""
    notes: Sequence[str] = ()
    counters: Counters = field(default_factory=Counters)
    known_versions: Mapping[NormalizedName, str] | None = None
    """Those of the pins, where they are known before the pins are."""

    @property
    def versions(self) -> Mapping[NormalizedName, str]:
        """Map the projects to their versions, spelled in normal form, by name."""
        if self.known_versions is not None:
            return self.known_versions
        return {pin.name: str(pin.version) for pin in self.pins}


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


RepairsStop: TypeAlias = Literal[
    "not-searched", "interrupted", "most-repairs", "not-settled"
]
"""Why there may be more repairs than were found: nobody looked for them, or not to the
end, there were as many as are offered, or some could not be tried to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why there is no answer, and what would help."""

    environment: Environment
    conflicts: tuple[Core, ...]
    """The first is the one to show; at least one."""
    complete: bool
    """False when the search for further conflicts stopped at its cap."""
    is_brief: bool = False
    """No further conflict was looked for."""
    also_contended: tuple[str, ...] = ()
    """Projects that are contended beside those of the conflicts; not where brief."""
    also_contended_complete: bool = True
    """False when naming them stopped at its cap."""
    repairs: tuple[Repair, ...] = ()
    repairs_stopped: RepairsStop | None = "not-searched"
    """None: what was not found does not exist, of the kinds that are looked for."""
    repair_builds: tuple[str, ...] = ()
    """Files of sdists that were built to be read, once the cause was known."""
    as_pip: AsPip | None = None
    counters: Counters = field(default_factory=Counters)
    repair_counters: Counters = field(default_factory=Counters)
    notes: tuple[str, ...] = ()
    as_of: str = ""
    """The last day that counts, such as `2022-02-01`; empty: all do."""

    @property
    def holds_here_only(self) -> bool:
        """Tell whether no cause is known that holds on every machine."""
        return all(core.holds_here_only for core in self.conflicts)
