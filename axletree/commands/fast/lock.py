"""A lock from tables, for the two forms that need no more."""

from __future__ import annotations

from axletree.commands.fast.outcome import Outcome
from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Search, Shared
from axletree.resolver.engine.table_pins import table_pins
from axletree.resolver.locks.lines import LockLine, header, lock_text
from axletree.resolver.model.origins import Origin

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.commands.fast.arguments import PlainWords
    from axletree.commands.fast.standing import Standing
    from axletree.resolver.universe.tables import Tables

_UPGRADE = Origin("--upgrade-package")


def lock(
    plain: PlainWords,
    universe: Tables,
    words: Sequence[str],
    standing: Standing | None = None,
) -> Outcome | None:
    """Return the lock; None: it is beyond a quick search.

    :param standing: the lock that it starts from.
    :raises BeyondTablesError: so is something that was read.
    :raises AxletreeError: whatever the universe raises.
    """
    problem = _problem(plain, universe, standing)
    search = Search(Shared(universe), problem)
    pins = table_pins(search) if problem.roots else None
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
    text = lock_text(header([plain.target], ("axletree", *words)), lines)
    return Outcome(text, found_with=search, pins=len(pins))


def _problem(plain: PlainWords, universe: Tables, standing: Standing | None) -> Problem:
    asked = ((universe.root(line.text), line.origin) for line in plain.lines())
    roots = [Demand(*root, origin) for root, origin in asked if root is not None]
    if standing is None:
        return Problem(roots)
    upgrades = [
        Demand(*root, _UPGRADE)
        for root in map(universe.root, standing.upgrades)
        if root is not None
    ]
    upgraded = {each.name for each in upgrades}
    return Problem(
        roots,
        [each for each in upgrades if each.specifier],
        kept={name: v for name, v in standing.versions.items() if name not in upgraded},
    )
