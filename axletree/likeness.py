"""Which name was meant by one that does not exist.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_CHARACTERS = 64
"""Of a name that is compared: the work grows with its square."""
MOST_NAMED = 3


def meant(word: str, names: Iterable[str]) -> list[str]:
    """List the names that are so much like a word that it may be mistyped, best first.

    A swap of two neighbours counts as one mistake, as does a letter too many, too few or
    another one.
    """
    bare = word.lstrip("-").lower()
    if not 1 < len(bare) <= MOST_CHARACTERS:
        return []
    found = []
    for name in names:
        other = name.lstrip("-")
        mistakes = 0 if _begins(bare, other) else count_slips(bare, other)
        if mistakes <= _most(bare):
            found.append((mistakes, abs(len(other) - len(bare)), name))
    return [name for *_, name in sorted(found)][:MOST_NAMED]


def _begins(bare: str, name: str) -> bool:
    return len(bare) > 2 and name.startswith(bare)


def _most(bare: str) -> int:
    return 1 if len(bare) < 6 else 2


def count_slips(one: str, other: str) -> int:
    """Count letters to change, leave out, put in, or exchange with the next."""
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, start=1):
        row = [at]
        for to, another in enumerate(other, start=1):
            ways = [rows[-1][to] + 1, row[-1] + 1, rows[-1][to - 1]]
            ways[2] += letter != another
            if one[at - 2 : at] == other[to - 2 : to][::-1] and min(at, to) > 1:
                ways.append(rows[-2][to - 2] + 1)
            row.append(min(ways))
        rows.append(row)
    return rows[-1][-1]
