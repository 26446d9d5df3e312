"""One encoding of a whole universe, and what can be asked of it.

A model costs as much as the universe is large; what is refused costs no more than its
own cone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.engine.admission import (
    Admission,
    MustRead,
)
from axletree.resolver.engine.encoding import Encoding
from axletree.resolver.engine.objection import Objection
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Limits,
    ask,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.closures import Cones
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.knowledge import Knowledge

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
    encoding: Encoding = field(init=False)
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
        question = ask((), self.knowledge.environment, limits=self.limits)
        encoding = self.encoding = Encoding(self.knowledge, question)
        encoding.sync()
        self.gated = {
            release
            for releases in self.knowledge.releases.values()
            if releases is not None
            for release in releases.all
            if self._may_have_a_gate(release, releases)
        }
        self.no_gates = encoding.sat.variable()
        for release in self.gated:
            encoding.sat.add([-self.no_gates, -encoding.chosen[release]])
        self._gated_projects = self.cones.mask({r.project for r in self.gated})
        self._presences = [encoding.present(name) for name in self.cones.names]

    def _may_have_a_gate(self, release: Release, releases: Releases) -> bool:
        # Where there is no final release at all, pre-releases are always let in.
        has_finals = bool(self.knowledge.gates(releases).finals)
        is_yanked = any(file.yanked is not None for file in release.candidate_files)
        return is_yanked or (has_finals and release.version.is_prerelease)

    def solve(self, *literals: int) -> bool:
        """Tell whether literals can hold together; gates are not looked at."""
        return self.encoding.sat.solve(literals)

    def through(self, gated: frozenset[Release]) -> int:
        """Return a literal: when assumed, nothing else is chosen that has a gate."""
        found = self._through.get(gated)
        if found is None:
            found = self._through[gated] = self.encoding.sat.variable()
            for release in self.gated - gated:
                self.encoding.sat.add([-found, -self.encoding.chosen[release]])
        return found

    def present(self) -> int:
        """Return the projects of which the last model chooses a release."""
        return self.encoding.sat.mask(self._presences)

    def reached(self, roots: Iterable[NormalizedName]) -> Choice:
        """Return what the last model chooses for some projects, with all they need."""
        found: Choice = {}
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            release = self.encoding.chosen_of(name)
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
        encoding = self.encoding
        asked = (*literals, encoding.sat.variable())
        while encoding.sat.solve(asked):
            model = self.reached(roots)
            verdict = self.verdict(model, roots)
            if verdict is None:
                return True
            same = [-encoding.chosen[model[name]] for name in roots]
            encoding.object_to(verdict, unless=(-asked[-1], *same))
        return False

    def verdict(
        self, model: Choice, roots: Iterable[NormalizedName]
    ) -> Objection | None:
        """Say which shut gate a model meets when just its roots are pinned."""
        pins = [pin(model[name]) for name in roots]
        verdict = Admission(
            knowledge=self.knowledge,
            question=ask(pins, self.knowledge.environment, limits=self.limits),
            chosen=model,
        ).verdict()
        if isinstance(verdict, MustRead):  # pragma: no cover  all is read
            message = f"something was not read: {verdict}"
            raise TypeError(message)
        return verdict
