"""What a build needs of others that are built beside it: seen before it is too late."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.builder.hooks.workshop import BuildRequirements
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.closure import described_wheel
from axletree.builder.running.outcomes import WaitsForError
from axletree.resolver.model.distribution import Page
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.universe.protocol import Relay, Universe


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A release that another job is still to bring."""

    version: Version
    job: int


@dataclass(slots=True)
class WatchedUniverse(Relay):
    """A universe that remembers whose pages were asked for."""

    base: Universe
    seen: set[NormalizedName] = field(default_factory=set)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages."""
        self.seen.update(projects)
        return self.base.pages(projects)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedRequirements:
    """Build requirements, but for those that are built beside: they come first."""

    base: BuildRequirements
    pending: Mapping[NormalizedName, Pending]

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Return what the base provides.

        :raises WaitsForError: one of them is still to be built.
        """
        jobs = frozenset(needed(requirements, environment, self.pending))
        if jobs:
            raise WaitsForError(jobs, "build", is_named=True)
        return self.base.provide(requirements, environment, constraints)


def needed(
    requirements: Sequence[str],
    environment: Environment,
    pending: Mapping[NormalizedName, Pending],
) -> Iterator[int]:
    """Name the jobs that bring what is required, in a version that is taken."""
    for text in requirements if pending else ():
        try:
            requirement = read_requirement(text)
        except InvalidRequirement:
            continue  # Who resolves it says so.
        found = pending.get(canonicalize_name(requirement.name))
        if found is None:
            continue
        markers = {**environment.markers, "extra": ""}
        if requirement.marker and not requirement.marker.evaluate(markers):
            continue
        if requirement.specifier.contains(found.version, prereleases=True):
            yield found.job


def require_order(
    wheels: Sequence[BuiltWheel],
    environments: Sequence[Environment],
    pending: Mapping[NormalizedName, Pending],
) -> None:
    """Look whether what built wheels require is all there.

    :raises WaitsForError: some of it is still to be built.
    """
    jobs: set[int] = set()
    for wheel in wheels if pending else ():
        requires = described_wheel(wheel)[1].requires_dist
        for environment in environments:
            jobs.update(needed(requires, environment, pending))
    if jobs:
        raise WaitsForError(frozenset(jobs), "install", is_named=True)
