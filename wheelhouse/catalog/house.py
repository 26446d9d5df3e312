"""A wheelhouse: its database, its files, and reading from both."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from packaging.utils import NormalizedName

from axletree.house_place import HousePlace, place_at
from axletree.wheelhouse.catalog import attestations, history, kept_files, records
from axletree.wheelhouse.catalog.as_of import as_of
from axletree.wheelhouse.catalog.founding import Purpose, open_parts
from axletree.wheelhouse.catalog.variants import KeptVariants
from axletree.wheelhouse.errors import CorruptStoredFileError, GoneGenerationError
from axletree.wheelhouse.model import (
    ACTIVE,
    Collection,
    JournalEntry,
    Pin,
    ProjectStatus,
    Sha256,
    StoredFile,
    StoredPolicy,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.databases import Database
from axletree.wheelhouse.sql.stored_rows import is_sound_metadata, sound_rows
from axletree.wheelhouse.store.blobs import BlobStream, FileStore, is_intact
from axletree.wheelhouse.store.files import copied
from axletree.wheelhouse.store.threads import open_pool
from axletree.wheelhouse.store.turns import PUBLISH_LOCK, Tell, tell_nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheelhouse:
    """Safe over threads and processes; `publish` is the only way in."""

    place: HousePlace
    database: Database
    files: FileStore
    is_new: bool = False
    """Whether opening it has made it."""
    tell: Tell = tell_nobody
    """Hears that another writer is waited for."""

    @classmethod
    def open(cls, place: Path | HousePlace, tell: Tell = tell_nobody) -> Self:
        """Open a wheelhouse to write, made on first use.

        :param place: a folder alone holds all of it.
        :param tell: hears that another process that writes is waited for.
        :raises ReadOnlyWheelhouseError: it can only be read.
        :raises StorageError: the folder cannot be made or read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        return cls._over(place_at(place), "make", tell)

    @classmethod
    def open_to_change(cls, place: Path | HousePlace, tell: Tell = tell_nobody) -> Self:
        """Open a wheelhouse to write; none is made.

        :raises NoWheelhouseError: there is none.
        :raises ReadOnlyWheelhouseError: it can only be read.
        :raises StorageError: the folder cannot be read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        return cls._over(place_at(place), "change", tell)

    @classmethod
    def open_to_read(cls, place: Path | HousePlace) -> Self:
        """Open a wheelhouse, also one that can only be read.

        :raises NoWheelhouseError: there is none, and none is made.
        :raises StorageError: the folder cannot be read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        return cls._over(place_at(place), "read", tell_nobody)

    @classmethod
    def _over(cls, place: HousePlace, purpose: Purpose, tell: Tell) -> Self:
        parts = open_parts(place, purpose, tell)
        return cls(
            place=place,
            database=parts.database,
            files=parts.files,
            is_new=parts.is_new,
            tell=tell,
        )

    @property
    def home(self) -> Path:
        """Give its folder on this machine, for what is on its way in."""
        return self.place.home

    def close(self) -> None:
        """Close the database connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def publishing(self, *, is_patient: bool = True) -> AbstractContextManager[None]:
        """Be the only one who changes what is named, or takes bytes away.

        Blobs are written by others meanwhile: what is not named yet, a day old at
        most, may be about to be. It is freed when a process dies.

        :param is_patient: wait for its turn.
        :raises DatabaseLockedError: it is not to be waited for.
        """
        return self.database.holding(PUBLISH_LOCK, is_patient=is_patient)

    def generation(self) -> int:
        """Count the visible changes so far."""
        with self.database.reading() as connection:
            return history.read_generation(connection)

    def policy(self, generation: int | None = None) -> StoredPolicy | None:
        """Return the policy that holds in a generation; None: now."""
        with self.database.reading() as connection:
            return history.read_policy(connection, generation)

    def made_at(self, generation: int | None = None) -> datetime | None:
        """Return when a generation (None: the newest) was made; None before the first."""
        with self.database.reading() as connection:
            return history.read_made_at(connection, generation)

    def state(self) -> tuple[int, int]:
        """Give the generation, and the number of the journal's newest entry.

        What makes no generation, as `gc` does, stands in the journal.
        """
        with self.database.reading() as connection:
            newest = history.newest_entry(connection)
            return history.read_generation(connection), newest

    def changed_since(self, generation: int) -> frozenset[NormalizedName]:
        """Name the projects of which something visible was changed after a generation.

        A policy that came or went may have changed all, and so may one that counts how
        old a file is: it counts up to each generation anew.

        :raises UnknownGenerationError: a restore has lost it, and what it changed.
        """
        with self.database.reading() as connection:
            with suppress(GoneGenerationError):
                history.require_generation(connection, generation)
            if history.policy_touches_all(connection, generation):
                return frozenset(records.known_projects(connection))
            return frozenset(records.changed_projects(connection, generation))

    def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
        """List the projects that have files, by name.

        :param generation: as of this generation; None: now.
        :raises UnknownGenerationError: there is no such generation.
        :raises GoneGenerationError: it can not be had any more.
        """
        with as_of(self.database, generation) as (connection, number):
            return tuple(records.read_projects(connection, number))

    def known_projects(self) -> tuple[NormalizedName, ...]:
        """List the projects of which anything was ever kept, or said, by name."""
        with self.database.reading() as connection:
            return tuple(records.known_projects(connection))

    def knows(self, project: NormalizedName) -> bool:
        """Tell whether anything was ever kept, or said, of a project."""
        with self.database.reading() as connection:
            return records.knows(connection, project)

    def status_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> ProjectStatus:
        """Say how a project is; active, where nobody has said otherwise."""
        with as_of(self.database, generation) as (connection, number):
            found = records.read_statuses(connection, [project], number)
            return found.get(project, ACTIVE)

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        """Say of which projects more is to be said than that they are active."""
        with as_of(self.database, generation) as (connection, number):
            return records.read_statuses(connection, projects, number)

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """List the files of a project, in the order in which they came.

        A generation lists for ever what it did; of what was withdrawn since, the
        records say so.
        """
        return self.files_of_all([project], generation)[project]

    def files_of_all(
        self, projects: Sequence[NormalizedName], generation: int | None = None
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of several projects at once; one entry for each."""
        return {
            name: tuple(f for f in files if not f.is_withdrawn_in(generation))
            for name, files in self._listed(projects, generation).items()
        }

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of several projects at once, also withdrawn ones."""
        return self._listed(projects, generation)

    def _listed(
        self, projects: Sequence[NormalizedName], generation: int | None
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        with as_of(self.database, generation) as (connection, number):
            stored = records.read_files(connection, projects, number)
        found: dict[NormalizedName, list[StoredFile]] = {name: [] for name in projects}
        with sound_rows(self.database.where):
            for file in stored:
                found[file.project].append(file)
        return {name: tuple(files) for name, files in found.items()}

    @property
    def variants(self) -> KeptVariants:
        """Read listings of variants."""
        return KeptVariants(database=self.database)

    def find(self, filename: str) -> StoredFile | None:
        """Look a file up that is listed now, by its exact name."""
        with self.database.reading() as connection:
            return records.find_file(connection, filename)

    def find_kept(self, filename: str) -> StoredFile | None:
        """Look a file up that some generation lists, and `gc` has left here.

        One that was withdrawn is found as well: its record says so.
        """
        with self.database.reading() as connection:
            is_it = tables.files.c.filename == filename
            found = kept_files.find_kept(connection, is_it)
        for kept in found:
            if kept.has_bytes or kept.stored.withdrawn is not None:
                return kept.stored
        return None

    def kept_of(self, project: NormalizedName) -> tuple[StoredFile, ...]:
        """List all files that a project ever had here, listed or not."""
        with self.database.reading() as connection:
            found = kept_files.find_kept(connection, tables.files.c.project == project)
        return tuple(kept.stored for kept in found)

    def place_of(self, stored: StoredFile) -> str:
        """Say where the file's bytes lie, for people."""
        return self.files.place_of(stored.sha256)

    def open_bytes(
        self, stored: StoredFile, start: int = 0, stop: int | None = None
    ) -> BlobStream:
        """Read the file's bytes, or a part of them, unchecked.

        :raises LostBlobError: they are gone, or can be read no more.
        :raises StorageError: the store cannot be read.
        """
        return self.files.open(stored.sha256, start, stop)

    def check(self, stored: StoredFile) -> None:
        """Read the file's bytes whole.

        :raises CorruptStoredFileError: they are gone or changed.
        """
        if not is_intact(self.files, stored.sha256):
            raise self._damaged(stored)

    def intact(self, filenames: Sequence[str]) -> frozenset[str]:
        """Say which of these files are here, with all their bytes: each is read."""
        there = [file for file in map(self.find, filenames) if file is not None]
        with open_pool() as pool:
            are_intact = pool.map(
                partial(is_intact, self.files), [f.sha256 for f in there]
            )
            return frozenset(
                file.filename
                for file, is_sound in zip(there, are_intact, strict=True)
                if is_sound
            )

    def lay_out(self, stored: StoredFile, path: Path) -> None:
        """Copy the file's bytes: a link would let a build reach the wheelhouse's own.

        :raises CorruptStoredFileError: they are gone or changed.
        :raises StorageError: they cannot be read, or the copy not be written.
        """
        if not copied(self.files, stored.sha256, path):
            raise self._damaged(stored)

    def _damaged(self, stored: StoredFile) -> CorruptStoredFileError:
        return CorruptStoredFileError(
            f"{stored.filename} is damaged in the wheelhouse",
            where=self.place_of(stored),
        )

    def metadata_of(self, stored: StoredFile) -> bytes:
        """Read a file's METADATA, byte for byte.

        :raises CorruptStoredFileError: it is gone or changed, or never was there.
        """
        digests = [] if stored.metadata_sha256 is None else [stored.metadata_sha256]
        found = self.metadata(digests)
        if not found:
            raise CorruptStoredFileError(
                f"the metadata of {stored.filename} is not in the wheelhouse",
                where=self.database.where,
            )
        return next(iter(found.values()))

    def provenance_of(self, stored: StoredFile) -> bytes:
        """Read the attestations that an index gives along; as `metadata_of`."""
        with self.database.reading() as connection:
            return attestations.read_received(connection, stored)

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest; unknown digests are left out.

        :raises CorruptStoredFileError: something was changed.
        """
        with self.database.reading() as connection:
            found = records.read_metadata(connection, digests)
        for sha256, content in found.items():
            if not is_sound_metadata(sha256, content):
                raise CorruptStoredFileError(
                    f"the metadata {sha256} is damaged", where=self.database.where
                )
        return found

    def record_collection(
        self, collection: Collection, *, actor: str | None = None
    ) -> Collection:
        """Note that a collect is complete; returns it with generation and time.

        An earlier one with the same key is replaced. `generation` and `recorded_at`
        of the argument are not used.
        """
        with self.database.writing() as connection:
            recorded = replace(
                collection,
                generation=history.read_generation(connection),
                recorded_at=utc_now(),
            )
            history.put_collection(connection, recorded)
            history.note(
                connection,
                "collect",
                [recorded.key],
                at=recorded.recorded_at,
                actor=actor,
                generation=recorded.generation,
            )
        return recorded

    def find_collection(self, key: str) -> Collection | None:
        """Look up a complete collect."""
        with self.database.reading() as connection:
            return history.find_collection(connection, key)

    def collections(self) -> tuple[Collection, ...]:
        """List the finished collects, the oldest first."""
        with self.database.reading() as connection:
            return tuple(history.read_collections(connection))

    def pins(self, at: datetime | None = None) -> tuple[Pin, ...]:
        """List the generations that `gc` is to keep.

        :param at: only those that it would keep at this time.
        """
        with self.database.reading() as connection:
            return tuple(history.read_pins(connection, at))

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read who did what, oldest first."""
        with self.database.reading() as connection:
            return tuple(history.read_journal(connection))


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
