"""What a project can reach, and where two projects can meet in a quarrel.

Two projects that work alone can only clash over a project that both can reach and that
somebody limits. Where nothing shared is limited, the one's choice of all that is shared
serves the other as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from packaging.utils import NormalizedName

from axletree.resolver.candidates import Release
from axletree.resolver.dependencies import ParsedLine
from axletree.resolver.knowledge import Knowledge
from axletree.resolver.masks import names_prerelease


@dataclass(frozen=True, kw_only=True)
class Cones:
    """The dependency cones of all projects of a universe that was read whole."""

    knowledge: Knowledge

    def may_clash(self, one: NormalizedName, other: NormalizedName) -> bool:
        """Tell whether the cones share a project that somebody limits."""
        shared = self._cones[one] & self._cones[other]
        if one in self._cones[other] or other in self._cones[one]:
            # A pin on one of them shuts gates and ranges alike.
            return True
        both_split = not self._splits.isdisjoint(
            self._cones[one]
        ) and not self._splits.isdisjoint(self._cones[other])
        return both_split or not shared.isdisjoint(self._contended)

    @cached_property
    def _cones(self) -> dict[NormalizedName, set[NormalizedName]]:
        """Map each project to all that it can reach, itself included."""
        return {name: self._cone(name) for name in self.knowledge.releases}

    def _cone(self, start: NormalizedName) -> set[NormalizedName]:
        found: set[NormalizedName] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._targets.get(name, ())
        return found

    @cached_property
    def _targets(self) -> dict[NormalizedName, set[NormalizedName]]:
        targets: dict[NormalizedName, set[NormalizedName]] = {}
        for release, line in self._lines():
            targets.setdefault(release.project, set()).add(line.target)
        return targets

    @cached_property
    def _contended(self) -> frozenset[NormalizedName]:
        """Collect the projects of which some line does not take every release as is."""
        limits = self._limits
        return frozenset(line.target for _, line in self._lines() if limits(line))

    def _limits(self, line: ParsedLine) -> bool:
        releases = self.knowledge.releases.get(line.target)
        return (
            bool(line.extras)
            or line.requirement.url is not None
            or releases is None
            or releases.masks.of(line.specifier) != releases.masks.all
            or names_prerelease(line.specifier)
        )

    @cached_property
    def _splits(self) -> frozenset[NormalizedName]:
        """Collect the projects whose files refuse some patch releases of Python."""
        knowledge = self.knowledge
        return frozenset(
            release.project
            for release in knowledge.dependencies
            if knowledge.patches_of(release) != knowledge.all_patches
        )

    def _lines(self) -> Iterator[tuple[Release, ParsedLine]]:
        for release, found in self.knowledge.dependencies.items():
            for line in found.all_lines:
                yield release, line
