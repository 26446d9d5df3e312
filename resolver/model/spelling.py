"""How a requirement is spelled for people, and a command for a shell.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from itertools import groupby

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Parts: TypeAlias = tuple[tuple[bool, int | str], ...]

SAFE = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
)
"""Characters that a shell takes as they are (`shlex.quote`)."""


MADE_BY = "This file was made by axletree"
"""What the head of a lock of ours says."""


def spell_command(words: Iterable[str]) -> str:
    """Spell a command so that a shell takes it apart again."""
    return " ".join(map(_quote, words))


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
