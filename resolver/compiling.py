"""Tables of a compiled universe, made from what the plain engine reads.

Everything is asked of `Knowledge`, so that page rules, gates, markers and masks are
computed in one place, whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.candidates import Release, Releases
from axletree.resolver.compiled import NotCompilableError
from axletree.resolver.dependencies import Dependencies, ParsedLine
from axletree.resolver.knowledge import Knowledge
from axletree.resolver.lock import strong_hashes
from axletree.resolver.masks import names_prerelease
from axletree.resolver.model import Environment
from axletree.resolver.question import Limits, ask
from axletree.resolver.requirements import parse_requirement
from axletree.resolver.universe import Universe

if TYPE_CHECKING:
    from axletree.resolver.compiled import (
        GatesTable,
        LineTable,
        MaskTable,
        ProjectTable,
        ReleaseTable,
        RootTable,
    )

_EXTRA = re.compile(r"""extra == ["']([^"']*)["']|["']([^"']*)["'] == extra""")
_TEXT = re.compile(r"""["'][^"']*["']""")


@dataclass(kw_only=True)
class KnowledgeCompiler:
    """Compiles from a universe, for one environment, without limits."""

    universe: Universe
    environment: Environment
    _knowledge: Knowledge = field(init=False)

    def __post_init__(self) -> None:
        self._knowledge = Knowledge(self.universe, self.environment, Limits())

    @property
    def patches(self) -> int:
        """Count the patch releases of Python that the environment may be."""
        return len(self.environment.patches)

    def read_ahead(self, names: Iterable[str]) -> None:
        """Read pages in one go."""
        self._knowledge.read_pages(map(NormalizedName, names))

    def project(self, name: str) -> ProjectTable | None:
        """Compile a page."""
        releases = self._releases(name)
        if releases is None:
            return None
        versions = tuple(str(release.version) for release in releases.all)
        possible = {
            release.position: mask
            for release in releases.all
            if (mask := self._possible(release)) != self._knowledge.all_patches
        }
        return versions, self.gates(name), possible, {}, {}

    def release(self, name: str, position: int) -> ReleaseTable | None:
        """Read and compile a release."""
        release = self._all(name)[position]
        self._knowledge.read_metadata([release])
        found = self._knowledge.dependencies.get(release)
        if found is None:
            return None
        found.lines()  # evaluates the markers
        if any(
            line.marker_text in self._knowledge.evaluator.undefined
            for line in found.all_lines
        ):
            # The plain engine has a note for it.
            raise NotCompilableError(release.label)
        uploaded = self._knowledge.file_of(release).upload_time
        lines = tuple(
            table
            for line in found.all_lines
            if (table := _line(found, line)) is not None
        )
        return (
            lines,
            tuple(sorted(found.provided)),
            self._knowledge.patches_of(release),
            self._hashes(release),
            None if uploaded is None else uploaded.timestamp(),
        )

    def gates(self, name: str) -> GatesTable:
        """Return the gates after what was read."""
        releases = self._releases(name)
        if releases is None:
            return 0, 0, 0, 0
        gates = self._knowledge.gates(releases)
        return gates.alive, gates.prereleases, gates.yanked, gates.finals

    def mask(self, name: str, specifier: str) -> MaskTable:
        """Compute a specifier."""
        releases = self._releases(name)
        parsed = SpecifierSet(specifier)
        if releases is None:
            return 0, 0, names_prerelease(parsed)
        masks = releases.masks
        return masks.of(parsed), masks.exact(parsed), names_prerelease(parsed)

    def root(self, text: str) -> RootTable:
        """Parse a requirement.

        :raises InvalidRequirementError: it is none.
        """
        parsed = ask([parse_requirement(text)], self.environment).roots
        if not parsed:
            return None
        requirement = parsed[0].requirement
        extras = sorted(map(canonicalize_name, requirement.extras))
        name = canonicalize_name(requirement.name)
        return name, tuple(extras), str(requirement.specifier)

    def close(self) -> None:
        """Close nothing: the universe was opened elsewhere."""

    def _releases(self, name: str) -> Releases | None:
        project = NormalizedName(name)
        self._knowledge.read_pages([project])
        return self._knowledge.releases[project]

    def _all(self, name: str) -> tuple[Release, ...]:
        releases = self._releases(name)
        return () if releases is None else releases.all

    def _possible(self, release: Release) -> int:
        found = 0
        for file in release.files:
            found |= self._knowledge.compiler.patches(file.requires_python or "")
        return found

    def _hashes(self, release: Release) -> tuple[str, ...]:
        """Return the hashes that a lock names; empty where the best file has none."""
        file = self._knowledge.file_of(release)
        if not strong_hashes([file]):
            return ()
        return tuple(strong_hashes(self._knowledge.usable_files(release)))


def _line(found: Dependencies, line: ParsedLine) -> LineTable | None:
    when = _when(found, line)
    if when == ():
        return None
    specifier = None if line.requirement.url else str(line.specifier)
    return line.target, specifier, line.extras, when


def _when(found: Dependencies, line: ParsedLine) -> tuple[str, ...] | None:
    """Return the extras that make a line true; None: it is true without one.

    :raises NotCompilableError: for a marker that is true for extras it does not name.
    """
    if _is_among(line, found.lines()):
        return None
    if not line.names_extra:
        return ()
    rest = _TEXT.sub("", _EXTRA.sub("", line.marker_text))
    if "extra" in rest:
        raise NotCompilableError(line.marker_text)
    named = dict.fromkeys(
        canonicalize_name(left or right)
        for left, right in _EXTRA.findall(line.marker_text)
    )
    return tuple(
        extra for extra in named if _is_among(line, found.lines(frozenset({extra})))
    )


def _is_among(line: ParsedLine, lines: Iterable[ParsedLine]) -> bool:
    return any(line is other for other in lines)
