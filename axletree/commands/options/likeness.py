"""Which name was meant by one that does not exist."""

from collections.abc import Iterable

from axletree.resolver.model.spelling import count_slips

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
