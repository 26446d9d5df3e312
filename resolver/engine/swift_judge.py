"""Gates judged on tables, as far as nothing has to be said against them.

The least fixed point of `axletree.resolver.engine.admission`; what it objects to, and how,
is left to the plain engine.
"""

from __future__ import annotations

from axletree.resolver.engine.swift_round import Standing
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.universe.compiled import NotCompilableError
from axletree.resolver.universe.swift_reading import active_lines

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from axletree.resolver.universe.swift_reading import (
        Reading,
        SwiftAsked,
    )


class TableJudge:
    """Lets choices pass in which every gate is open, or left out."""

    def __init__(self, reading: Reading, asked: SwiftAsked) -> None:
        self._reading = reading
        self._asked = asked

    def verdict(self, chosen: Mapping[str, int], waived: Collection[FallenKey]) -> None:
        """Let a choice pass.

        :raises NotCompilableError: there is a shut gate in it.
        """
        fixed_point = _Admission(self._reading, self._asked, chosen, frozenset(waived))
        for root in self._asked.roots:
            fixed_point.demand(root.name, root.specifier, root.extras)
        fixed_point.run()
        if fixed_point.is_blocked():
            message = "a gate is shut"
            raise NotCompilableError(message)


class _Admission:
    """The least fixed point over one choice of releases."""

    def __init__(
        self,
        reading: Reading,
        asked: SwiftAsked,
        chosen: Mapping[str, int],
        waived: frozenset[FallenKey],
    ) -> None:
        self._reading = reading
        self._asked = asked
        self._chosen = chosen
        self._waived = waived
        self._standings: dict[str, Standing] = {}
        self._admitted: set[str] = set()

    def demand(self, name: str, specifier: str, extras: Iterable[str]) -> None:
        """Take a requirement of a root or an admitted release into account."""
        project = self._reading.projects.get(name)
        standing = self._standings.get(name)
        if standing is None:
            standing = self._standings[name] = Standing(
                self._reading, self._asked, name
            )
            # What fell away may be chosen, too, when its fact is left out.
            everything = 0 if project is None else (1 << len(project.versions)) - 1
            standing.allowed = everything
        if project is not None:
            standing.admit(self._reading, name, specifier)
        standing.extras.update(dict.fromkeys(extras))

    def run(self) -> None:
        """Admit until nothing more is."""
        progress: object = None
        before: object = ()
        while progress != before:
            before = progress
            for name in [name for name in self._standings if name in self._chosen]:
                if name in self._admitted or self._is_open(name):
                    self._admitted.add(name)
                    self._take_lines(name)
            said = [standing.said for standing in self._standings.values()]
            progress = len(self._admitted), said

    def is_blocked(self) -> bool:
        """Tell whether something required is chosen and not admitted."""
        return any(
            name in self._chosen and name not in self._admitted
            for name in self._standings
        )

    def _take_lines(self, name: str) -> None:
        release = self._reading.releases[name].get(self._chosen[name])
        if release is not None:
            extras = list(self._standings[name].extras)
            for target, specifier, more, _ in list(active_lines(release, extras)):
                self.demand(target, specifier or "", more)

    def _is_open(self, name: str) -> bool:
        project = self._reading.projects[name]
        if project is None:
            return True
        standing, bit = self._standings[name], 1 << self._chosen[name]
        is_shut = (
            standing.shut_yanks(project) & bit
            and FallenKey(name, "yanked") not in self._waived
        ) or (
            standing.shut_prereleases(project) & bit
            and FallenKey(name, "pre-release") not in self._waived
        )
        return not is_shut
