"""Where facts can be looked up, and what the files that they are about say besides.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.phrases import REASON_LABELS
from axletree.resolver.model.facts import Evidence
from axletree.resolver.model.spelling import MARK, in_brackets

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    from packaging.utils import NormalizedName

    from axletree.resolver.conflicts.asked import Asked, Line
    from axletree.resolver.model.distribution import ObservedKind
    from axletree.resolver.model.fact_keys import FallenKey
    from axletree.resolver.universe.particulars import Particulars


def line_evidence(line: Line) -> Evidence:
    """Name the line that a user wrote."""
    return Evidence(
        kind="requirement-line",
        file=line.origin.file,
        line=line.origin.line,
        field=line.text,
    )


def by_override(overrides: Sequence[Line], before: str = "") -> str:
    """Say who gave a requirement its versions, and what it had before."""
    places = dict.fromkeys(str(override.origin) for override in overrides)
    return f" (by your override, {' and '.join(places)}{before})" if places else ""


def metadata_evidence(
    project: NormalizedName, release: Particulars, places: Iterable[int]
) -> list[Evidence]:
    """Name lines of a release, by their places among all."""
    return [
        Evidence(
            kind="metadata",
            filename=release.filename,
            sha256=release.sha256,
            field=f"Requires-Dist: {release.lines[place][0]}",
            project=project,
        )
        for place in places
    ]


# Files that fell away.


def fallen_evidence(
    key: FallenKey, releases: Iterable[Particulars], asked: Asked
) -> list[Evidence]:
    """Name the page, the lines of the hashes, or the places in the policy.

    Of what stands at an address, the lines that name it: no index lists it.
    """
    if key.reason == "hash":
        given = (origin for name, origin in asked.hash_lines if name == key.project)
        return _places("requirement-line", ((o.file, o.line) for o in given))
    if key.reason in {"policy", "yanked"}:
        # What a policy warns of is shown as yanked: no page says so.
        found = [refusal for release in releases for refusal in release.refusals]
        if found or key.reason == "policy":
            return _places("policy", ((file, line) for _, file, line in found))
    lines = [
        each for each in (*asked.roots, *asked.constraints) if each.name == key.project
    ]
    named = [each.line for each in lines if each.table.specifier.startswith(MARK)]
    if named:
        return list(map(line_evidence, named))
    return [Evidence(kind="index-page", project=key.project)]


def _places(
    kind: Literal["requirement-line", "policy"],
    places: Iterable[tuple[str, int | None]],
) -> list[Evidence]:
    return [
        Evidence(kind=kind, file=file, line=line)
        for file, line in dict.fromkeys(places)
    ]


def policy_text(releases: Sequence[Particulars]) -> str:
    """End the sentence about releases that a policy refuses."""
    reasons = dict.fromkeys(why for each in releases for why, _, _ in each.refusals)
    return f"refused by policy: {'; '.join(reasons)}"


def yank_reason(releases: Iterable[Particulars]) -> str:
    """Give a reason why one of them was yanked, in brackets; empty if none is known."""
    named = sorted({reason for release in releases for reason in release.yanks})
    return in_brackets(named[0]) if named else ""


# Files whose metadata is not to be had: wrong ones, and those only unread here.


def observed_kind(
    key: FallenKey, releases: Iterable[Particulars]
) -> ObservedKind | None:
    """Tell by what a fact is no more than observed here; None: it is true anywhere."""
    if key.reason != "metadata":
        return None
    kinds = (kind for release in releases for _, kind in release.broken)
    return next((kind for kind in kinds if kind is not None), None)


def reason_label(key: FallenKey, releases: Iterable[Particulars]) -> str:
    """Name a fact's row in the picture."""
    if observed_kind(key, releases) is not None:
        return "could be read here"
    return REASON_LABELS[key.reason]


def unusable_text(releases: Iterable[Particulars]) -> str:
    """End the sentence about releases without metadata."""
    told = list(releases)
    broken = [each for release in told for each in release.broken]
    unread = [problem for problem, kind in broken if kind is not None]
    if not unread:
        problem = broken[0][0] if broken else "invalid metadata"
        return f"cannot be used: {_of(problem, len(told))}"
    how = "could not be read here"
    if len(unread) < len(broken):
        how = f"cannot be used, or {how}"
    return f"{how}: {_of(unread[0], len(told))}"


def _of(problem: str, count: int) -> str:
    """Say of several releases what was said of one."""
    if count == 1 or not problem.startswith("its "):
        return problem
    return f"their {problem.removeprefix('its ')}"
