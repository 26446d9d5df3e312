"""The closure of requirements, brought from an upstream index into the wheelhouse.

Wheels come as they are; what has only an sdist is built into a wheel, and what that
build needed comes along, so that it can be built again where there is no internet.
Each step is published when it is done, and what is whole when it is stopped: the next
one goes on where it was. A file that cannot be had keeps no other one out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from packaging.utils import parse_wheel_filename

from axletree.errors import AxletreeError
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
from axletree.resolver.model.question import Question
from axletree.resolver.model.spelling import counted
from axletree.stopping import tidying
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish_sound
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.collecting.incomplete import (
    incomplete,
    stops_all,
)
from axletree.wheelhouse.errors import IncompleteCollectionError
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.model import (
    Collection,
    IncomingFile,
    StoredFile,
    parse_sha256,
)
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.scratch import own_folder
from axletree.wheelhouse.upstream.remote_file import (
    PART_SUFFIX,
    Brought,
)
from axletree.wheelhouse.upstream.unverified import unverified_notes


class Downloads(Protocol):
    """Where files are brought from."""

    def download_all(self, files: Sequence[DistributionFile], folder: Path) -> Brought:
        """Bring files into `folder`, each verified."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collect has done."""

    collection: Collection
    new: tuple[StoredFile, ...] = ()
    repaired: tuple[StoredFile, ...] = ()
    """Files that were there, and damaged."""
    built: tuple[str, ...] = ()
    """Wheels that were built from sdists."""
    notes: tuple[str, ...] = ()
    """Harmless flaws."""
    answer_notes: tuple[str, ...] = ()
    """What is to be said of the answer itself, as a lock says it."""


