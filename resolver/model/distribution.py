"""Distribution files as an index page lists them, and the metadata inside them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar, overload

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import (
    FileKind,
    SafeName,
)
from axletree.resolver.model.requirements import Address

ObservedKind: TypeAlias = Literal["limits", "host"]
UnusableKind: TypeAlias = Literal["invalid", "backend", "unbuilt"] | ObservedKind
"""Whose no it is: the file's own, its build backend's, or not the world's at all: it
was not read within the limits of a build, or this machine lacks what its build needs, or
nobody wanted to build it (`axletree.resolver.universe.sparing`)."""
UNUSABLE_KINDS: tuple[UnusableKind, ...] = (
    "invalid",
    "backend",
    "unbuilt",
    "limits",
    "host",
)
Reason: TypeAlias = Literal[
    "tag", "requires-python", "no-time", "binary-policy", "hash", "policy"
]
"""Why a file falls away, as far as its page tells. What a date hides is not there."""
NO_ADDRESS = "no address: "
"""How what stands for an address begins where it is none."""

# Source: pip, `utils/hashes.py`: the kinds that `--hash` takes, best known first.
STRONG_HASHES: Mapping[str, int] = {"sha256": 64, "sha384": 96, "sha512": 128}
"""Hashes that pip checks files by, best known first, with their length in hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistributionFile:
    """One file of one release; compared by identity, since a page is read once."""

    project: NormalizedName
    filename: SafeName
    version: str
    """As spelled in the file name (`===` compares the spelling)."""
    kind: FileKind
    build: str = ""
    """Build tag of a wheel, or empty."""
    tag: str = ""
    """Compressed tag set of a wheel, such as `py2.py3-none-any`."""
    url: str = ""
    """Absolute, without fragment; empty where there is none (snapshots)."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Algorithm -> hex digest."""
    requires_python: str | None = None
    size_bytes: int | None = None
    upload_time: datetime | None = None
    """Aware, UTC."""
    yanked: str | None = None
    """None: not yanked. Else the reason, which may be empty."""
    metadata_hashes: Mapping[str, str] | None = None
    """None: the index offers no PEP 658 metadata. Else its hashes (may be empty)."""
    index_rank: int = 0
    """Place of its index, where several are read as one; 0 is the first."""
    address: Address | None = None
    """Set if a user required it by where it is: no index lists it."""
    own_since: datetime | None = None
    """When it entered a wheelhouse, if it is no copy of what an index has: what its age
    counts from. Aware, UTC."""
    provenance: str = ""
    """Where its index says who attests how it was made (PEP 740): a URL, or empty; where
    what it says is none, `NO_ADDRESS` and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedFile:
    """One entry of a page that cannot be taken for a file of the project."""

    name: str
    """Spelled so that it can be shown; never a part of a path."""
    reason: str
    """One clause: `it is a file of numpy`."""
    upload_time: datetime | None = None
    """Aware, UTC; None: the page does not say, or not in a way that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVariants:
    """A listing of the variants of one release, as an index page names it (PEP 825).

    It is no distribution: nothing of it is ever chosen, and it may change.
    """

    project: NormalizedName
    filename: SafeName
    version: str
    """Normalised."""
    url: str
    """Absolute, without fragment."""
    sha256: str | None = None
    """As the page has it; an index need not say one."""
    upload_time: datetime | None = None
    """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All files of one project on one index."""

    project: NormalizedName
    files: Sequence[DistributionFile]
    """A `LateListing`, where most of it is hidden by a date."""
    excluded: Sequence[ExcludedFile] = ()
    """What it lists besides; each falls away by itself. As `files`."""
    status: tuple[str, str] | None = None
    """What is said of the project as a whole, and why: `archived`, `deprecated` or
    `quarantined` (PEP 792); None: it is active."""
    unasked: tuple[str, ...] = ()
    """Indexes that may have more of it and were not asked (RESOLVING.md 1)."""
    variants: tuple[ListedVariants, ...] = ()
    """Listings of variants beside the files: one for a release, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """The part of a file's METADATA that a resolution reads."""

    requires_dist: tuple[str, ...] = ()
    """Requirement lines as spelled, in order."""
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    unpacked_since: str | None = None
    """The first Python whose pip unpacks the file, such as `3.14`; None: all do."""
    is_held: bool = False
    """Its bytes were held against hashes of kinds that the index does not give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableMetadata:
    """Why a file's metadata cannot be had, although the index was reached."""

    reason: str
    """One clause for an explanation: `its METADATA is not valid: …`."""
    kind: UnusableKind = "invalid"
    log: str = ""
    """The file with all that its build backend printed here, if it was asked."""
    hint: FileMetadata | None = field(default=None, compare=False)
    """What an earlier build of an sdist required, by a file in it: nobody vouches for
    that, so it may say which one to build first, and nothing else."""

    @property
    def is_unread(self) -> bool:
        """Tell whether nobody knows what the file says: who read it would."""
        return self.kind != "invalid"

    @property
    def is_spared(self) -> bool:
        """Tell whether it may well be readable, but nobody wanted to build it."""
        return self.kind == "unbuilt"

    @property
    def observed(self) -> ObservedKind | None:
        """Return the kind if it may be another on another machine."""
        if self.kind == "unbuilt":
            return "limits"
        return self.kind if self.kind in ("limits", "host") else None


