"""A whole universe at once: what can never be installed, and never together.

Debian asks this of its archives (Mancinelli et al., "Managing the complexity of large
free and open source package-based software distributions", ASE 2006: installability of
one package is one SAT query; Vouillon and Di Cosmo, "Broken sets in software component
repositories", ICSE 2013: what cannot be together). Here everything is encoded once,
and each question is one more assumption on it. A model costs as much as the universe is
large, so what matters is how few are needed: what one chooses without any gate can be
installed, and all of it together, so models are asked for that choose as much as can be
of what is still open. What is refused costs no more than its own cone.

A release is asked for by an exact pin, so its own gate is open (RESOLVING.md 1).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from axletree.resolver.audits.closures import Cones
from axletree.resolver.audits.pairs import (
    Pair,
    Pairs,
)
from axletree.resolver.audits.queries import (
    Choice,
    Queries,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge

FEW = 8
"""Releases that a model must newly show to be worth it: it is looked at whole, and so
many releases can be asked for one by one in that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What was found, by name; newest releases first."""

    broken: tuple[Release, ...]
    """Those with a file for the environment that can never be installed."""
    unfit: tuple[Release, ...]
    """Those without one: no wheel for it, another Python, too new."""
    apart: tuple[Pair, ...]
    """Projects of which no two releases can be together; each alone can be."""
    bases: Mapping[Pair, Pair]
    """Each of these -> the one that it is apart for, which may be itself."""
    queries: int
    """Solver calls."""


@dataclass(kw_only=True)
class Auditor:
    """Asks everything of one universe for one environment."""

    universe: MemoUniverse
    environment: Environment
    limits: Limits
    knowledge: Knowledge = field(init=False)
    cones: Cones = field(init=False)
    _queries: Queries = field(init=False)
    _installable: set[Release] = field(init=False, default_factory=set)
    _open: dict[Release, int] = field(init=False, default_factory=dict)
    """Those not yet found installable, with the variable that says it is chosen."""

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(self.universe, self.environment, self.limits)
        self.cones = Cones(knowledge=self.knowledge)

    def run(self, projects: Sequence[NormalizedName]) -> Verdicts:
        """Ask for every release of `projects`, then for every two of them.

        :raises AxletreeError: whatever the universe raises.
        """
        self._read(projects)
        self._queries = Queries(
            knowledge=self.knowledge, limits=self.limits, cones=self.cones
        )
        releases = [release for name in projects for release in self._all(name)]
        unfit = [release for release in releases if self._is_unfit(release)]
        rest = set(unfit)
        fit = [release for release in releases if release not in rest]
        self._find_many(fit)
        broken = [release for release in fit if not self._can_be(release)]
        installable: dict[NormalizedName, list[Release]] = {}
        for release in fit:
            if release in self._installable:
                installable.setdefault(release.project, []).append(release)
        pairs = Pairs(queries=self._queries, installable=installable)
        return Verdicts(
            broken=tuple(broken),
            unfit=tuple(unfit),
            apart=tuple(sorted(pairs.apart())),
            bases=pairs.bases,
            queries=self._queries.sat.calls,
        )

    # Reading.

    def _read(self, projects: Sequence[NormalizedName]) -> None:
        names: Collection[NormalizedName] = projects
        while names:
            self.knowledge.read_pages(names)
            releases = [release for name in names for release in self._all(name)]
            self.knowledge.read_metadata(releases, through=True)
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

    def _is_unfit(self, release: Release) -> bool:
        """Tell whether no file is for the environment (invalid ones may be)."""
        if not self.knowledge.is_fallen(release):
            return False
        reasons = self.knowledge.reasons(release).values()
        return not any(found == {"metadata"} for found in reasons)

    # Releases.

    def _find_many(self, releases: Iterable[Release]) -> None:
        """Look for models that choose many releases at once that are still open."""
        queries = self._queries
        self._open = {
            release: queries.chosen(release)
            for release in releases
            if release not in queries.gated and not self.knowledge.is_fallen(release)
        }
        before = -FEW
        while self._open and len(self._installable) >= before + FEW:
            before = len(self._installable)
            self._prefer_open()
            if not queries.solve(queries.no_gates):
                return
            self._take_model()

    def _prefer_open(self) -> None:
        """Let models choose what is open; of one project, what was open longest."""
        first: Choice = {}
        for release in self._open:
            first.setdefault(release.project, release)
        self._queries.prefer(first.values())
        # What is in vain now goes last.
        for release in first.values():
            self._open[release] = self._open.pop(release)

    def _take_model(self) -> None:
        """Note which open releases the last model, one without gates, chooses."""
        holds = self._queries.sat.holds
        found = [release for release, chosen in self._open.items() if holds(chosen)]
        self._installable.update(found)
        for release in found:
            del self._open[release]

    def _can_be(self, release: Release) -> bool:
        if release in self._installable:
            return True
        queries = self._queries
        chosen = queries.chosen(release)
        if release in self._open and queries.solve(chosen, queries.no_gates):
            self._take_model()
            self._prefer_open()
            return True
        if queries.solve_admitted([chosen], [release.project]):
            self._installable.add(release)
            return True
        self._open.pop(release, None)
        return False
