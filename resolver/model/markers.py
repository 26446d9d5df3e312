"""Markers evaluated for a target environment, broken ones included.

Real metadata holds comparisons that the spec leaves undefined and packaging refuses
to evaluate (pyzmq 20.0.0: `implementation_name === "pypy"`). Between words `===`
compares the text; any other undefined comparison is false (RESOLVING.md 1).
"""

import re
from collections.abc import Collection
from dataclasses import field

from packaging.markers import (
    Marker,
    UndefinedComparison,
    UndefinedEnvironmentName,
)

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import (
    PATCH_RELEASES,
    PATCH_VARIABLES,
    Environment,
)

_UNDEFINED = (UndefinedComparison, UndefinedEnvironmentName)
"""The latter comes of comparing two texts, as no variable is one of them."""
_NUMBER = re.compile(r"(?<!\d)0*(\d{1,2})(?!\d)", re.ASCII)


def names_patch(text: str) -> bool:
    """Tell whether a marker, spelled `text`, tells patch releases of Python apart."""
    return any(name in text for name in PATCH_VARIABLES)


@dataclass(frozen=True, slots=True)
class MarkerEvaluator:
    """Evaluate markers for one environment; each distinct one once."""

    environment: Environment
    undefined: set[str] = field(init=False, default_factory=set)
    """Markers, as spelled, of which a comparison had to be taken for false."""
    _known: dict[tuple[str, str], int] = field(init=False, default_factory=dict)

    def is_true(self, marker: Marker, text: str, extra: str) -> bool:
        """Evaluate `marker`, spelled `text`, with `extra` (empty for none).

        One patch release of Python for which it is true is enough.
        """
        return self.micros(marker, text, extra) != 0

    def micros(self, marker: Marker, text: str, extra: str = "") -> int:
        """Return the patch releases of Python for which a marker is true.

        Bit `i` is patch release `environment.micros[i]`.
        """
        key = (text, extra)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._compute(marker, text, extra)
        return known

    def limit(self, marker: Marker | None) -> int:
        """Return the patch releases for which a marker of a root holds; 0: all."""
        if marker is None or not names_patch(text := str(marker)):
            return 0
        found = self.micros(marker, text)
        return 0 if found == self.everything else found

    @property
    def everything(self) -> int:
        """Return the mask of every patch release."""
        return (1 << len(self.environment.micros)) - 1

    def is_since(self, python: str) -> bool:
        """Tell whether the environment's Python is this one or newer."""
        text = f"python_version >= '{python}'"
        return self.is_true(Marker(text), text, "")

    def _compute(self, marker: Marker, text: str, extra: str) -> int:
        environment = self.environment
        if not names_patch(text):
            variables = {**environment.markers, "extra": extra}
            return self.everything * self._evaluate(marker, text, variables)
        found, known, named = 0, dict[int, bool](), _named(text)
        for bit, micro in enumerate(environment.micros):
            kind = _kind(named, micro)
            if kind not in known:
                variables = {**environment.markers_at(micro), "extra": extra}
                known[kind] = self._evaluate(marker, text, variables)
            found |= known[kind] << bit
        return found

    def _evaluate(self, marker: Marker, text: str, variables: dict[str, str]) -> bool:
        try:
            return marker.evaluate(variables)
        except _UNDEFINED:
            # packaging stops at the first undefined comparison; the parts that are
            # defined still count, so each is evaluated on its own.
            parts = marker._markers  # noqa: SLF001  no public way to walk a marker
            refused: list[str] = []
            value = _evaluate_parts(parts, variables, refused)
            if refused:
                self.undefined.add(text)
            return value


def _named(text: str) -> Collection[int]:
    """Return the patch releases that a marker may name.

    It compares them with versions: between two numbers that stand in it, nothing
    changes. But for `in`, which looks for a text in another.
    """
    if " in " in text:
        return range(PATCH_RELEASES)
    # 3.9 is 3.9.0.
    return {0, *map(int, _NUMBER.findall(text))}


def _kind(named: Collection[int], micro: int) -> int:
    """Return what patch releases share that are between the same named ones."""
    if micro in named:
        return 2 * micro
    return 1 + 2 * max(number for number in named if number < micro)


def _evaluate_parts(
    parts: object, variables: dict[str, str], refused: list[str]
) -> bool:
    """Evaluate what packaging would not; what nobody can is added to `refused`."""
    match parts:
        case [only]:
            return _evaluate_parts(only, variables, refused)
        case list():
            # `and` binds tighter than `or`, and packaging keeps the list flat.
            groups: list[bool] = [True]
            for part in parts:
                if part == "or":
                    groups.append(True)
                elif part != "and":
                    groups[-1] = groups[-1] and _evaluate_parts(
                        part, variables, refused
                    )
            return any(groups)
        case (left, operator, right):
            return _evaluate_comparison(left, operator, right, variables, refused)
        case _:
            return False


def _evaluate_comparison(
    left: object,
    operator: object,
    right: object,
    variables: dict[str, str],
    refused: list[str],
) -> bool:
    sides = [_serialise(left), _serialise(right)]
    if str(operator) == "===":
        first, second = (variables.get(s, s.strip("\"'")) for s in sides)
        return first == second
    comparison = f"{sides[0]} {operator} {sides[1]}"
    try:
        return Marker(comparison).evaluate(variables)
    except _UNDEFINED:
        refused.append(comparison)
        return False


def _serialise(side: object) -> str:
    # Variable and Value are private classes of packaging with a public method.
    return str(side.serialize()) if hasattr(side, "serialize") else str(side)
