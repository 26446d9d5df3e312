"""Repairs by changed metadata: requirements of a release that have to give way.

Which lines is found by leaving out facts: the fewest edges of one release (or two)
with which all else holds. The proof is a resolution with the stamped wheel that a
recipe would build in the universe, every other line as it was (RESOLVING.md 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.candidates import Release
from axletree.resolver.dependencies import ParsedLine
from axletree.resolver.distribution import DistributionFile, FileMetadata
from axletree.resolver.fact_keys import EdgeKey
from axletree.resolver.file_names import safe_name
from axletree.resolver.masks import bits
from axletree.resolver.model import Repair, Resolution
from axletree.resolver.proving import Prover
from axletree.resolver.repair_costs import OVERRIDE
from axletree.resolver.suggested_recipe import suggest_recipe

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


@dataclass(slots=True)
class OverrideRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    _solved: Resolution | None = field(init=False, default=None)

    def find(self) -> Iterator[Repair]:
        """Yield repairs: of one release, and where no one will do, of two."""
        releases = [r for name in self._blamed() if (r := self._newest(name))]
        for size in range(1, MOST_RELEASES + 1):
            found = [
                repair
                for chosen in combinations(releases, size)
                if (repair := self._override(chosen)) is not None
            ]
            if found:
                yield from found
                return

    def _blamed(self) -> dict[NormalizedName, None]:
        """Name the projects whose requirements are facts of a conflict."""
        keys = (key for core in self.prover.cores for key in core.keys)
        return {key.project: None for key in keys if isinstance(key, EdgeKey)}

    def _newest(self, name: NormalizedName) -> Release | None:
        """Return the newest ungated release that roots and constraints admit."""
        knowledge = self.prover.explanation.knowledge
        releases = knowledge.releases[name]
        if releases is None:
            return None
        mask = knowledge.gates(releases).finals
        for asked in (*self.prover.question.roots, *self.prover.question.constraints):
            if canonicalize_name(asked.requirement.name) == name:
                mask &= releases.masks.of(asked.requirement.specifier)
        position = next(bits(mask), None)
        return None if position is None else releases.all[position]

    # Which lines.

    def _override(self, releases: Sequence[Release]) -> Repair | None:
        names = " and ".join(release.project for release in releases)
        self.prover.reporter.proving(f"other requirements of {names}")
        for _ in range(MOST_READINGS):
            lifted = self._lifted(releases)
            if lifted is None or not all(
                any(key.project == release.project for key in lifted)
                for release in releases
            ):
                return None
            opened = [self._edited(release, lifted) for release in releases]
            resolution = self._resolve(opened)
            if resolution is not None:
                return self._repair(*self._only_needed(opened, resolution))
            if not self.prover.explanation.catch_up():
                return None
        return None

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
        # What the conflict names is put back last, so that it gives way first.
        blamed = {key for core in self.prover.cores for key in core.keys}
        lifted = []
        for edge in sorted(edges, key=blamed.__contains__):
            if explanation.can_hold_without(hidden - {edge}, *literals):
                hidden.remove(edge)
            else:
                lifted.append(edge)
        return lifted

    def _edited(self, release: Release, lifted: Sequence[EdgeKey]) -> _Edited:
        """Take the specifiers of the lifted edges' lines away, for now."""
        knowledge = self.prover.explanation.knowledge
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
        self, edited: Sequence[_Edited], resolution: Resolution
    ) -> tuple[list[_Edited], Resolution]:
        """Put lines back that need not change, where an edge has several."""
        found = list(edited)
        for place, one in enumerate(edited):
            targets = [canonicalize_name(Requirement(old).name) for old in one.lines]
            for old, target in zip(one.lines, targets, strict=True):
                if targets.count(target) == 1:
                    continue
                lines = {t: new for t, new in found[place].lines.items() if t != old}
                fewer = [*found]
                fewer[place] = replace(one, lines=lines)
                without = self._resolve(fewer)
                if without is not None:
                    found, resolution = fewer, without
        return found, resolution

    # The proof.

    def _resolve(self, edited: Sequence[_Edited]) -> Resolution | None:
        """Resolve with the stamped wheels, which must be chosen."""
        added = {self._stamped(one.release): one.metadata for one in edited}
        resolver = self.prover.resolver.beside(added)
        answer = resolver.answer(self.prover.question)
        installed = {pin.file for pin in answer.pins} if answer is not None else set()
        return answer if installed.issuperset(added) else None

    def _stamped(self, release: Release) -> DistributionFile:
        """Describe the wheel that a recipe would build of a release."""
        file = self.prover.explanation.knowledge.file_of(release)
        version = self._stamp(release)
        tag = file.tag or "py3-none-any"
        stem = f"{release.project.replace('-', '_')}-{version}"
        return DistributionFile(
            project=release.project,
            filename=safe_name(f"{stem}-{tag}.whl"),
            version=version,
            kind="wheel",
            tag=tag,
            requires_python=file.requires_python,
            upload_time=file.upload_time,
        )

    def _stamp(self, release: Release) -> str:
        """Return the version with the first free `axle.N` (DESIGN.md 4)."""
        releases = self.prover.explanation.knowledge.releases[release.project]
        taken = {str(r.version) for r in releases.all} if releases is not None else {""}
        base = f"{release.version}{'.' if release.version.local else '+'}axle"
        number = next(n for n in range(1, len(taken) + 2) if f"{base}.{n}" not in taken)
        return f"{base}.{number}"

    def _repair(self, opened: Sequence[_Edited], resolution: Resolution) -> Repair:
        """Give the opened lines specifiers that work, and prove the whole again."""
        versions = {pin.name: pin.version for pin in resolution.pins}
        edited = [_narrowed(one, versions) for one in opened]
        narrowed = self._resolve(edited)
        if narrowed is None:
            edited, narrowed = list(opened), resolution
        return Repair(
            kind="override",
            text=f"change {'; '.join(map(_sentence, edited))}",
            changes=tuple(
                f"{one.release.project}:{new}"
                for one in edited
                for new in one.lines.values()
            ),
            cost=(OVERRIDE, sum(len(one.lines) for one in edited)),
            claim="irreducible",
            resolution=narrowed,
            wheels={self._stamped(one.release): one.metadata for one in edited},
            recipes=tuple(self._recipe(one) for one in edited),
            notes=tuple(self._held_back(edited, narrowed)),
        )

    def _recipe(self, edited: _Edited) -> str:
        releases = self.prover.explanation.knowledge.releases[edited.release.project]
        return suggest_recipe(
            edited.release,
            self._stamp(edited.release),
            edited.lines,
            page=releases.page if releases is not None else None,
            python=self.prover.question.environment.python_version,
        )

    def _held_back(
        self, edited: Sequence[_Edited], resolution: Resolution
    ) -> Iterator[str]:
        """Name the projects that the releases' other lines keep from their newest."""
        knowledge = self.prover.explanation.knowledge
        chosen = {pin.name: pin.version for pin in resolution.pins}
        for one in edited:
            held = []
            for line in knowledge.dependencies[one.release].lines():
                releases = knowledge.releases.get(line.target)
                if releases is None or line.text in one.lines:
                    continue
                newest = next(bits(knowledge.gates(releases).finals), None)
                if newest is None or line.target not in chosen:
                    continue
                if not releases.masks.of(line.specifier) >> newest & 1:
                    held.append(f"{line.target} at {chosen[line.target]}")
            if held:
                yield f"{one.release.label} still holds back {', '.join(held)}"


