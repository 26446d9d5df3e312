"""A second look at a quick answer, by another way than the clauses.

All that is asked for is decided, and nothing else; and every decided release is
admitted, by the least fixed point of RESOLVING.md 1 (`axletree.resolver.engine.admission`).
"""

from __future__ import annotations

from axletree.resolver.engine.swift_round import Standing
from axletree.resolver.universe.swift_reading import active_lines

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from axletree.resolver.universe.swift_reading import (
        Reading,
        SwiftAsked,
    )


class SecondLook:
    """One answer to look at."""

    def __init__(
        self, reading: Reading, asked: SwiftAsked, decided: Mapping[str, int]
    ) -> None:
        self._reading = reading
        self._asked = asked
        self._decided = decided

    def is_solution(self) -> bool:
        """Walk from the roots: all that is asked for is decided, and nothing else."""
        asked: dict[str, set[str]] = {}
        demands = [(r.name, r.specifier, r.extras) for r in self._asked.roots]
        for limit in self._asked.constraints:
            is_chosen = limit.name in self._decided
            if is_chosen and not self._is_met(limit.name, limit.specifier):
                return False
        patches = (1 << self._reading.universe.patches) - 1
        while demands:
            name, specifier, extras = demands.pop()
            if not self._is_met(name, specifier):
                return False
            known = asked.get(name)
            if known is not None and known.issuperset(extras):
                continue
            asked[name] = (known or set()).union(extras)
            release = self._reading.releases[name].get(self._decided[name])
            if release is None:
                return False
            patches &= release[2]
            for target, wanted, more, _ in active_lines(release, asked[name]):
                if wanted is None:
                    return False
                demands.append((target, wanted, more))
        return asked.keys() == self._decided.keys() and patches != 0

    def _is_met(self, name: str, specifier: str) -> bool:
        project = self._reading.projects.get(name)
        position = self._decided.get(name)
        if project is None or position is None or not project.alive >> position & 1:
            return False
        return (
            not specifier or self._reading.mask(name, specifier)[0] >> position & 1 == 1
        )

    def is_admitted(self) -> bool:
        """Run the least fixed point of admission."""
        if not any(map(self._is_gated, self._decided)):
            return True
        standings: dict[str, Standing] = {}
        for root in self._asked.roots:
            self._note_demand(standings, root.name, root.specifier, root.extras)
        progress: object = None
        before: object = ()
        admitted: dict[str, None] = {}
        while progress != before:
            before = progress
            for name in [n for n in standings if n in self._decided]:
                if name in admitted or self._is_open(name, standings[name]):
                    admitted[name] = None
                    self._note_lines(standings, name)
            progress = len(admitted), [standing.said for standing in standings.values()]
        return admitted.keys() == self._decided.keys()

    def _note_lines(self, standings: dict[str, Standing], name: str) -> None:
        release = self._reading.release(name, self._decided[name])
        if release is None:
            return
        for line in active_lines(release, list(standings[name].extras)):
            self._note_demand(standings, line[0], line[1] or "", line[2])

    def _note_demand(
        self,
        standings: dict[str, Standing],
        name: str,
        specifier: str,
        extras: Iterable[str],
    ) -> None:
        if name not in standings:
            standings[name] = Standing(self._reading, self._asked, name)
        standings[name].admit(self._reading, name, specifier)
        standings[name].extras.update(dict.fromkeys(extras))

    def _is_gated(self, name: str) -> bool:
        project = self._reading.projects[name]
        gated = 0 if project is None else project.prereleases | project.yanked
        return bool(gated >> self._decided[name] & 1)

    def _is_open(self, name: str, standing: Standing) -> bool:
        project = self._reading.projects[name]
        if project is None:
            return False
        return not standing.shut(project) >> self._decided[name] & 1
