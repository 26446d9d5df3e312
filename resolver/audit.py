"""A whole universe at once: what can never be installed, and never together.

Debian asks this of its archives (Mancinelli et al., "Managing the complexity of large
free and open source package-based software distributions", ASE 2006: installability of
one package is one SAT query; Vouillon and Di Cosmo, "Broken sets in software component
repositories", ICSE 2013: what cannot be together). Here everything is encoded once,
and each question is one more assumption on it. One model answers many questions: what
it chooses without any gate can be installed, and all of it together.

A release is asked for by an exact pin, so its own gate is open (RESOLVING.md 1).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.admission import Admission, MustRead
from axletree.resolver.candidates import Release
from axletree.resolver.cones import Cones
from axletree.resolver.encoding import Encoding
from axletree.resolver.knowledge import Knowledge, MemoUniverse
from axletree.resolver.model import Environment, Origin, RootRequirement
from axletree.resolver.question import Limits, Question, ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What was found, in the order of the universe; newest releases first."""

    broken: tuple[Release, ...]
    """Those with a file for the environment that can never be installed."""
    unfit: tuple[Release, ...]
    """Those without one: no wheel for it, another Python, too new."""
    apart: tuple[tuple[NormalizedName, NormalizedName], ...]
    """Projects of which no two releases can be together; each alone can be."""
    queries: int
    """Solver calls."""


def pin(release: Release) -> RootRequirement:
    """Require exactly one release, as it is spelled."""
    spelling = release.candidate_files[0].version
    text = f"{release.project}==={spelling}"
    origin = Origin(file="audit")
    return RootRequirement(requirement=Requirement(text), text=text, origin=origin)


