"""Where facts can be looked up, and what their files say besides."""

from collections.abc import Iterable, Sequence

from axletree.resolver.model.facts import Evidence
from axletree.resolver.model.requirements import (
    Override,
    RootRequirement,
)
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)


def newest_first(releases: Releases) -> list[Release]:
    """Sort all releases of a project, whatever their files."""
    return sorted(releases.all, key=lambda release: release.version, reverse=True)


def versions_of(releases: Iterable[Release]) -> list[str]:
    """Spell versions, in the order given."""
    return [str(release.version) for release in releases]


def who_constrains(constraint: RootRequirement) -> str:
    """Begin the sentence of a constraint."""
    return "the base pins" if constraint.is_base else "you constrain"


def yank_reason(releases: Sequence[Release]) -> str:
    """Give a reason why one of them was yanked, in brackets; empty if none is known."""
    reasons = {file.yanked for release in releases for file in release.files}
    named = sorted(reason for reason in reasons if reason)
    return f" ({named[0]})" if named else ""


def line_evidence(line: RootRequirement | Override) -> Evidence:
    """Name the line that a user wrote."""
    return Evidence(
        kind="requirement-line",
        file=line.origin.file,
        line=line.origin.line,
        field=line.text,
    )


def by_override(overrides: Sequence[Override], before: str = "") -> str:
    """Say who gave a requirement its versions, and what it had before."""
    places = dict.fromkeys(str(override.origin) for override in overrides)
    return f" (by your override, {' and '.join(places)}{before})" if places else ""
