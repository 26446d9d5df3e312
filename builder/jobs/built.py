"""One build, of whatever source: how it begins, and the wheel that it ends with."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from axletree.builder.hooks.environment import Raw
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.finishing import Finished, Finishing
from axletree.builder.provenance.materials import LockedWheel, lock_wheels
from axletree.builder.provenance.statement import Surroundings
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sandbox.transfer import BuildLog
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.store.files import digest_of

OLDEST_EPOCH = 315532800
"""1980-01-01, the oldest time that a zip can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """A finished wheel, and how it came about."""

    path: Path
    sha256: str
    revision: str
    """The commit, or `sha256:…` of the sdist."""
    source_time: datetime
    """UTC; what `--exclude-newer` goes by."""
    isolation: Isolation
    python_version: str
    """Of the interpreter that built it: `3.9.18`."""
    built_with: tuple[LockedWheel, ...]
    """The build environment."""
    attestation: Attestation
    """The statement about all this."""
    log_path: Path
    notes: tuple[str, ...] = ()
    """What is worth knowing of it."""

    @property
    def filename(self) -> str:
        """Return the wheel's file name."""
        return self.path.name

    @property
    def build_requirements(self) -> tuple[str, ...]:
        """Return the pins of the build environment, sorted: `setuptools==60.7.1`."""
        return tuple(wheel.pin for wheel in self.built_with)


State: TypeAlias = Callable[[str, str, Surroundings], Mapping[str, object]]
"""States how a wheel was built: of its file name, its SHA-256, and where that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a wheel is built of."""

    revision: str
    """As `BuiltWheel` has it."""
    time: datetime
    """UTC."""
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build that has begun."""

    environment: Environment
    workshop: Workshop
    log: BuildLog
    begun_at: datetime

    @classmethod
    def begin(cls, name: str, environment: Environment, workshop: Workshop) -> "Build":
        """Begin one now; `name` is its log's, without the Python and the ending."""
        file = f"{name}-py{environment.python}.log"
        return cls(
            environment=environment,
            workshop=workshop,
            log=BuildLog(workshop.work_dir / "logs" / file, workshop.reporter),
            begun_at=datetime.now(UTC),
        )

    def finish(
        self, raw: Raw, scratch: Path, source_time: datetime, stamp: Stamp | None = None
    ) -> Finished:
        """Make a finished wheel of what the backend left.

        :param stamp: None: its version and requirements stay.
        :raises CheckFailedError: it is not sound, or not what it says.
        """
        self.workshop.reporter.step(f"checking {raw.wheel.name}")
        finishing = Finishing(
            workshop=self.workshop,
            environment=self.environment,
            scratch=scratch,
            log=self.log,
        )
        return finishing.finish(
            raw.wheel,
            stamp=stamp,
            source_time=source_time,
            built_with=raw.environment,
        )

    def end(
        self,
        finished: Finished,
        raw: Raw,
        backend: Backend,
        origin: Origin,
        folder: Path,
    ) -> BuiltWheel:
        """Move a finished wheel into `folder`, and say how it came about."""
        folder.mkdir(parents=True, exist_ok=True)
        path = keep(finished.path, folder)
        place = Surroundings(
            environment=self.environment,
            interpreter=backend.sandbox.interpreter,
            isolation=self.workshop.isolation,
            wheels=lock_wheels(raw.environment),
            epoch=backend.epoch,
            begun_at=self.begun_at,
            log=self.log.path,
            pinned=finished.pinned,
        )
        sha256 = digest_of(path)
        said = origin.state(path.name, sha256, place)
        return BuiltWheel(
            path=path,
            sha256=sha256,
            revision=origin.revision,
            source_time=origin.time,
            isolation=place.isolation,
            python_version=place.interpreter.version,
            built_with=tuple(place.wheels),
            attestation=self.workshop.attester.attest(said, place.isolation),
            log_path=place.log,
            notes=finished.notes,
        )


def epoch_of(time: datetime) -> int:
    """Return SOURCE_DATE_EPOCH for a source of that time, in seconds."""
    return max(int(time.timestamp()), OLDEST_EPOCH)


def keep(made: Path, folder: Path) -> Path:
    """Move a finished file to its place, whole or not at all.

    Scratch folders lie on the same disk as what is kept.
    """
    return made.replace(folder / made.name)
