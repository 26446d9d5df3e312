"""Changes after which a resolution exists, each proved by resolving again.

Source: RESOLVING.md 5; docs/explanation/repairs.md publishes the order of costs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Protocol

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.model.answers import (
    Counters,
    Repair,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.fact_keys import ConstraintKey, EdgeKey, RootKey
from axletree.resolver.model.outcomes import Found
from axletree.resolver.model.question import Question
from axletree.resolver.model.reporter import (
    Reporter,
    SilentReporter,
)
from axletree.resolver.repairs.costs import (
    ANOTHER_PLATFORM,
    ANOTHER_PYTHON,
    COLLECT,
    FAR_OLDER,
    INDEX_STRATEGY,
    LATER_DATE,
    LIFT,
    NEAR_NAME,
    OVERRIDE,
    RELAX_ROOT,
    Cost,
    Floor,
    cost_of,
    with_skipping,
)
from axletree.resolver.repairs.elsewhere import Elsewhere
from axletree.resolver.repairs.far_older import floors, needs_builds
from axletree.resolver.repairs.lifting import LiftRepairs
from axletree.resolver.repairs.overriding import OverrideRepairs
from axletree.resolver.repairs.platforms import PlatformRepairs
from axletree.resolver.repairs.proving import Prover, name_of
from axletree.resolver.repairs.pythons import PythonRepairs
from axletree.resolver.repairs.rebuilding import (
    MissingWheelRepairs,
    OldLineRepairs,
)
from axletree.resolver.repairs.relaxing import WrittenRepairs
from axletree.resolver.repairs.renaming import NearNameRepairs
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import (
    ReadEnoughError,
    ReadingLimits,
    Sparing,
    SparingUniverse,
)

if TYPE_CHECKING:
    from axletree.resolver.repairs.collecting import Upstream
    from axletree.resolver.repairs.strategies import AllIndexes

MOST_REPAIRS = 10
"""Repairs offered."""
MOST_BUILDS = 4
"""Sdists that are built to be read, to look for the repairs of one conflict."""
MOST_READ = ReadingLimits(files=8_000, batches=200, objections=64)
"""Metadata that is read for them over an index."""
MOST_READ_BY_ONE = ReadingLimits(files=2_500, batches=40, objections=16)
"""The same for one of the searches that this takes; then it gives up."""


def sparing_for(
    question: Question, universe: MemoUniverse, cores: Sequence[KeyCore]
) -> Sparing:
    """Tell how sparingly a universe is to be read for repairs of one conflict."""
    blamed = frozenset(_blamed(question, cores))
    return Sparing(
        builds=MOST_BUILDS,
        question=question,
        floors=floors(question, universe.page_of),
        blamed=blamed,
        keeps_builds=any(_needs_builds(question, universe, name) for name in blamed),
        all_searches=MOST_READ,
        one_search=MOST_READ_BY_ONE,
    )


def _blamed(question: Question, cores: Sequence[KeyCore]) -> Iterator[NormalizedName]:
    """Yield the projects that may move, or whose requirements are in the way."""
    for core in cores:
        for key in core.keys:
            if isinstance(key, EdgeKey):
                yield NormalizedName(key.project)
            elif isinstance(key, RootKey | ConstraintKey):
                yield name_of(question, key)


def _needs_builds(
    question: Question, universe: MemoUniverse, name: NormalizedName
) -> bool:
    """Tell whether what may be tried of a project has releases without a wheel."""
    page = universe.page_of.get(name)
    asked = [
        root.requirement.specifier
        for root in question.roots
        if canonicalize_name(root.requirement.name) == name
    ]
    specifier = asked[0] if asked else None
    return page is not None and needs_builds(page, specifier, question.limits)


class Search(Protocol):
    """A search for repairs of one kind."""

    @property
    def is_complete(self) -> bool:
        """Tell whether it gave up nowhere so far."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One search, in its place."""

    rank: int
    """No repair of it is cheaper."""
    find: Callable[[], Iterator[Repair | Floor]]
    search: Search | None = None
    """None: it never gives up."""


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
    for_target: Callable[[str, str], Question | None] | None = None
    """Asks the same for another Python, or on another platform; None: no other is
    tried."""
    turn: Callable[[Question], None] | None = None
    """Makes the universe tell what an sdist's code says for a question's environment,
    and hold files against its hashes; None: it says the same for all."""
    upstream: "Upstream | None" = None
    """Looked at for files that the universe lacks."""
    all_indexes: "AllIndexes | None" = None
    """Asked where the first index that has a project was its only one; None: there is
    no other."""
    reporter: Reporter = field(default_factory=SilentReporter)
    _prover: Prover = field(init=False)
    spared: Sequence[SparingUniverse] = ()
    """Those among the universes that are read sparingly."""
    _is_complete: bool = field(init=False, default=False)
    _offered: int = field(init=False, default=0)
    _cheap: dict[int, Search] = field(init=False, default_factory=dict)
    """Searches of which it is known whether all of their kind was tried."""
    _has_older: bool = field(init=False, default=False)
    """One that goes back to what is far older is enough."""

    def __post_init__(self) -> None:
        self._prover = Prover(
            self.universe,
            self.question,
            self.refusal,
            reporter=self.reporter,
            spared=self.spared,
        )
        self._prover.resolver.learn(self.refusal)

    @property
    def sparing(self) -> Sparing:
        """Tell how sparingly its universes are to be read meanwhile."""
        return sparing_for(self.question, self.universe, self.refusal.cores)

    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs that were proved, cheapest first."""
        return tuple(self.find())

    def find(self) -> Iterator[Repair]:
        """Yield each repair as soon as none that is cheaper can come any more."""
        waiting: list[Repair] = []
        is_settled = True
        for step in self._steps():
            yield from self._final(waiting, (step.rank,))
            try:
                for found in step.find():
                    if isinstance(found, Floor):
                        yield from self._final(waiting, found.cost)
                    else:
                        waiting.append(self._as_locked(found))
            except ReadEnoughError:
                is_settled = False
            is_settled &= step.search is None or step.search.is_complete
            if self._offered == MOST_REPAIRS:
                return
        yield from self._final(waiting, (LIFT + 1,))
        self._is_complete = is_settled and not waiting

    def _steps(self) -> list[_Step]:
        """List the searches, the cheapest first."""
        prover = self._prover
        written, lifts = WrittenRepairs(prover), LiftRepairs(prover)
        overrides, old_lines = OverrideRepairs(prover), OldLineRepairs(prover)
        missing_wheels, names = MissingWheelRepairs(prover), NearNameRepairs(prover)
        self._cheap = {NEAR_NAME: names, RELAX_ROOT: written}
        steps = [
            _Step(rank=NEAR_NAME, find=names.find, search=names),
            _Step(rank=RELAX_ROOT, find=written.find, search=written),
            _Step(rank=LATER_DATE, find=lifts.find_date),
        ]
        if self.for_target is not None:
            elsewhere = Elsewhere(prover, self.for_target, self.turn)
            pythons, platforms = PythonRepairs(elsewhere), PlatformRepairs(elsewhere)
            steps += [
                _Step(rank=ANOTHER_PYTHON, find=pythons.find, search=pythons),
                _Step(rank=ANOTHER_PLATFORM, find=platforms.find, search=platforms),
            ]
        if self.all_indexes is not None:
            from axletree.resolver.repairs.strategies import StrategyRepairs  # noqa: PLC0415  late: seldom needed

            every = StrategyRepairs(prover, self.all_indexes)
            steps.append(_Step(rank=INDEX_STRATEGY, find=every.find, search=every))
        if self.upstream is not None:
            from axletree.resolver.repairs.collecting import FileRepairs  # noqa: PLC0415  late: seldom needed

            files = FileRepairs(prover, self.upstream)
            steps.append(_Step(rank=COLLECT, find=files.find, search=files))
        return [
            *steps,
            _Step(rank=OVERRIDE, find=self._by_recipes),
            _Step(rank=OVERRIDE, find=missing_wheels.find, search=missing_wheels),
            _Step(rank=OVERRIDE, find=old_lines.find, search=old_lines),
            _Step(rank=OVERRIDE, find=overrides.find, search=overrides),
            _Step(rank=LIFT, find=lifts.find, search=lifts),
        ]

    def _final(self, waiting: list[Repair], floor: Cost) -> Iterator[Repair]:
        """Yield those that are cheaper than all that may come, and forget them."""
        waiting.sort(key=lambda repair: (repair.cost, repair.text))
        while waiting and waiting[0].cost < floor and self._offered < MOST_REPAIRS:
            repair = waiting.pop(0)
            if repair.cost[0] == FAR_OLDER:
                if self._has_older:
                    continue
                self._has_older = True
            if self._is_cheapest(repair):
                repair = replace(repair, claim="cheapest")
            self._offered += 1
            yield repair

    def _is_cheapest(self, repair: Repair) -> bool:
        """Tell whether all that is cheaper was tried, and refused for certain."""
        kind = repair.cost[0]
        if self._offered or kind not in self._cheap or repair.claim != "irreducible":
            return False
        cheaper = (search for at, search in self._cheap.items() if at <= kind)
        return all(search.is_complete for search in cheaper)

    def _as_locked(self, repair: Repair) -> Repair:
        """Add the option without which a lock would stop at what cannot be read."""
        is_skipping = repair.resolution.has_skipped and repair.claim != "untried"
        if not is_skipping or self.question.limits.skip_unbuildable:
            return repair
        option = "--skip-unbuildable"
        return replace(
            repair,
            text=f"{repair.text}, and leave out what cannot be read ({option})",
            changes=(*repair.changes, option),
            cost=with_skipping(repair.cost),
            command=repair.command and f"{repair.command} {option}",
        )

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
        found = self._prover.attempt(resolver, self.question)
        if not isinstance(found, Found) or all(
            pin.file is not wheel.file for pin in found.value.pins
        ):
            return None
        return Repair(
            kind="recipe",
            text=f"build {name} {version} by the recipe {wheel.recipe}",
            changes=(f"{name}=={version}",),
            cost=cost_of([OVERRIDE]),
            claim=self._prover.claim(found),
            resolution=found.value,
            wheels={wheel.file: wheel.metadata},
            recipe=wheel.recipe,
            command=f"axletree build {wheel.recipe}",
            notes=self._prover.notes(found.unread),
        )
