"""Changes after which a resolution exists, each proved by resolving again.

Source: RESOLVING.md 5. What is offered so far: another version of one root, and a
wheel that a recipe would build.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.candidates import Release
from axletree.resolver.conflict import KeyCore
from axletree.resolver.distribution import DistributionFile, FileMetadata
from axletree.resolver.encoding import EdgeKey, RootKey
from axletree.resolver.file_limits import hash_limits
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.model import Counters, Repair, Resolution
from axletree.resolver.question import Question
from axletree.resolver.reporter import Reporter, SilentReporter
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe import OverlayUniverse

MOST_RANGE = 25
"""Versions of a working range that are proved before it says "at least"."""

MOST_SDISTS = 3
"""Of these, versions without a wheel: each may cost a build to learn its metadata."""

RELAX_ROOT, BY_RECIPE = 0, 3
"""Ranks of the kinds in the published order of costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureWheel:
    """What a recipe says its wheel will be."""

    recipe: str
    """How the user names it."""
    file: DistributionFile
    metadata: FileMetadata


@dataclass(slots=True)
class Repairer:
    """Looks for repairs of one refused question."""

    universe: MemoUniverse
    question: Question
    cores: Sequence[KeyCore]
    wheels: Sequence[FutureWheel] = ()
    reporter: Reporter = field(default_factory=SilentReporter)
    _resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self._resolver = Resolver(self.universe, reporter=self.reporter)

    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs that were proved, cheapest first."""
        found = [*self._by_roots(), *self._by_recipes()]
        return tuple(sorted(found, key=lambda repair: (repair.cost, repair.text)))

    @property
    def counters(self) -> Counters:
        """Return all that was read, the reading for the core included."""
        return self._resolver.counters

    # Another version of a root.

    def _by_roots(self) -> Iterator[Repair]:
        indices = [
            key.index
            for core in self.cores
            for key in core.keys
            if isinstance(key, RootKey)
        ]
        for index in dict.fromkeys(indices):
            root = self.question.roots[index]
            # Of an overridden line the versions are not those that are in force.
            if len(root.requirement.specifier) and not root.overrides:
                repair = self._relax(index)
                if repair is not None:
                    yield repair

    def _relax(self, index: int) -> Repair | None:
        name = canonicalize_name(self.question.roots[index].requirement.name)
        self.reporter.proving(f"another version of {name}")
        open_question = self._with_root(index, self._spell(index, ""))
        search = self._resolver.search(open_question, lead=name)
        decisions = self._resolver.run(search)
        if decisions is None:
            return None
        newest = decisions.releases[name]
        releases = search.knowledge.releases[name]
        listed = releases.all if releases is not None else ()
        run, is_cut = self._working_run(index, newest, listed)
        run = _spellable(run, listed)
        text = self._spell(index, _range(run))
        outcome = self._resolver.resolve(self._with_root(index, text))
        if not isinstance(outcome, Resolution):
            return None
        return Repair(
            kind="relax-root",
            text=self._relax_text(index, run, is_cut=is_cut),
            changes=(text,),
            cost=(RELAX_ROOT, 1, self._distance(index, newest, listed)),
            claim="irreducible",
            resolution=outcome,
        )

    def _working_run(
        self, index: int, newest: Release, listed: Sequence[Release]
    ) -> tuple[list[Version], bool]:
        """Return the contiguous working versions, newest first, and if it was cut."""
        run = [newest.version]
        sdists = 0
        for release in listed[newest.position + 1 :]:
            if release.is_yanked or release.version.is_prerelease:
                continue
            sdists += release.files[0].kind == "sdist"
            if len(run) == MOST_RANGE or sdists > MOST_SDISTS:
                return run, True
            # `==2` would take 2+local, too.
            pin = f"==={release.files[0].version}"
            pinned = self._with_root(index, self._spell(index, pin))
            self.reporter.proving(f"{release.label}")
            if self._resolver.run(self._resolver.search(pinned)) is None:
                break
            run.append(release.version)
        return run, False

    def _relax_text(self, index: int, run: Sequence[Version], *, is_cut: bool) -> str:
        root = self.question.roots[index]
        at_least = ", perhaps older ones too" if is_cut else ""
        versions = (
            f"{run[0]}"
            if len(run) == 1
            else f"{run[-1]} to {run[0]} ({len(run)} versions{at_least})"
        )
        hashes = " and its hashes" if root.hashes else ""
        return f"use {root.requirement.name} {versions} instead of {root.text}{hashes}"

    def _distance(self, index: int, newest: Release, listed: Sequence[Release]) -> int:
        """Count the candidates from the nearest one the old specifier names."""
        specifier = self.question.roots[index].requirement.specifier
        named = [
            release.position
            for release in listed
            if specifier.contains(release.version, prereleases=True)
        ]
        distances = [abs(newest.position - position) for position in named]
        return min(distances, default=len(listed))

    def _spell(self, index: int, specifier: str) -> str:
        requirement = self.question.roots[index].requirement
        extras = (
            f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        )
        return f"{requirement.name}{extras}{specifier}"

    def _with_root(self, index: int, text: str) -> Question:
        roots = list(self.question.roots)
        # The hashes of a line are those of the versions it named.
        roots[index] = replace(
            roots[index], requirement=Requirement(text), text=text, hashes=()
        )
        hashes = hash_limits((*roots, *self.question.constraints))
        limits = replace(self.question.limits, hashes=hashes)
        return replace(self.question, roots=tuple(roots), limits=limits)

    # A wheel that a recipe would build.

    def _by_recipes(self) -> Iterator[Repair]:
        blamed = {
            key.project
            for core in self.cores
            for key in core.keys
            if isinstance(key, EdgeKey)
        }
        offered: set[tuple[NormalizedName, str]] = set()
        for wheel in self.wheels:
            identity = (wheel.file.project, wheel.file.version)
            if wheel.file.project in blamed and identity not in offered:
                offered.add(identity)
                repair = self._by_recipe(wheel)
                if repair is not None:
                    yield repair

    def _by_recipe(self, wheel: FutureWheel) -> Repair | None:
        name, version = wheel.file.project, wheel.file.version
        self.reporter.proving(f"{name} {version} by recipe")
        universe = OverlayUniverse(
            base=self.universe, added={wheel.file: wheel.metadata}
        )
        resolver = Resolver(MemoUniverse(universe), reporter=self.reporter)
        outcome = resolver.resolve(self.question)
        if not isinstance(outcome, Resolution):
            return None
        if not any(pin.file is wheel.file for pin in outcome.pins):
            return None
        return Repair(
            kind="recipe",
            text=f"build {name} {version} by the recipe {wheel.recipe}",
            changes=(f"{name}=={version}",),
            cost=(BY_RECIPE, 1),
            claim="irreducible",
            resolution=outcome,
            recipe=wheel.recipe,
            command=f"axletree build {wheel.recipe}",
        )


def _range(run: Sequence[Version]) -> str:
    if len(run) == 1:
        return f"=={run[0]}"
    # No bound may name a local version (PEP 440); each takes those of its own in.
    return f">={run[-1].public},<={run[0].public}"


def _spellable(run: list[Version], listed: Sequence[Release]) -> list[Version]:
    """Shorten a run to one whose bounds take in no version beside it.

    `<=2` takes in 2 and 2+local alike: one of them that does not work, or is not
    known to, keeps the other out of a range.
    """
    while len(run) > 1:
        ends = {run[0].public, run[-1].public}
        missing = {
            release.version.public
            for release in listed
            if release.version.public in ends
            and release.version not in run
            and not release.is_yanked
        }
        if run[0].public in missing:
            return run[:1]
        if run[-1].public not in missing:
            return run
        run = run[:-1]
    return run
