"""The clauses that a few facts need, for many questions about the same few.

What other facts say is left out, since nothing would put it in force, and so are the
projects that none of these facts names, since nothing demands them. While all gates
are shut, what can be here can be with all clauses: choose nothing else. And what cannot
be here with all gates open cannot be there. What lies between is for others to tell.
"""

from __future__ import annotations

from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    RootKey,
)
from axletree.resolver.universe.swift_reading import PAGE, Reading

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.compiled import ReleaseTable
    from axletree.resolver.universe.swift_reading import SwiftRoot


class FactSlice:
    """Some facts alone, over what is read."""

    def __init__(
        self,
        reading: Reading,
        roots: Sequence[SwiftRoot],
        constraints: Sequence[SwiftRoot],
        keys: Collection[FactKey],
    ) -> None:
        """Encode them; what is read later plays no part."""
        excerpt = _excerpt(reading, roots, constraints, keys)
        self._clauses = FactClauses(excerpt, roots, constraints)
        self._clauses.sync()
        self._assumed = [self._clauses.selector(key) for key in keys]

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver."""
        return self._clauses.sat.calls

    def possible(self, name: str) -> Iterator[tuple[int, bool | None]]:
        """Tell for each release whether the facts can hold with it.

        :returns: its position, and None where a gate decides.
        """
        known: dict[Hashable, bool | None] = {}
        for position, literal in enumerate(self._clauses.chosen.get(name, ())):
            # Most of a project's many releases differ in nothing that counts here.
            kind = self._clauses.kind(name, position)
            if kind not in known:
                known[kind] = self._can_hold(literal)
            yield position, known[kind]

    def _can_hold(self, literal: int) -> bool | None:
        clauses, solve = self._clauses, self._clauses.sat.solve
        assumed = [*self._assumed, literal]
        if solve([*assumed, clauses.no_gates]):
            return True
        is_gated = clauses.no_gates in clauses.sat.core()
        return None if is_gated and solve(assumed) else False


def _excerpt(
    reading: Reading,
    roots: Sequence[SwiftRoot],
    constraints: Sequence[SwiftRoot],
    keys: Collection[FactKey],
) -> Reading:
    """Copy what facts are about."""
    targets: dict[str, set[str]] = {}
    for key in keys:
        match key:
            case RootKey(index):
                targets.setdefault(roots[index].name, set())
            case ConstraintKey(index):
                targets.setdefault(constraints[index].name, set())
            case EdgeKey(project, _, target):
                targets.setdefault(project, set()).add(target)
                targets.setdefault(target, set())
            case _:
                targets.setdefault(key.project, set())
    found = Reading(reading.universe, keeps_unusable=True)
    for name, named in targets.items():
        if name in reading.projects:
            found.projects[name] = reading.projects[name]
            found.history.append((name, PAGE))
            found.releases[name] = {
                position: _naming(release, named)
                for position, release in reading.releases[name].items()
            }
            found.history += ((name, position) for position in found.releases[name])
    return found


def _naming(release: ReleaseTable | None, targets: set[str]) -> ReleaseTable | None:
    """Leave out the lines that name no target."""
    if release is None:
        return None
    lines = tuple(line for line in release[0] if line[0] in targets)
    return lines, *release[1:]
