"""The only place that knows python-sat, so that it stays replaceable.

python-sat has only development releases and a private extension module; nothing else
of it is used than what stands here. The extension is called directly: `pysat.solvers`
takes longer to import than most answers to find, and adds nothing that is used here.
"""

from __future__ import annotations

import os
import sys

if hasattr(sys, "setdlopenflags"):
    # It has ten solvers, of which one is used: what that does not call is not looked
    # up among all symbols. Else that takes as long as some answers.
    _usual = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    import pysolvers

    sys.setdlopenflags(_usual)
else:
    import pysolvers

TYPE_CHECKING = False  # `typing` is not imported on the way to a quick answer
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import MethodType
    from typing import TypeVar

    Key = TypeVar("Key")
else:
    MethodType = type((lambda _: None).__get__(0))  # `types` defines it no other way


class Sat:
    """An incremental solver over positive and negative integers (Glucose 4.1)."""

    def __init__(self) -> None:
        """Start without variables and clauses."""
        solver = self._solver = pysolvers.glucose41_new()
        # Bound by hand, since this is called more often than anything else.
        self.add: Callable[[Iterable[int]], None] = MethodType(
            pysolvers.glucose41_add_cl, solver
        )
        """Demand that one of the literals of a clause holds."""
        self._variables = 0
        self.calls = 0
        self.is_changed = False
        """Something was said that may refuse the last model."""
        self._is_solved = False
        self._model: list[int] = []
        self._has_model = True

    def variable(self) -> int:
        """Make a new variable."""
        self._variables += 1
        return self._variables

    def variables(self, count: int) -> range:
        """Make some new variables."""
        first = self._variables + 1
        self._variables += count
        return range(first, first + count)

    def prefer(self, literals: Iterable[int]) -> None:
        """Hint at the values to try first."""
        pysolvers.glucose41_setphases(self._solver, literals)

    def solve(self, assumptions: Sequence[int] = ()) -> bool:
        """Tell whether all clauses can hold together with the assumptions.

        :raises KeyboardInterrupt: the user stopped it.
        """
        self.calls += 1
        try:
            found = pysolvers.glucose41_solve(
                self._solver, assumptions, int(_is_main_thread())
            )
        except pysolvers.error as error:
            # While it solves, Ctrl-C is its own, and it knows no other failure.
            _take_interrupts_back()
            # It was left in the midst of its work: not even to be freed.
            self._solver = None
            raise KeyboardInterrupt from error
        self._is_solved = bool(found)
        if self._is_solved:
            self._has_model = False
        return self._is_solved

    @property
    def model(self) -> Sequence[int]:
        """Return each variable as the last model has it: itself, or its negative.

        It is fetched when it is first looked at, which not every model is.
        """
        if not self._has_model:
            self._model = pysolvers.glucose41_model(self._solver) or []
            self._has_model = True
        return self._model

    def holds(self, literal: int) -> bool:
        """Tell a literal's value in the last model."""
        model, position = self.model, abs(literal) - 1
        if position >= len(model):
            # Made after the model: nothing demands it yet.
            return literal < 0
        return (model[position] > 0) is (literal > 0)

    def held(self, literals: Mapping[Key, int]) -> list[Key]:
        """List those whose literal, a variable, holds in the last model."""
        model = self.model
        count = len(model)
        return [
            key
            for key, literal in literals.items()
            if literal <= count and model[literal - 1] > 0
        ]

    def mask(self, variables: Iterable[int]) -> int:
        """Return the variables true in the last model: the first is the lowest bit."""
        model = self.model
        digits = ["1" if model[variable - 1] > 0 else "0" for variable in variables]
        return int("".join(reversed(digits)) or "0", 2)

    def core(self) -> list[int]:
        """Return the assumptions that the last refusal used; not minimal."""
        if self._is_solved:
            return []
        return list(pysolvers.glucose41_core(self._solver) or [])

    def values(self, literals: Iterable[int]) -> list[int]:
        """Return those of some variables that hold in the last model."""
        model = self.model
        count = len(model)
        return [lit for lit in literals if lit <= count and model[lit - 1] > 0]

    def close(self) -> None:
        """Free the solver's memory."""
        if self._solver is not None:
            pysolvers.glucose41_del(self._solver)
            self._solver = None

    def __del__(self) -> None:
        self.close()


def _take_interrupts_back() -> None:
    """Let Python hear Ctrl-C again after it ended the solver.

    The solver jumps out of its signal handler: that leaves the signal blocked, for the
    processes that are started later, too, and the handler in its place, which would
    jump into what has long returned.
    """
    import signal  # noqa: PLC0415  a quick answer needs none of it

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, before or signal.default_int_handler)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _is_main_thread() -> bool:
    """Tell whether the solver may listen to Ctrl-C; only the main thread may."""
    threading = sys.modules.get("threading")
    if threading is None:
        return True  # A thread that Python knows of would have imported it.
    return threading.current_thread() is threading.main_thread()
