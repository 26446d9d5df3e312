"""Ask sdists for their metadata and build requirements, and keep what they say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from axletree.builder.archives.source_archive import look_into
from axletree.builder.hooks.environment import find_requirements
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import epoch_of, keep
from axletree.builder.jobs.kept import KeptSdist, kept_of
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment

_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxedSdistBuilder:
    """Implement `axletree.wheelhouse.sdist_builder.SdistBuilder` in the sandbox."""

    workshop: Workshop

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        """Return the METADATA that the backend declares, without building if it can.

        :raises BuilderError: when the backend fails.
        """
        kept = kept_of(sdist, environment, self.workshop)
        if kept.metadata.is_file():
            return kept.metadata.read_bytes()
        self.workshop.reporter.step(f"asking {sdist.name} for its metadata")
        with self._backend(sdist, environment) as backend:
            content = self._ask(backend, kept, environment)
            made = backend.scratch / kept.metadata.name
            made.write_bytes(content)
            return keep(made, kept.folder).read_bytes()

    def give_up(self) -> None:
        """End what is being asked for METADATA."""
        self.workshop.questions.give_up()

    def _ask(
        self, backend: Backend, kept: KeptSdist, environment: Environment
    ) -> bytes:
        """Learn the build requirements and METADATA, in one run where that will do."""
        provide = self.workshop.requirements.provide
        named = backend.static_requires()
        declared = backend.ask(provide(sorted(named), environment))
        kept.keep_needs(named | declared.requires, backend.scratch)
        if declared.metadata is not None and declared.requires <= named:
            return declared.metadata
        return backend.metadata(self._wheels(backend, kept, environment))

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        """Provide the build requirements: of a wheel that is kept they are not asked.

        :raises BuilderError: when the backend fails, or they cannot be had.
        """
        kept = kept_of(sdist, environment, self.workshop)
        needs = kept.needs()
        if needs is not None:
            self.workshop.requirements.provide(needs, environment)
            return
        with self._backend(sdist, environment) as backend:
            self._wheels(backend, kept, environment)

    def _wheels(
        self, backend: Backend, kept: KeptSdist, environment: Environment
    ) -> Sequence[Path]:
        """Provide the build environment; the backend is asked for it only once."""
        needs = kept.needs()
        if needs is None:
            needs = find_requirements(backend, environment, self.workshop)
            kept.keep_needs(needs, backend.scratch)
        return self.workshop.requirements.provide(needs, environment)

    @contextmanager
    def _backend(self, sdist: Path, environment: Environment) -> Iterator[Backend]:
        workshop = self.workshop
        log = BuildLog(
            workshop.work_dir / "logs" / f"{sdist.name}.log", workshop.reporter
        )
        with workshop.scratch() as scratch:
            yield Backend(
                source=look_into(sdist, name=sdist.name, has_top=True),
                sandbox=workshop.sandbox(environment, scratch / "sandbox"),
                log=log,
                scratch=scratch,
                epoch=epoch_of(_NO_TIME),
            )
