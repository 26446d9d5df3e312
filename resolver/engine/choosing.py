"""The solver's part of the answer rule: the first with which a solution still exists.

A round decides one project after another; each decision is assumed from then on. What
was refused under the same assumptions in an earlier round stays refused.
"""

from __future__ import annotations

from axletree.resolver.universe.tables_read import bits, lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.clauses import Clauses
    from axletree.resolver.universe.tables_read import Reading

    Refused: TypeAlias = dict[tuple[tuple[int, ...], str], int]
    """Masks of what was refused, by what was decided before it."""


AT_ONCE = 2
"""Times that it is asked whether anything is better, before halves are."""


class StaleError(Exception):
    """What was decided has no solution any more, or gates changed: begin again."""


class Chooser:
    """What one round has decided, as the solver has it."""

    def __init__(
        self,
        reading: Reading,
        clauses: Clauses,
        refused: Refused,
        assumed: Iterable[int],
    ) -> None:
        """Decide nothing yet.

        :param refused: what earlier rounds found; this one adds to it.
        :param assumed: literals that leave only the solutions to choose from.
        """
        self._reading = reading
        self._clauses = clauses
        self._refused = refused
        self._assumed = [*assumed]
        self._knows_pythons = False

    def python(self) -> int | None:
        """Decide for the newest patch release with which a solution still exists.

        :returns: its place; None: nothing that is read tells them apart.
        :raises StaleError: no solution holds all that was read meanwhile.
        """
        clauses = self._clauses
        if not clauses.has_pythons:
            return None
        found, newest = clauses.python_in_model(), self._reading.universe.newest_python
        while found < newest:
            newer = range(newest, found, -1)
            switch = clauses.better(clauses.python(place) for place in newer)
            if not clauses.solve([*self._assumed, switch]):
                break
            found = clauses.python_in_model()
        self._knows_pythons = True
        self._assumed.append(clauses.python(found))
        self.keep_solvable()
        return found

    def first(self, name: str, ranks: Sequence[int]) -> int:
        """Decide for the first candidate with which a whole solution still exists.

        :param ranks: masks of the candidates, those to try first before the others.
        :raises StaleError: no solution holds all that was read meanwhile.
        """
        found = self._first_solvable(name, ranks)
        self._assumed.append(self._clauses.chosen[name][found])
        return found

    def keep_solvable(self) -> None:
        """See to it that the last model holds all that was read meanwhile.

        :raises StaleError: nothing does, with what was decided.
        """
        clauses = self._clauses
        clauses.sync()
        if clauses.has_pythons and not self._knows_pythons:
            # The first that tells them apart was only read now.
            raise StaleError
        if clauses.is_changed and not clauses.solve(self._assumed):
            raise StaleError

    def _first_solvable(self, name: str, ranks: Sequence[int]) -> int:
        clauses, assumed = self._clauses, self._assumed
        self.keep_solvable()
        chosen = clauses.chosen[name]
        key = tuple(assumed), name
        refused = self._refused.get(key, 0)
        ranks = [mask & ~refused for mask in ranks]
        found = self._in_model(name)
        start = lowest(next(filter(None, ranks)))
        if found == start or clauses.solve([*assumed, chosen[start]]):
            return start
        order = [position for mask in ranks for position in bits(mask)]
        place, begin, steps = order.index(found), 1, 0
        while begin < place:
            # Most often the first model that is better at all is the best. Else each may
            # be so by one release alone, so that the better half is asked for.
            end = place if steps < AT_ONCE else (begin + place + 1) // 2
            switch = clauses.better(chosen[p] for p in order[begin:end])
            if clauses.solve([*assumed, switch]):
                place = order.index(self._in_model(name))
            else:
                begin = end
            steps += 1
        for position in order[:place]:
            refused |= 1 << position
        self._refused[key] = refused
        return order[place]

    def _in_model(self, name: str) -> int:
        """Return the candidate in the last model.

        :raises StaleError: others found out that it is unusable, the model has not.
        """
        position = self._clauses.position_in_model(name)
        if position is None:
            message = f"{name} is required, but the model has nothing of it"
            raise AssertionError(message)
        project = self._reading.projects[name]
        is_alive = project is not None and project.alive >> position & 1
        if not is_alive and self._reading.release(name, position) is None:
            raise StaleError
        return position
