"""Repairs by another version of Python (RESOLVING.md 5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.environment import KNOWN_PYTHONS
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
        now = _minor(environment.python_version)
        others = [minor for minor in map(_minor, KNOWN_PYTHONS) if minor != now]
        for minor in sorted(others, key=lambda other: (abs(other - now), -other)):
            python = f"3.{minor}"
            self.prover.reporter.proving(f"Python {python}")
            found = self.elsewhere.resolve(python, environment.platform)
            if isinstance(found, Found):
                yield Repair(
                    kind="python",
                    text=f"use Python {python} instead of 3.{now}",
                    changes=(f"--python-version {python}",),
                    cost=cost_of([ANOTHER_PYTHON], abs(minor - now)),
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


def _minor(python_version: str) -> int:
    return int(python_version.split(".")[1])
