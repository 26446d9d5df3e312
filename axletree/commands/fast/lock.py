"""A lock from tables, for the two forms that need no more."""

from __future__ import annotations

from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Search, Shared
from axletree.resolver.engine.table_pins import table_pins
from axletree.resolver.locks.lines import LockLine, header, lock_text

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.commands.fast.arguments import PlainWords
    from axletree.resolver.universe.tables import Tables


def lock(plain: PlainWords, universe: Tables, words: Sequence[str]) -> str | None:
    """Return the lock; None: it is beyond a quick search.

    :raises BeyondTablesError: so is something that was read.
    :raises AxletreeError: whatever the universe raises.
    """
    asked = ((universe.root(line.text), line.origin) for line in plain.lines())
    roots = [Demand(*root, origin) for root, origin in asked if root is not None]
    pins = table_pins(Search(Shared(universe), Problem(roots))) if roots else None
    has_hashes = plain.has_hashes
    if pins is None or (has_hashes and not all(pin.hashes for pin in pins)):
        return None
    lines = (
        LockLine(
            name=pin.name,
            version=pin.version,
            extras=pin.extras if has_hashes else (),
            hashes=pin.hashes if has_hashes else (),
            requested_by=pin.requested_by,
        )
        for pin in pins
    )
    return lock_text(header([plain.target], ("axletree", *words)), lines)
