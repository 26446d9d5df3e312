"""Who asked for a project of an answer, back to the requirements that a user wrote."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.conflicts.evidence import line_evidence
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.facts import Evidence
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.knowledge import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One requirement on the way to a project."""

    requirer: NormalizedName | None
    """None: the user."""
    version: str | None
    """Of the requirer."""
    target: NormalizedName
    requirement: str
    """Without its marker."""
    evidence: Evidence

    @property
    def text(self) -> str:
        """Say it in a clause."""
        if self.requirer is None:
            return f"you require {self.requirement}"
        return f"{self.requirer} {self.version} requires {self.requirement}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The shortest way from a root to a project over one of its requirers."""

    links: tuple[Link, ...]
    """From a root to the requirement on the project itself; never empty."""


@dataclass(frozen=True)
class Chains:
    """Who asks for whom in one answer."""

    question: Question
    knowledge: Knowledge
    decisions: Decisions

    def to(self, name: NormalizedName) -> tuple[Chain, ...]:
        """Return one chain for each requirement on a project, shortest first.

        Of equally long ones the first as the answer was found.
        """
        last = [link for link in self._links if link.target == name]
        chains = [Chain(links=(*self._way_to(link), link)) for link in last]
        return tuple(sorted(chains, key=lambda chain: len(chain.links)))

    def _way_to(self, link: Link) -> tuple[Link, ...]:
        return () if link.requirer is None else self._ways[link.requirer]

    @cached_property
    def _links(self) -> list[Link]:
        roots = filter(self._is_in_force, self.question.roots)
        return [*map(_root_link, roots), *self._release_links()]

    def _is_in_force(self, root: RootRequirement) -> bool:
        micros = self.knowledge.evaluator.limit(root.requirement.marker)
        return not micros or bool(micros >> self.decisions.python & 1)

    def _release_links(self) -> Iterator[Link]:
        for name, release in self.decisions.releases.items():
            extras = frozenset(self.decisions.standings[name].extras)
            file = self.knowledge.file_of(release)
            found = self.knowledge.dependencies[release]
            said = found.lines(extras, among=1 << self.decisions.python)
            for line in dict.fromkeys(said):
                yield Link(
                    requirer=name,
                    version=str(release.version),
                    target=line.target,
                    requirement=line.demand,
                    evidence=Evidence(
                        kind="metadata",
                        filename=file.filename,
                        sha256=file.hashes.get("sha256"),
                        field=f"Requires-Dist: {line.text}",
                        project=name,
                    ),
                )

    @cached_property
    def _ways(self) -> dict[NormalizedName, tuple[Link, ...]]:
        """Map each project to its shortest chain; breadth first from the roots."""
        of: dict[NormalizedName | None, list[Link]] = {}
        for link in self._links:
            of.setdefault(link.requirer, []).append(link)
        ways: dict[NormalizedName, tuple[Link, ...]] = {}
        queue: deque[NormalizedName | None] = deque([None])
        while queue:
            requirer = queue.popleft()
            way = () if requirer is None else ways[requirer]
            for link in of.get(requirer, ()):
                if link.target not in ways:
                    ways[link.target] = (*way, link)
                    queue.append(link.target)
        return ways


def _root_link(root: RootRequirement) -> Link:
    return Link(
        requirer=None,
        version=None,
        target=canonicalize_name(root.requirement.name),
        requirement=root.text,
        evidence=line_evidence(root),
    )
