"""Which name was meant by one that does not exist."""

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
        mistakes = 0 if _begins(bare, other) else _mistakes(bare, other)
        if mistakes <= _most(bare):
            found.append((mistakes, abs(len(other) - len(bare)), name))
    return [name for *_, name in sorted(found)][:MOST_NAMED]


def _begins(bare: str, name: str) -> bool:
    return len(bare) > 2 and name.startswith(bare)


def _most(bare: str) -> int:
    return 1 if len(bare) < 6 else 2


def _mistakes(one: str, two: str) -> int:
    """Count them (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(two) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, other in enumerate(two, start=1):
            cost = min(
                above[column] + 1,
                line[column - 1] + 1,
                above[column - 1] + (letter != other),
            )
            is_swap = (
                row > 1
                and column > 1
                and letter == two[column - 2]
                and other == one[row - 2]
            )
            line.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        before, above = above, line
    return above[-1]
