"""The literals of one project's releases, newest first, and what those in a row say.

`order[i]` says that one of the first `i + 1` is chosen, so that at most one is. That is
all there is as long as nobody names a release by itself: what holds unless it is chosen
is said of the order, and a literal of its own is made when one is asked for. Projects
have hundreds of releases, of which few are ever named.

Patch releases of Python are literals as well: one of them is decided before all
projects. There are none as long as nothing that was read names one.
"""

from __future__ import annotations

from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.sat import Sat
    from axletree.resolver.universe.table_types import LineTable
    from axletree.resolver.universe.tables_read import Reading

    Said: TypeAlias = tuple[Sequence[int], Sequence[int]]
    """Of what has a line: unless one of the first literals holds, all of the others do;
    where there are no others, one of the first does."""


class ReleaseLiterals:
    """By position: the literal that says that a release is chosen."""

    __slots__ = ("_elsewhere", "_known", "_made", "_sat", "order")

    def __init__(
        self, sat: Sat, count: int, present: int, elsewhere: Sequence[int]
    ) -> None:
        """Say that who has one of the newest has one of more.

        :param present: the literal that says that some release is chosen…
        :param elsewhere: …unless one of these holds.
        """
        # Made from the oldest to the newest: what is made last is guessed first.
        self._made = sat.variables(count - 1)
        self.order = [*self._made[::-1], present]
        self._sat = sat
        self._elsewhere = elsewhere
        self._known: dict[int, int] = {}
        add, newer = sat.add, [-literal for literal in self.order[:-1]]
        for clause in zip(newer, self.order[1:], strict=True):
            add(clause)

    def __len__(self) -> int:
        """Count the releases."""
        return len(self.order)

    def __getitem__(self, position: int) -> int:
        """Return the literal of a release."""
        found = self._known.get(position)
        if found is None:
            found = self._known[position] = self._literal(range(len(self))[position])
        return found

    def __iter__(self) -> Iterator[int]:
        """Yield the literal of each release."""
        return map(self.__getitem__, range(len(self)))

    def _literal(self, position: int) -> int:
        within, *others = (-literal for literal in self.unless(position))
        if not others:
            return within
        sat = self._sat
        literal = sat.variable()
        sat.add((literal, *self.unless(position)))
        sat.add((-literal, within))
        if position:
            sat.add((-literal, others[0]))
        return literal

    def unless(self, first: int, last: int | None = None) -> list[int]:
        """Return literals of which none holds where one of some releases is chosen.

        Where none is chosen, one holds.

        :param last: the position of the last of them; None: there is but one.
        """
        order = self.order
        last = first if last is None else last
        found = [-order[last], order[first - 1]] if first else [-order[last]]
        return found if last < len(order) - 1 else [*found, *self._elsewhere]

    def position_in_model(self, guess: int = 0) -> int | None:
        """Return the position of the release in the last model.

        :param guess: where it may be, which is looked at before all else.
        """
        order, made, model = self.order, self._made, self._sat.model
        if len(model) < max(order[-1], made.stop - 1) or model[order[-1] - 1] < 0:
            return None
        is_as_new = guess < len(order) and model[order[guess] - 1] > 0
        if is_as_new and (not guess or model[order[guess - 1] - 1] < 0):
            return guess
        last = max(model[made.start - 1 : made.stop - 1], default=0)
        return made.stop - 1 - last if last > 0 else len(made)


class Row:
    """Releases of a project, one after the other: what several require is said once."""

    __slots__ = ("_before", "_literals", "_said_by", "_say", "_since")

    def __init__(
        self,
        literals: ReleaseLiterals,
        said_by: Callable[[int, LineTable], Said | None],
        say: Callable[[Sequence[int], Said | None], None],
    ) -> None:
        """Say nothing yet.

        :param said_by: gives what a line says, for all releases that have it.
        :param say: says it, unless one of some literals holds.
        """
        self._literals = literals
        self._said_by = said_by
        self._say = say
        self._before: Sequence[LineTable] = ()
        self._since: dict[LineTable, tuple[int, Said | None]] = {}

    def say(self, position: int, lines: Sequence[LineTable]) -> None:
        """Take the next release, by those of its lines that are true without an extra."""
        if lines == self._before:
            return
        since = self._since
        if since:
            self.end(position, lines)
        self._before = lines
        for line in lines:
            if line[3] is None and line not in since:
                since[line] = position, self._said_by(position, line)

    def end(self, position: int, lines: Container[LineTable] = ()) -> None:
        """Say what was required up to a position, but what still is."""
        self._before, since = (), self._since
        for line in [line for line in since if line not in lines]:
            first, said = since.pop(line)
            self._say(self._literals.unless(first, position - 1), said)


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
