"""Changes after which a resolution exists, each proved by resolving again.

Source: RESOLVING.md 5; docs/explanation/repairs.md publishes the order of costs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.resolver.model.answers import (
    Counters,
    Repair,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.fact_keys import EdgeKey
from axletree.resolver.model.outcomes import Found
from axletree.resolver.model.question import Question
from axletree.resolver.model.reporter import (
    Reporter,
    SilentReporter,
)
from axletree.resolver.repairs.collecting import (
    FileRepairs,
    Upstream,
)
from axletree.resolver.repairs.lifting import LiftRepairs
from axletree.resolver.repairs.overriding import OverrideRepairs
from axletree.resolver.repairs.proving import (
    OVERRIDE,
    RELAX_ROOT,
    Prover,
    unread_notes,
)
from axletree.resolver.repairs.pythons import PythonRepairs
from axletree.resolver.repairs.relaxing import WrittenRepairs
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import MemoUniverse

MOST_REPAIRS = 10
"""Repairs offered."""


class Search(Protocol):
    """A search for repairs of one kind."""

    @property
    def is_complete(self) -> bool:
        """Tell, afterwards, whether it gave up nowhere."""
        ...

    def find(self) -> Iterator[Repair]:
        """Yield what was proved."""
        ...


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
    turn: Callable[[Environment], None] | None = None
    """Makes the universe tell what an sdist's code says for an environment; None: it
    says the same for all."""
    upstream: Upstream | None = None
    """Looked at for files that the universe lacks."""
    reporter: Reporter = field(default_factory=SilentReporter)
    _prover: Prover = field(init=False)
    _is_complete: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._prover = Prover(
            self.universe, self.question, self.refusal, reporter=self.reporter
        )

    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs that were proved, cheapest first."""
        by_writing = WrittenRepairs(self._prover)
        searches: list[Search] = [by_writing]
        if self.for_python is not None:
            searches.append(PythonRepairs(self._prover, self.for_python, self.turn))
        if self.upstream is not None:
            searches.append(FileRepairs(self._prover, self.upstream))
        found = [repair for search in searches for repair in search.find()]
        found += self._by_recipes()
        last: list[Search] = [OverrideRepairs(self._prover), LiftRepairs(self._prover)]
        found += [repair for search in last for repair in search.find()]
        found.sort(key=lambda repair: (repair.cost, repair.text))
        first = found[0] if found else None
        if (
            first is not None
            and by_writing.is_complete
            and first.cost[0] == RELAX_ROOT
            and first.claim == "irreducible"
        ):
            # Every set of what the user wrote was tried: no cheaper one works.
            found[0] = replace(first, claim="cheapest")
        self._is_complete = all(search.is_complete for search in (*searches, *last))
        return tuple(found[:MOST_REPAIRS])

    @property
    def is_complete(self) -> bool:
        """Tell whether no search gave up, so that what was not found does not exist."""
        return self._is_complete

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
        found = resolver.attempt(self.question)
        if not isinstance(found, Found) or all(
            pin.file is not wheel.file for pin in found.value.pins
        ):
            return None
        return Repair(
            kind="recipe",
            text=f"build {name} {version} by the recipe {wheel.recipe}",
            changes=(f"{name}=={version}",),
            cost=(OVERRIDE, 1),
            claim=self._prover.claim(found),
            resolution=found.value,
            wheels={wheel.file: wheel.metadata},
            recipe=wheel.recipe,
            command=f"axletree build {wheel.recipe}",
            notes=unread_notes(found.unread),
        )
