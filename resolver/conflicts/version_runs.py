"""Releases in the order of their versions, and the runs that they make.

Tables have yanked releases last, since they are taken last; who reads of `2.0 … 2.3`
takes it for what lies between. Like `axletree.resolver.universe.tables`, this imports
next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.phrases import span_text

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from axletree.resolver.universe.tables import Project

_MOST_TOGETHER = 1_000
"""Combinations of demands that are looked at before a pre-release counts as let in."""


def newest_first(project: Project) -> Sequence[int]:
    """List all releases by version."""
    listed = range(len(project.versions))
    if not project.yanked | project.partly_yanked:
        return listed
    # Late: it takes longer to load than most explanations to find.
    from packaging.version import Version  # noqa: PLC0415

    versions = [Version(version) for version in project.versions]
    return sorted(listed, key=versions.__getitem__, reverse=True)


def let_in_without_finals(
    project: Project, written: int, edges: Iterable[Collection[int]]
) -> int:
    """Return the mask of the pre-releases that no final release keeps out.

    :param written: mask of what the user's lines admit.
    :param edges: of each edge the masks of what its releases admit.
    """
    together = {written}
    for masks in edges:
        together |= {before & mask for before in together for mask in masks}
        if len(together) > _MOST_TOGETHER:
            return project.prereleases
    found = 0
    for mask in together:
        if not mask & project.finals:
            found |= mask
    return found & project.prereleases


def in_runs(
    order: Iterable[int], positions: Collection[int], candidates: int
) -> list[list[int]]:
    """Part releases where a candidate that is not among them lies between.

    :param order: all releases, newest first.
    :param candidates: mask of those that count.
    :returns: the oldest run first, in each the newest release.
    """
    runs: list[list[int]] = [[]]
    for position in order:
        if position in positions:
            runs[-1].append(position)
        elif candidates >> position & 1 and runs[-1]:
            runs.append([])
    return [run for run in reversed(runs) if run]


def with_gaps_filled(
    project: Project,
    runs: Sequence[Sequence[int]],
    fill: Callable[[int], bool],
    candidates: int,
) -> list[int]:
    """Add the releases between runs where that makes the text shorter.

    :param runs: as `in_runs` gives them.
    :param fill: tells whether the same may be said of a release.
    :returns: newest first.
    """
    order = newest_first(project)
    place = {position: at for at, position in enumerate(order)}
    stretches: list[list[Sequence[int]]] = []
    gaps: list[list[int]] = []
    for run in runs:
        if stretches:
            between = order[place[run[-1]] + 1 : place[stretches[-1][-1][0]]]
            gap = [at for at in between if candidates >> at & 1]
            if all(map(fill, gap)):
                stretches[-1].append(run)
                gaps[-1] += gap
                continue
        stretches.append([run])
        gaps.append([])
    found: set[int] = set()
    for parts, gap in zip(stretches, gaps, strict=True):
        needed = [position for part in parts for position in part]
        whole = sorted((*needed, *gap), key=place.__getitem__)
        apart = [[project.versions[at] for at in part] for part in parts]
        as_one = [project.versions[at] for at in whole]
        is_shorter = len(span_text([as_one])) < len(span_text(apart))
        found.update(whole if is_shorter else needed)
    return sorted(found, key=place.__getitem__)
