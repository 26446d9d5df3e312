"""Repairs by building anew what is there, and cannot be taken as it is.

That is a release of old, with a line that no installer of today reads (an override
helps as well), and one that has wheels for other platforms only, and an sdist that no
one may build on the way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from itertools import islice

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.old_requirements import (
    LAST_PIP,
    OldRequirement,
    read_old,
)
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.foreign_text import parsed_requirement
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.requirements import Override
from axletree.resolver.repairs.costs import OVERRIDE, cost_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.repairs.suggested_recipe import (
    stamped_version,
    stamped_wheel,
    suggest_recipe,
)
from axletree.resolver.universe.candidates import Release

MOST_RELEASES = 3
"""Of one project that are mended, newest first."""
_OLD_BUILD = ("setuptools<66", "wheel<0.40")
"""Those since refuse to write such a line."""
_PYTHON_BEYOND = 12
"""From 3.12 on such a setuptools does not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rebuilt:
    """A release as a recipe would build it."""

    release: Release
    wheel: DistributionFile
    metadata: FileMetadata
    recipe: str

    @property
    def pin(self) -> str:
        return f"{self.release.project}=={self.wheel.version}"


def _prove(
    prover: Prover, rebuilt: _Rebuilt, text: str, *notes: str
) -> tuple[Repair | None, bool]:
    """Resolve with such a wheel; the answer, and whether it is for certain."""
    prover.reporter.proving(f"{rebuilt.release.label} by a recipe")
    wheels = {rebuilt.wheel: rebuilt.metadata}
    found = prover.attempt(prover.resolver.beside(wheels), prover.question)
    if not isinstance(found, Found):
        return None, not isinstance(found, GaveUp)
    if found.value.versions.get(rebuilt.release.project) != rebuilt.wheel.version:
        return None, True
    repair = Repair(
        kind="recipe",
        text=text,
        changes=(rebuilt.pin,),
        # An override is there at once.
        cost=cost_of([OVERRIDE], 1),
        claim=prover.claim(found),
        resolution=found.value,
        wheels=wheels,
        recipes=(rebuilt.recipe,),
        notes=(*notes, *prover.notes(found.unread)),
    )
    return repair, True


@dataclass(slots=True)
class OldLineRepairs:
    """Looks for releases of old whose lines can be mended."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield for each blamed project how the newest release is mended that can be.

        By an override; and by a recipe, after which pip takes it, too.
        """
        keys = (key for core in self.prover.cores for key in core.keys)
        blamed = {
            key.project: None
            for key in keys
            if isinstance(key, FallenKey) and key.reason == "metadata"
        }
        for name in blamed:
            for release in self._old(name):
                repair = self._mend(release)
                if repair is not None:
                    yield repair
                    yield from self._build(release)
                    break

    def _old(self, name: NormalizedName) -> Iterator[Release]:
        """Yield releases that fell by their lines, as far as anybody asks for them."""
        knowledge, question = self.prover.explanation.knowledge, self.prover.question
        releases = knowledge.releases.get(name)
        if releases is None:
            return
        mask = releases.masks.all & ~releases.yanked
        for asked in (*question.roots, *question.constraints):
            if canonicalize_name(asked.requirement.name) == name:
                mask &= releases.masks.of(asked.requirement.specifier)
        fallen = (
            release
            for release in releases.all
            if mask >> release.position & 1
            and release.files
            and release.files[0] in knowledge.unusable
        )
        yield from islice(fallen, MOST_RELEASES)

    def _mend(self, release: Release) -> Repair | None:
        overrides = self._overrides(release)
        if not overrides:
            return None
        prover, question = self.prover, self.prover.question
        prover.reporter.proving(f"{release.label} with an override")
        changes = Changes(
            overrides=(*question.changes.overrides, *overrides),
            exclusions=question.changes.exclusions,
        )
        found = prover.resolve(replace(question, changes=changes))
        if not isinstance(found, Found):
            self.is_complete &= not isinstance(found, GaveUp)
            return None
        pins = {(pin.name, pin.version) for pin in found.value.pins}
        if (release.project, release.version) not in pins:
            return None
        texts = tuple(override.text for override in overrides)
        return Repair(
            kind="override",
            text=f"read old metadata of {release.label} by {_counted(texts)}",
            changes=texts,
            cost=cost_of([OVERRIDE] * len(texts)),
            claim=prover.claim(found),
            resolution=found.value,
            notes=(f"{LAST_PIP}: {release.label}", *prover.notes(found.unread)),
        )

    def _overrides(self, release: Release) -> tuple[Override, ...]:
        """Mend each line that cannot be read; none if one is beyond that."""
        found: dict[NormalizedName, Override] = {}
        for old in _old_lines(self._metadata(release)).values():
            target = canonicalize_name(old.requirement.name)
            found[target] = Override(
                target=target,
                specifier=old.likely,
                requirer=release.project,
                text=f"{release.project}:{target}{old.likely}",
                origin=Origin(file="a repair"),
            )
        return tuple(found.values())

    def _metadata(self, release: Release) -> FileMetadata | None:
        file = release.files[0]
        answer = self.prover.universe.metadata([file])[file]
        return answer if isinstance(answer, FileMetadata) else None

    def _build(self, release: Release) -> Iterator[Repair]:
        """Yield the same as a wheel of our own, whose lines everybody reads."""
        metadata, knowledge = self._metadata(release), self.prover.explanation.knowledge
        if metadata is None:
            return
        lines = {text: old.mended for text, old in _old_lines(metadata).items()}
        releases, python = knowledge.releases[release.project], _python(self.prover)
        version = stamped_version(release, releases)
        is_beyond = python >= _PYTHON_BEYOND
        said = ", ".join(f"{new} instead of {old}" for old, new in lines.items())
        repair, is_certain = _prove(
            self.prover,
            _Rebuilt(
                release=release,
                wheel=stamped_wheel(release, version, release.files[0]),
                metadata=replace(
                    metadata,
                    requires_dist=tuple(
                        lines.get(t, t) for t in metadata.requires_dist
                    ),
                ),
                recipe=suggest_recipe(
                    release,
                    version,
                    lines,
                    page=releases.page if releases is not None else None,
                    python=self.prover.question.environment.python,
                    requires=() if is_beyond else _OLD_BUILD,
                ),
            ),
            f"build {release.label} by a recipe, to require {said}",
            *([_NEEDS_PATCH] if is_beyond else ()),
        )
        self.is_complete &= is_certain
        yield from filter(None, [repair])


