"""Smallest sets that share an element with each of some sets.

By iterative deepening: small sets are tried before larger ones, and of equally small ones
the first in the order of the elements is taken, so that the answer depends on nothing but
the sets. Cores have few facts, so the depth is small.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.resolver.conflicts.fact_order import Place

MOST_STEPS = 100_000
"""Elements tried before a search is given up; the same on every machine."""


class TooManyStepsError(Exception):
    """The search was given up."""


class HittingSets:
    """Smallest hitting sets of the sets added so far."""

    def __init__(self) -> None:
        """Start with no set to hit: the smallest hitting set is empty."""
        self._sets: list[tuple[Place, ...]] = []
        self.size = 0
        """No smaller set hits them all."""

    def add(self, elements: Sequence[Place]) -> None:
        """Add a set to hit, which must not be empty."""
        self._sets.append(tuple(elements))

    def smallest(self) -> list[Place]:
        """Return, in order, a hitting set that no other has fewer elements than.

        Of several it is the one with the first element in which they differ.

        :raises TooManyStepsError: if it is not found in `MOST_STEPS`.
        """
        self._steps = 0
        while (found := self._extend([], self.size, ())) is None:
            self.size += 1
        return self._first_of(sorted(found))

    def _first_of(self, known: list[Place]) -> list[Place]:
        """Exchange what is known for the first of all that are as small."""
        chosen: list[Place] = []
        for element in sorted({element for each in self._sets for element in each}):
            if len(chosen) == self.size:
                break
            if known[: len(chosen) + 1] == [*chosen, element]:
                chosen.append(element)
                continue
            room = self.size - len(chosen) - 1
            found = self._extend([*chosen, element], room, element)
            if found is not None:
                chosen, known = [*chosen, element], sorted(found)
        return chosen

    def _extend(
        self, chosen: list[Place], room: int, after: Place | tuple[()]
    ) -> list[Place] | None:
        """Add at most `room` elements that come after one; None if that is not enough."""
        missed = [
            [element for element in each if element > after]
            for each in self._sets
            if not any(element in chosen for element in each)
        ]
        if not missed:
            return chosen
        if _disjoint(missed, room) > room:
            return None
        for element in min(missed, key=len):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TooManyStepsError
            found = self._extend([*chosen, element], room - 1, after)
            if found is not None:
                return found
        return None


def _disjoint(sets: Sequence[Sequence[Place]], enough: int) -> int:
    """Count sets without a common element: each takes one of its own to hit."""
    count = 0
    taken: set[Place] = set()
    for elements in sets:
        if taken.isdisjoint(elements):
            taken.update(elements)
            count += 1
            if count > enough:
                break
    return count
