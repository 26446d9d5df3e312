"""A copy of a wheelhouse in a folder, as of one moment.

The database is copied first, as one snapshot, then all bytes that it names, then it gets
its name: a backup that was stopped leaves the one from before. What is there already is
not copied again. No gc runs meanwhile, and publishing goes on.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from datetime import datetime
from pathlib import Path

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.founding import PRIVATE
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    LostBlobError,
    NoKeyError,
    StorageError,
    WrongHashError,
)
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.provenance.key_file import (
    key_path,
    put_key_file,
    read_key_file,
)
from axletree.wheelhouse.provenance.signing import present_key
from axletree.wheelhouse.sql.state_queries import DATABASE, NEWEST_GENERATION
from axletree.wheelhouse.store.atomic import is_temporary, write_atomically
from axletree.wheelhouse.store.blobs import FileStore, is_intact
from axletree.wheelhouse.store.files import (
    LocalFileStore,
    fsync,
    translate_storage_errors,
)
from axletree.wheelhouse.store.turns import KEEPING_LOCK, locked
from axletree.wheelhouse.upkeep.portable import write_file

LABEL = "backup.json"
"""Says that a folder holds a backup, and of which generation."""
NEW = f"{DATABASE}.new"
"""The database until all that it names is there, and how SQLite's own files begin."""
_FORMAT = "axletree.backup/1"
_MOST_NAMED = 20
_BLOBS = "SELECT DISTINCT sha256, filename FROM files WHERE swept_at IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a backup says of itself."""

    generation: int
    made_at: str
    """When that generation was made, as the database has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a backup, or a restore, has done."""

    generation: int
    file_count: int
    """All that are there now."""
    new_count: int
    """Those that were copied."""
    size_bytes: int
    """Of what was copied."""


Copying = Callable[[int, int], None]
"""Hears how many blobs of how many are done."""


def back_up(
    house: Wheelhouse, folder: Path, copying: Copying, *, is_with_key: bool = False
) -> Copied:
    """Bring a backup up to date, or make it.

    :param is_with_key: copy the private key, too; one that is there stays in any case.
    :raises NoKeyError: it is to be copied, and there is none.
    :raises UnsafeKeyError: it is to be copied, and others can read it.
    :raises StorageError: there is something else in the folder, or it cannot be written.
    :raises CorruptStoredFileError: something is damaged; the backup stays as it was.
    """
    with translate_storage_errors(folder):
        _check_place(house, folder)
        key = _key_of(house) if is_with_key else None
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (folder / "files" / "sha256").mkdir(parents=True, exist_ok=True)
    with _no_gc(house), locked(folder, house.tell, KEEPING_LOCK):
        new = folder / NEW
        label = _snapshot(house, new)
        blobs = blobs_named(new)
        store = LocalFileStore(root=folder / "files")
        written = copy_blobs(house.files, store, blobs, copying)
        _finish(folder, new, label)
        if key is not None:
            _put_key(folder, key)
        _prune(store, blobs)
    return Copied(
        generation=label.generation,
        file_count=len(blobs),
        new_count=len(written),
        size_bytes=sum(written.values()),
    )


def _key_of(house: Wheelhouse) -> bytes:
    key = present_key(house)
    if key is None:
        raise NoKeyError("the wheelhouse has no key here", where=str(house.home))
    return key.written()


def _put_key(folder: Path, key: bytes) -> None:
    path = key_path(folder)
    if path.exists() and read_key_file(path) != key:
        path.unlink()
    if not path.exists():
        put_key_file(path, key)


def _no_gc(house: Wheelhouse) -> AbstractContextManager[None]:
    """Keep gc away; where nothing can be written, nobody takes anything."""
    if not (house.place.database or os.access(house.home, os.W_OK)):
        return nullcontext()
    return house.database.holding(KEEPING_LOCK)


def _check_place(house: Wheelhouse, folder: Path) -> None:
    here, there = house.home.resolve(), folder.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise StorageError(
            "a backup cannot lie in the wheelhouse, nor around it",
            where=str(folder),
            hint="name a folder elsewhere, on another disk if there is one",
        )
    if (folder / LABEL).is_file():
        _check_history(house, folder, read_label(folder))
    elif not _is_begun(house, folder):
        raise StorageError(
            "there is something already, and it is no backup",
            where=str(folder),
            hint="name a new folder, or that of an earlier backup",
        )


def _is_begun(house: Wheelhouse, folder: Path) -> bool:
    """Tell whether a folder holds nothing, or what a backup leaves that was killed.

    Its database has its name before it is said that there is one.
    """
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    others = {n for n in names if not (n.startswith(NEW) or is_temporary(n))}
    if others - {KEEPING_LOCK, "files", DATABASE}:
        return False
    if DATABASE in others:
        _check_history(house, folder, _label_in(folder / DATABASE))
    return True