def _narrowed(edited: _Edited, versions: dict[NormalizedName, Version]) -> _Edited:
    """Keep what can be kept of the old specifiers: the lower bounds, or the upper."""
    lines = {}
    for text in edited.lines:
        requirement = Requirement(text)
        chosen = versions.get(canonicalize_name(requirement.name))
        specifier = "" if chosen is None else _loosened(requirement.specifier, chosen)
        lines[text] = _spell(requirement, specifier)
    return replace(edited, lines=lines)


def _loosened(old: SpecifierSet, chosen: Version) -> str:
    """Loosen a specifier to one side, so that it admits a version that works.

    What still holds of the other side stays, but for a pin, of which one side is left.
    """
    pins = [_bound(s.version) for s in old if s.operator in {"==", "==="}]
    lower = [str(s) for s in old if s.operator in {">=", ">"}]
    lower += [f">={_bound(s.version)}" for s in old if s.operator == "~="]
    upper = [str(s) for s in old if s.operator in {"<=", "<"}]
    from_, up_to = f">={chosen.public}", f"<={chosen.public}"
    sides = (
        lower + [f">={pin}" for pin in pins],
        upper + [f"<={pin}" for pin in pins],
    )
    for side, other in zip(sides, (up_to, from_), strict=True):
        kept = ",".join(dict.fromkeys(side or [other]))
        if SpecifierSet(kept).contains(chosen, prereleases=True):
            bounds = dict.fromkeys((kept,) if side is sides[0] else (from_, kept))
            return ",".join(bounds)
    return f"=={chosen}"


def _bound(version: str) -> str:
    # No bound may name a local version (PEP 440), nor a prefix.
    return Version(version.removesuffix(".*")).public


def _spell(requirement: Requirement, specifier: str) -> str:
    extras = sorted(requirement.extras)
    marker = f"; {requirement.marker}" if requirement.marker else ""
    names = f"[{','.join(extras)}]" if extras else ""
    return f"{requirement.name}{names}{specifier}{marker}"


def _sentence(edited: _Edited) -> str:
    changes = [f"{old} to {new}" for old, new in edited.lines.items()]
    return f"what {edited.release.label} requires: {', '.join(changes)}"
