"""Which marker says "in these of the environments", as short as it is exact.

The marker is true in the environments that have a pin and false in the others that
were asked for; what it says of any other place means nothing, as no lock was made for
it. It is a union of boxes: each a set of values for some of three variables.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TypeAlias

from packaging.version import Version

from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import IndistinguishableEnvironmentsError

_PLATFORM_VARIABLES = ("sys_platform", "platform_machine")

_Point: TypeAlias = tuple[str, ...]
"""One environment's values, in the order of `Distinctions.variables`."""
_Box: TypeAlias = tuple[frozenset[str] | None, ...]
"""For each variable the values allowed, or None for any."""


@dataclass(frozen=True)
class Distinctions:
    """What tells the environments of one lock apart."""

    environments: tuple[Environment, ...]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Name the marker variables that are looked at."""
        return (self._version_variable(), *_PLATFORM_VARIABLES)

    def _version_variable(self) -> str:
        """Compare patch releases only where exact ones of one minor were asked for."""
        asked = dict.fromkeys(
            (each.python_version, each.markers["python_version"])
            for each in self.environments
        )
        is_split = len({minor for _, minor in asked}) < len(asked)
        is_exact = all(len(each.micros) == 1 for each in self.environments)
        return "python_full_version" if is_split and is_exact else "python_version"

    def marker(self, name: str, chosen: Collection[Environment]) -> str:
        """Spell the marker that is true in the chosen environments only.

        :param name: whose marker it is, for the error.
        :returns: the empty text if all environments are chosen.
        :raises IndistinguishableEnvironmentsError: if another looks the same.
        """
        labels = {environment.label for environment in chosen}
        inside = {self._point(each): each for each in chosen}
        others = [each for each in self.environments if each.label not in labels]
        if not others:
            return ""
        outside = dict.fromkeys(map(self._point, others))
        for other in others:
            twin = inside.get(self._point(other))
            if twin is not None:
                raise _indistinguishable(name, twin, other)
        space = _Space(inside=tuple(inside), outside=tuple(outside))
        boxes = space.cover()
        texts = [self._spell(box) for box in boxes]
        return " or ".join(
            f"({text})" if len(texts) > 1 and " and " in text else text
            for text in texts
        )

    def _point(self, environment: Environment) -> _Point:
        return tuple(environment.markers[name] for name in self.variables)

    @cached_property
    def _values(self) -> Mapping[str, tuple[str, ...]]:
        points = [self._point(each) for each in self.environments]
        version, *platform = zip(*points, strict=True)
        values = [sorted(set(version), key=Version), *map(dict.fromkeys, platform)]
        return {
            name: tuple(found)
            for name, found in zip(self.variables, values, strict=True)
        }

    def _spell(self, box: _Box) -> str:
        parts = [
            self._spell_values(name, allowed)
            for name, allowed in zip(self.variables, box, strict=True)
            if allowed is not None
        ]
        return " and ".join(
            f"({part})" if len(parts) > 1 and " or " in part else part for part in parts
        )

    def _spell_values(self, name: str, allowed: frozenset[str]) -> str:
        values = self._values[name]
        chosen = [value for value in values if value in allowed]
        left = [value for value in values if value not in allowed]
        if len(chosen) > 1 and name == self.variables[0]:
            if tuple(chosen) == values[: len(chosen)]:
                return f'{name} < "{left[0]}"'
            if tuple(chosen) == values[-len(chosen) :]:
                return f'{name} >= "{chosen[0]}"'
        if len(chosen) > 1 and len(left) == 1:
            return f'{name} != "{left[0]}"'
        return " or ".join(f'{name} == "{value}"' for value in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Space:
    """Points to be covered by boxes, and points that no box may hold."""

    inside: tuple[_Point, ...]
    outside: tuple[_Point, ...]

    def cover(self) -> list[_Box]:
        """Cover with as few boxes as splitting by one variable after another gives."""
        orders = permutations(range(len(self.inside[0])))
        found = [self._split(self.inside, order) for order in orders]
        return min(found, key=lambda boxes: (len(boxes), sum(map(_width, boxes))))

    def _split(self, points: Sequence[_Point], order: Sequence[int]) -> list[_Box]:
        box = self._box(points)
        if box is not None:
            return [box]
        first, *rest = order
        slices: dict[frozenset[_Point], list[_Point]] = {}
        for value in dict.fromkeys(point[first] for point in points):
            same = [point for point in points if point[first] == value]
            shape = frozenset(_without(point, first) for point in same)
            slices.setdefault(shape, []).extend(same)
        # What has the same shape at several values is one box there, if it is one.
        return [
            box for part in slices.values() for box in self._split(part, (*rest, first))
        ]

    def _box(self, points: Sequence[_Point]) -> _Box | None:
        """Return the narrowest box around the points, loosened where that is free."""
        box: list[frozenset[str] | None] = [
            frozenset(values) for values in zip(*points, strict=True)
        ]
        if not self._is_free(box):
            return None
        # The machine says least, the Python most: the others go first.
        for place in reversed(range(len(box))):
            kept, box[place] = box[place], None
            if not self._is_free(box):
                box[place] = kept
        return tuple(box)

    def _is_free(self, box: Sequence[frozenset[str] | None]) -> bool:
        return not any(_holds(box, point) for point in self.outside)


def _holds(box: Iterable[frozenset[str] | None], point: _Point) -> bool:
    pairs = zip(box, point, strict=True)
    return all(allowed is None or value in allowed for allowed, value in pairs)


def _without(point: _Point, place: int) -> _Point:
    return point[:place] + point[place + 1 :]


def _width(box: _Box) -> int:
    return sum(len(allowed) for allowed in box if allowed is not None)


def _indistinguishable(
    name: str, one: Environment, other: Environment
) -> IndistinguishableEnvironmentsError:
    return IndistinguishableEnvironmentsError(
        f"{name} is not the same in {one.label} and {other.label}, and no marker "
        "tells these two apart",
        where="lock",
        hint="write one lock for each of them, or leave one out",
    )
