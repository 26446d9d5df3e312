"""Which project was meant, where a name names none.

A universe that knows its projects is looked through; an index, which has no list, is
asked for the few that are near among the best known.
"""

from collections.abc import Iterable, Sequence

from packaging.utils import NormalizedName

from axletree.likeness import count_slips
from axletree.resolver.inputs.known_names import (
    IMPORTED_AS,
    MOST_ASKED,
)
from axletree.resolver.model.errors import NotRecordedError
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import Universe, lists_projects

MOST_NEAR = 3
"""Names that are offered, and asked for."""
_LONG = 9
"""Letters from which two slips may be in a name."""
_SHORT = 4
"""Letters from which one may."""


def near_names(knowledge: Knowledge, name: str) -> list[NormalizedName]:
    """List the projects that a name may mean, of which there is a release."""
    found = []
    for other in nearest(name, _known(knowledge))[:MOST_NEAR]:
        try:
            knowledge.read_pages([other])
        except NotRecordedError:
            continue
        releases = knowledge.releases[other]
        if releases is not None and releases.all:
            found.append(other)
    return found


def _known(knowledge: Knowledge) -> set[NormalizedName]:
    read = {name for name, releases in knowledge.releases.items() if releases}
    named = {name for name in knowledge.requirers if name not in knowledge.releases}
    listed = _listed(knowledge.universe)
    if knowledge.universe.is_frozen and listed:
        return set(listed)
    asked = {NormalizedName(name) for name in IMPORTED_AS.values()}
    return {*listed, *read, *named, *asked, *MOST_ASKED}


def _listed(universe: Universe) -> Sequence[NormalizedName]:
    """List the projects of a universe, or of the one that it is made of."""
    listing = lists_projects(universe)
    return () if listing is None else listing.projects()


def nearest(name: str, known: Iterable[NormalizedName]) -> list[NormalizedName]:
    """Sort the names that are near: what is imported so, spelled so, then slips."""
    meant = IMPORTED_AS.get(name)
    ranked = sorted(
        (distance, other)
        for other in known
        if other != name and (distance := _distance(name, other, meant)) is not None
    )
    return [other for _, other in ranked]


def _distance(name: str, other: str, meant: str | None) -> int | None:
    """Tell how far a name is; None: it is not near."""
    if other == meant:
        return -2
    plain, plain_other = name.replace("-", ""), other.replace("-", "")
    if plain == plain_other:
        return -1
    # Short names are all near each other.
    length = max(len(plain), len(plain_other))
    most = 2 if length >= _LONG else int(length >= _SHORT)
    if abs(len(plain) - len(plain_other)) > most:
        return None
    slips = count_slips(plain, plain_other)
    return slips if slips <= most else None
