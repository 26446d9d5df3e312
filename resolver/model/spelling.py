"""How a requirement is spelled for people.

Like `axletree.resolver.universe.compiled`, this imports next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterable


def spell_demand(target: str, extras: Iterable[str], specifiers: Iterable[str]) -> str:
    """Spell a requirement without its marker."""
    names = ",".join(extras)
    # Lower bounds read better first.
    order = {">": 0, "~": 1, "=": 2, "!": 3, "<": 4}
    listed = sorted(specifiers, key=lambda s: (order[s[0]], s))
    return f"{target}{f'[{names}]' if names else ''}{','.join(listed)}"
