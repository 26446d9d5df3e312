"""A conflict with all that is said about it: repairs, and what pip would do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.commands.results.applying import Applying
from axletree.commands.sources.absence import lacks_a_root
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import (
    AsPip,
    Conflict,
    Counters,
    Repair,
    RepairsStop,
)
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.question import (
    Question,
    for_target,
)
from axletree.resolver.model.reporter import Reporter, SilentReporter
from axletree.resolver.repairs.lifting import MOST_BANS
from axletree.resolver.repairs.overriding import MOST_RELEASES
from axletree.resolver.repairs.relaxing import MOST_TOGETHER
from axletree.resolver.repairs.repairer import (
    MOST_BUILDS,
    MOST_REPAIRS,
    FutureWheel,
    Repairer,
)
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import Sparing, SparingUniverse

if TYPE_CHECKING:
    from axletree.resolver.repairs.collecting import Upstream
    from axletree.resolver.repairs.strategies import AllIndexes

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """What might help: what the user names, and what the universe can do."""

    wheels: tuple[FutureWheel, ...] = ()
    upstream: "Upstream | None" = None
    all_indexes: "AllIndexes | None" = None
    """See `Repairer`, as the next."""
    turn: Callable[[Question], None] | None = None
    spared: tuple[SparingUniverse, ...] = ()
    """Of the upstream's universes, those that are read sparingly."""


def future_wheels(recipes: Path | None) -> tuple[FutureWheel, ...]:
    """Return the wheels that a folder's recipes say they would build.

    :raises InvalidRecipeError: for a recipe that cannot be read.
    """
    if recipes is None:
        return ()
    from axletree.builder.recipes.recipe import load_recipes  # noqa: PLC0415  rarely needed

    return tuple(
        FutureWheel(recipe=str(recipe.path), file=file, metadata=metadata)
        for recipe in load_recipes(recipes)
        if (file := recipe.expected_file()) is not None
        and (metadata := recipe.expected_metadata()) is not None
    )


@dataclass(slots=True, kw_only=True)
class RepairSearch:
    """Looks for what helps against one conflict, and for what pip would do."""

    universe: MemoUniverse
    spared: SparingUniverse
    """Its base, which is told to spare."""
    question: Question
    refusal: Refusal
    remedies: Remedies
    reporter: Reporter = field(default_factory=SilentReporter)
    applying: Applying = field(default_factory=Applying)
    """Spells the command that applies what is found."""
    _found: list[Repair] = field(init=False, default_factory=list)
    _stopped: RepairsStop | None = field(init=False, default="interrupted")
    _notes: tuple[str, ...] = field(init=False, default=())
    _counters: Counters = field(init=False, default_factory=Counters)
    _opinion: AsPip | None = field(init=False, default=None)
    _built: list[list[DistributionFile]] = field(init=False, default_factory=list)
    """By each of the universes; they grow."""

    def find(self, most: int = MOST_REPAIRS) -> Iterator[Repair]:
        """Yield each repair as soon as its number is known; both may read more.

        :param most: as many are enough.
        """
        repairer = Repairer(
            self.universe,
            self.question,
            self.refusal,
            wheels=self.remedies.wheels,
            upstream=self.remedies.upstream,
            all_indexes=self.remedies.all_indexes,
            for_target=partial(for_target, self.question),
            turn=self.remedies.turn,
            reporter=self.reporter,
            spared=(self.spared, *self.remedies.spared),
        )
        floors = repairer.sparing.floors
        with self.spared.sparing(repairer.sparing):
            self._built = [each.allowance.built for each in repairer.spared]
            for number, bare in enumerate(islice(repairer.find(), most), start=1):
                command = self.applying.command(bare, number)
                repair = replace(bare, command=command)
                self._found.append(repair)
                yield repair
        self._counters = repairer.counters
        self._stopped = None if repairer.is_complete else "not-settled"
        if len(self._found) == most:
            self._stopped = "most-repairs"
        # Then only files would help, and which is said apart.
        is_hopeless = self.remedies.upstream is None and lacks_a_root(
            self.refusal.conflict
        )
        is_answered = self._found or is_hopeless
        notes = [] if is_answered else [_no_repair(self.remedies, self._stopped)]
        if notes and any(map(str, floors.values())) and not self.universe.is_frozen:
            notes.append(_OLD_LEFT_OUT)
        self._notes = (*notes, *self._builds())
        # What stayed unknown may be asked for again.
        self.universe.forget(self.spared.forgotten())

    def ask_pip(self) -> None:
        """Find out what pip would do, which is worth no build.

        Nothing is said for Pythons that have another pip than the one that is followed.
        """
        from axletree.resolver.queries.as_pip import (  # noqa: PLC0415  late: resolvelib
            as_pip_in_passing,
            is_simulated,
        )

        if not is_simulated(self.question.environment):
            return

        self.reporter.proving("what pip would choose")
        universe, spared = self.universe, self.spared
        if self.remedies.all_indexes is not None:
            # It takes the best of all, whatever the strategy is here.
            spared = self.remedies.all_indexes.universe
            universe = MemoUniverse(spared)
        with spared.sparing(Sparing(builds=0)):
            self._opinion = as_pip_in_passing(
                universe, self.question, spared.unread, self.refusal.resolver
            )
        universe.forget(spared.forgotten())

    def conflict(self) -> Conflict:
        """Return the conflict with what was found so far."""
        conflict = self.refusal.conflict
        return replace(
            conflict,
            repairs=tuple(self._found),
            repairs_stopped=self._stopped,
            repair_builds=self._built_names,
            notes=(*conflict.notes, *self._notes),
            repair_counters=self._counters,
            as_pip=self._opinion,
        )

    @property
    def _built_names(self) -> tuple[str, ...]:
        # For another Python the same one is built again.
        names = (file.filename for files in self._built for file in files)
        return tuple(dict.fromkeys(names))

    def _builds(self) -> Iterator[str]:
        """Say what was built, and what would have to be."""
        built = self._built_names
        unread = [
            file.filename
            for each in (self.spared, *self.remedies.spared)
            for file, why in each.unread.items()
            if why == "unbuilt"
        ]
        if built:
            yield f"to look for repairs, {_sdists(built)} built: {', '.join(built)}"
        # For another Python or day the same one may not have been built again.
        yield from _unread_note([name for name in unread if name not in built])


def _unread_note(names: Sequence[str]) -> Iterator[str]:
    if not names:
        return
    named = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    yield (
        f"{_sdists(names)} not built to be read, so nobody knows for certain what "
        f"{'it requires' if len(names) == 1 else 'they require'} ({named}"
        f"{f' and {more} more' if more > 0 else ''}): repairs build no more than "
        f"{MOST_BUILDS}, those that they take, and none that is large, of native "
        "code or as of another day"
    )


def _sdists(names: Sequence[str]) -> str:
    return "1 sdist was" if len(names) == 1 else f"{len(names)} sdists were"


_OLD_LEFT_OUT = (
    "over an index, versions that are far older than what you ask for are not read: ask "
    "for one of them to see whether it would do"
)


def _no_repair(remedies: Remedies, stopped: RepairsStop | None) -> str:
    if stopped is not None:
        return (
            "no repair was found, but there may be one: not everything could be tried "
            "to the end"
        )
    files = (
        "" if remedies.upstream is None else f"by files of {remedies.upstream.label}, "
    )
    return (
        f"no repair was found: not by other versions of up to {MOST_TOGETHER} of your "
        f"requirements, by another Python or platform, {files}by other requirements of "
        f"up to {MOST_RELEASES} releases, or by lifting up to {MOST_BANS} restrictions"
    )
