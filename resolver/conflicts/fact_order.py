"""The order of facts: in which those of a core are read, and which of two cores is first.

A core is read as a proof, from the roots on. Of cores with as many facts, that one is
shown whose facts, each by its `place_of`, come first at the first difference.
"""

from __future__ import annotations

from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from axletree.resolver.model.fact_keys import FactKey

    Place: TypeAlias = tuple[int, int, str]
    """Its kind, its line in the request, and what names a fact of no line."""


def place_of(key: FactKey) -> Place:
    """Place a fact among all: roots as written, constraints, then the rest by name.

    So it depends on what was asked and on names alone, and not on what was read when.
    """
    kind = _KINDS.index(type(key))
    if isinstance(key, (RootKey, ConstraintKey)):
        return kind, key.index, ""
    return kind, 0, repr(key)


def in_reading_order(
    keys: Iterable[FactKey], root_names: Sequence[str]
) -> tuple[FactKey, ...]:
    """Order a core: roots as written, constraints, edges as roots lead to them, rest.

    Of what two projects require of the same third, that of the first root comes first.

    :param root_names: the projects that the roots name, in their order.
    """
    keys = list(keys)
    edges = [key for key in keys if isinstance(key, EdgeKey)]
    roots = sorted(key.index for key in keys if isinstance(key, RootKey))
    waiting = [root_names[index] for index in roots]
    led_to: dict[str, int] = {}
    # It grows on the way.
    for name in waiting:
        if name not in led_to:
            led_to[name] = len(led_to)
            waiting += sorted(k.target for k in edges if k.project == name)

    def place(key: FactKey) -> Place:
        kind, index, name = place_of(key)
        if isinstance(key, EdgeKey):
            index = led_to.get(key.project, len(led_to))
        return kind, index, name

    return tuple(sorted(keys, key=place))


_KINDS = (RootKey, ConstraintKey, EdgeKey, AbsentKey, FallenKey)
