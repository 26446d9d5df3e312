"""The order in which the facts of a core are read: as a proof, from the roots on."""

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

    from axletree.resolver.model.fact_keys import FactKey


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

    def place(key: FactKey) -> tuple[int, int, str]:
        kind = _KINDS.index(type(key))
        match key:
            case RootKey(index) | ConstraintKey(index):
                return kind, index, ""
            case EdgeKey(project):
                return kind, led_to.get(project, len(led_to)), repr(key)
            case _:
                return kind, 0, repr(key)

    return tuple(sorted(keys, key=place))


_KINDS = (RootKey, ConstraintKey, EdgeKey, AbsentKey, FallenKey)
