"""Files that were not read on this machine, and may be on another.

Who built it would know what an unread sdist requires. Nothing that rests on one is true
of the world, so it is said wherever it plays a part.
"""

from collections.abc import Iterable, Iterator, Mapping

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge

_MOST_NOTES = 5


def unread_before(
    knowledge: Knowledge, chosen_of: Mapping[NormalizedName, Release]
) -> Iterator[DistributionFile]:
    """Yield what could not be read here and might have changed what was decided.

    That is what comes before what was taken. Where another project stands behind its
    first release, any unread file may be why: had it been read, a newer one might fit.
    """
    behind = {
        name
        for name, chosen in chosen_of.items()
        if any(map(_comes_first, _listed(knowledge, name)[: chosen.position]))
    }
    for file in knowledge.observed:
        chosen = chosen_of.get(file.project)
        if behind - {file.project}:
            yield file
            continue
        if chosen is None:
            continue
        listed = _listed(knowledge, file.project)
        # A final or unyanked one, however old, would keep a gate shut.
        is_gated = chosen.version.is_prerelease or chosen.is_yanked
        before = listed if is_gated else listed[: chosen.position + 1]
        if any(file in release.candidate_files for release in before):
            yield file


def _comes_first(release: Release) -> bool:
    """Tell whether, by the page, it is taken before the older ones."""
    return bool(release.files) and not release.is_yanked


def _listed(knowledge: Knowledge, name: NormalizedName) -> tuple[Release, ...]:
    releases = knowledge.releases[name]
    return () if releases is None else releases.all


def passed_over(knowledge: Knowledge, chosen: Iterable[Release]) -> Iterator[str]:
    """Say what newer release was not read here, so that an older one was taken."""
    notes = [
        f"{newer.label} could not be read here ({knowledge.unusable[file]}), so "
        f"{release.label} was taken"
        for release in chosen
        for newer in _newer(knowledge, release)
        if knowledge.is_fallen(newer)
        for file in newer.candidate_files
        if file in knowledge.observed
    ]
    yield from notes[:_MOST_NOTES]
    if len(notes) > _MOST_NOTES:
        yield f"and {len(notes) - _MOST_NOTES} more could not be read here"


def _newer(knowledge: Knowledge, release: Release) -> Iterator[Release]:
    releases = knowledge.releases[release.project]
    for other in releases.all if releases is not None else ():
        if other.version > release.version:
            yield other
