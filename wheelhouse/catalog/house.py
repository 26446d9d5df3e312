"""A wheelhouse in a folder: its database, its files, and reading from both."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from packaging.utils import NormalizedName

from axletree.wheelhouse.catalog import records
from axletree.wheelhouse.catalog.database import (
    Database,
    check_writable,
)
from axletree.wheelhouse.catalog.state_queries import DATABASE
from axletree.wheelhouse.catalog.stored_rows import is_sound_metadata
from axletree.wheelhouse.catalog.turns import (
    Tell,
    take_lock,
    tell_nobody,
)
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    LostDatabaseError,
    NoWheelhouseError,
)
from axletree.wheelhouse.model import (
    Collection,
    JournalEntry,
    Sha256,
    StoredFile,
    StoredPolicy,
)
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.store.files import (
    FileStore,
    LocalFileStore,
    translate_storage_errors,
)
from axletree.wheelhouse.store.stamps import unreadable
from axletree.wheelhouse.store.threads import open_pool

PRIVATE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheelhouse:
    """Safe over threads and processes; `publish` is the only way in."""

    home: Path
    database: Database
    files: FileStore
    is_new: bool = False
    """Whether opening it has made it."""
    tell: Tell = tell_nobody
    """Hears that another writer is waited for."""

    @classmethod
    def open(cls, home: Path, tell: Tell = tell_nobody) -> Self:
        """Open the wheelhouse in `home` to write, made on first use.

        :param tell: hears that another process that writes is waited for.
        :raises ReadOnlyWheelhouseError: it can only be read.
        :raises StorageError: the folder cannot be made or read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        is_new = _make(home, tell)
        with translate_storage_errors(home):
            check_writable(home / "files")
        database = Database.open(home / DATABASE, tell)
        return cls._over(home, database, is_new=is_new, tell=tell)

    @classmethod
    def open_to_read(cls, home: Path) -> Self:
        """Open the wheelhouse in `home`, also one that can only be read.

        :raises NoWheelhouseError: there is none, and none is made.
        :raises StorageError: the folder cannot be read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        require(home)
        return cls._over(home, Database.open_to_read(home / DATABASE))

    @classmethod
    def _over(
        cls,
        home: Path,
        database: Database,
        *,
        is_new: bool = False,
        tell: Tell = tell_nobody,
    ) -> Self:
        files = LocalFileStore(root=home / "files")
        return cls(home=home, database=database, files=files, is_new=is_new, tell=tell)

    def close(self) -> None:
        """Close the database connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Be the only publisher, over threads and processes; waits for its turn.

        While it is held no blob is being written by anyone else, so that leftovers
        may be swept and orphans removed. The system frees it when a process dies.
        """
        with _locked(self.home, self.tell):
            yield

    def generation(self) -> int:
        """Count the publishes so far that changed something."""
        with self.database.reading() as connection:
            return records.read_generation(connection)

    def policy(self) -> StoredPolicy | None:
        """Return the policy that holds now."""
        with self.database.reading() as connection:
            return records.read_policy(connection)

    def made_at(self) -> datetime | None:
        """Return when the newest generation was made; None before the first."""
        with self.database.reading() as connection:
            return records.read_made_at(connection)

    def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
        """List the projects that have files, by name.

        :param generation: as of this generation; None: now.
        """
        with self.database.reading() as connection:
            asked = _asked(generation)
            return tuple(records.read_projects(connection, asked))

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """List the files of a project, in the order in which they came."""
        return self.files_of_all([project], generation)[project]

    def files_of_all(
        self, projects: Sequence[NormalizedName], generation: int | None = None
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of several projects at once; one entry for each."""
        with self.database.reading() as connection:
            stored = records.read_files(connection, projects, _asked(generation))
        found: dict[NormalizedName, list[StoredFile]] = {name: [] for name in projects}
        for file in stored:
            found[file.project].append(file)
        return {name: tuple(files) for name, files in found.items()}

    def find(self, filename: str) -> StoredFile | None:
        """Look a file up by its exact name."""
        with self.database.reading() as connection:
            return records.find_file(connection, filename)

    def path_of(self, stored: StoredFile) -> Path:
        """Say where the file's bytes lie."""
        return self.files.path_of(stored.sha256)

    def check(self, stored: StoredFile) -> None:
        """Read the file's bytes whole.

        :raises CorruptStoredFileError: they are gone or changed.
        """
        if not self.files.is_intact(stored.sha256):
            raise self._damaged(stored)

    def intact(self, filenames: Sequence[str]) -> frozenset[str]:
        """Say which of these files are here, with all their bytes: each is read."""
        there = [file for file in map(self.find, filenames) if file is not None]
        with open_pool() as pool:
            are_intact = pool.map(self.files.is_intact, [f.sha256 for f in there])
            return frozenset(
                file.filename
                for file, is_intact in zip(there, are_intact, strict=True)
                if is_intact
            )

    def lay_out(self, stored: StoredFile, path: Path) -> None:
        """Copy the file's bytes: a link would let a build reach the wheelhouse's own.

        :raises CorruptStoredFileError: they are gone or changed.
        :raises StorageError: they cannot be read, or the copy not be written.
        """
        if not self.files.copy(stored.sha256, path):
            raise self._damaged(stored)

    def _damaged(self, stored: StoredFile) -> CorruptStoredFileError:
        return CorruptStoredFileError(
            f"{stored.filename} is damaged in the wheelhouse",
            where=str(self.path_of(stored)),
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
                where=str(self.database.path),
            )
        return next(iter(found.values()))

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest; unknown digests are left out.

        :raises CorruptStoredFileError: something was changed.
        """
        with self.database.reading() as connection:
            found = records.read_metadata(connection, digests)
        for sha256, content in found.items():
            if not is_sound_metadata(sha256, content):
                raise CorruptStoredFileError(
                    f"the metadata {sha256} is damaged", where=str(self.database.path)
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
                generation=records.read_generation(connection),
                recorded_at=utc_now(),
            )
            records.put_collection(connection, recorded)
            entry = JournalEntry(
                at=recorded.recorded_at,
                actor=actor or account_name(),
                action="collect",
                generation=recorded.generation,
                subjects=(recorded.key,),
            )
            records.add_journal_entry(connection, entry)
        return recorded

    def find_collection(self, key: str) -> Collection | None:
        """Look up a complete collect."""
        with self.database.reading() as connection:
            return records.find_collection(connection, key)

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read who did what, oldest first."""
        with self.database.reading() as connection:
            return tuple(records.read_journal(connection))


