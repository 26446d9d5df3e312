"""A wheelhouse from its backup.

First the bytes, each of them hashed, then the database: until that is there the wheelhouse
is as it was. The database that is replaced is set aside, never deleted.

What was made after the backup is lost, but its numbers are not given again: a generation
that somebody has noted down never becomes another one. And what was withdrawn after the
backup stays withdrawn.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from axletree.errors import AxletreeError
from axletree.house_place import HousePlace, place_at
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, kept_files, listing, variants
from axletree.wheelhouse.catalog.founding import PRIVATE, files_of, open_server
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import RestoreLosesError, StorageError
from axletree.wheelhouse.model import Sha256, VariantsFile
from axletree.wheelhouse.provenance.key_file import (
    has_key_file,
    key_path,
    put_key_file,
    read_key_file,
)
from axletree.wheelhouse.sql.database import SqliteDatabase
from axletree.wheelhouse.sql.databases import Database
from axletree.wheelhouse.sql.state_queries import DATABASE
from axletree.wheelhouse.store.files import (
    LocalFileStore,
    fsync,
    translate_storage_errors,
)
from axletree.wheelhouse.store.turns import (
    KEEPING_LOCK,
    PUBLISH_LOCK,
    Tell,
    locked,
)
from axletree.wheelhouse.upkeep.backups import (
    Copied,
    Copying,
    Label,
    blobs_named,
    copy_blobs,
    is_of_history,
    read_label,
)
from axletree.wheelhouse.upkeep.portable import copy_rows, empty, write_file

_LOGS = ("-wal", "-shm", "-journal")
"""Set aside before what they belong to: none of them may meet another database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Former:
    """What can be read of the database that is replaced."""

    generation: int = 0
    withdrawn: Sequence[Mapping[str, object]] = ()
    """The rows of these files."""
    variants: Sequence[VariantsFile] = ()
    """Listings of variants that were withdrawn."""
    is_of_history: bool = True
    """Whether the backup is one of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A database that is to be put in place."""

    path: Path
    generation: int
    """Its newest."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore has done."""

    copied: Copied
    generation: int
    """The newest after it."""
    lost: int
    """Generations that were made after the backup."""
    has_key: bool
    """Whether the private key was put back."""


def restore(
    place: Path | HousePlace,
    folder: Path,
    copying: Copying,
    *,
    tell: Tell,
    is_forced: bool = False,
) -> Restored:
    """Make the wheelhouse in a place what it was when it was backed up.

    The place may be another one than it was then, and of another kind.

    :param is_forced: also where generations are lost by that.
    :raises StorageError: there is no backup, or something cannot be written.
    :raises RestoreLosesError: there are generations that the backup has not.
    :raises CorruptStoredFileError: the backup is damaged; nothing was changed.
    """
    label = read_label(folder)
    place = place_at(place)
    home = place.home
    with translate_storage_errors(home):
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (home / "files" / "sha256").mkdir(parents=True, exist_ok=True)
    with locked(folder, tell, KEEPING_LOCK), _alone(place, tell) as server:
        former = _former(place, label)
        lost = max(0, former.generation - label.generation)
        if not is_forced and (lost or not former.is_of_history):
            raise _loses(place, lost, label)
        blobs = blobs_named(folder / DATABASE)
        source = LocalFileStore(root=folder / "files")
        written = copy_blobs(source, files_of(place), blobs, copying, is_careful=True)
        prepared = _prepare(home, folder / DATABASE, former, label)
        if server is None:
            _put(home, prepared)
        else:
            _put_on_server(server, home, prepared)
        has_key = _put_key(home, folder)
    copied = Copied(
        generation=label.generation,
        file_count=len(blobs),
        new_count=len(written),
        size_bytes=sum(written.values()),
    )
    return Restored(
        copied=copied, generation=prepared.generation, lost=lost, has_key=has_key
    )


def _put_key(home: Path, folder: Path) -> bool:
    """Put back the private key, if the backup has it and there is none.

    :return: whether it was put back.
    """
    if not has_key_file(folder) or has_key_file(home):
        return False
    put_key_file(key_path(home), read_key_file(key_path(folder)))
    return True


@contextmanager
def _alone(place: HousePlace, tell: Tell) -> Iterator[Database | None]:
    """Keep all others from a wheelhouse, and give its server's database, if any."""
    if not place.database:
        with (
            locked(place.home, tell, KEEPING_LOCK),
            locked(place.home, tell, PUBLISH_LOCK),
        ):
            yield None
        return
    database = open_server(place, tell)
    try:
        with database.holding(KEEPING_LOCK), database.holding(PUBLISH_LOCK):
            yield database
    finally:
        database.close()


