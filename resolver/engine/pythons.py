"""Patch releases of Python, as clauses: one of them is decided before all projects.

There are none as long as nothing that was read names one.
"""

from __future__ import annotations

from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.resolver.engine.sat import Sat
    from axletree.resolver.universe.tables_read import Reading


class PythonClauses:
    """Clauses on what holds for some patch releases only."""

    def __init__(self, reading: Reading, sat: Sat) -> None:
        """Tell none apart yet."""
        self.reading = reading
        self.sat = sat
        self._pythons: list[int] = []
        """A literal for each, by its place."""
        self._python_sets: dict[int, int] = {}

    @property
    def has_pythons(self) -> bool:
        """Tell whether anything tells patch releases of Python apart."""
        return bool(self._pythons)

    def python(self, place: int) -> int:
        """Return the literal that says that Python is one patch release."""
        return self._pythons[place]

    def python_in_model(self) -> int:
        """Return the newest patch release that the last model is one for.

        What is for several of them is for each.
        """
        holds = self.sat.holds
        found = [at for at, literal in enumerate(self._pythons) if holds(literal)]
        return found[-1] if found else self.reading.universe.newest_python

    def where(self, condition: Sequence[int], micros: int) -> Sequence[int]:
        """Let a condition hold beyond some patch releases, too; 0: those are all."""
        return (*condition, -self.is_python(micros)) if micros else condition

    def is_python(self, micros: int) -> int:
        """Return a literal that holds where Python is one of some patch releases."""
        found = self._python_sets.get(micros)
        if found is None:
            if not self._pythons:
                self._add_pythons()
            found = self._python_sets[micros] = self.sat.variable()
            for place in bits(micros):
                self.sat.add([-self._pythons[place], found])
        return found

    def _add_pythons(self) -> None:
        pythons = self.sat.variables(self.reading.universe.micros)
        self._pythons += pythons
        # Whatever holds for several patch releases holds for one alone.
        self.sat.add(pythons)
        self.sat.prefer([*(-literal for literal in pythons[:-1]), pythons[-1]])

    def alike(self, place: int) -> int:
        """Return the patch releases that nothing tells apart from one."""
        found = (1 << len(self._pythons)) - 1
        for micros in self._python_sets:
            found &= micros if micros >> place & 1 else ~micros
        return found
