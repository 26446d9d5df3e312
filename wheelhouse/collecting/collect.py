"""The closure of requirements, brought from an upstream index into the wheelhouse.

Wheels come as they are; what has only an sdist is built into a wheel, and what that
build needed comes along, so that it can be built again where there is no internet.
Each step is published when it is done, and what is whole when it is stopped: the next
one goes on where it was. A file that cannot be had keeps no other one out.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from axletree.errors import AxletreeError
from axletree.resolver.model.answers import (
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.model.file_names import below
from axletree.resolver.model.question import Question
from axletree.resolver.model.spelling import counted
from axletree.stopping import tidying
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.changes import heed_index
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.incomplete import incomplete
from axletree.wheelhouse.collecting.intake import INCOMING, Intake, as_incoming
from axletree.wheelhouse.collecting.sdist_wheels import (
    BuildRequirements,
    CollectReporter,
    SdistBuilds,
    SdistWheels,
)
from axletree.wheelhouse.collecting.variants import VariantsReader, keep_variants
from axletree.wheelhouse.errors import CorruptStoredFileError
from axletree.wheelhouse.model import (
    Collection,
    StoredFile,
)
from axletree.wheelhouse.provenance.received import keep_received, lacking
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.scratch import own_folder
from axletree.wheelhouse.upstream.remote_file import (
    PART_SUFFIX,
    Brought,
)
from axletree.wheelhouse.upstream.unverified import unverified_notes


class Downloads(VariantsReader, Protocol):
    """Where files are brought from."""

    def download_all(self, files: Sequence[DistributionFile], folder: Path) -> Brought:
        """Bring files into `folder`, each verified."""
        ...

    def provenance(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, bytes | str]:
        """Read the attestations of files that have some; of others, say why not."""
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
    builds: SdistBuilds
    for_builds: BuildRequirements
    needs: Sequence[str] = ()
    """Build requirements that are brought in any case."""
    for_recipes: Sequence[DistributionFile] = ()
    """Sdists that recipes build; they come beside what was resolved."""
    reporter: CollectReporter
    sources: Sequence[str] = ()
    """The indexes and folders that are asked, for messages."""
    pages: Sequence[Page] = ()
    """What the index says of the projects that are brought: yanks and statuses."""
    gate: Gate | None = None
    """May say no to what comes."""
    _intake: Intake = field(init=False)
    _wanted: tuple[str, ...] = ()
    """Names of the files that were resolved."""
    _coming: dict[str, DistributionFile] = field(default_factory=dict)
    """By file name: what is brought, and not yet published."""

    def __post_init__(self) -> None:
        """Begin the account of what comes."""
        self._intake = Intake(house=self.house, gate=self.gate)

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
            own_folder(self.house.home / INCOMING, adopt=_adopt) as folder,
        ):
            try:
                self._bring_and_build(resolution, folder)
            except BaseException:
                # Until the folder has gone, too.
                end.enter_context(tidying(self._say_that_it_ends))
                # The first error is the one to tell.
                with suppress(AxletreeError):
                    self._keep_what_is_whole(folder)
                raise
        done = self._intake
        if done.failures:
            asked = f", from {' and '.join(self.sources)}" if self.sources else ""
            raise incomplete(done.failures, where=f"{environment.label}{asked}")
        heed_index(self.house, self.pages)
        self._keep_provenance([pin.file for pin in resolution.pins])
        done.notes += keep_variants(self.house, resolution, self.pages, self.downloads)
        collection = self.house.record_collection(
            Collection(
                key=key,
                requirements="\n".join(root.text for root in question.roots),
                environment=resolution.environment.whole_label,
                exclude_newer=question.limits.exclude_newer,
                pins={pin.name: str(pin.version) for pin in resolution.pins},
                filenames=tuple(sorted(done.names)),
                generation=0,
                recorded_at=datetime.now(UTC),
            )
        )
        return Collected(
            collection=collection,
            new=tuple(done.new),
            repaired=tuple(done.repaired),
            built=tuple(done.built),
            notes=tuple(dict.fromkeys(done.notes)),
            answer_notes=tuple(resolution.notes),
        )

    @property
    def kept(self) -> str:
        """Say how much of it is in the wheelhouse by now."""
        done = self._intake
        there = sum(name in done.names for name in self._wanted)
        are = "is" if there == 1 else "are"
        built = f", {len(done.built)} built from sdists" if done.built else ""
        return (
            f"{there} of {counted(len(self._wanted), 'file')} {are} in the "
            f"wheelhouse{built}"
        )

    def _bring_and_build(self, resolution: Resolution, folder: Path) -> None:
        self._wanted = tuple(pin.file.filename for pin in resolution.pins)
        wheels = [pin for pin in resolution.pins if pin.file.kind == "wheel"]
        sdists = [pin for pin in resolution.pins if pin.file.kind == "sdist"]
        self.reporter.step(f"bringing {counted(len(resolution.pins), 'file')}")
        pinned = [pin.file for pin in (*wheels, *sdists)]
        known = {file.filename for file in pinned}
        others = [file for file in self.for_recipes if file.filename not in known]
        self._bring([*pinned, *others], folder)
        building = SdistWheels(
            intake=self._intake,
            builder=self.builder,
            builds=self.builds,
            for_builds=self.for_builds,
            needs=self.needs,
            folder=folder,
        )
        bring_needs = partial(building.bring_needs, resolution.environment)
        self._intake.attempt("build requirements", bring_needs)
        building.bring_needs_of(self.for_recipes, resolution.environment)
        building.build_all(sdists, resolution)
        building.publish_requirements()

    def _keep_what_is_whole(self, folder: Path) -> None:
        """Publish what has come whole, and leave nothing else behind."""
        whole = {
            name: path
            for name, file in self._coming.items()
            if (path := below(folder, file.filename)).is_file()
        }
        if whole:
            self.reporter.step(f"publishing {counted(len(whole), 'file')} that came")
            self._intake.publish(
                [as_incoming(self._coming[name], whole[name]) for name in whole]
            )
        with translate_storage_errors(folder):
            for path in tuple(folder.iterdir()):
                path.unlink(missing_ok=True)

    def _keep_provenance(self, pinned: Sequence[DistributionFile]) -> None:
        """Keep what the index gives along with the files; without it they stay, too."""
        files = (*pinned, *self.for_recipes, *self.for_builds.provided)
        said = {str(file.filename): file for file in files if file.provenance}
        wanted = lacking(self.house, frozenset(said).intersection(self._intake.names))
        if not wanted:
            return
        self.reporter.step(f"reading the provenance of {counted(len(wanted), 'file')}")
        found = self.downloads.provenance([said[name] for name in sorted(wanted)])
        self._intake.notes += [
            f"{file.filename}: its provenance is not kept: {answer}"
            for file, answer in found.items()
            if isinstance(answer, str)
        ]
        keep_received(
            self.house,
            {
                file.filename: answer
                for file, answer in found.items()
                if isinstance(answer, bytes)
            },
        )

    def _say_that_it_ends(self) -> None:
        self.reporter.note(
            "keeping the files that are whole; once more, and the next run keeps them"
        )

    def _bring(self, files: Sequence[DistributionFile], folder: Path) -> None:
        done = self._intake
        intact = self.house.intact([f.filename for f in files if self._is_stored(f)])
        done.count(file.filename for file in files if file.filename in intact)
        missing = [file for file in files if file.filename not in intact]
        for file in missing:
            if not (file.url or file.address):
                done.failures[file.filename] = CorruptStoredFileError(
                    f"{file.filename} is ours, and damaged in the wheelhouse",
                    hint="publish the same file again, or restore it from a backup",
                )
        missing = [file for file in missing if file.filename not in done.failures]
        self._coming = {file.filename: file for file in missing}
        brought = self.downloads.download_all(missing, folder)
        for file, error in brought.failures.items():
            done.failures[file.filename] = error
        done.notes += unverified_notes(missing)
        # In the order of the pins: that in which they arrived is another each time.
        arrived = [file for file in missing if file in brought.paths]
        done.publish([as_incoming(file, brought.paths[file]) for file in arrived])
        self._coming = {}
        done.count(file.filename for file in files)

    def _is_stored(self, file: DistributionFile) -> bool:
        """Tell whether a file of that name stands for this one.

        An index says once what a name means; an address may hold anything by that name.
        """
        if file.address is None:
            return True
        stored = self.house.find(file.filename)
        return stored is not None and stored.sha256 == file.hashes.get("sha256")


def _adopt(dead: Path, folder: Path) -> None:
    """Take over what a killed run has whole; its hash is looked at when it is used."""
    for path in sorted(dead.iterdir()):
        if path.suffix != PART_SUFFIX and path.is_file() and not path.is_symlink():
            path.rename(folder / path.name)
