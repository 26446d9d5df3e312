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
from axletree.resolver.universe.tables_read import (
    JUST_PAGE,
    Reading,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator

    from axletree.resolver.engine.fact_clauses import Named
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.table_types import ReleaseTable


class FactSlice:
    """Some facts alone, over what is read."""

    def __init__(
        self,
        reading: Reading,
        asked: Problem,
        keys: Collection[FactKey],
        name: str,
        named: Named | None = None,
    ) -> None:
        """Encode them; what is read later plays no part.

        :param name: the project whose releases are asked about.
        :param named: the releases that facts name, where not all.
        """
        self._name = name
        excerpt = _excerpt(reading, asked, keys, name)
        roots, constraints = asked.roots, asked.constraints
        self._clauses = FactClauses(excerpt, roots, constraints, named)
        self._clauses.sync()
        self._assumed = [self._clauses.selector(key) for key in keys]

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver."""
        return self._clauses.sat.calls

    def possible(self) -> Iterator[tuple[int, bool | None]]:
        """Tell for each release whether the facts can hold with it.

        :returns: its position, and None where a gate decides.
        """
        known: dict[Hashable, bool | None] = {}
        clauses, name = self._clauses, self._name
        if name not in clauses.chosen:
            return
        # Most of a project's many releases differ in nothing that counts here.
        kinds = clauses.kinds(name)
        for position, kind in enumerate(kinds):
            if kind not in known:
                known[kind] = self._can_hold(clauses.chosen[name][position])
            yield position, known[kind]

    def _can_hold(self, literal: int) -> bool | None:
        clauses, solve = self._clauses, self._clauses.sat.solve
        assumed = [*self._assumed, literal]
        if solve([*assumed, clauses.no_gates]):
            return True
        is_gated = clauses.no_gates in clauses.sat.core()
        return None if is_gated and solve(assumed) else False


def _excerpt(
    reading: Reading, asked: Problem, keys: Collection[FactKey], name: str
) -> Reading:
    """Copy what facts are about."""
    targets: dict[str, set[str]] = {name: set()}
    for key in keys:
        match key:
            case RootKey(index):
                targets.setdefault(asked.roots[index].name, set())
            case ConstraintKey(index):
                targets.setdefault(asked.constraints[index].name, set())
            case EdgeKey(requirer, _, target):
                targets.setdefault(requirer, set()).add(target)
                targets.setdefault(target, set())
            case _:
                targets.setdefault(key.project, set())
    found = Reading(reading.universe, keeps_unusable=True)
    for project, named in targets.items():
        if project in reading.projects:
            found.projects[project] = reading.projects[project]
            found.history.append((project, JUST_PAGE))
            found.releases[project] = {
                position: _naming(release, named)
                for position, release in reading.releases[project].items()
            }
            found.history += (
                (project, range(position, position + 1))
                for position in found.releases[project]
            )
    return found


def _naming(release: ReleaseTable | None, targets: set[str]) -> ReleaseTable | None:
    """Leave out the lines that name no target."""
    if release is None:
        return None
    lines = tuple(line for line in release[0] if line[0] in targets)
    return lines, *release[1:]
