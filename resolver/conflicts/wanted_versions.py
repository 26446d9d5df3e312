"""Ranges of versions in people's words: `exactly kubernetes 10.0.1`, `12.0.0 or newer`.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNS = ("===", "==", "~=", "!=", ">=", "<=", ">", "<")
_WORDS = {
    ">=": "{} or newer",
    ">": "newer than {}",
    "<=": "{} or older",
    "<": "older than {}",
}
_LOWER, _UPPER = {">=", ">"}, {"<=", "<"}


def wanted_versions(
    name: str, texts: Sequence[str], allowed: Sequence[str], *, named: bool
) -> str:
    """Say which versions of a project requirements want.

    :param texts: the requirements, each enough by itself.
    :param allowed: what they allow of what there is, newest first.
    :param named: say the project's name, too.
    """
    text, on, pythons = texts[0].partition(" on Python ")
    words = _of_one(text) if len(texts) == 1 else _of_many(allowed)
    if words is None:
        return " or ".join(texts) if len(texts) < 3 else f"other versions of {name}"
    exactly, version = words
    where = f"{on}{pythons}" if len(texts) == 1 else ""
    return f"{exactly}{f'{name} ' * named}{version}{where}"


def _of_one(text: str) -> tuple[str, str] | None:
    if "@" in text or "*" in text:
        return None
    parts = sorted(_parts(text), key=lambda part: part[0] in _UPPER)
    found: tuple[str, str] | None = None
    match parts:
        case []:
            found = "", "in any version"
        case [("==" | "===", version)]:
            found = "exactly ", version
        case [(sign, version)] if sign in _WORDS:
            found = "", _WORDS[sign].format(version)
        case [(low, first), (high, last)] if low in _LOWER and high in _UPPER:
            both = _WORDS[low].format(first), _WORDS[high].format(last)
            found = "", ", but ".join(both)
    return found


def _parts(text: str) -> list[tuple[str, str]]:
    """Part a requirement's versions from its name: sign and version of each."""
    found: list[tuple[str, str]] = []
    # The name of the first goes before its sign; extras may have commas.
    for part in text.rpartition("]")[2].split(","):
        at = min((i for sign in _SIGNS if (i := part.find(sign)) >= 0), default=-1)
        if at >= 0:
            sign = next(sign for sign in _SIGNS if part.startswith(sign, at))
            found.append((sign, part[at + len(sign) :].strip()))
    return found


def _of_many(allowed: Sequence[str]) -> tuple[str, str] | None:
    if not allowed:
        return None
    if len(allowed) == 1:
        return "exactly ", allowed[0]
    return "", f"from {allowed[-1]} to {allowed[0]}"