@dataclass(kw_only=True)
class Auditor:
    """Asks everything of one universe for one environment."""

    universe: MemoUniverse
    environment: Environment
    limits: Limits
    knowledge: Knowledge = field(init=False)
    _encoding: Encoding = field(init=False)
    _gated: set[Release] = field(init=False)
    _no_gates: int = field(init=False)
    """When assumed, nothing is chosen that has a gate."""
    _installable: set[Release] = field(init=False, default_factory=set)
    _together: dict[NormalizedName, set[NormalizedName]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(
            self.universe, self.environment, self.limits, keep_fallen=True
        )

    def run(self, projects: Sequence[NormalizedName]) -> Verdicts:
        """Ask for every release of `projects`, then for every two of them.

        :raises AxletreeError: whatever the universe raises.
        """
        self._read(projects)
        self._encode()
        releases = [release for name in projects for release in self._all(name)]
        unfit = [release for release in releases if self._is_unfit(release)]
        rest = set(unfit)
        broken = [r for r in releases if r not in rest and not self._can_be(r)]
        alone = dict.fromkeys(r.project for r in releases if r in self._installable)
        apart = tuple(self._pairs_apart(list(alone)))
        return Verdicts(
            broken=tuple(broken),
            unfit=tuple(unfit),
            apart=apart,
            queries=self._encoding.sat.calls,
        )

    # Reading and encoding.

    def _read(self, projects: Sequence[NormalizedName]) -> None:
        names: Collection[NormalizedName] = projects
        while names:
            self.knowledge.read_pages(names)
            releases = [release for name in names for release in self._all(name)]
            self.knowledge.read_metadata(releases)
            named = dict.fromkeys(
                line.target
                for release in releases
                if (found := self.knowledge.dependencies.get(release)) is not None
                for line in found.all_lines
            )
            names = [name for name in named if name not in self.knowledge.releases]

    def _all(self, name: NormalizedName) -> tuple[Release, ...]:
        releases = self.knowledge.releases[name]
        return () if releases is None else releases.all

    def _encode(self) -> None:
        encoding = self._encoding = Encoding(self.knowledge, self._question())
        encoding.sync()
        self._gated = {
            release
            for releases in self.knowledge.releases.values()
            if releases is not None
            for release in releases.all
            if self._may_have_a_gate(release)
        }
        self._no_gates = encoding.sat.variable()
        for release in self._gated:
            encoding.sat.add([-self._no_gates, -encoding.chosen[release]])

    def _may_have_a_gate(self, release: Release) -> bool:
        is_yanked = any(file.yanked is not None for file in release.candidate_files)
        return is_yanked or release.version.is_prerelease

    def _question(self, *releases: Release) -> Question:
        return ask(map(pin, releases), self.environment, limits=self.limits)

    def _is_unfit(self, release: Release) -> bool:
        """Tell whether no file is for the environment (invalid ones may be)."""
        if not self.knowledge.is_fallen(release):
            return False
        reasons = self.knowledge.reasons(release).values()
        return not any(found == {"metadata"} for found in reasons)

    # Releases.

    def _can_be(self, release: Release) -> bool:
        if release in self._installable:
            return True
        chosen = self._encoding.chosen[release]
        if self._solve(chosen, self._no_gates):
            self._installable.update(self._model().values())
            return True
        if self._solve_admitted([chosen], [release.project]):
            self._installable.add(release)
            return True
        return False

    def _solve(self, *literals: int) -> bool:
        return self._encoding.sat.solve(literals)

    def _model(self) -> dict[NormalizedName, Release]:
        """Return what the last model chooses."""
        return {
            name: release
            for name in self.knowledge.releases
            if (release := self._encoding.chosen_of(name)) is not None
        }

    def _solve_admitted(
        self, literals: Iterable[int], roots: Sequence[NormalizedName]
    ) -> bool:
        """Solve so that every release is admitted if the chosen roots are pinned.

        What is said against a model holds for the same pins only.
        """
        if not self._gated:
            return self._solve(*literals)
        encoding = self._encoding
        asked = (*literals, encoding.sat.variable())
        while encoding.sat.solve(asked):
            model = self._model()
            pinned = [model[name] for name in roots]
            verdict = Admission(
                knowledge=self.knowledge,
                question=self._question(*pinned),
                chosen=model,
            ).verdict()
            if verdict is None:
                return True
            if isinstance(verdict, MustRead):  # pragma: no cover  all is read
                message = f"something was not read: {verdict}"
                raise TypeError(message)
            same = [-encoding.chosen[release] for release in pinned]
            encoding.object_to(verdict, unless=(-asked[-1], *same))
        return False

    # Pairs.

    def _pairs_apart(
        self, names: Sequence[NormalizedName]
    ) -> Iterator[tuple[NormalizedName, NormalizedName]]:
        self._together = {name: {name} for name in names}
        cones = Cones(knowledge=self.knowledge)
        for at, one in enumerate(names):
            others = [
                other
                for other in names[at + 1 :]
                if other not in self._together[one] and cones.may_clash(one, other)
            ]
            self._witness(one, others)
            for other in others:
                if other in self._together[one]:
                    continue
                literals = [self._encoding.present(n) for n in (one, other)]
                if not self._solve_admitted(literals, (one, other)):
                    yield one, other

    def _witness(self, one: NormalizedName, others: Iterable[NormalizedName]) -> None:
        """Find models that have one project with each of the others, if there are.

        Each model is filled with as many of them as it takes.
        """
        waiting = [other for other in others if other not in self._together[one]]
        while waiting:
            kept = [self._no_gates, self._encoding.present(one)]
            first, *more = waiting
            if not self._solve(*kept, self._encoding.present(first)):
                waiting = more
                continue
            model = self._model()
            for other in more:
                if other in model:
                    continue
                kept = [self._no_gates, *map(self._encoding.present, model)]
                if self._solve(*kept, self._encoding.present(other)):
                    model = self._model()
            self._note(model)
            waiting = [other for other in more if other not in self._together[one]]

    def _note(self, model: Iterable[NormalizedName]) -> None:
        names = [name for name in model if name in self._together]
        for name in names:
            self._together[name].update(names)