def _label_in(database: Path) -> Label:
    """Say of which generation a database is that a backup has copied.

    :raises StorageError: it is none.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            newest = connection.execute(NEWEST_GENERATION).fetchone()
    except sqlite3.Error as error:
        raise StorageError(
            f"there is a database that cannot be read: {error}",
            where=str(database),
            hint="name a new folder",
        ) from error
    number, made_at = (0, "") if newest is None else newest
    return Label(generation=number, made_at=str(made_at))


def _check_history(house: Wheelhouse, folder: Path, label: Label) -> None:
    """Refuse the backup of another wheelhouse."""
    if not is_of_history(house, label):
        raise StorageError(
            "the backup that is there is of another wheelhouse, or of another past",
            where=str(folder),
            hint="name a new folder",
        )


def is_of_history(house: Wheelhouse, label: Label) -> bool:
    """Tell whether a wheelhouse has had the generation of a backup."""
    if label.generation == 0:
        return True
    return _told(house.made_at(label.generation)) == label.made_at


def _told(made_at: datetime | None) -> str:
    """Give a time as SQLite keeps it."""
    return "" if made_at is None else f"{made_at:%Y-%m-%d %H:%M:%S.%f}"


def read_label(folder: Path) -> Label:
    """Read what a backup says of itself.

    :raises StorageError: it is none.
    """
    path = folder / LABEL
    with translate_storage_errors(path):
        content = path.read_bytes() if path.is_file() else b""
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        said = json.loads(content)
        if said["format"] == _FORMAT:
            return Label(
                generation=int(said["generation"]), made_at=str(said["made_at"])
            )
    raise StorageError(
        f"there is no backup: {LABEL} is not there, or says something else",
        where=str(folder),
        hint="axletree backup DIR makes one",
    )


def _snapshot(house: Wheelhouse, new: Path) -> Label:
    """Copy the database as it is at one moment, with all that its log holds."""
    for leftover in new.parent.iterdir():
        if leftover.name.startswith(NEW) or is_temporary(leftover.name):
            leftover.unlink()
    with house.database.reading() as connection:
        plain: object = connection.connection.dbapi_connection
        if isinstance(plain, sqlite3.Connection):
            with translate_storage_errors(new), closing(sqlite3.connect(new)) as copy:
                plain.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        else:
            write_file(connection, new)
        number = history.read_generation(connection)
        made_at = history.read_made_at(connection, number)
    return Label(generation=number, made_at=_told(made_at))


def blobs_named(database: Path) -> dict[Sha256, str]:
    """Map the blobs that a database needs to the name of a file of each.

    :raises StorageError: it cannot be read.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute(_BLOBS).fetchall()
    except sqlite3.Error as error:
        raise StorageError(
            f"the database of the backup cannot be read: {error}", where=str(database)
        ) from error
    return {Sha256(str(sha256)): str(filename) for sha256, filename in rows}


def copy_blobs(
    source: FileStore,
    target: FileStore,
    blobs: dict[Sha256, str],
    copying: Copying,
    *,
    is_careful: bool = False,
) -> dict[Sha256, int]:
    """Copy what is not there; each is hashed on the way.

    :param is_careful: read what is there, too, and copy it where it is damaged.
    :returns: the sizes of what was copied.
    :raises CorruptStoredFileError: it names all that the source has lost.
    """
    sizes = {blob.sha256: blob.size_bytes for blob in source.blobs()}
    there = {blob.sha256: blob.size_bytes for blob in target.blobs()}
    damaged: list[str] = []
    written: dict[Sha256, int] = {}
    for done, (sha256, filename) in enumerate(sorted(blobs.items()), start=1):
        is_there = there.get(sha256) is not None
        if is_careful:
            is_there = is_there and is_intact(target, sha256)
        else:
            is_there = is_there and there[sha256] == sizes.get(sha256)
        if not is_there:
            if _is_copied(source, target, sha256):
                written[sha256] = sizes[sha256]
            else:
                damaged.append(filename)
        copying(done, len(blobs))
    if damaged:
        raise _damaged(damaged)
    target.settle(tuple(written))
    return written


def _is_copied(source: FileStore, target: FileStore, sha256: Sha256) -> bool:
    """Copy a blob; False: it is gone or changed, and nothing was written."""
    try:
        with source.local_copy(sha256) as path:
            target.put(sha256, path)
    except (LostBlobError, WrongHashError):
        return False
    return True


def _damaged(names: Sequence[str]) -> CorruptStoredFileError:
    shown = ", ".join(sorted(names)[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return CorruptStoredFileError(
        f"these are lost or damaged where they should be copied from: {shown}"
        f"{f' and {more} more' if more > 0 else ''}",
        hint="axletree verify --repair DIR puts back what lies in another folder",
    )


def _finish(folder: Path, new: Path, label: Label) -> None:
    said = {
        "format": _FORMAT,
        "generation": label.generation,
        "made_at": label.made_at,
    }
    with translate_storage_errors(folder):
        fsync(new)
        new.rename(folder / DATABASE)
        fsync(folder)
    write_atomically(folder / LABEL, (json.dumps(said) + "\n").encode())


def _prune(store: FileStore, blobs: dict[Sha256, str]) -> None:
    store.remove(*(each.sha256 for each in store.blobs() if each.sha256 not in blobs))