def _has_database(home: Path) -> bool:
    """Tell whether there is a wheelhouse in a folder, which may not be there itself.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    path = home / DATABASE
    with translate_storage_errors(home):
        return _is_there(path) or _is_lost(home, path)


def require(home: Path) -> None:
    """Refuse a folder with no wheelhouse in it.

    :raises NoWheelhouseError: there is none.
    :raises LostDatabaseError: there was one.
    :raises StorageError: it cannot be looked at.
    """
    if not _has_database(home):
        raise NoWheelhouseError(f"there is no wheelhouse at {home}", where=str(home))


def _make(home: Path, tell: Tell) -> bool:
    """Make a wheelhouse where there is nothing at all; False: there is one.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    if _has_database(home):
        return False
    path = home / DATABASE
    with translate_storage_errors(home):
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with _locked(home, tell):
            (home / "files" / "sha256").mkdir(parents=True, exist_ok=True)
            if _is_there(path):
                return False
            Database.make(path)
    return True


def _is_there(path: Path) -> bool:
    # A link to nowhere is there, too: to what somebody has forgotten to mount.
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise unreadable(str(path.parent), error) from error
    return True


def _is_lost(home: Path, path: Path) -> bool:
    """Tell that the database came to be meanwhile; False: there never was one.

    :raises LostDatabaseError: there was one.
    """
    log = path.with_name(f"{path.name}-wal")
    blob = next(home.glob("files/sha256/*/*"), None)
    trace = blob or (log if _is_there(log) and log.stat().st_size else None)
    if trace is None:
        return False
    if _is_there(path):
        return True
    raise LostDatabaseError(
        f"the wheelhouse has lost its database: {path.name} is gone, and "
        f"{trace.relative_to(home)} is still there",
        where=str(home),
    )


@contextmanager
def _locked(home: Path, tell: Tell) -> Iterator[None]:
    with translate_storage_errors(home):
        lock = os.open(home / "publish.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take_lock(lock, tell)
        yield
    finally:
        os.close(lock)


def _asked(generation: int | None) -> int:
    # Every file's generation is below SQLite's largest integer.
    return 2**63 - 1 if generation is None else generation


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
