"""What a project can reach, and where two projects can meet in a quarrel.

Two projects that work alone can only clash over a project that both can reach and that
somebody limits. Where nothing shared is limited, the one's choice of all that is shared
serves the other as well. Sets of projects are masks, since every pair is asked for:
one bit for each project, in the order in which they became known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from packaging.utils import NormalizedName

from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import (
    bits,
    names_prerelease,
)


@dataclass(frozen=True, kw_only=True)
class Cones:
    """The dependency cones of all projects of a universe that was read whole."""

    knowledge: Knowledge

    def may_clash(self, one: NormalizedName) -> int:
        """Return those whose cone shares a project with this one that somebody limits.

        A pin on one of them shuts gates and ranges alike, so what reaches the one, or
        is reached by it, may clash as well.
        """
        cone = self.of(one)
        found = cone | self.reaching(one)
        if cone & self._splits:
            found |= self._split
        for shared in bits(cone & self._contended):
            found |= self._reaching[shared]
        return found

    def of(self, name: NormalizedName) -> int:
        """Return all that a project can reach, itself included."""
        return self._cones[self.place[name]]

    def reaching(self, name: NormalizedName) -> int:
        """Return all that can reach a project, itself included."""
        return self._reaching[self.place[name]]

    def members(self, mask: int) -> list[NormalizedName]:
        """Name the projects of a mask."""
        return [self.names[place] for place in bits(mask)]

    def mask(self, names: Iterable[NormalizedName]) -> int:
        """Return the mask of some projects."""
        marks = bytearray(len(self.names) // 8 + 1)
        for name in names:
            place = self.place[name]
            marks[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(marks, "little")

    @cached_property
    def names(self) -> list[NormalizedName]:
        """List the projects by place."""
        return list(self.knowledge.releases)

    @cached_property
    def place(self) -> dict[NormalizedName, int]:
        """Map each project to its bit."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _cones(self) -> list[int]:
        return [self.mask(self._reached(name)) for name in self.names]

    def _reached(self, start: NormalizedName) -> set[NormalizedName]:
        found: set[NormalizedName] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._targets.get(name, ())
        return found

    @cached_property
    def _reaching(self) -> list[int]:
        """Return for each project the mask of those that can reach it."""
        places: list[list[NormalizedName]] = [[] for _ in self.names]
        for name, cone in zip(self.names, self._cones, strict=True):
            for place in bits(cone):
                places[place].append(name)
        return [self.mask(names) for names in places]

    @cached_property
    def _split(self) -> int:
        """Return those that can reach a project for which not all micros are alike."""
        found = 0
        for place in bits(self._splits):
            found |= self._reaching[place]
        return found

    @cached_property
    def _targets(self) -> dict[NormalizedName, set[NormalizedName]]:
        targets: dict[NormalizedName, set[NormalizedName]] = {}
        for release, line in self._lines():
            targets.setdefault(release.project, set()).add(line.target)
        return targets

    @cached_property
    def _contended(self) -> int:
        """Collect the projects of which some line does not take every release as is."""
        limits = self._limits
        return self.mask({line.target for _, line in self._lines() if limits(line)})

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
    def _splits(self) -> int:
        """Collect the projects that tell patch releases of Python apart."""
        knowledge = self.knowledge
        return self.mask(
            release.project
            for release, found in knowledge.dependencies.items()
            if knowledge.micros_of(release) != knowledge.all_micros
            or any(line.names_patch for line in found.all_lines)
        )

    def _lines(self) -> Iterator[tuple[Release, ParsedLine]]:
        for release, found in self.knowledge.dependencies.items():
            for line in found.all_lines:
                yield release, line
