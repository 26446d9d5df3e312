"""Build sdists, or ask them for their metadata, and keep what came out.

The results are kept by the sdist's hash and the target: an sdist never changes, and a
second build with younger build requirements would only give the same project other
bytes under the same file name.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from axletree.builder.archives.source_archive import look_into
from axletree.builder.checks.installation import (
    Checklist,
    check_install,
    foreign_wheels,
    room_for,
)
from axletree.builder.hooks.environment import find_requirements
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.finishing import Finishing
from axletree.builder.jobs.job import (
    epoch_of,
    keep,
)
from axletree.builder.provenance.materials import lock_wheels
from axletree.builder.provenance.statement import Surroundings, sdist_statement
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.sizes import size_words
from axletree.wheelhouse.sdist_builder import Closure, SdistWheel
from axletree.wheelhouse.store.files import digest_of

_NEEDS = "build-requirements.txt"
_NOTES = "NOTES"
_STATEMENT = "STATEMENT"
_FINISHED = "-3"
"""Of how wheels are finished: what was kept of another way is not taken."""
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxedSdistBuilder:
    """Implement `axletree.wheelhouse.sdist_builder.SdistBuilder` in the sandbox."""

    workshop: Workshop

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        """Return the METADATA that the backend declares, without building if it can.

        :raises BuilderError: when the backend fails.
        """
        kept = self._kept(sdist, environment) / "METADATA"
        if kept.is_file():
            return kept.read_bytes()
        self.workshop.reporter.step(f"asking {sdist.name} for its metadata")
        with self._backend(sdist, environment, _NO_TIME) as backend:
            content = self._ask(backend, kept.parent, environment)
            made = backend.scratch / kept.name
            made.write_bytes(content)
            return keep(made, kept.parent).read_bytes()

    def give_up(self) -> None:
        """End what is being asked for METADATA."""
        self.workshop.questions.give_up()

    def _ask(self, backend: Backend, folder: Path, environment: Environment) -> bytes:
        """Learn the build requirements and METADATA, in one run where that will do."""
        provide = self.workshop.requirements.provide
        named = backend.static_requires()
        declared = backend.ask(provide(sorted(named), environment))
        self._keep_needs(backend, folder, named | declared.requires)
        if declared.metadata is not None and declared.requires <= named:
            return declared.metadata
        return backend.metadata(self._wheels(backend, folder, environment))

    def _keep_needs(self, backend: Backend, folder: Path, needs: Iterable[str]) -> None:
        made = backend.scratch / _NEEDS
        made.write_text("\n".join(sorted(needs)), encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        keep(made, folder)

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        """Provide the build requirements: of a wheel that is kept they are not asked.

        :raises BuilderError: when the backend fails, or they cannot be had.
        """
        folder = self._kept(sdist, environment)
        known = folder / _NEEDS
        if known.is_file():
            needs = tuple(known.read_text(encoding="utf-8").splitlines())
            self.workshop.requirements.provide(needs, environment)
            return
        with self._backend(sdist, environment, _NO_TIME) as backend:
            self._wheels(backend, folder, environment)

    def wheel(
        self, sdist: Path, environment: Environment, source_time: datetime
    ) -> SdistWheel:
        """Build the sdist; files in the wheel get `source_time`.

        :raises BuilderError: when the backend fails, or makes no sound wheel.
        """
        kept = self._kept(sdist, environment) / f"{epoch_of(source_time)}{_FINISHED}"
        known = self._kept_wheel(kept)
        if known is not None:
            return known
        begun_at = datetime.now(UTC)
        with self._backend(sdist, environment, source_time) as backend:
            wheels = self._wheels(backend, kept.parent, environment)
            raw = backend.build_wheel(wheels, backend.scratch / "raw")
            finishing = Finishing(
                workshop=self.workshop,
                environment=environment,
                scratch=backend.scratch,
                log=backend.log,
            )
            made = finishing.finish(raw, source_time=source_time)
            kept.mkdir(exist_ok=True)
            notes = backend.scratch / _NOTES
            notes.write_text("\n".join(made.notes), encoding="utf-8")
            keep(notes, kept)
            place = Surroundings(
                environment=environment,
                interpreter=backend.sandbox.interpreter,
                isolation=self.workshop.isolation,
                wheels=lock_wheels(wheels),
                epoch=backend.epoch,
                begun_at=begun_at,
                log=backend.log.path,
            )
            said = sdist_statement(
                (sdist.name, digest_of(sdist)),
                made.path.name,
                digest_of(made.path),
                place,
            )
            attestation = self.workshop.attester.attest(said, place.isolation)
            statement = backend.scratch / _STATEMENT
            statement.write_bytes(attestation.content)
            keep(statement, kept)
            return SdistWheel(
                path=keep(made.path, kept), attestation=attestation, notes=made.notes
            )

    def _kept_wheel(self, kept: Path) -> SdistWheel | None:
        """Return what was built earlier, if we would say the same of it now."""
        for wheel in kept.glob("*.whl"):
            statement = kept / _STATEMENT
            said = statement.read_bytes() if statement.is_file() else b""
            isolation = self.workshop.isolation
            attestation = self.workshop.attester.accept(
                said, digest_of(wheel), isolation
            )
            if attestation is not None:
                return SdistWheel(
                    path=wheel, attestation=attestation, notes=_kept_notes(kept)
                )
        return None

    def check(self, closure: Closure, environment: Environment) -> Sequence[str]:
        """Install a closure; return notes.

        :raises CheckFailedError: what was built does not fit.
        """
        foreign = foreign_wheels(closure.wheels)
        names = ", ".join(sorted(closure.built))
        if foreign:
            why = f"{foreign[0]} is for another platform than this machine"
            return [f"{names}: not installed to be checked, since {why}"]
        self.workshop.reporter.step(f"checking {names} with all that it requires")
        workshop = self.workshop
        log = BuildLog(
            workshop.work_dir / "logs" / f"{min(closure.built)}.check.log",
            workshop.reporter,
        )
        checklist = Checklist(judged=closure.built, excused=closure.excused)
        with workshop.scratch() as scratch:
            sandbox = workshop.sandbox(environment, scratch / "sandbox")
            needed, room = room_for(closure.wheels), sandbox.limits.room_bytes
            if needed > room:
                why = (
                    f"with all that it requires it takes {size_words(needed)}, and "
                    f"builds have {size_words(room)} for files here (build-room)"
                )
                return [f"{names}: not installed to be checked, since {why}"]
            return check_install(closure.wheels, checklist, sandbox=sandbox, log=log)

    def _wheels(
        self, backend: Backend, folder: Path, environment: Environment
    ) -> Sequence[Path]:
        """Provide the build environment; the backend is asked for it only once."""
        known = folder / _NEEDS
        if not known.is_file():
            needs = find_requirements(backend, environment, self.workshop)
            self._keep_needs(backend, folder, needs)
        needs = tuple(known.read_text(encoding="utf-8").splitlines())
        return self.workshop.requirements.provide(needs, environment)

    def _kept(self, sdist: Path, environment: Environment) -> Path:
        digest = digest_of(sdist)
        target = f"{environment.python_version}-{environment.platform}"
        return self.workshop.work_dir / "sdists" / digest[:2] / digest / target

    @contextmanager
    def _backend(
        self, sdist: Path, environment: Environment, source_time: datetime
    ) -> Iterator[Backend]:
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
                epoch=epoch_of(source_time),
            )


def _kept_notes(kept: Path) -> tuple[str, ...]:
    notes = kept / _NOTES
    if not notes.is_file():
        return ()
    return tuple(notes.read_text(encoding="utf-8").splitlines())
