"""A wheelhouse from its backup.

First the bytes, each of them hashed, then the database: until that is there the wheelhouse
is as it was. The database that is replaced is set aside, never deleted.

What was made after the backup is lost, but its numbers are not given again: a generation
that somebody has noted down never becomes another one. And what was withdrawn after the
backup stays withdrawn.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, listing, records, tables
from axletree.wheelhouse.catalog.founding import (
    KEEPING_LOCK,
    PRIVATE,
    PUBLISH_LOCK,
    locked,
)
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.state_queries import DATABASE
from axletree.wheelhouse.catalog.turns import Tell
from axletree.wheelhouse.errors import RestoreLosesError
from axletree.wheelhouse.model import JournalEntry
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.store.files import (
    LocalFileStore,
    fsync,
    translate_storage_errors,
)
from axletree.wheelhouse.upkeep.backups import (
    Copied,
    Copying,
    Label,
    blobs_named,
    copy_blobs,
    is_of_history,
    read_label,
    told,
)

_SUFFIXES = ("-wal", "-shm", "-journal", "")
"""The logs before what they belong to: none of them may meet another database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Former:
    """What can be read of the database that is replaced."""

    generation: int = 0
    withdrawn: Sequence[tuple[str, str]] = ()
    """File name and reason."""
    is_of_history: bool = True
    """Whether the backup is one of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore has done."""

    copied: Copied
    generation: int
    """The newest after it."""
    lost: int
    """Generations that were made after the backup."""


def restore(
    home: Path,
    folder: Path,
    copying: Copying,
    *,
    tell: Tell,
    is_forced: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> Restored:
    """Make the wheelhouse in `home` what it was when it was backed up.

    :param is_forced: also where generations are lost by that.
    :raises StorageError: there is no backup, or something cannot be written.
    :raises RestoreLosesError: there are generations that the backup has not.
    :raises CorruptStoredFileError: the backup is damaged; nothing was changed.
    """
    label = read_label(folder)
    with translate_storage_errors(home):
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (home / "files" / "sha256").mkdir(parents=True, exist_ok=True)
    with (
        locked(folder, tell, KEEPING_LOCK),
        locked(home, tell, KEEPING_LOCK),
        locked(home, tell, PUBLISH_LOCK),
    ):
        former = _former(home, label)
        lost = max(0, former.generation - label.generation)
        if not is_forced and (lost or not former.is_of_history):
            raise _loses(home, lost, label)
        blobs = blobs_named(folder / DATABASE)
        source = LocalFileStore(root=folder / "files")
        target = LocalFileStore(root=home / "files")
        written = copy_blobs(source, target, blobs, copying, is_careful=True)
        at = clock()
        _put_database(home, folder / DATABASE, at)
    generation = _note(home, label, former, at)
    copied = Copied(
        generation=label.generation,
        file_count=len(blobs),
        new_count=len(written),
        size_bytes=sum(written.values()),
    )
    return Restored(copied=copied, generation=generation, lost=lost)


def _former(home: Path, label: Label) -> _Former:
    """Read what there is; a database that is lost or damaged has nothing to lose."""
    if not (home / DATABASE).exists():
        return _Former()
    table = tables.files.c
    try:
        with Wheelhouse.open_to_read(home) as house:
            with house.database.reading() as connection:
                kept = records.find_kept(connection, table.withdrawn.is_not(None))
                newest = history.read_generation(connection)
            return _Former(
                generation=newest,
                withdrawn=tuple(
                    (file.stored.filename, file.stored.withdrawn or "") for file in kept
                ),
                is_of_history=newest < label.generation or is_of_history(house, label),
            )
    except (AxletreeError, sqlite3.Error):
        return _Former()


def _loses(home: Path, lost: int, label: Label) -> RestoreLosesError:
    what = f"{lost} generations" if lost != 1 else "1 generation"
    if not lost:
        what = "another past than the backup's"
    return RestoreLosesError(
        f"the wheelhouse has {what}, which would be lost: the backup is of "
        f"generation {label.generation}",
        where=str(home),
    )


def _put_database(home: Path, backup: Path, at: datetime) -> None:
    """Put the database of a backup in the place of the one that is there."""
    path = home / DATABASE
    new = path.with_name(f"{DATABASE}.new")
    with translate_storage_errors(home):
        for leftover in home.glob(f"{new.name}*"):
            leftover.unlink()
        shutil.copyfile(backup, new)
        with closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        fsync(new)
        for suffix in _SUFFIXES:
            former = path.with_name(f"{DATABASE}{suffix}")
            if former.exists() or former.is_symlink():
                former.rename(home / f"before-restore-{told(at)}.sqlite{suffix}")
        new.rename(path)
        fsync(home)


def _note(home: Path, label: Label, former: _Former, at: datetime) -> int:
    """Say what was done; a number that was used before is not used again."""
    with Wheelhouse.open_to_change(home) as house:
        with house.publishing(), house.database.writing() as connection:
            newest = history.read_generation(connection)
            names = dict(former.withdrawn)
            kept = [
                file
                for file in records.find_kept(connection, tables.files.c.id > 0)
                if file.stored.filename in names and file.stored.withdrawn is None
            ]
            if former.generation > newest or kept:
                newest = history.add_generation(
                    connection, at, number=max(newest, former.generation) + 1
                )
            for file in kept:
                reason = names[file.stored.filename]
                listing.withdraw(connection, [file], newest, reason)
            history.add_journal_entry(
                connection,
                JournalEntry(
                    at=at,
                    actor=account_name(),
                    action="restore",
                    generation=newest,
                    subjects=(str(label.generation),),
                    detail=f"of the backup of generation {label.generation}",
                ),
            )
        return newest
