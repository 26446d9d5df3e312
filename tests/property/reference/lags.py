"""How far behind its newest release each root would be left (RESOLVING.md 2).

The lag of a root's project is counted in whole days between two uploads, or, when any
candidate of any root has no upload time, in releases. It is measured from the highest
final, unyanked version that the environment and the roots and constraints on that
project alone admit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.question import Question
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits

LagUnit: TypeAlias = Literal["days", "releases"]


@dataclass(slots=True)
class Lags:
    """The lags of one question's roots, over what is known at the moment.

    The pages of all roots must have been read. The lag of a release that is not read
    is never more than its true lag, once the newest releases are read.
    """

    knowledge: Knowledge
    question: Question
    projects: tuple[NormalizedName, ...] = field(init=False)
    """Those that roots name, each once, in written order."""
    unit: LagUnit = field(init=False)
    newest: Mapping[NormalizedName, Release] = field(init=False)
    """What lags are measured from; a project without one has no lag."""
    _admitted: dict[NormalizedName, int] = field(init=False, default_factory=dict)
    _asked: dict[NormalizedName, list[SpecifierSet]] = field(
        init=False, default_factory=dict
    )
    """What roots and constraints say of the versions of each project."""

    def __post_init__(self) -> None:
        for asked in (*self.question.roots, *self.question.constraints):
            name = canonicalize_name(asked.requirement.name)
            self._asked.setdefault(name, []).append(asked.requirement.specifier)
        roots = [root.requirement.name for root in self.question.roots]
        self.projects = tuple(dict.fromkeys(map(canonicalize_name, roots)))
        self.unit = "days" if all(map(self._has_times, self.projects)) else "releases"
        self.newest = {
            name: releases.all[position]
            for name in self.projects
            if (releases := self.knowledge.releases[name]) is not None
            and (position := next(bits(self._admitted_finals(releases)), None))
            is not None
        }

    def unread(self) -> list[Release]:
        """List the newest releases that may yet turn out not to be valid."""
        is_read = self.knowledge.is_read
        return [release for release in self.newest.values() if not is_read(release)]

    def of(self, release: Release) -> int:
        """Return the lag of a root's release, in `unit`; 0 for the newest."""
        newest = self.newest.get(release.project)
        if newest is None or release.version >= newest.version:
            return 0
        if self.unit == "releases":
            newer = self.newer(release)
            return sum(map(self.knowledge.is_read, newer))
        return max(0, (self._time(newest) - self._time(release)).days)

    def uncounted(self, release: Release) -> list[Release]:
        """List what must be read before the lag of a release is known."""
        if self.unit == "days" or release.project not in self.newest:
            return []
        is_read = self.knowledge.is_read
        return [newer for newer in self.newer(release) if not is_read(newer)]

    def newer(self, release: Release) -> list[Release]:
        """List the final, unyanked releases that are newer, as far as is known."""
        releases = self.knowledge.releases[release.project]
        if releases is None:  # pragma: no cover  a release has a page
            return []
        return [
            releases.all[position]
            for position in bits(self._admitted[release.project])
            if releases.all[position].version > release.version
        ]

    def _admitted_finals(self, releases: Releases) -> int:
        name = releases.project
        mask = self.knowledge.gates(releases).finals
        for specifier in self._asked.get(name, ()):
            mask &= releases.masks.of(specifier)
        self._admitted[name] = mask
        return mask

    def _has_times(self, name: NormalizedName) -> bool:
        # By the page's word alone: which files have valid metadata is not looked at.
        releases = self.knowledge.releases[name]
        return releases is None or all(
            file.upload_time is not None
            for release in releases.all
            for file in release.files
        )

    def _time(self, release: Release) -> datetime:
        """Return when it was uploaded; of one not read, the latest it may be."""
        is_read = self.knowledge.is_read(release)
        files = (self.knowledge.file_of(release),) if is_read else release.files
        return max(file.upload_time for file in files if file.upload_time is not None)
