"""What a JSON document is made of."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

# A recursive alias needs the name as text until Python 3.12; the containers are the
# covariant ones, so that a list of names is JSON as it stands.
Json: TypeAlias = (
    str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
)
JsonObject: TypeAlias = dict[str, Json]
