"""A core is read as a proof: what is written first, then where that leads."""

from itertools import permutations

import pytest

from axletree.resolver.conflicts.fact_order import in_reading_order
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from tests.support.answers import name

ROOTS = ("web", "app")


def edge(project: str, target: str) -> EdgeKey:
    return EdgeKey(name(project), "", name(target))


ORDERED: tuple[tuple[FactKey, ...], ...] = (
    (
        RootKey(0),
        RootKey(1),
        ConstraintKey(0),
        edge("web", "lib"),
        edge("app", "lib"),
        AbsentKey(name("lib")),
        FallenKey(name("lib"), "tag"),
    ),
    # By whom a root leads to first: `base` comes of `web`, `core` of what that requires.
    (
        RootKey(0),
        RootKey(1),
        edge("web", "base"),
        edge("app", "a"),
        edge("base", "core"),
    ),
    # What the first root leads to comes first, however it is named.
    (
        RootKey(0),
        RootKey(1),
        edge("web", "z"),
        edge("app", "b"),
        edge("z", "lib"),
        edge("b", "lib"),
    ),
    # Without its root, an edge is led to by nobody, and comes last.
    (RootKey(1), edge("app", "z"), edge("z", "y"), edge("a", "y"), edge("web", "y")),
    (ConstraintKey(1), ConstraintKey(2), FallenKey(name("a"), "date")),
    # Around a circle, and no further.
    (RootKey(0), edge("web", "a"), edge("a", "web")),
)


@pytest.mark.parametrize("ordered", ORDERED)
def test_facts_come_in_the_order_of_a_proof(ordered: tuple[FactKey, ...]) -> None:
    for mixed in list(permutations(ordered))[::17]:
        assert in_reading_order(mixed, ROOTS) == ordered