def _former(place: HousePlace, label: Label) -> _Former:
    """Read what there is; a database that is lost or damaged has nothing to lose."""
    if not (place.database or (place.home / DATABASE).exists()):
        return _Former()
    try:
        with Wheelhouse.open_to_read(place) as house:
            with house.database.reading() as connection:
                withdrawn = listing.read_withdrawn(connection)
                listings = variants.read_withdrawn(connection)
                newest = history.read_generation(connection)
            return _Former(
                generation=newest,
                withdrawn=withdrawn,
                variants=listings,
                is_of_history=newest < label.generation or is_of_history(house, label),
            )
    except (AxletreeError, sqlite3.Error):
        return _Former()


def _loses(place: HousePlace, lost: int, label: Label) -> RestoreLosesError:
    what = f"{lost} generations" if lost != 1 else "1 generation"
    if not lost:
        what = "another past than the backup's"
    return RestoreLosesError(
        f"the wheelhouse has {what}, which would be lost: the backup is of "
        f"generation {label.generation}",
        where=str(place),
    )


def _prepare(home: Path, backup: Path, former: _Former, label: Label) -> _Prepared:
    """Make the database that is to be put in place, with what is to be said in it."""
    new = home / f"{DATABASE}.new"
    with translate_storage_errors(home):
        for leftover in home.glob(f"{new.name}*"):
            leftover.unlink()
        shutil.copyfile(backup, new)
    database = SqliteDatabase.open(new)
    at = utc_now()
    try:
        with database.writing() as connection:
            generation = _note(connection, label, former, at)
    finally:
        database.close()
    with translate_storage_errors(home):
        if any(new.with_name(f"{new.name}{suffix}").exists() for suffix in _LOGS):
            raise StorageError("cannot write a new database", where=str(new))
        fsync(new)
    return _Prepared(path=new, generation=generation, at=at)


def _note(connection: Connection, label: Label, former: _Former, at: datetime) -> int:
    """Say what was done; a number that was used before is not used again."""
    newest = history.read_generation(connection)
    reasons = {
        Sha256(str(row["sha256"])): str(row["withdrawn"]) for row in former.withdrawn
    }
    kept = kept_files.find_by_bytes(connection, list(reasons))
    again = [file for file in kept if file.stored.withdrawn is None]
    known = {file.stored.sha256 for file in kept}
    lost = [row for row in former.withdrawn if row["sha256"] not in known]
    taken = variants.lacking_withdrawals(connection, former.variants)
    if former.generation > newest or again or lost or taken:
        number = max(newest, former.generation) + 1
        newest = history.add_generation(connection, at, number=number)
    for file in again:
        listing.withdraw(connection, [file], newest, reasons[file.stored.sha256])
    listing.keep_withdrawn(connection, lost, newest, at)
    variants.keep_withdrawn(connection, taken, newest, at)
    history.note(
        connection,
        "restore",
        [str(label.generation)],
        at=at,
        generation=newest,
        detail=f"the backup of generation {label.generation}",
    )
    return newest


def _put_on_server(server: Database, home: Path, prepared: _Prepared) -> None:
    """Put the new rows in the place of those that are there, which are set aside."""
    prepared_rows = SqliteDatabase.open_to_read(prepared.path)
    try:
        with prepared_rows.reading() as source, server.writing() as target:
            write_file(target, home / _aside(prepared))
            empty(target)
            copy_rows(source, target)
    finally:
        prepared_rows.close()
    for leftover in home.glob(f"{prepared.path.name}*"):
        leftover.unlink()


def _aside(prepared: _Prepared) -> str:
    return f"before-restore-{prepared.at:%Y%m%dT%H%M%SZ}.sqlite"


def _put(home: Path, prepared: _Prepared) -> None:
    """Put the new database in its place; the one that is there is set aside."""
    path = home / DATABASE
    stem = _aside(prepared)
    with translate_storage_errors(home):
        for suffix in (*_LOGS, ""):
            former = path.with_name(f"{DATABASE}{suffix}")
            if former.exists() or former.is_symlink():
                former.rename(home / f"{stem}{suffix}")
        prepared.path.rename(path)
        fsync(home)
