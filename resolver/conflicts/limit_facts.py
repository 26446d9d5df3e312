"""Facts of files that the user hides one by one: by hashes, or by policy."""

from collections.abc import Iterable, Sequence
from typing import Literal

from packaging.utils import NormalizedName

from axletree.resolver.model.facts import Evidence
from axletree.resolver.model.file_limits import refusals
from axletree.resolver.model.question import Limits
from axletree.resolver.model.requirements import Origin
from axletree.resolver.universe.candidates import Release


def limit_text(
    reason: Literal["hash", "policy"], releases: Sequence[Release], limits: Limits
) -> str:
    """Say why the releases fell away: `is refused by policy: it fails on …`."""
    is_one = len(releases) == 1
    if reason == "hash":
        return f"{'has' if is_one else 'have'} no file with a hash that you give"
    reasons = dict.fromkeys(why for why, _ in _refusals(releases, limits))
    return f"{'is' if is_one else 'are'} refused by policy: {'; '.join(reasons)}"


def limit_evidence(
    reason: Literal["hash", "policy"],
    project: NormalizedName,
    releases: Sequence[Release],
    limits: Limits,
) -> tuple[Evidence, ...]:
    """Name the lines of the hashes, or the places in the policy."""
    if reason == "hash":
        given = (limit for limit in limits.hashes if limit.project == project)
        return _evidence("requirement-line", (limit.origin for limit in given))
    return _evidence("policy", (origin for _, origin in _refusals(releases, limits)))


def _evidence(
    kind: Literal["requirement-line", "policy"], origins: Iterable[Origin]
) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(kind=kind, file=origin.file, line=origin.line)
        for origin in dict.fromkeys(origins)
    )


def _refusals(releases: Iterable[Release], limits: Limits) -> list[tuple[str, Origin]]:
    files = (
        (file, release.version)
        for release in releases
        for file in release.candidate_files
    )
    return list(refusals(limits.policy, files))
