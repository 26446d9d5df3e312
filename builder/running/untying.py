"""What to do where nothing can go on: all that is left waits for one another."""

from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from axletree.builder.running.doing import Doing
from axletree.builder.running.outcomes import BuildCycleError
from axletree.wheelhouse.jobs.records import Need

_PURPOSES: Mapping[Need, str] = {
    "build": "to be built",
    "install": "to be installed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """They need one another to be built."""

    members: tuple[Doing, ...]
    said: str
    """Around it once."""

    def first(self) -> Doing | None:
        """Choose who may be first, with a wheel of another version of the others.

        None: it was tried with all of them, and no such wheels are at hand.
        """
        own = {each.job for each in self.members}
        for each in self.members:
            wants_build = any(each.needs.get(job) == "build" for job in own)
            if wants_build and not each.has_taken:
                return each
        return None

    def error(self, doing: Doing) -> BuildCycleError:
        """Say so of one of them."""
        what = (
            f"they need one another, and no wheel of another version that would do is at "
            f"hand: {self.said}"
        )
        return BuildCycleError(what, where=doing.target.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """They need one another to be installed: they are checked and let in at once."""

    members: tuple[Doing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """It hopes for what none of the others brings."""

    member: Doing


Way: TypeAlias = Cycle | Together | Alone | None


def untied(waiting: Sequence[Doing]) -> Way:
    """Find the way on; None: there is one already."""
    left = {doing.job: doing for doing in waiting}
    needs = {doing.job: doing.needs for doing in waiting}
    for knot in knots({job: set(own) for job, own in needs.items()}):
        members = tuple(left[job] for job in sorted(knot))
        inner = [needs[job][n] for job in knot for n in needs[job] if n in knot]
        if "build" in inner:
            return Cycle(members=members, said=_around(members, needs))
        outer = {n for doing in members for n in doing.needs} - knot
        if outer.isdisjoint(left):
            return Together(members=members)
    for doing in waiting:
        if doing.hopes and not doing.is_alone and left.keys().isdisjoint(doing.needs):
            return Alone(member=doing)
    return None


def _around(members: Sequence[Doing], needs: Mapping[int, Mapping[int, Need]]) -> str:
    path = cycle_through(needs, [doing.job for doing in members])
    names = {doing.job: str(doing.target.release[0]) for doing in members}
    return ", ".join(
        f"{names[one]} needs {names[other]} {_PURPOSES[needs[one][other]]}"
        for one, other in zip(path, [*path[1:], path[0]], strict=True)
    )


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
