"""How a requirement and a date are spelled for people, and a command for a shell.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from itertools import groupby

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import TypeAlias

    Parts: TypeAlias = tuple[tuple[bool, int | str], ...]

SAFE = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
)
"""Characters that a shell takes as they are (`shlex.quote`)."""


MADE_BY = "This file was made by axletree"
"""What the head of a lock of ours says."""


MARK = "@ "
"""What begins a specifier that is an address (`Address` in `axletree.resolver.model.requirements`)."""


def spell_command(words: Iterable[str]) -> str:
    """Spell a command so that a shell takes it apart again."""
    return " ".join(map(_quote, words))


def in_brackets(reason: str | None) -> str:
    """Put a reason of others in brackets, on one line, behind what it is for."""
    told = " ".join((reason or "").split())
    return f" ({told})" if told else ""


def _quote(word: str) -> str:
    if word and SAFE.issuperset(word):
        return word
    # Late: it takes longer to load than many an answer to find.
    from shlex import quote  # noqa: PLC0415

    return quote(word)


def with_extras(name: str, extras: Iterable[str]) -> str:
    """Name a project with extras of it: `ray[default,serve]`."""
    listed = ",".join(extras)
    return f"{name}[{listed}]" if listed else name


def spell_pythons(pythons: Sequence[str], micros: int) -> str:
    """Name patch releases of one minor version: `Python 3.9.4 or newer`.

    :param pythons: all there are, oldest first.
    :param micros: mask of those to name, at least one.
    """
    places = [place for place in range(len(pythons)) if micros >> place & 1]
    first, last = places[0], places[-1]
    holes = [p for place, p in enumerate(pythons) if place not in places]
    holes = [hole for hole in holes if hole in pythons[first:last]]
    runs = [(first, last)] if len(holes) <= _FEW_HOLES else _runs(places)
    named = " and ".join(_run(pythons, *run) for run in runs)
    but = f", but not {' and '.join(holes)}" if len(runs) == 1 and holes else ""
    return f"Python {named}{but}"


_FEW_HOLES = 3


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = found[-1][0], place
        else:
            found.append((place, place))
    return found


def _run(pythons: Sequence[str], first: int, last: int) -> str:
    if last == len(pythons) - 1 and last > first:
        minor = pythons[0].rpartition(".")[0]
        return f"{pythons[first]} or newer" if first else minor
    if first == last:
        return pythons[first]
    return f"{pythons[first]} to {pythons[last]}"


def spell_demand(target: str, extras: Iterable[str], specifiers: Iterable[str]) -> str:
    """Spell a requirement without its marker."""
    # Lower bounds read better first.
    order = {">": 0, "~": 1, "=": 2, "!": 3, "<": 4}
    listed = sorted(specifiers, key=lambda s: (order[s[0]], by_numbers(s)))
    return f"{with_extras(target, extras)}{','.join(listed)}"


def counted(number: int, noun: str) -> str:
    """Count something: `1 project`, `2 projects`."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def by_numbers(text: str) -> Parts:
    """Return what to sort by, so that `>=3.9` comes before `>=3.10`."""
    parts = groupby(text, str.isdecimal)
    return tuple(
        (is_number, int(part) if is_number else part)
        for is_number, digits in parts
        for part in ["".join(digits)]
    )


def spelled_limit(limit: datetime) -> str:
    """Spell the first instant that is out: by the last whole day that is in, or a time."""
    from datetime import UTC, timedelta  # noqa: PLC0415  few answers name a date

    moment = limit.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return (moment - timedelta(days=1)).date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")
