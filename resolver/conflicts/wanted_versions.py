"""Ranges of versions in people's words: `exactly kubernetes 10.0.1`, `12.0.0 or newer`.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.phrases import one_of
from axletree.resolver.model.spelling import by_numbers

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SIGNS = ("===", "==", "~=", "!=", ">=", "<=", ">", "<")
_NUMBERS = "0123456789.!"
"""What an epoch and a release consist of (PEP 440)."""
_WORDS = {
    ">=": "{} or newer",
    ">": "newer than {}",
    "<=": "{} or older",
    "<": "older than {}",
}
_MOST_BESIDES = 2
"""Versions that are left out of a range, and named."""
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
    words = _of_one(text) if len(texts) == 1 else _of_many(texts, allowed)
    if words is None:
        return " or ".join(texts) if len(texts) < 3 else f"other versions of {name}"
    exactly, version = words
    where = f"{on}{pythons}" if len(texts) == 1 else ""
    return f"{exactly}{f'{name} ' * named}{version}{where}"


def _of_one(text: str) -> tuple[str, str] | None:
    if "@" in text or " and " in text:
        return None
    bounds = [bound for part in _parts(text) for bound in _bounds(*part)]
    besides = [version for sign, version in bounds if sign == "!="]
    parts = sorted(
        (bound for bound in bounds if bound[0] != "!="),
        key=lambda part: part[0] in _UPPER,
    )
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
    if found is None or not besides:
        return found
    is_long = len(besides) > _MOST_BESIDES or any("*" in each for each in besides)
    return None if is_long else (found[0], f"{found[1]}, except {one_of(besides)}")


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


def _bounds(sign: str, version: str) -> Iterator[tuple[str, str]]:
    """Spell a prefix and what is compatible as two bounds; `!=1.*` has no words."""
    prefix = version.removesuffix(".*")
    *before, last = prefix.split(".")
    if sign == "~=" and before:
        # All but the last number of the release counts, and no pre, post or dev part
        # (PEP 440).
        others = prefix.lstrip(_NUMBERS)
        released = prefix.removesuffix(others).rstrip(".") or prefix
        *before, last = released.split(".")[:-1] or [last]
    elif sign != "==" or prefix == version:
        yield sign, version
        return
    if last.isdecimal():
        yield ">=", prefix
        yield "<", ".".join((*before, str(int(last) + 1)))
    else:
        yield sign, version


def _of_many(texts: Sequence[str], allowed: Sequence[str]) -> tuple[str, str] | None:
    if not allowed:
        return None
    if len(allowed) == 1:
        return "exactly ", allowed[0]
    if any(" on Python " in text or " and " in text for text in texts):
        # Each holds for some patch releases only, or is several.
        return "", f"from {allowed[-1]} to {allowed[0]}"
    parts = [_parts(text) for text in texts]
    bounds = [part[0] for part in parts if len(part) == 1]
    if len(bounds) == len(texts) and len({sign for sign, _ in bounds}) == 1:
        # Of several that are open to the same side, the widest.
        sign = bounds[0][0]
        if sign in _LOWER:
            return "", _WORDS[sign].format(min(_versions(bounds), key=by_numbers))
        if sign in _UPPER:
            return "", _WORDS[sign].format(max(_versions(bounds), key=by_numbers))
    return "", f"from {allowed[-1]} to {allowed[0]}"


def _versions(bounds: Sequence[tuple[str, str]]) -> list[str]:
    return [version for _, version in bounds]
