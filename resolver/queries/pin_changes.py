"""Two resolutions side by side: which pins differ, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.answers import Resolution

Change: TypeAlias = Literal["added", "removed", "up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChange:
    """One project whose pin differs."""

    change: Change
    name: NormalizedName
    before: Version | None
    """None where it was added."""
    after: Version | None
    """None where it was removed."""


def pin_changes(before: Resolution, after: Resolution) -> tuple[PinChange, ...]:
    """List the pins that differ, by name."""
    return tuple(_changes(before, after))


def _changes(before: Resolution, after: Resolution) -> Iterator[PinChange]:
    old = {pin.name: pin.version for pin in before.pins}
    new = {pin.name: pin.version for pin in after.pins}
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name), new.get(name)
        change = _change(was, is_now)
        if change is not None:
            yield PinChange(change=change, name=name, before=was, after=is_now)


def _change(before: Version | None, after: Version | None) -> Change | None:
    if before == after:
        return None
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "up" if after > before else "down"
