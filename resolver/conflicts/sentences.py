"""Facts put into words, each with the evidence for it (RESOLVING.md 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import assert_never

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.evidence import (
    by_override,
    line_evidence,
    newest_first,
    versions_of,
    who_constrains,
    yank_reason,
)
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.conflicts.limit_facts import (
    limit_evidence,
    limit_text,
)
from axletree.resolver.conflicts.offered_wheels import offered_wheels
from axletree.resolver.conflicts.phrases import (
    absence,
    demand_text,
    edge_label,
    left_out,
    no_such_version,
    out_of_reach,
    requires,
    version_span,
)
from axletree.resolver.conflicts.unread import (
    observed_kind,
    reason_label,
    unusable_text,
)
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.facts import (
    ContendedRow,
    Core,
    Evidence,
    Fact,
    Picture,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import (
    Release,
    unreadable,
)
from axletree.resolver.universe.dependencies import ParsedLine

MOST_EVIDENCE = 10
"""Files named as evidence of one fact."""


@dataclass(frozen=True)
class CoreWriter:
    """Puts one core into words; what other facts rule out is not named."""

    explanation: Explanation
    core: KeyCore

    def write(self) -> Core:
        """Return the core with its sentences and its picture."""
        return Core(
            facts=tuple(self._fact(key) for key in self.core.keys),
            claim=self.core.claim,
            picture=self._picture(),
        )

    def _fact(self, key: FactKey) -> Fact:
        match key:
            case RootKey():
                return self._root_fact(key)
            case ConstraintKey():
                return self._constraint_fact(key)
            case EdgeKey():
                return self._edge_fact(key)
            case FallenKey():
                return self._fallen_fact(key)
            case AbsentKey():
                return self._absent_fact(key)
            case _:
                assert_never(key)

    # Roots and constraints.

    def _root_fact(self, key: RootKey) -> Fact:
        root = self.explanation.question.roots[key.index]
        name = canonicalize_name(root.requirement.name)
        return Fact(
            kind="root",
            text=(
                f"you require {root.demand}"
                f"{by_override(root.overrides, f', in place of {root.text}')}"
                f"{self._if_none(name, root)}"
            ),
            project=name,
            target=name,
            requirement=root.demand,
            evidence=(line_evidence(root), *map(line_evidence, root.overrides)),
        )

    def _if_none(self, name: NormalizedName, root: RootRequirement) -> str:
        """Say so when no version at all is what a root names."""
        releases = self.explanation.knowledge.releases.get(name)
        if releases is None or releases.masks.of(root.requirement.specifier):
            return ""
        newest = next(iter(versions_of(releases.all)), None)
        return no_such_version(newest) + left_out(unreadable(releases.page))

    def _constraint_fact(self, key: ConstraintKey) -> Fact:
        constraint = self.explanation.question.constraints[key.index]
        name = canonicalize_name(constraint.requirement.name)
        return Fact(
            kind="constraint",
            text=f"{who_constrains(constraint)} {constraint.text}",
            project=name,
            target=name,
            requirement=constraint.text,
            evidence=(line_evidence(constraint),),
        )

    # Edges.

    def _edge_fact(self, key: EdgeKey) -> Fact:
        demands = self._demands(key)
        releases = list(demands)
        texts = list(dict.fromkeys(demands.values()))
        who = f"{key.project}[{key.extra}]" if key.extra else key.project
        sentence = requires(who, versions_of(releases), demand_text(key.target, texts))
        overrides = self.explanation.question.edits.of(key.project, key.target)
        return Fact(
            kind="edge",
            text=f"{sentence}{by_override(overrides)}{self._if_out_of_reach(key)}",
            project=key.project,
            versions=tuple(str(release.version) for release in releases),
            target=key.target,
            requirement=texts[0] if len(texts) == 1 else None,
            evidence=tuple(map(line_evidence, overrides))
            or tuple(
                evidence
                for release in releases[:MOST_EVIDENCE]
                for evidence in self._metadata_evidence(release, key)
            ),
        )

    def _if_out_of_reach(self, key: EdgeKey) -> str:
        """Say so when the target has versions, but none that is asked for."""
        releases = self.explanation.knowledge.releases.get(key.target)
        if releases is None or not releases.all or self._row(key, key.target)[1]:
            return ""
        said = out_of_reach(key.target, versions_of(newest_first(releases)))
        return said + left_out(unreadable(releases.page))

    def _demands(self, key: EdgeKey) -> dict[Release, str]:
        """Map each release still possible to what it demands of the target."""
        return {
            release: " and ".join(line.demand for line in lines)
            for release in self._possible(key)
            if (lines := self._lines(release, key))
        }

    def _lines(self, release: Release, key: EdgeKey) -> list[ParsedLine]:
        found = self.explanation.knowledge.dependencies.get(release)
        if found is None:
            return []
        lines = (
            found.extra_lines(NormalizedName(key.extra)) if key.extra else found.lines()
        )
        return [line for line in lines if line.target == key.target]

    def _possible(self, key: EdgeKey | FallenKey) -> list[Release]:
        """List the releases that the core's other facts leave possible, newest first."""
        others = [other for other in self.core.keys if other != key]
        return self.explanation.possible(others, key.project)

    def _metadata_evidence(self, release: Release, key: EdgeKey) -> list[Evidence]:
        file = self.explanation.knowledge.file_of(release)
        return [
            Evidence(
                kind="metadata",
                filename=file.filename,
                sha256=file.hashes.get("sha256"),
                field=f"Requires-Dist: {line.text}",
                project=key.project,
            )
            for line in self._lines(release, key)
        ]

    # Files that fell away.

    def _fallen_fact(self, key: FallenKey) -> Fact:
        releases = [r for r in self._possible(key) if self._fell(r, key)]
        return Fact(
            kind="fallen",
            text=self._fallen_text(key, releases),
            project=key.project,
            versions=tuple(str(release.version) for release in releases),
            observed=observed_kind(key, self.explanation.knowledge, releases),
            evidence=limit_evidence(
                key.reason, key.project, releases, self.explanation.question.limits
            )
            if key.reason in {"hash", "policy"}
            else (Evidence(kind="index-page", project=key.project),),
        )

    def _fell(self, release: Release, key: FallenKey) -> bool:
        knowledge = self.explanation.knowledge
        match key.reason:
            case "pre-release":
                return release.version.is_prerelease
            case "yanked":
                return knowledge.file_of(release).yanked is not None
            case "requires-python":
                fell = knowledge.fell_by(release, key.reason)
                return fell or knowledge.is_split(release)
            case _:
                return knowledge.fell_by(release, key.reason)

    def _fallen_text(self, key: FallenKey, releases: Sequence[Release]) -> str:
        who = f"{key.project} {version_span(versions_of(releases))}"
        has = "has" if len(releases) == 1 else "have"
        is_ = "is" if len(releases) == 1 else "are"
        target = self.explanation.question.environment.label
        match key.reason:
            case "tag":
                what = f"{has} no wheel for {target} ({offered_wheels(releases)})"
            case "requires-python":
                what = self._require_python(releases)
            case "date":
                what = f"{is_} newer than {self._date}"
            case "no-time":
                what = f"{has} no upload time, so {self._date} hides it"
            case "binary-policy":
                what = f"{has} no file that --only-binary or --no-binary allows"
            case "hash" | "policy":
                limits = self.explanation.question.limits
                what = limit_text(key.reason, releases, limits)
            case "metadata":
                what = unusable_text(self.explanation.knowledge, releases)
            case "pre-release":
                what = f"{is_} no final release, and nothing asks for pre-releases"
            case "yanked":
                what = f"{is_} yanked{yank_reason(releases)}, and nothing pins it"
            case _:
                assert_never(key.reason)
        return f"{who} {what}"

    @property
    def _date(self) -> str:
        limit = self.explanation.question.limits.exclude_newer
        # A whole day was named by the first instant that is too new.
        last = limit - timedelta(microseconds=1) if limit else None
        return f"--exclude-newer {last:%Y-%m-%d}" if last else "the date"

    def _require_python(self, releases: Sequence[Release]) -> str:
        knowledge = self.explanation.knowledge
        texts = {
            text
            for release in releases
            for file in release.candidate_files
            if (text := knowledge.python_of(file))
        }
        verb = "requires" if len(releases) == 1 else "require"
        if any(knowledge.fell_by(r, "requires-python") for r in releases):
            target = self.explanation.question.environment.label
            return f"{verb} Python {' or '.join(sorted(texts))}, not {target}"
        return f"{verb} Python {' or '.join(sorted(texts))}"

    def _absent_fact(self, key: AbsentKey) -> Fact:
        page = self.explanation.knowledge.releases[key.project]
        return Fact(
            kind="unknown-project" if page is None else "no-release",
            text=absence(key.project, is_known=page is not None)
            + left_out(unreadable(page.page) if page is not None else ()),
            project=key.project,
            evidence=(Evidence(kind="index-page", project=key.project),),
        )

    # The picture.

    @cached_property
    def _contended(self) -> NormalizedName | None:
        """Name the project on which most facts of the core bear."""
        counts: dict[NormalizedName, int] = {}
        for key in self.core.keys:
            name = self._target(key)
            if name is not None and self._width(name):
                counts[name] = counts.get(name, 0) + 1
        most = max(counts.values(), default=0)
        best = [name for name, count in counts.items() if count == most]
        return best[-1] if most > 1 else None

    def _target(self, key: FactKey) -> NormalizedName | None:
        match key:
            case RootKey(index):
                root = self.explanation.question.roots[index]
                return canonicalize_name(root.requirement.name)
            case ConstraintKey(index):
                constraint = self.explanation.question.constraints[index]
                return canonicalize_name(constraint.requirement.name)
            case EdgeKey():
                return key.target
            case FallenKey() | AbsentKey():
                return key.project
            case _:
                assert_never(key)

    def _width(self, name: NormalizedName) -> int:
        releases = self.explanation.knowledge.releases.get(name)
        return len(releases.all) if releases is not None else 0

    def _picture(self) -> Picture | None:
        name = self._contended
        if name is None:
            return None
        releases = self.explanation.knowledge.releases[name]
        # What fell away is only shown where that is part of the cause.
        fell = any(
            isinstance(k, FallenKey) and k.project == name for k in self.core.keys
        )
        listed = [
            release
            for release in (releases.all if releases is not None else ())
            if release.files or (fell and not self._is_hidden(release))
        ]
        oldest_first = sorted(listed, key=lambda release: release.version)
        rows = [
            ContendedRow(
                label=label,
                allowed=tuple(bool(mask >> r.position & 1) for r in oldest_first),
            )
            for key in self.core.keys
            if self._target(key) == name
            for label, mask in [self._row(key, name)]
        ]
        return Picture(
            project=name,
            versions=tuple(str(release.version) for release in oldest_first),
            rows=tuple(rows),
        )

    def _is_hidden(self, release: Release) -> bool:
        """Tell whether a date hides a release, and that is no part of the cause."""
        reasons = self.explanation.knowledge.reasons(release).values()
        hiding = {"date", "no-time"} - {
            key.reason
            for key in self.core.keys
            if isinstance(key, FallenKey) and key.project == release.project
        }
        return bool(hiding) and all(hiding & found for found in reasons)

    def _row(self, key: FactKey, name: NormalizedName) -> tuple[str, int]:
        releases = self.explanation.knowledge.releases[name]
        if releases is None:
            return "", 0
        of = releases.masks.of
        match key:
            case RootKey(index):
                root = self.explanation.question.roots[index]
                return f"you: {root.demand}", of(root.requirement.specifier)
            case ConstraintKey(index):
                constraint = self.explanation.question.constraints[index]
                who = "base" if constraint.is_base else "you"
                return f"{who}: {constraint.text}", of(constraint.requirement.specifier)
            case EdgeKey():
                demands = self._demands(key)
                allowed = 0
                for release in demands:
                    mask = releases.masks.all
                    for line in self._lines(release, key):
                        mask &= of(line.specifier)
                    allowed |= mask
                texts = list(dict.fromkeys(demands.values()))
                label = edge_label(
                    key.project, versions_of(demands), demand_text(key.target, texts)
                )
                return label, allowed
            case FallenKey():
                fallen = [r for r in releases.all if self._fell(r, key)]
                fell = sum(1 << release.position for release in fallen)
                label = reason_label(key, self.explanation.knowledge, fallen)
                return label, releases.masks.all & ~fell
            case AbsentKey():
                return "", 0
            case _:
                assert_never(key)
