"""pip's side of resolvelib, over a `Universe`: what pip prefers.

Source: pip 26.3, `resolution/resolvelib/provider.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from resolvelib import AbstractProvider

from axletree.late_dataclasses import dataclass
from axletree.resolver.queries.pip_index import PipIndex
from axletree.resolver.queries.pip_requirements import (
    IS_BOUNDED,
    IS_DIRECT,
    IS_PINNED,
    IS_RANGED,
    PipCandidate,
    PipRequirement,
    PipRoots,
)

if TYPE_CHECKING:
    # resolvelib defines the type for checkers only.
    from resolvelib.structs import RequirementInformation

    _Information: TypeAlias = "RequirementInformation[PipRequirement, PipCandidate]"

_PROMOTED_AFTER = 5
"""Conflicts after which a project is decided before others."""


@dataclass(slots=True, kw_only=True)
class PipProvider(AbstractProvider[PipRequirement, PipCandidate, str]):
    """Answers resolvelib's questions as pip does."""

    index: PipIndex
    roots: PipRoots
    _conflicts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _promoted: set[str] = field(default_factory=set)
    _nodes: dict[str, PipRequirement | PipCandidate] = field(default_factory=dict)
    """Of each name that was given: what it was given to first."""

    def identify(self, requirement_or_candidate: PipRequirement | PipCandidate) -> str:
        """Name the node."""
        name = requirement_or_candidate.identifier
        self._nodes.setdefault(name, requirement_or_candidate)
        return name

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, PipCandidate],
        candidates: Mapping[str, Iterator[PipCandidate]],  # noqa: ARG002  resolvelib passes it by name
        information: "Mapping[str, Iterator[_Information]]",  # noqa: ARG002  resolvelib passes it by name
        backtrack_causes: "Sequence[_Information]",
    ) -> Iterable[str]:
        """Take the causes of the last backtracking first, then repeated offenders."""
        causes: set[str] = set()
        for cause in backtrack_causes:
            names = [cause.requirement.identifier]
            if cause.parent is not None:
                names.append(cause.parent.identifier)
            causes.update(names)
            self._count(name for name in names if name not in resolutions)
        listed = list(identifiers)
        return (
            [name for name in listed if name in causes]
            or [name for name in listed if name in self._promoted]
            or listed
        )

    def _count(self, names: Iterable[str]) -> None:
        for name in names:
            self._conflicts[name] += 1
            if self._conflicts[name] >= _PROMOTED_AFTER:
                self._promoted.add(name)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, PipCandidate],  # noqa: ARG002  resolvelib passes it by name
        candidates: Mapping[str, Iterator[PipCandidate]],  # noqa: ARG002  resolvelib passes it by name
        information: "Mapping[str, Iterator[_Information]]",
        backtrack_causes: "Sequence[_Information]",  # noqa: ARG002  resolvelib passes it by name
    ) -> tuple[bool, bool, bool, bool, float, bool, str]:
        """Order: direct, pinned, bounded above, as the user named, by name."""
        what = 0
        for requirement, _ in information[identifier]:
            what |= requirement.what
        return (
            identifier not in self._promoted,
            not what & IS_DIRECT,
            not what & IS_PINNED,
            not what & IS_BOUNDED,
            self.roots.order.get(identifier, inf),
            not what & IS_RANGED,
            identifier,
        )

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[PipRequirement]],
        incompatibilities: Mapping[str, Iterator[PipCandidate]],
    ) -> Callable[[], Iterator[PipCandidate]]:
        """List the candidates, newest first; each is read when it is reached."""
        asked = list(requirements[identifier])
        node = self._nodes[identifier]
        project, extras = node.project, node.extras
        base = list(requirements[project]) if extras and project in requirements else []
        refused = set(incompatibilities[identifier])
        limit = self.roots.constraints.get(project) or self.index.range("")
        ranges = frozenset((limit, *(each.range for each in asked + base)))
        exact = {
            self.index.candidate(project, requirement.candidate.position, extras)
            for requirement in asked + base
            if requirement.candidate is not None
        }

        def found() -> Iterator[PipCandidate]:
            if not asked + base:
                # A backjump has taken back all that asked for it: so does pip.
                return
            for position in self.index.applicable(project, ranges):
                candidate = self.index.candidate(project, position, extras)
                if candidate not in refused and self.index.read(project, position):
                    yield candidate

        def explicit() -> Iterator[PipCandidate]:
            for candidate in exact - refused:
                if limit.admits(candidate) and all(
                    self.is_satisfied_by(requirement, candidate)
                    for requirement in asked
                ):
                    yield candidate

        return explicit if exact else found

    def is_satisfied_by(
        self, requirement: PipRequirement, candidate: PipCandidate
    ) -> bool:
        """Tell whether a candidate is in the range; gates were looked at before."""
        if requirement.candidate is not None:
            return requirement.candidate is candidate
        range_ = requirement.range
        found = range_.fitting.get(candidate)
        return range_.admits(candidate) if found is None else found

    def get_dependencies(self, candidate: PipCandidate) -> tuple[PipRequirement, ...]:
        """Return what a candidate requires."""
        return self.index.dependencies(candidate)
