"""The builds of a collect: jobs as those of `build`, with requirements from an index."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.config import Settings
from axletree.progress import Progress
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.overrides import Changes
from axletree.resolver.universe.composed import OverlayUniverse
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.collecting.sdist_wheels import (
    BringRequirements,
    Sdist,
    SdistEnd,
)

if TYPE_CHECKING:
    from axletree.builder.running.doing import Ended
    from axletree.builder.sandbox.isolation import Isolation
    from axletree.resolver.universe.protocol import Universe

    Fetch = Callable[[Sequence[DistributionFile]], Sequence[Path]]


@dataclass(slots=True, kw_only=True)
class CollectedRequirements:
    """Build requirements of the index, and of what was built from its sdists."""

    resolved: ResolvedBuildRequirements
    house: Wheelhouse
    folder: Path
    """Takes files of the wheelhouse."""

    _index: "tuple[Universe, Fetch]" = field(init=False)

    def __post_init__(self) -> None:
        """Remember how it is without what is built."""
        self._index = self.resolved.universe, self.resolved.fetch

    @property
    def provided(self) -> Mapping[DistributionFile, Path]:
        """Return the build requirements brought so far."""
        return self.resolved.provided

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Bring the whole closure of `requirements`."""
        return self.resolved.provide(requirements, environment, constraints)

    def add_built(self, projects: AbstractSet[NormalizedName]) -> None:
        """Take wheels of the wheelhouse, too, that were built of some projects."""
        from axletree.builder.jobs.stored import stored_wheels  # noqa: PLC0415  late

        own, own_fetch = self._index
        universe = WheelhouseUniverse(self.house)
        pages = universe.pages(sorted(projects)).values()
        wheels = [
            file
            for page in pages
            for file in (page.files if page is not None else ())
            if file.kind == "wheel"
        ]
        added = {
            file: said
            for file, said in universe.metadata(wheels).items()
            if isinstance(said, FileMetadata)
        }
        stored = stored_wheels(self.house, self.folder)

        def fetch(files: Sequence[DistributionFile]) -> Sequence[Path]:
            ours = [file for file in files if file in added]
            others = [file for file in files if file not in added]
            paths = dict(zip(ours, stored(ours), strict=True))
            paths.update(zip(others, own_fetch(others), strict=True))
            return [paths[file] for file in files]

        self.resolved.universe = OverlayUniverse(base=own, added=added)
        self.resolved.fetch = fetch
        self.resolved.forget_refused()


@dataclass(slots=True, kw_only=True)
class CollectedBuilds:
    """Implements `axletree.wheelhouse.collecting.sdist_wheels.SdistBuilds`.

    What that takes is imported when the first sdist is built: most collects have none.
    """

    settings: Settings
    house: Wheelhouse
    progress: Progress
    isolation: "Isolation"
    changes: Changes
    is_closure: bool
    gate_of: Callable[[Wheelhouse], Gate | None]
    """Who may say no to what would come in, in whichever process."""
    jobs: int | None = None
    """At once; None: as many as is sensible."""
    ended: "Sequence[Ended]" = ()

    def build(
        self,
        sdists: Sequence[Sdist],
        resolution: Resolution,
        bring: BringRequirements,
    ) -> None:
        """Build all that can be built, as jobs."""
        from axletree.commands.builds.collected_jobs import How, run_jobs  # noqa: PLC0415

        how = How(
            settings=self.settings,
            house=self.house,
            progress=self.progress,
            isolation=self.isolation,
            changes=self.changes,
            is_closure=self.is_closure,
            gate_of=self.gate_of,
            jobs=self.jobs,
        )
        run_jobs(how, sdists, resolution, bring, self._hear)

    def ends(self) -> Sequence[SdistEnd]:
        """Return what has ended by now."""
        if not self.ended:
            return ()
        from axletree.commands.builds.collected_jobs import end_of  # noqa: PLC0415

        return [end_of(each) for each in self.ended]

    def _hear(self, ended: "Sequence[Ended]") -> None:
        self.ended = ended
