"""Which patch release of Python it is, as literals; none as long as nothing names one.

Patch releases go by their places, oldest first, and sets of them are masks.
"""

from __future__ import annotations

from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.resolver.engine.sat import Sat
    from axletree.resolver.universe.tables import Tables


class PythonLiterals:
    """The patch releases that clauses of one solver tell apart."""

    def __init__(self, sat: Sat, universe: Tables) -> None:
        self.sat = sat
        self._universe = universe
        self._each: list[int] = []
        self._among: dict[int, int] = {}

    @property
    def are_told_apart(self) -> bool:
        """Tell whether anything tells patch releases apart."""
        return bool(self._each)

    def __getitem__(self, place: int) -> int:
        """Return the literal that says that Python is one patch release."""
        return self._each[place]

    def in_model(self) -> int:
        """Return the newest patch release that the last model is one for.

        What is for several of them is for each.
        """
        holds = self.sat.holds
        found = [at for at, literal in enumerate(self._each) if holds(literal)]
        return found[-1] if found else self._universe.newest_python

    def beyond(self, condition: Sequence[int], micros: int) -> Sequence[int]:
        """Let a condition hold beyond some patch releases, too; 0: those are all."""
        return (*condition, -self.among(micros)) if micros else condition

    def among(self, micros: int) -> int:
        """Return a literal that holds where Python is one of some patch releases."""
        found = self._among.get(micros)
        if found is None:
            if not self._each:
                self._add_each()
            found = self._among[micros] = self.sat.variable()
            for place in bits(micros):
                self.sat.add([-self._each[place], found])
        return found

    def not_alike(self, place: int) -> list[int]:
        """Return a literal that holds but where nothing tells Python apart from one.

        :returns: none where nothing tells any apart.
        """
        if not self._each:
            return []
        alike = (1 << len(self._each)) - 1
        for micros in self._among:
            alike &= micros if micros >> place & 1 else ~micros
        return [-self.among(alike)]

    def _add_each(self) -> None:
        self._each += self.sat.variables(self._universe.micros)
        # Whatever holds for several patch releases holds for one alone.
        self.sat.add(self._each)
        self.sat.prefer([*(-literal for literal in self._each[:-1]), self._each[-1]])
