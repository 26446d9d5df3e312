"""An audit in lines, for people, and as JSON (`axletree.audit/1`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from packaging.utils import NormalizedName

from axletree.resolver.audits.findings import (
    Audit,
    Finding,
)
from axletree.resolver.audits.pairs import Pair
from axletree.resolver.conflicts.phrases import version_span
from axletree.resolver.locks.json_form import environment_to_json
from axletree.resolver.model.facts import Core
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.resolver.model.spelling import counted
from axletree.resolver.reports.cause_text import fact_lines
from axletree.resolver.reports.conflict_json import fact_to_json
from axletree.resolver.reports.lines import (
    ReportLine,
    in_ascii,
)
from axletree.resolver.universe.candidates import Release

MOST_FINDINGS = 10
"""Causes shown of each kind, unless all are asked for."""
MOST_NAMED = 8
"""Members of one cause that are named, unless all are asked for."""

_BLANK = ReportLine(role="blank", text="")
Member = TypeVar("Member")


def audit_report(
    audit: Audit, *, shows_all: bool = False, width: int = 100, is_ascii: bool = False
) -> tuple[ReportLine, ...]:
    """Show an audit, the causes that break most first.

    The parameters are those of `conflict_report`, and whether nothing is cut off.
    """
    style = _Style(shows_all=shows_all, width=width)
    lines = [_head(audit)]
    title = _can_never(audit.broken, "release", "releases", "be installed")
    lines += style.section(title, audit.broken, style.release)
    one, many = "pair of projects", "pairs of projects"
    title = _can_never(audit.apart, one, many, "be together")
    lines += style.section(title, audit.apart, style.pair)
    if audit.is_sound:
        text = (
            "Every release can be installed, and every two projects together."
            if audit.projects
            else "There is nothing to audit: no file is there."
        )
        lines += [_BLANK, ReportLine(role="heading", text=text)]
    return tuple(map(in_ascii, lines) if is_ascii else lines)


class _Style:
    """How members and their causes are spelled."""

    def __init__(self, *, shows_all: bool, width: int) -> None:
        self._most = None if shows_all else MOST_NAMED
        self._width = width

    def section(
        self,
        title: str,
        findings: Sequence[Finding[Member]],
        show: Callable[[Finding[Member]], Iterable[ReportLine]],
    ) -> Iterator[ReportLine]:
        """Show findings under a title; nothing if there are none."""
        if not findings:
            return
        yield _BLANK
        yield ReportLine(role="heading", text=title)
        shown = findings if self._most is None else findings[:MOST_FINDINGS]
        for finding in shown:
            yield _BLANK
            yield from show(finding)
        rest = findings[len(shown) :]
        if rest:
            members = sum(len(finding.members) for finding in rest)
            causes = "1 cause" if len(rest) == 1 else f"{len(rest)} causes"
            yield _BLANK
            text = f"  and {members} more by {causes} (-v shows all)"
            yield ReportLine(role="note", text=text)

    def release(self, finding: Finding[Release]) -> Iterator[ReportLine]:
        """Name the releases of one cause, project by project, and why."""
        named = [
            f"{name} {version_span([str(release.version) for release in own])}"
            for name, own in groupby(finding.members, key=lambda r: r.project)
        ]
        yield from self._finding(
            named, finding.core, finding.example.label, len(finding.members)
        )

    def pair(self, finding: Finding[Pair]) -> Iterator[ReportLine]:
        """Name the pairs of one cause, each project with all that it clashes with."""
        named = [
            f"{one} with {self._cut(others, ', ')}"
            for one, others in _by_hub(finding.members)
        ]
        example = " with ".join(finding.example)
        yield from self._finding(named, finding.core, example, len(finding.members))

    def _finding(
        self, named: Sequence[str], core: Core, example: str, count: int
    ) -> Iterator[ReportLine]:
        yield ReportLine(role="claim", text=f"  {self._cut(named, '; ')}")
        if count > 1:
            yield ReportLine(role="detail", text=f"  for example {example}:")
        yield from fact_lines(core.facts, self._width)

    def _cut(self, named: Sequence[str], between: str) -> str:
        shown = named[: self._most]
        more = len(named) - len(shown)
        rest = [f"and {more} more"] if more else []
        return between.join([*shown, *rest])


def audit_to_json(audit: Audit) -> JsonObject:
    """Give the document `axletree.audit/1`; nothing is cut off."""
    return {
        "format": "axletree.audit/1",
        "environment": environment_to_json(audit.environment),
        "sound": audit.is_sound,
        "projects": audit.projects,
        "releases": audit.releases,
        "unfit": audit.unfit,
        "broken": [
            _finding_to_json(finding, _release_to_json) for finding in audit.broken
        ],
        "apart": [_finding_to_json(finding, _pair_to_json) for finding in audit.apart],
    }


def _release_to_json(release: Release) -> Json:
    return {"project": release.project, "version": str(release.version)}


def _pair_to_json(pair: Pair) -> Json:
    return list(pair)


def _finding_to_json(
    finding: Finding[Member], member_to_json: Callable[[Member], Json]
) -> JsonObject:
    return {
        "members": [member_to_json(member) for member in finding.members],
        "example": member_to_json(finding.example),
        "core": [fact_to_json(fact) for fact in finding.core.facts],
        "claim": finding.core.claim,
    }


def _head(audit: Audit) -> ReportLine:
    unfit = f"; {audit.unfit} not for this target" if audit.unfit else ""
    text = (
        f"{audit.environment.label}: {counted(audit.projects, 'project')}, "
        f"{counted(audit.releases, 'release')}{unfit}."
    )
    return ReportLine(role="heading", text=text)


def _can_never(
    findings: Iterable[Finding[Member]], one: str, many: str, do: str
) -> str:
    count = sum(len(finding.members) for finding in findings)
    return f"{count} {one if count == 1 else many} can never {do}:"


def _by_hub(
    pairs: Iterable[Pair],
) -> Iterator[tuple[NormalizedName, list[NormalizedName]]]:
    """Split pairs by the project that is in most of what is left."""
    rest = list(pairs)
    while rest:
        names = [name for pair in rest for name in pair]
        hub = max(sorted(set(names)), key=names.count)
        own = [pair for pair in rest if hub in pair]
        yield hub, [one if other == hub else other for one, other in own]
        rest = [pair for pair in rest if hub not in pair]
