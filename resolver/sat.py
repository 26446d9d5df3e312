"""The only place that knows python-sat, so that it stays replaceable.

python-sat has only development releases and a private extension module; nothing else
of it is used than what stands here.
"""

from collections.abc import Iterable, Sequence

from pysat.solvers import Solver


class Sat:
    """An incremental solver over positive and negative integers."""

    def __init__(self) -> None:
        """Start without variables and clauses."""
        self._solver = Solver(name="glucose4")
        self._variables = 0
        self.calls = 0
        self._model: list[int] = []

    def variable(self) -> int:
        """Make a new variable."""
        self._variables += 1
        return self._variables

    def add(self, clause: Iterable[int]) -> None:
        """Demand that one of the literals holds."""
        self._solver.add_clause(clause)

    def prefer(self, literals: Iterable[int]) -> None:
        """Hint at the values to try first."""
        self._solver.set_phases(literals)

    def solve(self, assumptions: Sequence[int] = ()) -> bool:
        """Tell whether all clauses can hold together with the assumptions."""
        self.calls += 1
        found = bool(self._solver.solve(assumptions=assumptions))
        if found:
            self._model = self._solver.get_model()
        return found

    def holds(self, literal: int) -> bool:
        """Tell a literal's value in the last model."""
        position = abs(literal) - 1
        if position >= len(self._model):
            # Made after the model: nothing demands it yet.
            return literal < 0
        return (self._model[position] > 0) is (literal > 0)

    def core(self) -> list[int]:
        """Return the assumptions that the last refusal used; not minimal."""
        return self._solver.get_core() or []

    def values(self, literals: Iterable[int]) -> list[int]:
        """Return those of `literals` that hold in the last model."""
        return [literal for literal in literals if self.holds(literal)]

    def close(self) -> None:
        """Free the solver's memory."""
        self._solver.delete()


class HittingSets:
    """Smallest sets that share an element with each of the sets added so far."""

    def __init__(self) -> None:
        """Start with no set to hit: the smallest hitting set is empty."""
        # Loaded late: it costs as much as a whole resolution.
        from pysat.examples.hitman import Hitman  # noqa: PLC0415  see above

        self._hitman = Hitman(solver="g4", htype="sorted")

    def add(self, elements: Iterable[int]) -> None:
        """Add a set to hit."""
        self._hitman.hit(list(elements))

    def smallest(self) -> list[int]:
        """Return a hitting set that no other has fewer elements than."""
        return sorted(self._hitman.get() or [])
