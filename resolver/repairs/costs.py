"""What repairs cost; docs/explanation/repairs.md publishes the order.

A cost is compared from left to right: the highest kind of change, how many changes there
are of it and of each cheaper kind, then how far limits and requirements move. Texts
come last, where costs are equal. Source: RESOLVING.md 5.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from axletree.late_dataclasses import dataclass

Cost: TypeAlias = tuple[int, ...]

NEAR_NAME = 0
RELAX_ROOT = 1
LATER_DATE = 2
ANOTHER_PYTHON = 3
ANOTHER_PLATFORM = 4
INDEX_STRATEGY = 5
COLLECT = 6
OVERRIDE = 7
"""Also what a recipe that exists would build."""
SKIP_UNBUILDABLE = 8
FAR_OLDER = 9
"""In place of the kind, where a requirement is moved to what is far older: nobody who
asks for this year's release is helped by one of years before."""
LIFT = 10


@dataclass(frozen=True, slots=True)
class Floor:
    """What a search says on its way: it has no cheaper repair to come."""

    cost: Cost


def cost_of(kinds: Iterable[int], *distance: int) -> Cost:
    """Give the cost of changes, each of a kind.

    :param distance: how far they move in all, each in its own measure.
    """
    counts = Counter(kinds)
    highest = max(counts)
    cheaper = (counts[kind] for kind in range(highest - 1, -1, -1))
    return (highest, counts[highest], *cheaper, *distance)


def far_older(cost: Cost) -> Cost:
    """Put a repair behind all others but lifted bans."""
    return (FAR_OLDER, *cost)


def with_skipping(cost: Cost) -> Cost:
    """Add that what cannot be read is left out, too."""
    highest, *others = cost
    if highest == FAR_OLDER:
        return far_older(with_skipping(tuple(others)))
    counts = zip(range(highest, -1, -1), others, strict=False)
    kinds = [kind for kind, count in counts for _ in range(count)]
    return cost_of([*kinds, SKIP_UNBUILDABLE], *others[highest + 1 :])
