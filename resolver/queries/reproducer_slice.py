"""The part of a universe that one conflict is about: the facts of its core, no more.

What other facts of the universe say is left out: requirements beside the core's
edges, and releases that fell away for reasons that are no part of it. Several slices
are tried, the truest first, since a witness of the core may need a release that only
a fact outside the core keeps away (RESOLVING.md 4).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.metadata_wheel import PURE
from axletree.resolver.universe.protocol import MetadataAnswer

MOST_RELEASES = 2_000
"""Of these a release that says the same as two others is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedLine:
    """A requirement line of the core."""

    edge: EdgeKey
    text: str
    """As spelled in the metadata."""
    bare: str
    """Without the parts of its marker that the environment has settled."""
    url: str | None
    """The direct URL that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedFile:
    """One file of the slice."""

    file: DistributionFile
    """As the index lists it."""
    answer: MetadataAnswer
    """With the core's lines only."""
    lines: tuple[SlicedLine, ...] = ()
    fallen: frozenset[FallenKey] = frozenset()
    """The facts of the core by each of which it falls away; gates are not among."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The files and the question of one conflict."""

    question: Question
    """With the roots and constraints of the core only."""
    keys: tuple[FactKey, ...]
    """The core's, in its order; places are those in the whole question."""
    files: tuple[SlicedFile, ...]
    projects: tuple[NormalizedName, ...]
    """Those that have a page, which may be empty."""

    def pages(self) -> Mapping[NormalizedName, Page]:
        """Return the pages."""
        return pages_of(self.projects, [sliced.file for sliced in self.files])

    def metadata(self) -> Mapping[str, MetadataAnswer]:
        """Return the metadata by file name."""
        return {sliced.file.filename: sliced.answer for sliced in self.files}

    def universe(self) -> FrozenUniverse:
        """Make a universe of it."""
        return FrozenUniverse(page_of=self.pages(), metadata_of=self.metadata())


def pages_of(
    projects: Iterable[NormalizedName], files: Iterable[DistributionFile]
) -> dict[NormalizedName, Page]:
    """Gather files by project."""
    listed: dict[NormalizedName, list[DistributionFile]] = {
        name: [] for name in projects
    }
    for file in files:
        listed[file.project].append(file)
    return {name: Page(project=name, files=tuple(of)) for name, of in listed.items()}


