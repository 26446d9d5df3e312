"""What one collect has published by now, and what could not be collected."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish_sound
from axletree.wheelhouse.collecting.incomplete import stops_all
from axletree.wheelhouse.model import (
    COLLECTED,
    IncomingFile,
    StoredFile,
    parse_sha256,
)
from axletree.wheelhouse.store.files import translate_storage_errors

INCOMING = "incoming"
"""The folder of a wheelhouse that takes what comes, until it is let in."""


@dataclass(slots=True, kw_only=True)
class Intake:
    """Publishes what comes, and keeps the account of it."""

    house: Wheelhouse
    gate: Gate | None = None
    """May say no to what comes."""
    names: dict[str, None] = field(default_factory=dict)
    """Of the files that are in the wheelhouse, in the order in which that was seen."""
    new: list[StoredFile] = field(default_factory=list)
    repaired: list[StoredFile] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    """Wheels that were built from sdists."""
    notes: list[str] = field(default_factory=list)
    failures: dict[str, AxletreeError] = field(default_factory=dict)
    """By file name, or by what else was wanted."""

    def attempt(self, name: str, work: Callable[[], None]) -> None:
        """Do something that concerns one file; note its failure and let others be.

        :raises AxletreeError: for a failure that says nothing about the file.
        """
        try:
            work()
        except AxletreeError as error:
            if stops_all(error):
                raise
            self.failures[name] = error

    def publish(self, incoming: Sequence[IncomingFile]) -> None:
        """Publish files that have come; note those that are refused."""
        if not incoming:
            return
        published = publish_sound(self.house, incoming, gate=self.gate)
        self.new += published.new
        self.repaired += published.repaired
        self.notes += [f"{note.filename}: {note.text}" for note in published.notes]
        self.failures.update(published.refused)
        self._sweep(file for file in incoming if file.filename in published.refused)
        self.count(file.filename for file in incoming)

    def _sweep(self, refused: Iterable[IncomingFile]) -> None:
        """Remove what came and was not let in: nobody is to find it there."""
        came_into = self.house.home / INCOMING
        with translate_storage_errors(came_into):
            for file in refused:
                if came_into in file.path.parents:
                    file.path.unlink(missing_ok=True)

    def count(self, names: Iterable[str]) -> None:
        """Note files that are in the wheelhouse, but for those that failed."""
        self.names.update((name, None) for name in names if name not in self.failures)

    def published(self, filename: str) -> StoredFile:
        """Return what was published in this run.

        :raises WheelhouseError: it was not let in.
        """
        refused = self.failures.pop(filename, None)
        if refused is not None:
            raise refused
        stored = self.house.find(filename)
        if stored is None:
            message = f"{filename} is gone from the wheelhouse"
            raise AssertionError(message)
        return stored


def as_incoming(file: DistributionFile, path: Path) -> IncomingFile:
    """Say of a file that was brought what its index says of it."""
    sha256 = file.hashes.get("sha256")
    return IncomingFile(
        path=path,
        filename=file.filename,
        project=file.project,
        expected_sha256=parse_sha256(sha256) if sha256 else None,
        upload_time=file.upload_time,
        origin=COLLECTED,
        strictness="lenient",
        yanked=file.yanked,
    )
