"""Repairs by another version of Python (RESOLVING.md 5)."""

from collections.abc import Iterator
from dataclasses import field

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.environment import (
    FREE_THREADED_PYTHONS,
    KNOWN_PYTHONS,
    Environment,
)
from axletree.resolver.model.fact_keys import (
    EdgeKey,
    FactKey,
    FallenKey,
)
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.repairs.costs import ANOTHER_PYTHON, cost_of
from axletree.resolver.repairs.elsewhere import Elsewhere
from axletree.resolver.repairs.proving import Prover


@dataclass(slots=True)
class PythonRepairs:
    """Looks for the nearest other version of Python that has a solution."""

    elsewhere: Elsewhere
    is_complete: bool = field(init=False, default=True)

    @property
    def prover(self) -> Prover:
        """Return who proves."""
        return self.elsewhere.prover

    def find(self) -> Iterator[Repair]:
        """Yield the nearest one that works; the newer of two as near."""
        if not all(
            any(map(self._depends_on_python, core.keys)) for core in self.prover.cores
        ):
            # A cause that holds for every Python, as far as its lines are read.
            return
        with self.elsewhere.and_back():
            yield from self._nearest()

    def _nearest(self) -> Iterator[Repair]:
        environment = self.prover.question.environment
        for python in _others(environment):
            self.prover.reporter.proving(f"Python {python}")
            found = self.elsewhere.resolve(python, environment.platform)
            if isinstance(found, Found):
                yield Repair(
                    kind="python",
                    text=_text(found.value.environment, environment),
                    changes=(f"--python-version {python}",),
                    cost=cost_of([ANOTHER_PYTHON], _apart(python, environment.python)),
                    claim=self.prover.claim(found),
                    resolution=found.value,
                    notes=self.prover.notes(found.unread),
                )
                return
            if isinstance(found, GaveUp):
                self.is_complete = False

    def _depends_on_python(self, key: FactKey) -> bool:
        match key:
            case FallenKey(_, reason):
                return reason in {"tag", "requires-python"}
            case EdgeKey():
                return any("python" in text for text in self.elsewhere.markers_of(key))
            case _:
                return False


def _others(environment: Environment) -> Iterator[str]:
    """Yield other versions, the nearest first: the same build, the newer of two.

    Nearest of all is any patch release, where just one was asked for.
    """
    is_free = environment.is_free_threaded
    known = (*KNOWN_PYTHONS, *(FREE_THREADED_PYTHONS if is_free else ()))

    def distance(python: str) -> tuple[int, bool, int]:
        is_same = python.endswith("t") == is_free
        return _apart(python, environment.python), not is_same, -_minor(python)

    own = environment.python_version
    return (python for python in sorted(known, key=distance) if python != own)


def _text(found: Environment, instead_of: Environment) -> str:
    """Say it; of the same minor version, which patch releases will do."""
    if found.python != instead_of.python:
        return f"use Python {found.python} instead of {instead_of.python_version}"
    pythons = found.micros_label or f"Python {found.python}"
    return f"use {pythons} instead of {instead_of.python_version}"


def _apart(python: str, other: str) -> int:
    return abs(_minor(python) - _minor(other))


def _minor(python: str) -> int:
    return int(python.removesuffix("t").split(".")[1])
