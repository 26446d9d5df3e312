"""`--prefer balanced`: no root is left further behind than it must be.

Among all solutions the root lags, sorted largest first, are to be lexicographically
smallest. The i-th largest lag is at most t if and only if at most i - 1 roots lag by
more than t: so each place of the vector is one search for the smallest t, and all of
them together are a few literals to assume (RESOLVING.md 2).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from axletree.resolver.universe.candidates import Release
from tests.property.reference.encoding import Encoding
from tests.property.reference.lags import Lags


@dataclass(slots=True)
class Balance:
    """Finds the smallest vector of lags over what is known, again and again.

    What is read later only makes solutions fewer, so a vector never gets smaller.
    """

    encoding: Encoding
    _vector: list[int] = field(default_factory=list)
    """Of the time before: a lower bound from now on."""
    _over: dict[tuple[NormalizedName, tuple[Release, ...]], int] = field(
        default_factory=dict
    )
    _at_most: dict[tuple[tuple[int, ...], int], int] = field(default_factory=dict)

    def assumptions(self, lags: Lags) -> list[int] | None:
        """Return literals that leave only the solutions with the smallest vector.

        :returns: None if there is no solution at all.
        """
        if not self.encoding.sat.solve():
            return None
        table = self._table(lags)
        values = sorted({lag for lags_of in table.values() for lag in lags_of.values()})
        vector: list[int] = []
        assumed: list[int] = []
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

    def _table(self, lags: Lags) -> dict[NormalizedName, dict[Release, int]]:
        """Map the releases of each root that can lag to their lags."""
        found: dict[NormalizedName, dict[Release, int]] = {}
        for name in lags.newest:
            releases = lags.knowledge.releases[name]
            listed = releases.all if releases is not None else ()
            table = {r: lags.of(r) for r in listed if not lags.knowledge.is_fallen(r)}
            if any(table.values()):
                found[name] = table
        return found

    def _smallest(
        self,
        table: dict[NormalizedName, dict[Release, int]],
        values: Sequence[int],
        assumed: list[int],
        floor: int,
    ) -> int:
        """Find the smallest value for the next place, at least `floor`."""
        place = len(assumed)
        lower, upper = bisect_left(values, floor), self._measured(table, values, place)
        # Most rounds change nothing, so the value of the time before is tried first.
        middle = lower
        while lower < upper:
            switch = self._limit(table, place, values[middle])
            if self.encoding.sat.solve([*assumed, switch]):
                upper = self._measured(table, values, place)
            else:
                lower = middle + 1
            middle = (lower + upper) // 2
        return values[upper]

    def _measured(
        self,
        table: dict[NormalizedName, dict[Release, int]],
        values: Sequence[int],
        place: int,
    ) -> int:
        """Return which of the values the last model has at a place of its vector."""
        lags = [
            table[name][release]
            for name in table
            if (release := self.encoding.chosen_of(name)) in table[name]
            and release is not None
        ]
        lag = sorted((*lags, *[0] * len(table)), reverse=True)[place]
        return bisect_left(values, lag)

    def _limit(
        self, table: dict[NormalizedName, dict[Release, int]], most: int, value: int
    ) -> int:
        """Return a literal that, when assumed, lets at most `most` roots lag more."""
        over = [self._lags_more(name, table[name], value) for name in table]
        literals = tuple(literal for literal in over if literal is not None)
        key = (literals, most)
        found = self._at_most.get(key)
        if found is None:
            found = self._at_most[key] = self._count(literals, most)
        return found

    def _lags_more(
        self, name: NormalizedName, table: dict[Release, int], value: int
    ) -> int | None:
        releases = tuple(release for release, lag in table.items() if lag > value)
        if not releases:
            return None
        key = (name, releases)
        found = self._over.get(key)
        if found is None:
            found = self._over[key] = self.encoding.sat.variable()
            for release in releases:
                self.encoding.sat.add([-self.encoding.chosen[release], found])
        return found

    def _count(self, literals: tuple[int, ...], most: int) -> int:
        """Encode "at most so many", behind a switch.

        Source: Sinz, "Towards an optimal CNF encoding of Boolean cardinality
        constraints", CP 2005 (the sequential counter).
        """
        sat = self.encoding.sat
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
