"""Which of several wait for one another."""

from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet


def knots(needs: Mapping[int, AbstractSet[int]]) -> Iterator[frozenset[int]]:
    """Give the sets of which each member waits for each other, over however many.

    :param needs: who waits for whom; others than its keys count for nothing.
    """
    reach = {job: _reached(job, needs) for job in needs}
    seen: set[int] = set()
    for job in sorted(needs):
        knot = frozenset(other for other in reach[job] if job in reach[other])
        if job in knot and job not in seen:
            seen |= knot
            yield knot


def _reached(job: int, needs: Mapping[int, AbstractSet[int]]) -> frozenset[int]:
    found: set[int] = set()
    waiting = [job]
    while waiting:
        for other in needs[waiting.pop()]:
            if other in needs and other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)


def cycle_through(
    needs: Mapping[int, Container[int]], knot: Sequence[int]
) -> tuple[int, ...]:
    """Walk around within a knot once; each needs the next, and the last the first."""
    path = [min(knot)]
    while True:
        follower = min(job for job in knot if job in needs[path[-1]])
        if follower in path:
            return tuple(path[path.index(follower) :])
        path.append(follower)
