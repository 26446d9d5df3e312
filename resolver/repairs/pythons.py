"""Repairs by another version of Python (RESOLVING.md 5)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from axletree.resolver.model.answers import (
    Repair,
    Resolution,
)
from axletree.resolver.model.environment import KNOWN_PYTHONS, Environment
from axletree.resolver.model.fact_keys import (
    EdgeKey,
    FactKey,
    FallenKey,
)
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.costs import ANOTHER_PYTHON, cost_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse


@dataclass(slots=True)
class PythonRepairs:
    """Looks for the nearest other version of Python that has a solution."""

    prover: Prover
    for_python: Callable[[str], Question | None]
    turn: Callable[[Environment], None] | None = None
    """See `axletree.resolver.repairs.repairer.Repairer`."""
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield the nearest one that works; the newer of two as near."""
        if not all(
            any(map(self._depends_on_python, core.keys)) for core in self.prover.cores
        ):
            # A cause that holds for every Python, as far as its lines are read.
            return
        try:
            yield from self._nearest()
        finally:
            if self.turn is not None:
                self.turn(self.prover.question.environment)

    def _nearest(self) -> Iterator[Repair]:
        now = _minor(self.prover.question.environment.python_version)
        others = [minor for minor in map(_minor, KNOWN_PYTHONS) if minor != now]
        for minor in sorted(others, key=lambda other: (abs(other - now), -other)):
            python = f"3.{minor}"
            self.prover.reporter.proving(f"Python {python}")
            question = self.for_python(python)
            found = ProvedNone() if question is None else self._resolve(question)
            if isinstance(found, Found):
                yield Repair(
                    kind="python",
                    text=f"use Python {python} instead of 3.{now}",
                    changes=(f"--python-version {python}",),
                    cost=cost_of([ANOTHER_PYTHON], distance=abs(minor - now)),
                    claim=self.prover.claim(found),
                    resolution=found.value,
                    notes=self.prover.notes(found.unread),
                )
                return
            if isinstance(found, GaveUp):
                self.is_complete = False

    def _resolve(self, question: Question) -> Answer[Resolution]:
        if self.turn is None:
            return self.prover.resolve(question)
        self.turn(question.environment)
        # What an sdist's code says is not carried over; pages and wheels are, below.
        universe = MemoUniverse(self.prover.universe.base)
        resolver = Resolver(universe, reporter=self.prover.reporter)
        return self.prover.attempt(resolver, question)

    def _depends_on_python(self, key: FactKey) -> bool:
        match key:
            case FallenKey(_, reason):
                return reason in {"tag", "requires-python"}
            case EdgeKey(project, _, target):
                knowledge = self.prover.explanation.knowledge
                releases = knowledge.releases[project]
                return any(
                    line.target == target and "python" in line.marker_text
                    for release in (releases.all if releases is not None else ())
                    if (found := knowledge.dependencies.get(release)) is not None
                    for line in found.all_lines
                )
            case _:
                return False


def _minor(python_version: str) -> int:
    return int(python_version.split(".")[1])
