"""Resolutions for several environments, laid together pin by pin.

Each environment is resolved by itself (RESOLVING.md 2); here nothing is decided any
more. What every form of a lock needs is the same: which pin holds where.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.locks.reading import (
    WrittenPin,
    pins_in,
)
from axletree.resolver.model.answers import (
    Counters,
    Pin,
    Resolution,
    RootLag,
)
from axletree.resolver.model.distribution import STRONG_HASHES, DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import MissingHashError
from axletree.resolver.model.origins import RequestedBy
from axletree.resolver.model.requirements import Address, Part
from axletree.resolver.model.spelling import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPin:
    """One release with its extras, in all environments that pin just that."""

    name: NormalizedName
    version: Version
    extras: tuple[str, ...]
    """Sorted."""
    environments: tuple[Environment, ...]
    usable: tuple[tuple[DistributionFile, ...], ...]
    """The files of each environment, in their order, the one to install first."""
    requested_by: tuple[RequestedBy, ...]
    parts: tuple[frozenset[Part], ...] = ()
    """For each environment the parts of the user's project that it is needed for."""
    in_base: bool | None = None
    """Is a pin of the base in all these environments; None: there is no base."""

    @property
    def address(self) -> Address | None:
        """Return where a user says that it is; None: it comes from an index."""
        return self.usable[0][0].address

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder, which has no hash."""
        return self.address is not None and not self.usable[0][0].hashes

    @property
    def files(self) -> tuple[DistributionFile, ...]:
        """Return all that one of the environments can use; the first one's first."""
        return tuple(_unique(file for files in self.usable for file in files))


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The answers of one question for each of its environments."""

    environments: tuple[Environment, ...]
    """In the order asked."""
    pins: tuple[LockedPin, ...]
    """Sorted by name; one name's pins by their first environment."""
    lags: tuple[tuple[Environment, tuple[RootLag, ...]], ...] = ()
    """Of the roots that are behind, for each environment."""
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    """Extras and groups of the user's own project that can be chosen."""
    are_groups_alone: bool = False
    """There is nothing else to choose."""
    counters: Counters = field(default_factory=Counters)

    @property
    def labels(self) -> tuple[str, ...]:
        """Name the environments as people do."""
        return tuple(environment.label for environment in self.environments)


def lay_together(
    resolutions: Sequence[Resolution], counters: Counters | None = None
) -> Locked:
    """Lay the resolutions of different environments together.

    :param resolutions: at least one.
    """
    grouped: dict[tuple[object, ...], list[_Placed]] = {}
    for resolution in resolutions:
        for pin in resolution.pins:
            address = pin.file.address
            url = None if address is None else address.url
            key = (pin.name, pin.version, tuple(sorted(pin.extras)), url)
            placed = _Placed(environment=resolution.environment, pin=pin)
            grouped.setdefault(key, []).append(placed)
    # Sorting is stable: a name's pins stay in the order of their environments.
    ordered = sorted(grouped.values(), key=lambda group: group[0].pin.name)
    return Locked(
        environments=tuple(resolution.environment for resolution in resolutions),
        pins=tuple(map(_lock, ordered)),
        lags=tuple((each.environment, tuple(each.lags)) for each in resolutions),
        notes=tuple(_notes(resolutions)),
        counters=counters or resolutions[-1].counters,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    environment: Environment
    pin: Pin


def _lock(group: Sequence[_Placed]) -> LockedPin:
    first = group[0].pin
    askers = (asker for placed in group for asker in placed.pin.requested_by)
    return LockedPin(
        name=first.name,
        version=first.version,
        extras=tuple(sorted(first.extras)),
        environments=tuple(placed.environment for placed in group),
        usable=tuple(usable_files(placed.pin) for placed in group),
        parts=tuple(placed.pin.parts for placed in group),
        requested_by=tuple(dict.fromkeys(askers)),
    )


def mark_base(locked: Locked, base: Sequence[WrittenPin]) -> Locked:
    """Tell the pins that the base has already from those that are new."""
    held = {each.label: pins_in(base, each) for each in locked.environments}

    def is_held(pin: LockedPin) -> bool:
        places = (held[environment.label] for environment in pin.environments)
        found = (place.get(pin.name) for place in places)
        return all(one is not None and one.version == pin.version for one in found)

    pins = tuple(replace(pin, in_base=is_held(pin)) for pin in locked.pins)
    old = len({pin.name for pin in pins if pin.in_base})
    count = len({pin.name for pin in pins})
    verb = "is that" if old == 1 else "are those"
    note = (
        f"{old} of {counted(count, 'project')} {verb} of the base, the others are new"
    )
    return replace(locked, pins=pins, notes=(*locked.notes, note))


def without_extras(pins: Iterable[LockedPin]) -> Iterator[LockedPin]:
    """Yield one pin for each release, whatever extras were asked of it where."""
    grouped: dict[tuple[object, ...], list[LockedPin]] = {}
    for pin in pins:
        url = None if pin.address is None else pin.address.url
        grouped.setdefault((pin.name, pin.version, url), []).append(pin)
    for group in grouped.values():
        askers = (asker for pin in group for asker in pin.requested_by)
        yield replace(
            group[0],
            extras=tuple(sorted({extra for pin in group for extra in pin.extras})),
            environments=tuple(each for pin in group for each in pin.environments),
            usable=tuple(files for pin in group for files in pin.usable),
            parts=tuple(parts for pin in group for parts in pin.parts),
            requested_by=tuple(dict.fromkeys(askers)),
        )


def require_hashes(pins: Iterable[LockedPin]) -> None:
    """Refuse a lock that pip would refuse: all of its pins need a hash, or none.

    :raises MissingHashError: the index gave none for a file to install.
    """
    bare = [
        pin.files[0].filename
        for pin in pins
        if not pin.is_folder
        and not any(kind in pin.files[0].hashes for kind in STRONG_HASHES)
    ]
    if bare:
        raise MissingHashError(
            f"the index gives no SHA-256 of {', '.join(bare)}",
            where="index",
            hint="collect the files into a wheelhouse, which computes their hashes, "
            "and lock from it; or write constraints, which need none",
        )


def usable_files(pin: Pin) -> tuple[DistributionFile, ...]:
    """Return all files the environment can use, the one to install first."""
    return pin.files or (pin.file,)


def _unique(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    """Yield each file once, by its name."""
    seen: set[str] = set()
    for file in files:
        if file.filename not in seen:
            seen.add(file.filename)
            yield file


def _notes(resolutions: Sequence[Resolution]) -> Iterator[str]:
    """Yield each note once; one that is not everybody's says whose it is."""
    notes = dict.fromkeys(note for answer in resolutions for note in answer.notes)
    for note in notes:
        owners = [answer for answer in resolutions if note in answer.notes]
        if len(owners) == len(resolutions):
            yield note
        else:
            labels = ", ".join(owner.environment.label for owner in owners)
            yield f"{labels}: {note}"
