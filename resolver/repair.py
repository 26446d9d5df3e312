"""Changes after which a resolution exists, each proved by resolving again.

Source: RESOLVING.md 5; docs/explanation/repairs.md publishes the order of costs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from axletree.resolver.distribution import DistributionFile, FileMetadata
from axletree.resolver.fact_keys import EdgeKey
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.model import Counters, Repair
from axletree.resolver.proving import Prover
from axletree.resolver.question import Question
from axletree.resolver.repair_costs import OVERRIDE, RELAX_ROOT
from axletree.resolver.repair_files import FileRepairs, Upstream
from axletree.resolver.repair_lifts import LiftRepairs
from axletree.resolver.repair_overrides import OverrideRepairs
from axletree.resolver.repair_pythons import PythonRepairs
from axletree.resolver.repair_roots import WrittenRepairs
from axletree.resolver.reporter import Reporter, SilentReporter
from axletree.resolver.resolve import Refusal

MOST_REPAIRS = 10
"""Repairs offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureWheel:
    """What a recipe says its wheel will be."""

    recipe: str
    """How the user names it."""
    file: DistributionFile
    metadata: FileMetadata


@dataclass(slots=True)
class Repairer:
    """Looks for repairs of one refused question."""

    universe: MemoUniverse
    question: Question
    refusal: Refusal
    wheels: Sequence[FutureWheel] = ()
    for_python: Callable[[str], Question | None] | None = None
    """Asks the same for another version of Python; None: none other is tried."""
    upstream: Upstream | None = None
    """Looked at for files that the universe lacks."""
    reporter: Reporter = field(default_factory=SilentReporter)
    _prover: Prover = field(init=False)

    def __post_init__(self) -> None:
        self._prover = Prover(
            self.universe, self.question, self.refusal, reporter=self.reporter
        )

    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs that were proved, cheapest first."""
        by_writing = WrittenRepairs(self._prover)
        found = [*by_writing.find()]
        if self.for_python is not None:
            found += PythonRepairs(self._prover, self.for_python).find()
        if self.upstream is not None:
            found += FileRepairs(self._prover, self.upstream).find()
        found += self._by_recipes()
        found += OverrideRepairs(self._prover).find()
        found += LiftRepairs(self._prover).find()
        found.sort(key=lambda repair: (repair.cost, repair.text))
        if found and by_writing.is_complete and found[0].cost[0] == RELAX_ROOT:
            # Every set of what the user wrote was tried: no cheaper one works.
            found[0] = replace(found[0], claim="cheapest")
        return tuple(found[:MOST_REPAIRS])

    @property
    def counters(self) -> Counters:
        """Return all that was read, the reading for the core included."""
        return self._prover.resolver.counters

    # A wheel that a recipe would build.

    def _by_recipes(self) -> Iterator[Repair]:
        blamed = {
            key.project
            for core in self.refusal.cores
            for key in core.keys
            if isinstance(key, EdgeKey)
        }
        offered: set[tuple[NormalizedName, str]] = set()
        for wheel in self.wheels:
            identity = (wheel.file.project, wheel.file.version)
            if wheel.file.project in blamed and identity not in offered:
                offered.add(identity)
                repair = self._by_recipe(wheel)
                if repair is not None:
                    yield repair

    def _by_recipe(self, wheel: FutureWheel) -> Repair | None:
        name, version = wheel.file.project, wheel.file.version
        self.reporter.proving(f"{name} {version} by recipe")
        resolver = self._prover.resolver.beside({wheel.file: wheel.metadata})
        answer = resolver.answer(self.question)
        if answer is None or all(pin.file is not wheel.file for pin in answer.pins):
            return None
        return Repair(
            kind="recipe",
            text=f"build {name} {version} by the recipe {wheel.recipe}",
            changes=(f"{name}=={version}",),
            cost=(OVERRIDE, 1),
            claim="irreducible",
            resolution=answer,
            wheels={wheel.file: wheel.metadata},
            recipe=wheel.recipe,
            command=f"axletree build {wheel.recipe}",
        )
