"""Where it is that something is not: a conflict does not know, and who asked does."""

from dataclasses import replace

from axletree.resolver.conflicts.phrases import HERE
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.facts import Core


def placed(conflict: Conflict, place: str) -> Conflict:
    """Give the same conflict, with its facts on what is not there naming the place.

    :param place: `in the wheelhouse`.
    """
    cores = (_placed(core, place) for core in conflict.conflicts)
    return replace(conflict, conflicts=tuple(cores))


def _placed(core: Core, place: str) -> Core:
    return core.telling(
        [fact.told(fact.text.replace(HERE, place)) for fact in core.facts]
    )
