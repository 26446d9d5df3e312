"""One encoding of a whole universe, and what can be asked of it.

A model costs as much as the universe is large; what is refused costs no more than its
own cone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.audits.closures import Cones
from axletree.resolver.engine.clauses import Clauses
from axletree.resolver.engine.decisions import as_tables, tables_of
from axletree.resolver.engine.gates import GateClause, admitted
from axletree.resolver.engine.sat import Sat
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Limits,
    ask,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.tables_read import Reading, Unread

Choice = dict[NormalizedName, Release]
"""What a model chooses of some projects."""


def pin(release: Release) -> RootRequirement:
    """Require exactly one release, as it is spelled."""
    spelling = release.candidate_files[0].version
    text = f"{release.project}==={spelling}"
    origin = Origin(file="audit")
    return RootRequirement(requirement=Requirement(text), text=text, origin=origin)


@dataclass(kw_only=True)
class Queries:
    """Asks the solver; all that is known must be read before."""

    knowledge: Knowledge
    limits: Limits
    cones: Cones
    _clauses: Clauses = field(init=False)
    gated: set[Release] = field(init=False)
    """Releases that may have a gate."""
    no_gates: int = field(init=False)
    """When assumed, nothing is chosen that has a gate."""
    _gated_projects: int = field(init=False)
    """As a mask of the cones."""
    _through: dict[frozenset[Release], int] = field(init=False, default_factory=dict)
    _presences: list[int] = field(init=False)
    """By place in the cones: the variable that says that it is chosen."""

    def __post_init__(self) -> None:
        reading = Reading(tables_of(self.knowledge))
        pages = self.knowledge.releases
        reading.read_ahead(pages)
        for name, releases in pages.items():
            count = 0 if releases is None else len(releases.all)
            reading.read_some(name, 0, count)
        self._clauses = Clauses(reading)
        self._clauses.sync()
        self.gated = {
            release
            for releases in pages.values()
            if releases is not None
            for release in releases.all
            if self._may_have_a_gate(release, releases)
        }
        self.no_gates = self.sat.variable()
        for release in self.gated:
            self.sat.add([-self.no_gates, -self.chosen(release)])
        self._gated_projects = self.cones.mask({r.project for r in self.gated})
        self._presences = [self.presence(name) for name in self.cones.names]

    @property
    def sat(self) -> Sat:
        """Return the solver."""
        return self._clauses.sat

    def chosen(self, release: Release) -> int:
        """Return the literal that says that a release is chosen."""
        return self._clauses.chosen[release.project][release.position]

    def presence(self, name: NormalizedName) -> int:
        """Return the literal that says that some release of a project is chosen."""
        return self._clauses.presence(name)

    def prefer(self, releases: Iterable[Release]) -> None:
        """Let the solver try first to choose these, and what lines demand."""
        self._clauses.prefer((r.project, r.position) for r in releases)

    def chosen_of(self, name: NormalizedName) -> Release | None:
        """Return the project's release in the last model."""
        releases = self.knowledge.releases.get(name)
        if releases is None or not releases.all:
            return None
        position = self._clauses.position_in_model(name)
        return None if position is None else releases.all[position]

    def _may_have_a_gate(self, release: Release, releases: Releases) -> bool:
        # Where there is no final release at all, pre-releases are always let in.
        has_finals = bool(self.knowledge.gates(releases).finals)
        is_yanked = any(file.yanked is not None for file in release.candidate_files)
        return is_yanked or (has_finals and release.version.is_prerelease)

    def micros(self, choice: Choice) -> int:
        """Return the patch releases of Python for which a choice of the last model is.

        Each of its lines is in force for all of them, or for none.
        """
        found, python = self.knowledge.all_micros, self._clauses.python_in_model()
        for release in choice.values():
            for micros in self._sides.get(release, ()):
                found &= micros if micros >> python & 1 else ~micros
        return found

    @cached_property
    def _sides(self) -> Mapping[Release, Sequence[int]]:
        """Map the few releases that tell patch releases apart to how they do."""
        knowledge, read = self.knowledge, self._clauses.reading.releases
        found: dict[Release, Sequence[int]] = {}
        for release in knowledge.dependencies:
            table = read.get(release.project, {}).get(release.position)
            sides = [] if table is None else [line[4] for line in table[0] if line[4]]
            micros = knowledge.micros_of(release)
            if sides or micros != knowledge.all_micros:
                found[release] = (micros, *sides)
        return found

    def solve(self, *literals: int) -> bool:
        """Tell whether literals can hold together; gates are not looked at."""
        return self.sat.solve(literals)

    def through(self, gated: frozenset[Release]) -> int:
        """Return a literal: when assumed, nothing else is chosen that has a gate."""
        found = self._through.get(gated)
        if found is None:
            found = self._through[gated] = self.sat.variable()
            for release in self.gated - gated:
                self.sat.add([-found, -self.chosen(release)])
        return found

    def present(self) -> int:
        """Return the projects of which the last model chooses a release."""
        return self.sat.mask(self._presences)

    def reached(self, roots: Iterable[NormalizedName]) -> Choice:
        """Return what the last model chooses for some projects, with all they need."""
        found: Choice = {}
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            release = self.chosen_of(name)
            if release is not None:
                found[name] = release
                lines = self.knowledge.dependencies[release].all_lines
                waiting += (line.target for line in lines)
        return found

    def solve_admitted(
        self, literals: Iterable[int], roots: Sequence[NormalizedName]
    ) -> bool:
        """Solve so that every release is admitted if the chosen roots are pinned.

        What is said against a model holds for the same pins only.
        """
        if not any(self.cones.of(root) & self._gated_projects for root in roots):
            return self.solve(*literals)
        asked = (*literals, self.sat.variable())
        while self.sat.solve(asked):
            model = self.reached(roots)
            verdict = self.verdict(model, roots)
            if verdict is None:
                return True
            same = [-self.chosen(model[name]) for name in roots]
            self._clauses.object_to(verdict, unless=(-asked[-1], *same))
        return False

    def verdict(
        self, model: Choice, roots: Iterable[NormalizedName]
    ) -> GateClause | None:
        """Say which shut gate a model meets when just its roots are pinned."""
        pins = [pin(model[name]) for name in roots]
        question = ask(pins, self.knowledge.environment, limits=self.limits)
        chosen = {str(name): release.position for name, release in model.items()}
        asked, python = as_tables(question), self._clauses.python_in_model()
        verdict = admitted(self._clauses.reading, asked, chosen, python)
        if isinstance(verdict, Unread):  # pragma: no cover  all is read
            message = f"something was not read: {verdict.releases} {verdict.pages}"
            raise TypeError(message)
        return verdict
