"""The phrases that facts are made of."""

from collections.abc import Mapping, Sequence

from axletree.resolver.candidates import Release, Releases
from axletree.resolver.fact_keys import EdgeKey
from axletree.resolver.model import Evidence, Override, RootRequirement

MOST_DEMANDS = 4
"""Different demands of one edge that are spelled out in its sentence."""

REASON_LABELS: Mapping[str, str] = {
    "tag": "has a wheel for this target",
    "requires-python": "fits this Python",
    "date": "not newer than the date",
    "no-time": "has an upload time",
    "binary-policy": "allowed by the binary options",
    "hash": "has a hash that you give",
    "policy": "allowed by policy",
    "metadata": "has valid metadata",
    "pre-release": "final release",
    "yanked": "not yanked",
}


def newest_first(releases: Releases) -> list[Release]:
    """Sort all releases of a project, whatever their files."""
    return sorted(releases.all, key=lambda release: release.version, reverse=True)


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


def demand_text(key: EdgeKey, texts: Sequence[str]) -> str:
    """Spell what an edge demands, or how that changes if it does so too often."""
    if len(texts) <= MOST_DEMANDS:
        return " or ".join(texts)
    return f"{key.target}, each another version ({texts[-1]} … {texts[0]})"


def version_span(releases: Sequence[Release]) -> str:
    """Name releases, which come newest first."""
    versions = [str(release.version) for release in releases]
    match versions:
        case []:
            return "(no version)"
        case [only]:
            return only
        case [newer, older]:
            return f"{older} and {newer}"
        case _:
            return f"{versions[-1]} … {versions[0]} ({len(versions)} versions)"
