"""Which project each fact bears on, and which of them the facts of a core clash on.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.tables_read import Reading


class Bearing:
    """Which project each fact bears on."""

    def __init__(self, asked: Problem, reading: Reading) -> None:
        self._asked = asked
        self._reading = reading

    def target(self, key: FactKey) -> str:
        """Name the project."""
        if isinstance(key, RootKey):
            return self._asked.roots[key.index].name
        if isinstance(key, ConstraintKey):
            return self._asked.constraints[key.index].name
        return key.target if isinstance(key, EdgeKey) else key.project

    def contended(self, keys: Sequence[FactKey]) -> NormalizedName | None:
        """Name the project on which most facts bear, of which two require something.

        Where there is none such, the one that some fact requires and others withhold.
        """
        required: dict[str, int] = {}
        counts: dict[str, int] = {}
        for key in keys:
            name = self.target(key)
            page = self._reading.projects.get(name)
            if page is not None and page.versions:
                counts[name] = counts.get(name, 0) + 1
                is_demand = not isinstance(key, (AbsentKey, FallenKey))
                required[name] = required.get(name, 0) + is_demand
        ranks = {
            name: (required[name] > 1, count)
            for name, count in counts.items()
            if count > 1
        }
        most = max(ranks.values(), default=None)
        best = [name for name, rank in ranks.items() if rank == most]
        return best[-1] if best else None  # type: ignore[return-value]  # it was made of one
