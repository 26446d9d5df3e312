"""What a page lists, of which what came late is read when somebody looks at it.

As of a day most of a page is hidden, and nothing is said of it: only who moves the date
needs it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, overload


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
    """All that is listed; who looks at it has it read, but for what is early."""

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
