"""A slice as installers can be shown it, whole or with one fact left out.

Installers see no dates and no policies in a folder of wheels. So what these hide is
hidden here by absence, and each file keeps only those oddities (a foreign tag, a
Requires-Python, a yank) that are facts of the core.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.question import (
    Limits,
    Question,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.reproducer_slice import (
    Slice,
    SlicedFile,
    bare_root,
    pages_of,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.metadata_wheel import (
    PURE,
    TinyWheel,
)

SHOWN = frozenset({"tag", "requires-python"})
"""Reasons that a wheel in a folder can have; by any other it is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniIndex:
    """Wheels, and what to ask of them."""

    roots: tuple[RootRequirement, ...]
    constraints: tuple[RootRequirement, ...]
    projects: tuple[NormalizedName, ...]
    """Those with a page."""
    wheels: tuple[TinyWheel, ...]
    allow_prereleases: bool
    needs_target: bool
    """Whether the conflict is one for the question's Python or platform only."""

    @property
    def requirements(self) -> tuple[str, ...]:
        """Spell the roots."""
        return tuple(map(bare_root, self.roots))

    @property
    def constraint_lines(self) -> tuple[str, ...]:
        """Spell the constraints."""
        return tuple(map(bare_root, self.constraints))

    def question(self, like: Question) -> Question:
        """Ask what an installer is asked, of this index."""
        return replace(
            like,
            roots=self.roots,
            constraints=self.constraints,
            limits=Limits(allow_prereleases=self.allow_prereleases),
        )

    def universe(self) -> FrozenUniverse:
        """Read it as an installer does."""
        files = {wheel.filename: wheel for wheel in self.wheels}
        return FrozenUniverse(
            page_of=pages_of(self.projects, map(_listed, files.values())),
            metadata_of={name: _metadata(wheel) for name, wheel in files.items()},
        )


def _listed(wheel: TinyWheel) -> DistributionFile:
    return DistributionFile(
        project=wheel.project,
        filename=safe_name(wheel.filename),
        version=wheel.version,
        kind="wheel",
        build=wheel.build,
        tag=wheel.tag,
        requires_python=wheel.requires_python,
        yanked=wheel.yanked,
    )


def _metadata(wheel: TinyWheel) -> FileMetadata:
    return FileMetadata(
        requires_dist=wheel.requires_dist,
        requires_python=wheel.requires_python,
        provides_extra=wheel.provides_extra,
    )


def mini_index(sliced: Slice, left_out: FactKey | None = None) -> MiniIndex:
    """Show a slice to installers, without one fact of its core if that is named."""
    return _Showing(sliced=sliced, left_out=left_out).index()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Showing:
    sliced: Slice
    left_out: FactKey | None

    def index(self) -> MiniIndex:
        keys = [key for key in self.sliced.keys if key != self.left_out]
        wheels = [*self._wheels(), *self._found()]
        projects = {*self.sliced.projects, *(wheel.project for wheel in wheels)}
        lifted = self.left_out
        opens = isinstance(lifted, FallenKey) and lifted.reason == "pre-release"
        reasons = {k.reason for k in self.sliced.keys if isinstance(k, FallenKey)}
        return MiniIndex(
            roots=self._left(self.sliced.question.roots, RootKey, keys),
            constraints=self._left(
                self.sliced.question.constraints, ConstraintKey, keys
            ),
            projects=tuple(sorted(projects)),
            wheels=tuple(wheels),
            allow_prereleases=self.sliced.question.limits.allow_prereleases or opens,
            needs_target=not reasons.isdisjoint(SHOWN),
        )

    def _left(
        self,
        listed: Sequence[RootRequirement],
        kind: type[RootKey] | type[ConstraintKey],
        keys: Sequence[FactKey],
    ) -> tuple[RootRequirement, ...]:
        all_keys = sorted(
            (key for key in self.sliced.keys if isinstance(key, kind)),
            key=lambda key: key.index,
        )
        pairs = zip(all_keys, listed, strict=True)
        # What a hash hides is absent here, so no line needs one.
        return tuple(replace(root, hashes=()) for key, root in pairs if key in keys)

    def _wheels(self) -> Iterator[TinyWheel]:
        taken: set[str] = set()
        for sliced in self.sliced.files:
            wheel = self._wheel(sliced)
            build = 0
            # Files of one release that only differed in what is no part of it.
            while wheel is not None and wheel.filename in taken:
                build += 1
                wheel = replace(wheel, build=str(build))
            if wheel is not None:
                taken.add(wheel.filename)
                yield wheel

    def _wheel(self, sliced: SlicedFile) -> TinyWheel | None:
        reasons = {fact.reason for fact in sliced.fallen if fact != self.left_out}
        if not reasons <= SHOWN:
            return None
        answer, file = sliced.answer, sliced.file
        said = answer if isinstance(answer, FileMetadata) else FileMetadata()
        lines = [x.bare for x in sliced.lines if x.edge != self.left_out]
        python = file.requires_python or said.requires_python
        return TinyWheel(
            project=file.project,
            version=file.version,
            tag=file.tag if "tag" in reasons else PURE,
            requires_dist=tuple(dict.fromkeys(lines)),
            requires_python=python if "requires-python" in reasons else None,
            provides_extra=said.provides_extra,
            yanked=file.yanked if self._is_gated(file) else None,
        )

    def _is_gated(self, file: DistributionFile) -> bool:
        gate = FallenKey(file.project, "yanked")
        return gate in self.sliced.keys and gate != self.left_out

    def _found(self) -> Iterator[TinyWheel]:
        """Make up a release of a project, when its absence is left out."""
        if isinstance(self.left_out, AbsentKey):
            name = self.left_out.project
            version = _version_for(self._asked_of(name))
            if version is not None:
                yield TinyWheel(project=name, version=version)

    def _asked_of(self, name: NormalizedName) -> Iterator[SpecifierSet]:
        asked = self.sliced.question
        for root in (*asked.roots, *asked.constraints):
            if canonicalize_name(root.requirement.name) == name:
                yield root.requirement.specifier
        for sliced in self.sliced.files:
            for line in sliced.lines:
                if line.edge.target == name:
                    yield Requirement(line.bare).specifier


def _version_for(specifiers: Iterable[SpecifierSet]) -> str | None:
    """Find a version that is what most specifiers name."""
    listed = list(dict.fromkeys(specifiers))
    named = {
        version
        for specifier in listed
        for part in specifier
        if (version := parse_version(part.version.removesuffix(".*"))) is not None
    }
    tried = sorted({*named, Version("1"), Version("9999")}, reverse=True)

    def named_by(version: Version) -> int:
        return sum(s.contains(version, prereleases=True) for s in listed)

    return str(max(tried, key=named_by))
