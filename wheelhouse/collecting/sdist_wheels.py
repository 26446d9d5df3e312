"""Wheels from the sdists of a collect, and what their builds need.

What a build needed is published before its wheel; a wheel is published when it was
installed with all that it requires, wheels built beside it among that.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName, parse_wheel_filename

from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below, safe_name
from axletree.resolver.model.overrides import Changes
from axletree.wheelhouse.collecting.intake import Intake, as_incoming
from axletree.wheelhouse.collecting.trial import Trial
from axletree.wheelhouse.errors import IncompleteCollectionError
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
    _wheel_of: dict[NormalizedName, str] = field(default_factory=dict)
    """Project -> the wheel in place of its sdist."""
    _made: dict[NormalizedName, IncomingFile] = field(default_factory=dict)
    """Those that were built now, and are let in when they have been checked."""

    def bring_needs(self, environment: Environment) -> None:
        """Bring the build requirements that are wanted in any case."""
        if self.needs:
            self.for_builds.provide(self.needs, environment)

    def bring_needs_of(
        self, sdists: Sequence[DistributionFile], environment: Environment
    ) -> None:
        """Bring what builds of sdists need, which recipes will do."""
        for sdist in sdists:
            if sdist.filename not in self.intake.failures:
                bring = partial(self._bring_needs_of, sdist, environment)
                self.intake.attempt(sdist.filename, bring)

    def _bring_needs_of(
        self, sdist: DistributionFile, environment: Environment
    ) -> None:
        with self._named_copy(self.intake.published(sdist.filename)) as named:
            self.builder.bring_requirements(named, environment)

    def publish_requirements(self) -> None:
        """Publish what builds needed so far, so that they can be done again."""
        incoming = [
            as_incoming(file, path)
            for file, path in self.for_builds.provided.items()
            if file.filename not in self.intake.names
        ]
        self.intake.publish(incoming)

    def build_all(
        self, pins: Sequence[Pin], resolution: Resolution, changes: Changes
    ) -> None:
        """Build the wheels of some pins, one by one, then check and publish them."""
        for number, pin in enumerate(pins, start=1):
            name = pin.file.filename
            place = f" ({number} of {len(pins)})" if len(pins) > 1 else ""
            if name not in self.intake.failures:
                build = partial(self._build, pin, resolution.environment, place)
                self.intake.attempt(name, build)
        trial = Trial(
            resolution=resolution,
            changes=changes,
            wheel_of=self._wheel_of,
            made={name: file.path for name, file in self._made.items()},
        )
        made = [pin for pin in pins if pin.name in self._made]
        for pin in made:
            self.intake.attempt(pin.file.filename, partial(self._check, pin, trial))
        sound = [
            self._made[pin.name]
            for pin in made
            if pin.file.filename not in self.intake.failures
        ]
        self.intake.publish(sound)
        self.intake.built += [
            file.filename for file in sound if file.filename in self.intake.names
        ]

    def _build(self, pin: Pin, environment: Environment, place: str) -> None:
        """Have the wheel of one sdist, which is let in when it has been checked."""
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
                    self._wheel_of[pin.name] = stored.filename
                    return
            self.reporter.announce(f"building {sdist.filename}{place}")
            source_time = pin.file.upload_time or sdist.entered_at
            wheel = self.builder.wheel(named, environment, source_time)
        filename = wheel.path.name
        _check_release(filename, pin)
        if not _fits(filename, environment):
            raise IncompleteCollectionError(
                f"this machine builds {filename}, which the target cannot use"
            )
        self.intake.notes += wheel.notes
        self._wheel_of[pin.name] = filename
        self._made[pin.name] = IncomingFile(
            path=wheel.path,
            filename=filename,
            upload_time=source_time,
            origin=origin,
            strictness="lenient",
            attestations=(wheel.attestation,),
        )

    def _check(self, pin: Pin, trial: Trial) -> None:
        """Install a built wheel with all that it requires.

        :raises AxletreeError: it does not fit, or not all of it is there.
        """
        filename = self._made[pin.name].filename
        if not self.is_closure:
            why = "what it requires was not asked for"
            self.intake.notes.append(
                f"{filename}: not installed to be checked, since {why}"
            )
            return
        trial.check_requirements(pin)
        members = trial.closure_of(pin)
        missing = [name for name in members.values() if self._is_missing(name)]
        if missing:
            raise IncompleteCollectionError(
                f"{filename} was built, and waits for {', '.join(missing)}, without "
                "which it cannot be checked"
            )
        self.intake.notes += trial.check(members, self._lay_out, self.builder)

    def _is_missing(self, filename: str) -> bool:
        """Tell whether a file neither stands in the wheelhouse nor was built now."""
        is_made = any(file.filename == filename for file in self._made.values())
        return not is_made and self.intake.house.find(filename) is None

    def _lay_out(self, filename: str) -> Path:
        path = below(self.folder, safe_name(filename))
        stored = self.intake.house.find(filename)
        if stored is not None and not path.exists():
            with translate_storage_errors(path):
                self.intake.house.lay_out(stored, path)
        return path

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
