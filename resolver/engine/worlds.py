"""Clauses that several universes share, which differ in a few projects only.

A demand on a project says nothing of its releases; which of them there are to meet it
is said apart, and for each universe unless another one is asked about. So what was
learnt of all other projects is known in each, and a changed wheel costs no more than
the clauses of its own project.
"""

from __future__ import annotations

from axletree.resolver.engine.clauses import Clauses
from axletree.resolver.engine.literals import ReleaseLiterals
from axletree.resolver.universe.tables_read import PAGE

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.tables_read import Reading

MOST_WORLDS = 24
"""Universes that share clauses: what each adds is a burden to those after it."""


class OpenClauses(Clauses):
    """Clauses of a universe beside which others are asked about."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._worlds: list[tuple[int, Collection[str]]] = []
        self._otherwise: dict[str, int] = {}
        """Project -> a literal: it is not as it is in this universe."""
        self._taken: set[tuple[str, int]] = set()
        self._here = self.world(())
        self._shared = 0
        """Universes that share them."""

    def world(self, changed: Collection[str]) -> int:
        """Return a literal that, when assumed, keeps all but some projects as here."""
        literal = self.sat.variable()
        self._worlds.append((literal, changed))
        for name, otherwise in self._otherwise.items():
            if name not in changed:
                self.sat.add([-literal, -otherwise])
        return literal

    def making_beside(
        self, changed: Collection[str]
    ) -> Callable[[Reading], Clauses] | None:
        """Return who makes those of a universe that differs in some projects.

        :returns: None: as many share these as are no burden to each other.
        """
        if self._shared == MOST_WORLDS:
            return None
        self._shared += 1
        self.sync()
        known = sum(name not in changed for name, _ in self.reading.history)
        return lambda reading: ClausesBeside(self, reading, changed, known)

    def put(self, asked: Problem) -> int:
        """Return a literal that, when assumed, puts a question to this universe."""
        switch = super().put(asked)
        self.sat.add([-switch, self._here])
        return switch

    def take(self, reading: Reading, name: str, positions: range) -> None:
        """Encode what was read of a project in a row, here or beside, once."""
        for position in positions:
            if (name, position) in self._taken:
                continue
            self._taken.add((name, position))
            if position == PAGE:
                self._add_page(name, reading.projects[name])
            else:
                self._add_release(name, position, reading.releases[name][position])

    def limit(self, name: str, specifier: str) -> int:
        """Return the literal that limits a project."""
        return self._filter(name, specifier)

    def filters(self, name: str) -> Mapping[str, int]:
        """Map the specifiers by which a project is limited to those literals."""
        return self._filters.get(name, {})

    def with_extra(self, name: str, extra: str) -> int:
        """Return the literal that demands an extra of a project."""
        return self._extra(name, extra)

    def extras(self, name: str) -> Mapping[str, int]:
        """Map the extras that are demanded of a project to those literals."""
        return self._extras.get(name, {})

    def _take_all(self, name: str, positions: range) -> None:
        self.take(self.reading, name, positions)

    def _unless_otherwise(self, name: str) -> Sequence[int]:
        literal = self._otherwise.get(name)
        if literal is None:
            literal = self._otherwise[name] = self.sat.variable()
            for world, changed in self._worlds:
                if name not in changed:
                    self.sat.add([-world, -literal])
        return (literal,)


class ClausesBeside(Clauses):
    """The clauses of a universe that differs from another in some projects."""

    def __init__(
        self,
        base: OpenClauses,
        reading: Reading,
        changed: Collection[str],
        known: int,
    ) -> None:
        """Encode nothing yet.

        :param reading: of this universe.
        :param changed: the projects in which it differs.
        :param known: so much of its history is that of the base, which has encoded it.
        """
        super().__init__(reading, base.sat)
        self._seen = known
        self._base = base
        self._changed = changed
        self._here = base.world(changed)
        self.chosen = _Chosen(base.chosen)
        self._present, self._pythons = base._present, base._pythons  # noqa: SLF001  of the same class
        self._python_sets = base._python_sets  # noqa: SLF001  as above

    def sync(self) -> None:
        """Encode what was read, and what was said of its own projects meanwhile."""
        super().sync()
        for name in self._changed:
            while name in self._order and self._has_caught_up(name):
                pass

    def put(self, asked: Problem) -> int:
        """Return a literal that, when assumed, puts a question to this universe."""
        switch = super().put(asked)
        self.sat.add([-switch, self._here])
        return switch

    def _take_all(self, name: str, positions: range) -> None:
        if name in self._changed:
            super()._take_all(name, positions)
        else:
            self._base.take(self.reading, name, positions)

    def _filter(self, name: str, specifier: str) -> int:
        return self._base.limit(name, specifier)

    def _extra(self, name: str, extra: str) -> int:
        return self._base.with_extra(name, extra)

    def _unless_otherwise(self, name: str) -> Sequence[int]:
        del name
        return (-self._here,)

    def _has_caught_up(self, name: str) -> bool:
        """Say of a project of its own what was not said yet; True if that was news."""
        filters = self._filters.setdefault(name, {})
        extras = self._extras.setdefault(name, {})
        new_filters = _missing(filters, self._base.filters(name))
        new_extras = _missing(extras, self._base.extras(name))
        filters.update(new_filters)
        extras.update(new_extras)
        for specifier, literal in new_filters.items():
            self._define_filter(literal, name, specifier)
        for extra, literal in new_extras.items():
            self._add_extra(name, extra, literal)
        return bool(new_filters or new_extras)


class _Chosen(dict[str, ReleaseLiterals]):
    """Literals of the releases of changed projects; of others, those of the base."""

    def __init__(self, base: Mapping[str, ReleaseLiterals]) -> None:
        super().__init__()
        self._base = base

    def __missing__(self, name: str) -> ReleaseLiterals:
        return self._base[name]


def _missing(known: Mapping[str, int], among: Mapping[str, int]) -> dict[str, int]:
    if len(known) == len(among):
        return {}
    return {key: literal for key, literal in among.items() if key not in known}
