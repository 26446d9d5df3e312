"""Markers evaluated for a target environment, broken ones included.

Real metadata holds comparisons that the spec leaves undefined and packaging refuses
to evaluate (pyzmq 20.0.0: `implementation_name === "pypy"`). Between words `===`
compares the text; any other undefined comparison is false (RESOLVING.md 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.markers import (
    Marker,
    UndefinedComparison,
    UndefinedEnvironmentName,
)

_UNDEFINED = (UndefinedComparison, UndefinedEnvironmentName)
"""The latter comes of comparing two texts, as no variable is one of them."""


@dataclass(frozen=True, slots=True)
class MarkerEvaluator:
    """Evaluate markers for one environment; each distinct one once."""

    variables: Mapping[str, str]
    undefined: set[str] = field(init=False, default_factory=set)
    """Markers, as spelled, of which a comparison had to be taken for false."""
    _known: dict[tuple[str, str], bool] = field(init=False, default_factory=dict)

    def is_true(self, marker: Marker, text: str, extra: str) -> bool:
        """Evaluate `marker`, spelled `text`, with `extra` (empty for none)."""
        key = (text, extra)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._evaluate(marker, text, extra)
        return known

    def is_since(self, python: str) -> bool:
        """Tell whether the environment's Python is this one or newer."""
        text = f"python_version >= '{python}'"
        return self.is_true(Marker(text), text, "")

    def _evaluate(self, marker: Marker, text: str, extra: str) -> bool:
        variables = {**self.variables, "extra": extra}
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
