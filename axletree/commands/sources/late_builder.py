"""A builder of sdists that is imported when the first sdist needs it.

Most resolutions meet no sdist that must be built, and git and the sandbox take as
long to import as such a resolution takes.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.builder.reporter import BuildReporter
from axletree.builder.sandbox.isolation import Isolation
from axletree.config import Settings
from axletree.environ import process_environment
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.sdist_builder import SdistBuilder


@dataclass(frozen=True, kw_only=True)
class LateSdistBuilder:
    """Implements `axletree.wheelhouse.sdist_builder.SdistBuilder`."""

    settings: Settings
    requirements: ResolvedBuildRequirements
    isolation: Isolation
    reporter: BuildReporter

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        """Return the METADATA that the backend declares."""
        return self._builder.metadata(sdist, environment)

    def give_up(self) -> None:
        """End what is being asked."""
        if "_builder" in self.__dict__:
            self._builder.give_up()

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        """Bring what a build of the sdist needs."""
        self._builder.bring_requirements(sdist, environment)

    @cached_property
    def _builder(self) -> SdistBuilder:
        from axletree.builder.hooks.workshop import Workshop  # noqa: PLC0415
        from axletree.builder.jobs.sdists import SandboxedSdistBuilder  # noqa: PLC0415
        from axletree.builder.sandbox.host_limits import limits_of  # noqa: PLC0415
        from axletree.wheelhouse.provenance.attesting import WheelhouseAttester  # noqa: PLC0415
        from axletree.wheelhouse.provenance.key_file import KEY_FOLDER  # noqa: PLC0415
        from axletree.wheelhouse.store.files import translate_storage_errors  # noqa: PLC0415
        from axletree.wheelhouse.store.host import look_around  # noqa: PLC0415

        work_dir = self.settings.cache_dir / "builds"
        with translate_storage_errors(work_dir):
            work_dir.mkdir(parents=True, exist_ok=True)
        return SandboxedSdistBuilder(
            workshop=Workshop(
                work_dir=work_dir,
                requirements=self.requirements,
                environ=process_environment(),
                isolation=self.isolation,
                limits=limits_of(look_around(), self.settings.build_limits),
                reporter=self.reporter,
                attester=WheelhouseAttester(place=self.settings.place),
                hidden=(self.settings.home / KEY_FOLDER,),
            )
        )
