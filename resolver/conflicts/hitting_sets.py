"""Smallest sets that share an element with each of some sets.

By iterative deepening: small sets are tried before larger ones, and the elements of
a set in their order, so that the answer depends on nothing but the sets. Cores have
few facts, so the depth is small.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_STEPS = 100_000
"""Elements tried before a search is given up; the same on every machine."""


class TooManyStepsError(Exception):
    """The search was given up."""


class HittingSets:
    """Smallest hitting sets of the sets added so far."""

    def __init__(self) -> None:
        """Start with no set to hit: the smallest hitting set is empty."""
        self._sets: list[tuple[int, ...]] = []
        self._size = 0
        """No smaller set hits them all."""

    def add(self, elements: Sequence[int]) -> None:
        """Add a set to hit, which must not be empty."""
        self._sets.append(tuple(elements))

    def smallest(self) -> list[int]:
        """Return a hitting set that no other has fewer elements than.

        :raises TooManyStepsError: if it is not found in `MOST_STEPS`.
        """
        self._steps = 0
        while True:
            found = self._extend([], self._size)
            if found is not None:
                return sorted(found)
            self._size += 1

    def _extend(self, chosen: list[int], room: int) -> list[int] | None:
        """Add at most `room` elements; None if that is not enough."""
        missed = [s for s in self._sets if not any(e in chosen for e in s)]
        if not missed:
            return chosen
        if _disjoint(missed, room) > room:
            return None
        for element in min(missed, key=len):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TooManyStepsError
            found = self._extend([*chosen, element], room - 1)
            if found is not None:
                return found
        return None


def _disjoint(sets: Sequence[tuple[int, ...]], enough: int) -> int:
    """Count sets without a common element: each takes one of its own to hit."""
    count = 0
    taken: set[int] = set()
    for elements in sets:
        if taken.isdisjoint(elements):
            taken.update(elements)
            count += 1
            if count > enough:
                break
    return count
