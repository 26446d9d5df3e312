"""Repairs by changed metadata: requirements of a release that have to give way.

Which lines is found by leaving out facts: the fewest edges of one release (or two)
with which all else holds. The proof is a resolution with the stamped wheel that a
recipe would build in the universe, every other line as it was (RESOLVING.md 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from itertools import combinations

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.inputs.loosening import goes_back, loosened
from axletree.resolver.model.answers import (
    Repair,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.fact_keys import EdgeKey
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.repairs.costs import OVERRIDE, cost_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.repairs.suggested_recipe import (
    stamped_version,
    stamped_wheel,
    suggest_recipe,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.release_sets import bits
from axletree.resolver.universe.sparing import ReadEnoughError

MOST_RELEASES = 2
"""Releases changed in one repair."""
MOST_READINGS = 12
"""Times that more is read before a release is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edited:
    """A release with some of its requirement lines replaced."""

    release: Release
    original: FileMetadata
    lines: dict[str, str]
    """Requires-Dist as it is -> as it must become."""

    @property
    def metadata(self) -> FileMetadata:
        """Give the metadata of the wheel that a recipe would build."""
        texts = self.original.requires_dist
        return replace(
            self.original,
            requires_dist=tuple(self.lines.get(text, text) for text in texts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needed:
    """The lines that must change, as far as is known."""

    edited: Sequence[_Edited]
    solution: Decisions
    is_irreducible: bool


@dataclass(slots=True)
class OverrideRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield repairs: of one release, and where no one will do, of two."""
        releases = [r for name in self._blamed() if (r := self._newest(name))]
        for size in range(1, MOST_RELEASES + 1):
            answers = [self._bounded(c) for c in combinations(releases, size)]
            self.is_complete &= not any(isinstance(a, GaveUp) for a in answers)
            # Of two pairs the same release may be left.
            found = {a.value.changes: a.value for a in answers if isinstance(a, Found)}
            yield from found.values()
            if found:
                return

    def _blamed(self) -> dict[NormalizedName, None]:
        """Name the projects whose requirements are facts of a conflict."""
        keys = (key for core in self.prover.cores for key in core.keys)
        return {key.project: None for key in keys if isinstance(key, EdgeKey)}

    def _newest(self, name: NormalizedName) -> Release | None:
        """Return the newest ungated release that roots and constraints admit."""
        knowledge = self.prover.explanation.knowledge
        knowledge.read_pages([name])
        releases = knowledge.releases[name]
        project = self.prover.explanation.project(name)
        if releases is None or project is None:
            return None
        mask = project.finals
        for asked in (*self.prover.question.roots, *self.prover.question.constraints):
            if canonicalize_name(asked.requirement.name) == name:
                mask &= releases.masks.of(asked.requirement.specifier)
        position = next(bits(mask), None)
        return None if position is None else releases.all[position]

    # Which lines.

    def _bounded(self, releases: Sequence[Release]) -> Answer[Repair]:
        try:
            return self._override(releases)
        except ReadEnoughError:
            return GaveUp()  # What was found of others stands.

    def _override(self, releases: Sequence[Release]) -> Answer[Repair]:
        names = " and ".join(release.project for release in releases)
        self.prover.reporter.proving(f"other requirements of {names}")
        for _ in range(MOST_READINGS):
            lifted = self._lifted(releases)
            if lifted is None or not all(
                any(key.project == release.project for key in lifted)
                for release in releases
            ):
                is_certain = self.prover.refuses_for_certain
                return ProvedNone() if is_certain else GaveUp()
            opened = [self._edited(release, lifted) for release in releases]
            found = self._solve(opened)
            if isinstance(found, Found):
                needed = self._only_needed(opened, found.value)
                return (
                    self._repair(needed.value) if isinstance(needed, Found) else needed
                )
            if not self.prover.explanation.catch_up():
                # It can hold, but with another release of the project.
                return GaveUp()
        return GaveUp()

    def _lifted(self, releases: Sequence[Release]) -> list[EdgeKey] | None:
        """Find edges without which all else holds, none of them to spare."""
        explanation = self.prover.explanation
        # A line gives way in its versions; what it names stays required.
        literals = [explanation.demanding(release) for release in releases]
        literals += map(explanation.literal, releases)
        projects = {release.project for release in releases}
        edges = [
            key
            for key in explanation.facts
            if isinstance(key, EdgeKey) and key.project in projects
        ]
        hidden = set(edges)
        if not explanation.can_hold_without(hidden, *literals):
            return None
        # What a model holds besides can be put back as it is.
        held = explanation.held(hidden)
        # What the conflict names is put back last, so that it gives way first.
        blamed = {key for core in self.prover.cores for key in core.keys}
        lifted = []
        for edge in sorted(edges, key=blamed.__contains__):
            if edge in held:
                hidden.remove(edge)
            elif explanation.can_hold_without(hidden - {edge}, *literals):
                hidden.remove(edge)
                held = explanation.held(hidden)
            else:
                lifted.append(edge)
        return lifted

    def _edited(self, release: Release, lifted: Sequence[EdgeKey]) -> _Edited:
        """Take the specifiers of the lifted edges' lines away, for now."""
        knowledge = self.prover.explanation.knowledge
        knowledge.read_metadata([release])
        metadata = self.prover.universe.metadata_of[knowledge.file_of(release)]
        if not isinstance(metadata, FileMetadata):
            message = f"{release.label} has no valid metadata"
            raise TypeError(message)
        lines = [
            line
            for key in lifted
            if key.project == release.project
            for line in self._lines(release, key)
        ]
        return _Edited(
            release=release,
            original=metadata,
            lines={
                line.text: _spell(line.requirement, "")
                for line in lines
                if len(line.specifier)
            },
        )

    def _lines(self, release: Release, key: EdgeKey) -> list[ParsedLine]:
        found = self.prover.explanation.knowledge.dependencies[release]
        lines = (
            found.extra_lines(NormalizedName(key.extra)) if key.extra else found.lines()
        )
        return [line for line in lines if line.target == key.target]

    def _only_needed(
        self, edited: Sequence[_Edited], solution: Decisions
    ) -> Answer[_Needed]:
        """Put lines back that need not change, and leave out who needs no change."""
        found, is_irreducible = list(edited), self._is_irreducible
        is_let_in = self._are_let_in_by_stamp([one.release for one in edited])
        for place, one in enumerate(edited):
            targets = [canonicalize_name(Requirement(old).name) for old in one.lines]
            for old, target in zip(one.lines, targets, strict=True):
                # The explanation tells edges apart, of the releases as they are.
                if targets.count(target) == 1 and not is_let_in:
                    continue
                lines = {t: new for t, new in found[place].lines.items() if t != old}
                fewer = [*found]
                fewer[place] = replace(one, lines=lines)
                without = self._solve(fewer)
                if isinstance(without, Found):
                    found, solution = fewer, without.value
                elif isinstance(without, GaveUp):
                    is_irreducible = False
        changed = [one for one in found if one.lines]
        if len(changed) == len(found):
            needed = _Needed(
                edited=found, solution=solution, is_irreducible=is_irreducible
            )
            return Found(value=needed)
        # Its new version alone is enough, which is no change of requirements.
        fewest = self._solve(changed) if changed else ProvedNone()
        if not isinstance(fewest, Found):
            return fewest
        return self._only_needed(changed, fewest.value)

    def _are_let_in_by_stamp(self, releases: Sequence[Release]) -> bool:
        """Tell whether a known line admits a stamped version, not the release's own.

        Only a line that names a local version can: `!=` that of the release, `==` that
        of the stamp.
        """
        versions = {r.project: (r.version, Version(self._stamp(r))) for r in releases}
        return any(
            specifier.contains(stamped, prereleases=True)
            and not specifier.contains(own, prereleases=True)
            for name, (own, stamped) in versions.items()
            for text in self.prover.explanation.specifiers(name)
            if "+" in text
            for specifier in [SpecifierSet(text)]
        )

    @property
    def _is_irreducible(self) -> bool:
        """Tell whether no line was kept, nor a smaller set, for want of a proof."""
        return self.is_complete and self.prover.refuses_for_certain

    # The proof.

    def _solve(self, edited: Sequence[_Edited]) -> Answer[Decisions]:
        """Solve with the stamped wheels, which must be chosen."""
        added = self._added(edited)
        resolver = self.prover.resolver.beside(added)
        inquiry = resolver.search(self.prover.question)
        answer = self.prover.settle(resolver, inquiry)
        if isinstance(answer, Found):
            version = answer.value.version
            if any(version(file.project) != file.version for file in added):
                return ProvedNone()
        return answer

    def _resolve(self, edited: Sequence[_Edited]) -> Answer[Resolution]:
        """Do the same, and prove the answer."""
        added = self._added(edited)
        resolver = self.prover.resolver.beside(added)
        answer = self.prover.attempt(resolver, self.prover.question)
        if isinstance(answer, Found):
            versions = answer.value.versions
            if any(versions.get(file.project) != file.version for file in added):
                return ProvedNone()
            lines = (text for one in edited for text in one.lines)
            if self.prover.frees_unread(lines, answer.unread):
                return GaveUp()
        return answer

    def _added(self, edited: Sequence[_Edited]) -> dict[DistributionFile, FileMetadata]:
        return {self._stamped(one.release): one.metadata for one in edited}

    def _stamped(self, release: Release) -> DistributionFile:
        file = self.prover.explanation.knowledge.file_of(release)
        return stamped_wheel(release, self._stamp(release), file)

    def _stamp(self, release: Release) -> str:
        releases = self.prover.explanation.knowledge.releases[release.project]
        return stamped_version(release, releases)

    def _repair(self, needed: _Needed) -> Answer[Repair]:
        """Give the opened lines specifiers that work, and prove the whole."""
        edited = [_narrowed(one, needed.solution) for one in needed.edited]
        narrowed = self._resolve(edited)
        if not isinstance(narrowed, Found):
            edited, narrowed = list(needed.edited), self._resolve(needed.edited)
        if not isinstance(narrowed, Found):
            return narrowed
        repair = Repair(
            kind="override",
            text=f"change {'; '.join(map(_sentence, edited))}",
            changes=tuple(
                f"{one.release.project}:{new}"
                for one in edited
                for new in one.lines.values()
            ),
            cost=cost_of(
                [OVERRIDE for one in edited for _ in one.lines],
                sum(_going_back(one, narrowed.value) for one in edited),
            ),
            claim=self.prover.claim(narrowed, is_irreducible=needed.is_irreducible),
            resolution=narrowed.value,
            wheels=self._added(edited),
            recipes=tuple(self._recipe(one) for one in edited),
            notes=(
                *self._held_back(edited, narrowed.value),
                *self.prover.notes(narrowed.unread),
            ),
        )
        return Found(value=repair, unread=narrowed.unread)

    def _recipe(self, edited: _Edited) -> str:
        releases = self.prover.explanation.knowledge.releases[edited.release.project]
        return suggest_recipe(
            edited.release,
            self._stamp(edited.release),
            edited.lines,
            page=releases.page if releases is not None else None,
            python=self.prover.question.environment.python,
        )

    def _held_back(
        self, edited: Sequence[_Edited], resolution: Resolution
    ) -> Iterator[str]:
        """Name the projects that the releases' other lines keep from their newest."""
        knowledge = self.prover.explanation.knowledge
        chosen = resolution.versions
        for one in edited:
            held = []
            for line in knowledge.dependencies[one.release].lines():
                if line.target not in chosen or line.text in one.lines:
                    continue
                newest = self.prover.explanation.newest_final(line.target)
                if newest is None:
                    continue
                if not self.prover.explanation.admits(
                    line.target, newest, str(line.specifier)
                ):
                    held.append(f"{line.target} at {chosen[line.target]}")
            if held:
                yield f"{one.release.label} still holds back {', '.join(held)}"


def _narrowed(edited: _Edited, solution: Decisions) -> _Edited:
    """Keep what can be kept of the old specifiers: the lower bounds, or the upper."""
    lines = {}
    for text in edited.lines:
        requirement = Requirement(text)
        chosen = solution.version(canonicalize_name(requirement.name))
        specifier = (
            "" if chosen is None else loosened(requirement.specifier, Version(chosen))
        )
        lines[text] = _spell(requirement, specifier)
    return replace(edited, lines=lines)


def _going_back(edited: _Edited, resolution: Resolution) -> int:
    """Count the lines by which something older comes than they asked for."""
    pins = [
        (each, resolution.versions.get(canonicalize_name(each.name)))
        for each in map(Requirement, edited.lines)
    ]
    return sum(
        at is not None and goes_back(each.specifier, Version(at)) for each, at in pins
    )


def _spell(requirement: Requirement, specifier: str) -> str:
    extras = sorted(requirement.extras)
    marker = f"; {requirement.marker}" if requirement.marker else ""
    names = f"[{','.join(extras)}]" if extras else ""
    return f"{requirement.name}{names}{specifier}{marker}"


def _sentence(edited: _Edited) -> str:
    changes = [f"{old} to {new}" for old, new in edited.lines.items()]
    return f"what {edited.release.label} requires: {', '.join(changes)}"