@dataclass(frozen=True)
class Slicer:
    """Cuts one core out of what was read to explain it."""

    explanation: Explanation
    keys: tuple[FactKey, ...]
    within: Mapping[NormalizedName, frozenset[str]] = field(default_factory=dict)
    """Project -> the versions to keep; all of a project that is not named."""
    prereleases: Literal["kept", "let in", "dropped"] = "kept"
    """What becomes of those whose gate is no fact of the core."""
    keeps_fallen: bool = False
    """Let in, as pure wheels, what fell away or is yanked outside the core."""
    most: int = MOST_RELEASES

    def cut(self) -> Slice:
        """Return the slice; long lists of releases that say the same are thinned."""
        kept = [release for name in self._listed for release in self._kept(name)]
        if len(kept) > self.most:
            kept = self._thinned(kept)
        return Slice(
            question=self._question(),
            keys=self.keys,
            files=tuple(file for release in kept for file in self._files(release)),
            projects=tuple(self._listed),
        )

    def _question(self) -> Question:
        asked = self.explanation.question
        roots = {key.index for key in self.keys if isinstance(key, RootKey)}
        constraints = {key.index for key in self.keys if isinstance(key, ConstraintKey)}
        return replace(
            asked,
            roots=tuple(asked.roots[index] for index in sorted(roots)),
            constraints=tuple(
                asked.constraints[index] for index in sorted(constraints)
            ),
            limits=replace(
                asked.limits,
                allow_prereleases=asked.limits.allow_prereleases
                or self.prereleases == "let in",
            ),
            # Whether there is a solution is the same for every preference.
            prefer="newest",
        )

    # Projects and releases.

    @cached_property
    def _listed(self) -> list[NormalizedName]:
        """List the projects of the core that exist, by name."""
        known = self.explanation.knowledge.releases
        names = {name for key in self.keys for name in self._names(key)}
        return sorted(name for name in names if known.get(name) is not None)

    def _names(self, key: FactKey) -> Iterator[NormalizedName]:
        match key:
            case RootKey() | ConstraintKey():
                yield canonicalize_name(self._root(key).requirement.name)
            case EdgeKey():
                yield key.project
                yield key.target
            case FallenKey() | AbsentKey():
                yield key.project

    def _root(self, key: RootKey | ConstraintKey) -> RootRequirement:
        asked = self.explanation.question
        listed = asked.roots if isinstance(key, RootKey) else asked.constraints
        return listed[key.index]

    def _kept(self, name: NormalizedName) -> Iterator[Release]:
        knowledge = self.explanation.knowledge
        releases = knowledge.releases[name]
        demands = any(isinstance(k, EdgeKey) and k.project == name for k in self.keys)
        listed = releases.all if releases is not None else ()
        within = self.within.get(name)
        for release in listed:
            if within is not None:
                # Facts are about these, whatever else is said of them.
                is_kept = str(release.version) in within
            elif knowledge.is_fallen(release):
                is_kept = self.keeps_fallen or self._is_blocked(release)
            else:
                # What is unread would seem to demand nothing.
                is_read = not demands or release in knowledge.dependencies
                is_kept = is_read and self._passes_gates(release)
            if is_kept:
                yield release

    def _passes_gates(self, release: Release) -> bool:
        project = release.project
        is_yanked = self.explanation.knowledge.file_of(release).yanked is not None
        if is_yanked and FallenKey(project, "yanked") not in self.keys:
            return self.keeps_fallen
        if release.version.is_prerelease and self.prereleases == "dropped":
            return FallenKey(project, "pre-release") in self.keys
        return True

    def _is_blocked(self, release: Release) -> bool:
        return all(self._blocking(release).values())

    def _blocking(
        self, release: Release
    ) -> Mapping[DistributionFile, frozenset[FallenKey]]:
        """Map each file of a release to the facts of the core that it falls by."""
        in_core = frozenset(key for key in self.keys if isinstance(key, FallenKey))
        reasons = self.explanation.knowledge.reasons(release)
        return {
            file: in_core & {FallenKey(release.project, reason) for reason in found}
            for file, found in reasons.items()
        }

    # Files.

    def _files(self, release: Release) -> Iterator[SlicedFile]:
        knowledge = self.explanation.knowledge
        if not knowledge.is_fallen(release):
            file = knowledge.file_of(release)
            gate = FallenKey(release.project, "yanked")
            is_true = file.yanked is None or gate in self.keys
            yield self._sliced(file, release) if is_true else self._let_in(release)
        elif self._is_blocked(release):
            for file, facts in self._blocking(release).items():
                yield replace(self._sliced(file, release), fallen=facts)
        else:
            yield self._let_in(release)

    def _sliced(self, file: DistributionFile, release: Release) -> SlicedFile:
        # Nothing is fetched to show a conflict: what is unread has no part in it.
        known = self.explanation.knowledge
        read = file in known.unusable or (
            release in known.dependencies and file is known.file_of(release)
        )
        answer = known.universe.metadata([file])[file] if read else FileMetadata()
        lines = tuple(self._lines(release))
        if isinstance(answer, FileMetadata):
            texts = tuple(dict.fromkeys(line.text for line in lines))
            answer = replace(answer, requires_dist=texts)
        return SlicedFile(file=file, answer=answer, lines=lines)

    def _let_in(self, release: Release) -> SlicedFile:
        """Make a usable file of a release that a fact outside the core keeps away."""
        sliced = self._sliced(release.candidate_files[0], release)
        limits = self.explanation.question.limits
        time, limit = sliced.file.upload_time, limits.exclude_newer
        if limit is not None and (time is None or time >= limit):
            time = limit - timedelta(seconds=1)
        is_wheel = limits.formats.allows_wheel(release.project)
        stem = f"{release.project.replace('-', '_')}-{release.version}"
        file = replace(
            sliced.file,
            filename=safe_name(f"{stem}-{PURE}.whl" if is_wheel else f"{stem}.tar.gz"),
            version=str(release.version),
            kind="wheel" if is_wheel else "sdist",
            build="",
            tag=PURE if is_wheel else "",
            requires_python=None,
            yanked=None,
            upload_time=time,
        )
        answer = sliced.answer
        if isinstance(answer, UnusableMetadata):
            answer = FileMetadata(requires_dist=tuple(x.text for x in sliced.lines))
        return replace(sliced, file=file, answer=replace(answer, requires_python=None))

    def _lines(self, release: Release) -> Iterator[SlicedLine]:
        found = self.explanation.knowledge.dependencies.get(release)
        if found is None:
            return
        for edge in self.keys:
            if isinstance(edge, EdgeKey) and edge.project == release.project:
                extra = NormalizedName(edge.extra)
                lines = found.extra_lines(extra) if extra else found.lines()
                for line in lines:
                    if line.target == edge.target:
                        yield _sliced_line(edge, line)

    # Too many releases.

    def _thinned(self, releases: list[Release]) -> list[Release]:
        """Keep the newest and the oldest of those that say the same."""
        alike: dict[object, list[Release]] = {}
        for release in releases:
            alike.setdefault(self._saying(release), []).append(release)
        kept = {r for group in alike.values() for r in (group[0], group[-1])}
        return [release for release in releases if release in kept]

    def _saying(self, release: Release) -> object:
        releases = self.explanation.knowledge.releases[release.project]
        specifiers = self._specifiers.get(release.project, {})
        masks = [] if releases is None else map(releases.masks.of, specifiers)
        return (
            release.project,
            release.version.is_prerelease,
            release.is_yanked,
            tuple(self._blocking(release).values()) if release.fallen else (),
            tuple(line.bare for line in self._lines(release)),
            tuple(mask >> release.position & 1 for mask in masks),
        )

    @cached_property
    def _specifiers(self) -> Mapping[NormalizedName, Mapping[SpecifierSet, None]]:
        """Map each project to what the core says of its versions."""
        said = [
            self._root(key).requirement
            for key in self.keys
            if isinstance(key, RootKey | ConstraintKey)
        ]
        for name in self._listed:
            for release in self._kept(name):
                said += [Requirement(line.bare) for line in self._lines(release)]
        found: dict[NormalizedName, dict[SpecifierSet, None]] = {}
        for requirement in said:
            on = found.setdefault(canonicalize_name(requirement.name), {})
            on[requirement.specifier] = None
        return found


def _sliced_line(edge: EdgeKey, line: ParsedLine) -> SlicedLine:
    return SlicedLine(
        edge=edge,
        text=line.text,
        bare=_bare(line.requirement, edge.extra),
        url=line.requirement.url,
    )


def _bare(requirement: Requirement, extra: str) -> str:
    """Spell a line as this environment reads it.

    pip evaluates markers for the Python that it runs on, whatever it resolves for;
    without them the conflict is the same on every machine.
    """
    plain = Requirement(str(requirement))
    plain.marker = None
    return f'{plain}; extra == "{extra}"' if extra else f"{plain}"


def bare_root(root: RootRequirement) -> str:
    """Spell a root or constraint likewise."""
    changed = root.requirement.marker or root.overrides
    return _bare(root.requirement, "") if changed else root.text