def expand_tag(tag: str) -> list[str]:
    """Expand a compressed tag set: `py2.py3-none-any` has two tags."""
    parts = [part.split(".") for part in tag.lower().split("-")]
    return ["-".join(single) for single in product(*parts)]


def strong_hashes(files: Iterable[DistributionFile]) -> list[str]:
    """List `sha256:…` values, each file's best known kind; sorted."""
    found: set[str] = set()
    for file in files:
        strong = (kind for kind in STRONG_HASHES if kind in file.hashes)
        found.update(f"{kind}:{file.hashes[kind]}" for kind in list(strong)[:1])
    return sorted(found)


class Uploaded(Protocol):
    """What may have been uploaded at some time."""

    @property
    def upload_time(self) -> datetime | None:
        """Return when, aware; None: nobody says."""
        ...


if TYPE_CHECKING:
    _Slice: TypeAlias = slice[int | None, int | None, int | None]

_Listed = TypeVar("_Listed", bound=Uploaded)
_Listed_co = TypeVar("_Listed_co", bound=Uploaded, covariant=True)


class LateListing(Sequence[_Listed_co]):
    """All that is listed; who looks at it has it read, but for what is early.

    As of a day most of a page is hidden, and nothing is said of it: only who moves the
    date needs it.
    """

    __slots__ = ("_early", "_read", "_until")

    def __init__(
        self,
        early: tuple[_Listed_co, ...],
        until: datetime,
        read: Callable[[], tuple[_Listed_co, ...]],
    ) -> None:
        """Read no more yet.

        :param early: what came before `until`, or nobody knows when, in its order.
        :param read: returns that and the rest, the same objects every time.
        """
        self._early = early
        self._until = until
        self._read = read

    def as_of(self, limit: datetime) -> tuple[_Listed_co, ...]:
        """Return what came before a moment, or nobody knows when."""
        if limit == self._until:
            return self._early
        return _before(self._early if limit < self._until else self._read(), limit)

    @overload
    def __getitem__(self, at: int) -> _Listed_co: ...

    @overload
    def __getitem__(self, at: "_Slice") -> tuple[_Listed_co, ...]: ...

    def __getitem__(self, at: "int | _Slice") -> _Listed_co | tuple[_Listed_co, ...]:
        """Return one or some of all."""
        return self._read()[at]

    def __iter__(self) -> Iterator[_Listed_co]:
        """Go through all."""
        return iter(self._read())

    def __len__(self) -> int:
        """Count all."""
        return len(self._read())

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self._early or self._read())


def as_of(listed: Sequence[_Listed], limit: datetime) -> tuple[_Listed, ...]:
    """Leave out what came at a moment or later; of what nobody knows when, nothing."""
    if isinstance(listed, LateListing):
        early: tuple[_Listed, ...] = listed.as_of(limit)
        return early
    return _before(listed, limit)


def _before(listed: Sequence[_Listed], limit: datetime) -> tuple[_Listed, ...]:
    return tuple(
        each for each in listed if each.upload_time is None or each.upload_time < limit
    )