@dataclass(slots=True, kw_only=True)
class Collector:
    """Brings one resolution into a wheelhouse."""

    house: Wheelhouse
    downloads: Downloads
    builder: SdistBuilder
    for_builds: BuildRequirements
    needs: Sequence[str] = ()
    """Build requirements that are brought in any case."""
    reporter: CollectReporter
    sources: Sequence[str] = ()
    """The indexes and folders that are asked, for messages."""
    is_closure: bool = True
    """The resolution has all that its releases require."""
    _folder: Path = field(init=False)
    """Takes what comes; this run's own."""
    _wanted: tuple[str, ...] = ()
    """Names of the files that were resolved."""
    _coming: dict[str, DistributionFile] = field(default_factory=dict)
    """By file name: what is brought, and not yet published."""
    _new: list[StoredFile] = field(default_factory=list)
    _repaired: list[StoredFile] = field(default_factory=list)
    _names: dict[str, None] = field(default_factory=dict)
    _built: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _failures: dict[str, AxletreeError] = field(default_factory=dict)

    def collect(
        self, resolution: Resolution, *, key: str, question: Question
    ) -> Collected:
        """Bring, build and publish; then note that it is complete.

        :raises IncompleteCollectionError: naming each file that could not be collected; the
            others have come all the same.
        :raises AxletreeError: what the index as a whole, the disk or the wheelhouse
            raises.
        """
        environment = question.environment
        # Beside the wheelhouse, so that what a killed run has brought is found again.
        with (
            ExitStack() as end,
            own_folder(self.house.home / "incoming", adopt=_adopt) as folder,
        ):
            self._folder = folder
            try:
                self._bring_and_build(resolution)
            except BaseException:
                # Until the folder has gone, too.
                end.enter_context(tidying(self._say_that_it_ends))
                # The first error is the one to tell.
                with suppress(AxletreeError):
                    self._keep_what_is_whole()
                raise
        if self._failures:
            asked = f", from {' and '.join(self.sources)}" if self.sources else ""
            raise incomplete(self._failures, where=f"{environment.label}{asked}")
        collection = self.house.record_collection(
            Collection(
                key=key,
                requirements="\n".join(root.text for root in question.roots),
                environment=resolution.environment.whole_label,
                exclude_newer=question.limits.exclude_newer,
                pins={pin.name: str(pin.version) for pin in resolution.pins},
                filenames=tuple(sorted(self._names)),
                generation=0,
                recorded_at=datetime.now(UTC),
            )
        )
        return Collected(
            collection=collection,
            new=tuple(self._new),
            repaired=tuple(self._repaired),
            built=tuple(self._built),
            notes=tuple(dict.fromkeys(self._notes)),
            answer_notes=tuple(resolution.notes),
        )

    @property
    def kept(self) -> str:
        """Say how much of it is in the wheelhouse by now."""
        there = sum(name in self._names for name in self._wanted)
        are = "is" if there == 1 else "are"
        built = f", {len(self._built)} built from sdists" if self._built else ""
        return (
            f"{there} of {counted(len(self._wanted), 'file')} {are} in the "
            f"wheelhouse{built}"
        )

    def _bring_and_build(self, resolution: Resolution) -> None:
        self._wanted = tuple(pin.file.filename for pin in resolution.pins)
        wheels = [pin for pin in resolution.pins if pin.file.kind == "wheel"]
        sdists = [pin for pin in resolution.pins if pin.file.kind == "sdist"]
        self.reporter.step(f"bringing {counted(len(resolution.pins), 'file')}")
        self._bring([pin.file for pin in (*wheels, *sdists)])
        provide = partial(self._provide, resolution.environment)
        self._try("build requirements", provide)
        self._build_all(sdists, resolution)
        self._publish_build_requirements()

    def _keep_what_is_whole(self) -> None:
        """Publish what has come whole, and leave nothing else behind."""
        whole = {
            name: path
            for name, file in self._coming.items()
            if (path := below(self._folder, file.filename)).is_file()
        }
        if whole:
            self.reporter.step(f"publishing {counted(len(whole), 'file')} that came")
            self._publish(
                [_incoming(self._coming[name], whole[name]) for name in whole]
            )
        with translate_storage_errors(self._folder):
            for path in tuple(self._folder.iterdir()):
                path.unlink(missing_ok=True)

    def _say_that_it_ends(self) -> None:
        self.reporter.note(
            "keeping the files that are whole; once more, and the next run keeps them"
        )

    def _try(self, name: str, work: Callable[[], None]) -> None:
        """Do something that concerns one file; note its failure and let others be."""
        try:
            work()
        except AxletreeError as error:
            if stops_all(error):
                raise
            self._failures[name] = error

    def _bring(self, files: Sequence[DistributionFile]) -> None:
        intact = self.house.intact([f.filename for f in files if self._is_stored(f)])
        self._names.update(
            (file.filename, None) for file in files if file.filename in intact
        )
        missing = [file for file in files if file.filename not in intact]
        self._coming = {file.filename: file for file in missing}
        brought = self.downloads.download_all(missing, self._folder)
        for file, error in brought.failures.items():
            self._failures[file.filename] = error
        self._notes += unverified_notes(missing)
        # In the order of the pins: that in which they arrived is another each time.
        arrived = [file for file in missing if file in brought.paths]
        self._publish([_incoming(file, brought.paths[file]) for file in arrived])
        self._coming = {}
        names = (file.filename for file in files)
        self._names.update((name, None) for name in names if name not in self._failures)

    def _is_stored(self, file: DistributionFile) -> bool:
        """Tell whether a file of that name stands for this one.

        An index says once what a name means; an address may hold anything by that name.
        """
        if file.address is None:
            return True
        stored = self.house.find(file.filename)
        return stored is not None and stored.sha256 == file.hashes.get("sha256")

    def _publish(self, incoming: Sequence[IncomingFile]) -> None:
        if not incoming:
            return
        published = publish_sound(self.house, incoming)
        self._new += published.new
        self._repaired += published.repaired
        self._notes += [f"{note.filename}: {note.text}" for note in published.notes]
        self._failures.update(published.refused)
        self._sweep([file.path for file in incoming if file.filename in self._failures])
        names = (file.filename for file in incoming)
        self._names.update((name, None) for name in names if name not in self._failures)

    def _sweep(self, refused: Sequence[Path]) -> None:
        """Remove what came and was not let in: nobody is to find it there."""
        with translate_storage_errors(self._folder):
            for path in refused:
                if path.parent == self._folder:
                    path.unlink(missing_ok=True)

    def _provide(self, environment: Environment) -> None:
        if self.needs:
            self.for_builds.provide(self.needs, environment)

    # Wheels from sdists.

    def _build_all(self, pins: Sequence[Pin], resolution: Resolution) -> None:
        for number, pin in enumerate(pins, start=1):
            name = pin.file.filename
            place = f" ({number} of {len(pins)})" if len(pins) > 1 else ""
            if name not in self._failures:
                build = partial(self._build_one, pin, resolution, place)
                self._try(name, build)

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
        raw = self.house.metadata_of(wheel)
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
        sdist = self._published(pin.file.filename)
        with self._named_copy(sdist) as named:
            self.builder.bring_requirements(named, environment)
            # Before the wheel: where this ends in between, the wheel is built later.
            self._publish_build_requirements()
            origin = f"built from {sdist.filename}"
            for stored in self.house.files_of(pin.name):
                # Another Python's build of the same sdist may stand there, too.
                if (
                    stored.origin == origin
                    and _fits(stored.filename, environment)
                    and self.house.intact([stored.filename])
                ):
                    self._names[stored.filename] = None
                    return stored
            self.reporter.announce(f"building {sdist.filename}{place}")
            source_time = pin.file.upload_time or sdist.entered_at
            wheel = self.builder.wheel(named, environment, source_time)
        _check_release(wheel.name, pin)
        if not _fits(wheel.name, environment):
            raise IncompleteCollectionError(
                f"this machine builds {wheel.name}, which the target cannot use"
            )
        self._publish(
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
        self._built.append(wheel.name)
        return self._published(wheel.name)

    def _published(self, filename: str) -> StoredFile:
        """Return what was published in this run.

        :raises WheelhouseError: it was not let in.
        """
        refused = self._failures.pop(filename, None)
        if refused is not None:
            raise refused
        stored = self.house.find(filename)
        if stored is None:
            message = f"{filename} is gone from the wheelhouse"
            raise AssertionError(message)
        return stored

    @contextmanager
    def _named_copy(self, sdist: StoredFile) -> Iterator[Path]:
        """Give a blob its file name, which build tools read."""
        named = below(self._folder, sdist.filename)
        with translate_storage_errors(named):
            self.house.lay_out(sdist, named)
        try:
            yield named
        finally:
            named.unlink(missing_ok=True)

    def _publish_build_requirements(self) -> None:
        incoming = [
            _incoming(file, path)
            for file, path in self.for_builds.provided.items()
            if file.filename not in self._names
        ]
        self._publish(incoming)


def _adopt(dead: Path, folder: Path) -> None:
    """Take over what a killed run has whole; its hash is looked at when it is used."""
    for path in sorted(dead.iterdir()):
        if path.suffix != PART_SUFFIX and path.is_file() and not path.is_symlink():
            path.rename(folder / path.name)


def _check_release(wheel: str, pin: Pin) -> None:
    project, version, _, _ = parse_wheel_filename(wheel)
    if (project, version) != (pin.name, pin.version):
        raise IncompleteCollectionError(
            f"its build makes {wheel}, which is not {pin.name} {pin.version}"
        )


def _fits(wheel: str, environment: Environment) -> bool:
    tags = {str(tag) for tag in parse_wheel_filename(wheel)[3]}
    return not tags.isdisjoint(environment.tags)


def _incoming(file: DistributionFile, path: Path) -> IncomingFile:
    sha256 = file.hashes.get("sha256")
    return IncomingFile(
        path=path,
        filename=file.filename,
        project=file.project,
        expected_sha256=parse_sha256(sha256) if sha256 else None,
        upload_time=file.upload_time,
        origin="collect",
        strictness="lenient",
        yanked=file.yanked,
    )
