"""Wheels from the sdists of a collect, and what their builds need.

Each wheel is published as it is made, after what its build needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from packaging.utils import parse_wheel_filename

from axletree.resolver.engine.checked_files import unmet_requirements
from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.collecting.intake import Intake, as_incoming
from axletree.wheelhouse.errors import IncompleteCollectionError
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.model import (
    BUILT_FROM,
    IncomingFile,
    StoredFile,
)
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.store.files import translate_storage_errors


class BuildRequirements(Protocol):
    """Brings what builds need, and remembers it."""

    @property
    def provided(self) -> Mapping[DistributionFile, Path]:
        """Return the build requirements brought so far."""
        ...

    def provide(
        self, requirements: Sequence[str], environment: Environment
    ) -> Sequence[Path]:
        """Bring the whole closure of `requirements`."""
        ...


class CollectReporter(Protocol):
    """Hears of the steps of a collect."""

    def step(self, text: str) -> None:
        """Take the start of a step."""
        ...

    def announce(self, text: str) -> None:
        """Take the start of a build."""
        ...

    def note(self, text: str) -> None:
        """Take what is worth knowing."""
        ...


@dataclass(slots=True, kw_only=True)
class SdistWheels:
    """Builds the wheels of one collect."""

    intake: Intake
    builder: SdistBuilder
    for_builds: BuildRequirements
    needs: Sequence[str]
    """Build requirements that are brought in any case."""
    reporter: CollectReporter
    folder: Path
    """Takes sdists by their names; this run's own."""
    is_closure: bool
    """The resolution has all that its releases require."""

    def bring_needs(self, environment: Environment) -> None:
        """Bring the build requirements that are wanted in any case."""
        if self.needs:
            self.for_builds.provide(self.needs, environment)

    def publish_requirements(self) -> None:
        """Publish what builds needed so far, so that they can be done again."""
        incoming = [
            as_incoming(file, path)
            for file, path in self.for_builds.provided.items()
            if file.filename not in self.intake.names
        ]
        self.intake.publish(incoming)

    def build_all(self, pins: Sequence[Pin], resolution: Resolution) -> None:
        """Build the wheels of some pins, one by one."""
        for number, pin in enumerate(pins, start=1):
            name = pin.file.filename
            place = f" ({number} of {len(pins)})" if len(pins) > 1 else ""
            if name not in self.intake.failures:
                build = partial(self._build_one, pin, resolution, place)
                self.intake.attempt(name, build)

    def _build_one(self, pin: Pin, resolution: Resolution, place: str) -> None:
        wheel = self._build(pin, resolution.environment, place)
        if self.is_closure:
            self._check_requirements(wheel, pin, resolution)

    def _check_requirements(
        self, wheel: StoredFile, pin: Pin, resolution: Resolution
    ) -> None:
        """Compare what the wheel requires with what was resolved.

        An sdist's own metadata may promise other requirements than its build writes.
        """
        raw = self.intake.house.metadata_of(wheel)
        metadata = parse_metadata(raw, as_distribution(wheel))
        if isinstance(metadata, UnusableMetadata):
            raise IncompleteCollectionError(f"{wheel.filename}: {metadata.reason}")
        unmet = unmet_requirements(metadata, pin.extras, resolution)
        if unmet:
            raise IncompleteCollectionError(
                f"{wheel.filename}, built from it, requires {', '.join(unmet)}, which "
                "the sdist's metadata leaves out and nothing else provides"
            )

    def _build(self, pin: Pin, environment: Environment, place: str) -> StoredFile:
        sdist = self.intake.published(pin.file.filename)
        with self._named_copy(sdist) as named:
            self.builder.bring_requirements(named, environment)
            # Before the wheel: where this ends in between, the wheel is built later.
            self.publish_requirements()
            origin = f"{BUILT_FROM}{sdist.filename}"
            for stored in self.intake.house.files_of(pin.name):
                # Another Python's build of the same sdist may stand there, too.
                if (
                    stored.origin == origin
                    and _fits(stored.filename, environment)
                    and self.intake.house.intact([stored.filename])
                ):
                    self.intake.names[stored.filename] = None
                    return stored
            self.reporter.announce(f"building {sdist.filename}{place}")
            source_time = pin.file.upload_time or sdist.entered_at
            wheel = self.builder.wheel(named, environment, source_time)
        _check_release(wheel.name, pin)
        if not _fits(wheel.name, environment):
            raise IncompleteCollectionError(
                f"this machine builds {wheel.name}, which the target cannot use"
            )
        self.intake.publish(
            [
                IncomingFile(
                    path=wheel,
                    filename=wheel.name,
                    upload_time=source_time,
                    origin=origin,
                    strictness="lenient",
                )
            ]
        )
        self.intake.built.append(wheel.name)
        return self.intake.published(wheel.name)

    @contextmanager
    def _named_copy(self, sdist: StoredFile) -> Iterator[Path]:
        """Give a blob its file name, which build tools read."""
        named = below(self.folder, sdist.filename)
        with translate_storage_errors(named):
            self.intake.house.lay_out(sdist, named)
        try:
            yield named
        finally:
            named.unlink(missing_ok=True)


def _check_release(wheel: str, pin: Pin) -> None:
    project, version, _, _ = parse_wheel_filename(wheel)
    if (project, version) != (pin.name, pin.version):
        raise IncompleteCollectionError(
            f"its build makes {wheel}, which is not {pin.name} {pin.version}"
        )


def _fits(wheel: str, environment: Environment) -> bool:
    tags = {str(tag) for tag in parse_wheel_filename(wheel)[3]}
    return not tags.isdisjoint(environment.tags)
