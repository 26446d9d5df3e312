"""Which project a core clashes on, and what else is contended beside those of all cores.

A contended project is freed of all that is required of it, and the rest is asked again
(RESOLVING.md 4). Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.fact_order import in_reading_order
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.tables_read import Reading

MOST_NAMED = 10
"""Projects that are named at most."""


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


class AlsoContended:
    """The projects that are contended besides."""

    __slots__ = ("are_all", "names")

    def __init__(self, names: Sequence[str] = (), *, are_all: bool = True) -> None:
        self.names = tuple(names)
        self.are_all = are_all
        """There are no more of them."""


def also_contended(
    models: FactModels, reading: Reading, cores: Iterable[KeyCore]
) -> AlsoContended:
    """Name what is contended once what the cores clash on is freed, and so on."""
    search = _Search(models, reading)
    freed = dict.fromkeys(
        name for core in cores if (name := search.contended(core.keys)) is not None
    )
    named: list[str] = []
    while freed and (core := search.core_without(freed)):
        name = search.contended(core)
        if name is not None and name not in freed:
            if len(named) == MOST_NAMED:
                return AlsoContended(named, are_all=False)
            named.append(name)
        else:
            # Nobody clashes on what is not there.
            name = next((k.project for k in core if isinstance(k, AbsentKey)), None)
        if name is None or name in freed:
            break
        freed[name] = None
    return AlsoContended(named)


class _Search:
    """Asks for cores among what is not about some projects."""

    def __init__(self, models: FactModels, reading: Reading) -> None:
        self._models = models
        self._bearing = Bearing(models.asked, reading)
        self._root_names = [root.name for root in models.asked.roots]

    def contended(self, keys: Sequence[FactKey]) -> str | None:
        """Name the project that a core clashes on."""
        return self._bearing.contended(keys)

    def core_without(self, freed: Iterable[str]) -> tuple[FactKey, ...]:
        """Return a core in reading order; empty: the rest can hold together."""
        models = self._models
        # Still there, in whatever version: what it requires itself may clash.
        there = [models.clauses.presence(name) for name in freed]
        hidden = _On(self._bearing, freed)
        if models.can_hold_without(hidden, *there):
            return ()
        core = models.used()
        for key in list(core):
            rest = [other for other in core if other != key]
            if key in core and not models.holds(rest, *there):
                used = set(models.used())
                core = [other for other in rest if other in used]
        return in_reading_order(core, self._root_names)


class _On:
    """The facts that bear on some projects, be they known yet or not."""

    def __init__(self, bearing: Bearing, names: Iterable[str]) -> None:
        self._bearing = bearing
        self._names = frozenset(names)

    def __contains__(self, key: object) -> bool:
        if isinstance(key, EdgeKey):  # As most of them are.
            return key.target in self._names
        if not isinstance(key, (RootKey, ConstraintKey, FallenKey, AbsentKey)):
            return False
        return self._bearing.target(key) in self._names
