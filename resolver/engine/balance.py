"""`--prefer balanced`: no root is left further behind than it must be.

Among all solutions the root lags, sorted largest first, are to be lexicographically
smallest. The i-th largest lag is at most t if and only if at most i - 1 roots lag by
more than t: so each place of the vector is one search for the smallest t, and all of
them together are a few literals to assume (RESOLVING.md 2).
"""

from __future__ import annotations

from bisect import bisect_left

from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.clauses import Clauses
    from axletree.resolver.engine.lags import Lags

    Table: TypeAlias = Mapping[str, Mapping[int, int]]
    """Root's project -> position -> lag, of the roots that can lag."""


class Balance:
    """Finds the smallest vector of lags over what is known, again and again.

    What is read later only makes solutions fewer, so a vector never gets smaller.
    """

    def __init__(self, clauses: Clauses, switch: int) -> None:
        """Find nothing yet.

        :param switch: the literal that puts the question.
        """
        self._clauses = clauses
        self._switch = switch
        self._table: Table = {}
        self._vector: list[int] = []
        """Of the time before: a lower bound from now on."""
        self._over: dict[tuple[str, tuple[int, ...]], int] = {}
        self._at_most: dict[tuple[tuple[int, ...], int], int] = {}

    def assumptions(self, lags: Lags) -> list[int] | None:
        """Return literals that leave only the solutions with the smallest vector.

        :returns: None if there is no solution at all.
        """
        if not self._clauses.solve([self._switch]):
            return None
        table = self._table = _lags_of(self._clauses, lags)
        values = sorted({lag for lags_of in table.values() for lag in lags_of.values()})
        vector: list[int] = []
        assumed = [self._switch]
        for place in range(len(table)):
            is_as_before = vector == self._vector[:place] and place < len(self._vector)
            floor = self._vector[place] if is_as_before else 0
            smallest = self._smallest(table, values, assumed, floor)
            vector.append(smallest)
            assumed.append(self._limit(table, place, smallest))
            if smallest == 0:
                break
        self._vector = vector
        return assumed

    def assumed_lag(self, name: str, position: int) -> int:
        """Return the lag of a root's release as it was when literals were returned."""
        return self._table.get(name, {}).get(position, 0)

    def _smallest(
        self, table: Table, values: Sequence[int], assumed: list[int], floor: int
    ) -> int:
        """Find the smallest value for the next place, at least `floor`."""
        place = len(assumed) - 1
        lower, upper = bisect_left(values, floor), self._measured(table, values, place)
        # Most rounds change nothing, so the value of the time before is tried first.
        middle = lower
        while lower < upper:
            switch = self._limit(table, place, values[middle])
            if self._clauses.sat.solve([*assumed, switch]):
                upper = self._measured(table, values, place)
            else:
                lower = middle + 1
            middle = (lower + upper) // 2
        return values[upper]

    def _measured(self, table: Table, values: Sequence[int], place: int) -> int:
        """Return which of the values the last model has at a place of its vector."""
        lags = [
            lags_of[position]
            for name, lags_of in table.items()
            if (position := self._clauses.position_in_model(name)) in lags_of
            and position is not None
        ]
        lag = sorted((*lags, *[0] * len(table)), reverse=True)[place]
        return bisect_left(values, lag)

    def _limit(self, table: Table, most: int, value: int) -> int:
        """Return a literal that, when assumed, lets at most `most` roots lag more."""
        over = [self._lags_more(name, table[name], value) for name in table]
        literals = tuple(literal for literal in over if literal is not None)
        key = (literals, most)
        found = self._at_most.get(key)
        if found is None:
            found = self._at_most[key] = self._count(literals, most)
        return found

    def _lags_more(
        self, name: str, lags_of: Mapping[int, int], value: int
    ) -> int | None:
        places = tuple(position for position, lag in lags_of.items() if lag > value)
        if not places:
            return None
        key = (name, places)
        found = self._over.get(key)
        if found is None:
            found = self._over[key] = self._clauses.sat.variable()
            chosen = self._clauses.chosen[name]
            for position in places:
                self._clauses.sat.add([-chosen[position], found])
        return found

    def _count(self, literals: tuple[int, ...], most: int) -> int:
        """Encode "at most so many", behind a switch.

        Source: Sinz, "Towards an optimal CNF encoding of Boolean cardinality
        constraints", CP 2005 (the sequential counter).
        """
        sat = self._clauses.sat
        switch = sat.variable()
        if most >= len(literals):
            return switch
        # seen[i]: more than i of the literals so far hold.
        seen: list[int] = []
        for literal in literals:
            now = [sat.variable() for _ in range(min(len(seen) + 1, most))]
            for i, counter in enumerate(now):
                if i < len(seen):
                    sat.add([-seen[i], counter])
                sat.add([-literal, counter, *([-seen[i - 1]] if i else [])])
            if len(seen) == most:
                sat.add([-switch, -literal, *([-seen[-1]] if seen else [])])
            seen = now
        return switch


def _lags_of(clauses: Clauses, lags: Lags) -> Table:
    found: dict[str, Mapping[int, int]] = {}
    for name in lags.newest:
        alive = clauses.reading.choosable(name)
        table = {position: lags.of(name, position) for position in bits(alive)}
        if any(table.values()):
            found[name] = table
    return found
