"""What a JSON document is made of."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

# A recursive alias needs the name as text until Python 3.12; the containers are the
# covariant ones, so that a list of names is JSON as it stands.
Json: TypeAlias = (
    str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
)
JsonObject: TypeAlias = dict[str, Json]

MOST_LEVELS = 100
"""Of foreign documents that are told again: orjson reads 1,024 and writes 254."""


def is_too_deep(document: object) -> bool:
    """Tell whether objects and lists stand in one another over `MOST_LEVELS` deep."""
    level = [document]
    for _ in range(MOST_LEVELS):
        below: list[object] = []
        for each in level:
            if isinstance(each, Mapping):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return False
        level = below
    return True