@dataclass(slots=True)
class MissingWheelRepairs:
    """Looks for releases with wheels for others, and an sdist that may not be taken."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield for each blamed project the newest release that a build mends."""
        keys = {key: None for core in self.prover.cores for key in core.keys}
        for key in keys:
            if isinstance(key, FallenKey) and key.reason == "tag":
                found = map(self._build, self._without_wheel(key.project))
                yield from islice(filter(None, found), 1)

    def _without_wheel(self, name: NormalizedName) -> Iterator[Release]:
        """Yield the releases that would do if they had a wheel, newest first."""
        explanation = self.prover.explanation
        releases = explanation.knowledge.releases.get(name)
        if releases is None:
            return
        keys = [FallenKey(name, "tag"), FallenKey(name, "binary-policy")]
        candidates = (
            release
            for release in releases.all
            if not release.files
            and not release.is_yanked
            and self._reasons(release) == {"tag", "binary-policy"}
            and explanation.can_hold_without(keys, explanation.literal(release))
        )
        yield from islice(candidates, MOST_RELEASES)

    def _reasons(self, release: Release) -> set[str]:
        """Tell what keeps a release away: that of one of its wheels, and of its sdist."""
        compiler = self.prover.explanation.knowledge.compiler
        found = {
            (file.kind, compiler.reasons(file, release.version))
            for file in release.fallen
        }
        wanted = {
            ("wheel", frozenset({"tag"})),
            ("sdist", frozenset({"binary-policy"})),
        }
        return {reason for _, reasons in found & wanted for reason in reasons}

    def _build(self, release: Release) -> Repair | None:
        explanation, question = self.prover.explanation, self.prover.question
        wheel = next(file for file in release.fallen if file.kind == "wheel")
        metadata = self.prover.universe.metadata([wheel])[wheel]
        if not isinstance(metadata, FileMetadata):
            return None
        releases = explanation.knowledge.releases[release.project]
        version = stamped_version(release, releases)
        repair, is_certain = _prove(
            self.prover,
            _Rebuilt(
                release=release,
                wheel=stamped_wheel(
                    release, version, wheel, _own_tag(question.environment)
                ),
                metadata=metadata,
                recipe=suggest_recipe(
                    release,
                    version,
                    {},
                    page=releases.page if releases is not None else None,
                    python=question.environment.python,
                ),
            ),
            f"build a wheel of {release.label} for {question.environment.label} by a "
            "recipe, from its sdist",
        )
        self.is_complete &= is_certain
        return repair


_NEEDS_PATCH = (
    "no setuptools of this Python writes such a line: the recipe needs a [[patch]] of "
    "the source"
)


def _own_tag(environment: Environment) -> str:
    """Return the tag of a wheel that is built on a machine like the target."""
    interpreter = environment.tags[0].rpartition("-")[0]
    own = (t for t in environment.tags if t.startswith(f"{interpreter}-linux_"))
    return next(own, environment.tags[0])


def _python(prover: Prover) -> int:
    """Return the minor version of the target's Python."""
    return int(prover.question.environment.python.removesuffix("t").split(".")[1])


def _old_lines(metadata: FileMetadata | None) -> Mapping[str, OldRequirement]:
    """Find the lines that only pips of old read, as far as they can be mended."""
    texts = () if metadata is None else metadata.requires_dist
    found = {text: read_old(text) for text in texts if not _is_read(text)}
    return {text: old for text, old in found.items() if old is not None}


def _is_read(text: str) -> bool:
    try:
        parsed_requirement(text)
    except ValueError:
        return False
    return True


def _counted(texts: tuple[str, ...]) -> str:
    return f"{'an override' if len(texts) == 1 else 'overrides'}: {', '.join(texts)}"
