"""Wheels from the sdists of a collect, and what their builds need.

What a build needs is published before its wheel; who builds lets a wheel in when it was
installed with all that it requires, wheels built beside it among that.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import SafeName, below, safe_name
from axletree.wheelhouse.collecting.built_here import built_here
from axletree.wheelhouse.collecting.intake import Intake, as_incoming
from axletree.wheelhouse.model import StoredFile
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.store.files import translate_storage_errors


class BuildRequirements(Protocol):
    """Brings what builds need, and remembers it."""

    @property
    def provided(self) -> Mapping[DistributionFile, Path]:
        """Return the build requirements brought so far."""
        ...

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Bring the whole closure of `requirements`."""
        ...

    def add_built(self, projects: AbstractSet[NormalizedName]) -> None:
        """Take wheels of the wheelhouse, too, that were built of some projects."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdist:
    """An sdist that is to be built."""

    pin: Pin
    path: Path
    """Under its name."""
    stored: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistEnd:
    """What became of its wheel."""

    filename: SafeName
    """Of the sdist."""
    new: tuple[str, ...] = ()
    """Wheels that came into the wheelhouse."""
    repaired: tuple[str, ...] = ()
    """Wheels that stood there, and are whole again."""
    there: tuple[str, ...] = ()
    """Wheels that somebody else has let in meanwhile."""
    notes: tuple[str, ...] = ()
    error: AxletreeError | None = None


class BringRequirements(Protocol):
    """Brings build requirements into the wheelhouse."""

    def __call__(
        self,
        requirements: Sequence[str],
        constraints: Sequence[str],
        environment: Environment,
        built: AbstractSet[NormalizedName],
        /,
    ) -> tuple[SafeName, ...]:
        """Resolve, download and publish them; name the files.

        :param built: projects of which wheels were built and let in by now.
        """
        ...


class SdistBuilds(Protocol):
    """Builds sdists, checks their wheels and lets them in."""

    def build(
        self,
        sdists: Sequence[Sdist],
        resolution: Resolution,
        bring: BringRequirements,
        /,
    ) -> None:
        """Build all that can be built; what each came to is said by `ends`."""
        ...

    def ends(self) -> Sequence[SdistEnd]:
        """Return what has ended by now, also where the run was stopped."""
        ...


@dataclass(slots=True, kw_only=True)
class SdistWheels:
    """Builds the wheels of one collect."""

    intake: Intake
    builder: SdistBuilder
    builds: SdistBuilds
    for_builds: BuildRequirements
    needs: Sequence[str]
    """Build requirements that are brought in any case."""
    folder: Path
    """Takes sdists by their names; this run's own."""
    _built: dict[NormalizedName, None] = field(default_factory=dict)

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

    def build_all(self, pins: Sequence[Pin], resolution: Resolution) -> None:
        """Have the wheels of some pins that are not there."""
        waiting: list[Sdist] = []
        with ExitStack() as stack:
            for pin in pins:
                name = pin.file.filename
                if name not in self.intake.failures:
                    find = partial(self._find, pin, resolution, stack, waiting)
                    self.intake.attempt(name, find)
            if not waiting:
                return
            self.publish_requirements()
            try:
                self.builds.build(waiting, resolution, self._bring)
            except BaseException:
                # The first error is the one to tell.
                with suppress(AxletreeError):
                    self._count_all()
                raise
            self._count_all()

    def _find(
        self,
        pin: Pin,
        resolution: Resolution,
        stack: ExitStack,
        waiting: list[Sdist],
    ) -> None:
        """Count the wheel of a pin, if it is there and whole; else it waits."""
        sdist = self.intake.published(pin.file.filename)
        named = stack.enter_context(self._named_copy(sdist))
        built = built_here(self.intake.house, pin, resolution.environment)
        if built is None or not self.intake.house.intact([built.filename]):
            waiting.append(Sdist(pin=pin, path=named, stored=sdist))
            return
        # What it was built with is to be there, too.
        self.builder.bring_requirements(named, resolution.environment)
        self.intake.names[built.filename] = None

    def _bring(
        self,
        requirements: Sequence[str],
        constraints: Sequence[str],
        environment: Environment,
        built: AbstractSet[NormalizedName],
    ) -> tuple[SafeName, ...]:
        if built - self._built.keys():
            self._built.update(dict.fromkeys(built))
            self.for_builds.add_built(frozenset(self._built))
        paths = self.for_builds.provide(requirements, environment, constraints)
        # Before the wheel: where this ends in between, the wheel is built later.
        self.publish_requirements()
        names = tuple(safe_name(path.name) for path in paths)
        for name in names:
            if name in self.intake.failures:
                raise self.intake.failures[name]
        return names

    def _count_all(self) -> None:
        """Note what came of the builds, the good ones first.

        :raises AxletreeError: for a failure that says nothing about the sdist.
        """
        ends = self.builds.ends()
        for end in ends:
            if end.error is None:
                self._count(end)
        for end in ends:
            if end.error is not None:
                self.intake.attempt(end.filename, partial(_raise, end.error))

    def _count(self, end: SdistEnd) -> None:
        intake = self.intake
        names = (*end.new, *end.repaired, *end.there)
        found = {name: intake.house.find(name) for name in names}
        stored = {name: each for name, each in found.items() if each is not None}
        intake.new += [stored[name] for name in end.new if name in stored]
        intake.repaired += [stored[name] for name in end.repaired if name in stored]
        intake.built += [*end.new, *end.repaired]
        intake.count(stored)
        intake.notes += end.notes

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


def _raise(error: AxletreeError) -> None:
    raise error
