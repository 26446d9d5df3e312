"""A conflict with all that is said about it: repairs, and what pip would do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from axletree.console import Progress
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.question import (
    Question,
    for_python,
)
from axletree.resolver.repairs.collecting import Upstream
from axletree.resolver.repairs.lifting import MOST_BANS
from axletree.resolver.repairs.overriding import MOST_RELEASES
from axletree.resolver.repairs.relaxing import MOST_TOGETHER
from axletree.resolver.repairs.repairer import (
    FutureWheel,
    Repairer,
)
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import MemoUniverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """What might help: what the user names, and what the universe can do."""

    wheels: tuple[FutureWheel, ...] = ()
    upstream: Upstream | None = None
    turn: Callable[[Environment], None] | None = None
    """See `Repairer`."""


def future_wheels(recipes: Path | None) -> tuple[FutureWheel, ...]:
    """Return the wheels that a folder's recipes say they would build.

    :raises InvalidRecipeError: for a recipe that cannot be read.
    """
    if recipes is None:
        return ()
    from axletree.builder.recipe import load_recipes  # noqa: PLC0415  rarely needed

    return tuple(
        FutureWheel(recipe=str(recipe.path), file=file, metadata=metadata)
        for recipe in load_recipes(recipes)
        if (file := recipe.expected_file()) is not None
        and (metadata := recipe.expected_metadata()) is not None
    )


def with_repairs(
    universe: MemoUniverse,
    question: Question,
    refusal: Refusal,
    remedies: Remedies,
    progress: Progress,
) -> Conflict:
    """Prove repairs, and run pip's own algorithm; both may read more."""
    repairer = Repairer(
        universe,
        question,
        refusal,
        wheels=remedies.wheels,
        upstream=remedies.upstream,
        for_python=partial(for_python, question),
        turn=remedies.turn,
        reporter=progress,
    )
    repairs = repairer.repairs()
    progress.proving("what pip would do")
    from axletree.resolver.queries.as_pip import as_pip  # noqa: PLC0415  late: resolvelib

    opinion = as_pip(universe, question)
    return replace(
        refusal.conflict,
        repairs=repairs,
        notes=refusal.conflict.notes
        if repairs
        else (_no_repair(remedies, is_complete=repairer.is_complete),),
        repair_counters=repairer.counters,
        as_pip=opinion,
    )


def _no_repair(remedies: Remedies, *, is_complete: bool) -> str:
    if not is_complete:
        return (
            "no repair was found, but there may be one: not all could be tried to the "
            "end"
        )
    files = (
        "" if remedies.upstream is None else f"by files of {remedies.upstream.label}, "
    )
    return (
        f"no repair was found: none by other versions of up to {MOST_TOGETHER} of your "
        f"requirements, by another Python, {files}by other requirements of up to "
        f"{MOST_RELEASES} releases, or by lifting up to {MOST_BANS} bans"
    )
