"""Whether there is a wheelhouse in a place, and making one, one process at a time."""

from pathlib import Path
from typing import Literal, TypeAlias

from sqlalchemy import text

from axletree.house_place import HousePlace, place_at
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import (
    LostDatabaseError,
    NoWheelhouseError,
    StorageError,
)
from axletree.wheelhouse.sql.database import SqliteDatabase, check_writable
from axletree.wheelhouse.sql.databases import Database, read_revision, upgrade
from axletree.wheelhouse.sql.state_queries import (
    DATABASE,
    NEWEST_GENERATION,
    REVISION,
)
from axletree.wheelhouse.store.blobs import FileStore
from axletree.wheelhouse.store.files import LocalFileStore, translate_storage_errors
from axletree.wheelhouse.store.stamps import unreadable
from axletree.wheelhouse.store.turns import PUBLISH_LOCK, Tell, locked, tell_nobody

PRIVATE = 0o700
Purpose: TypeAlias = Literal["make", "change", "read", "restore"]
"""Make one where there is none; or write to one that is there; or read it; or put another
in its place, also where only its files are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a wheelhouse consists of."""

    database: Database
    files: FileStore
    is_new: bool


def open_parts(place: HousePlace, purpose: Purpose, tell: Tell) -> Opened:
    """Open the database and the files of a wheelhouse.

    :raises NoWheelhouseError: there is none, and none is to be made.
    :raises LostDatabaseError: there is something that only a database knows.
    :raises WheelhouseError: it cannot be reached, or not be written.
    """
    files = files_of(place)
    if place.files and purpose != "read":
        # Some servers make a bucket of any name that is written to.
        next(files.blobs(), None)
    if place.database:
        if purpose != "read":
            with translate_storage_errors(place.home):
                place.home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        database, is_new = _open_server(place, files, purpose, tell)
        if purpose != "read" and isinstance(files, LocalFileStore):
            try:
                _make_folder(files, database)
            except BaseException:
                database.close()
                raise
        return Opened(database=database, files=files, is_new=is_new)
    is_new = purpose == "make" and make(place, tell)
    if not is_new:
        require(place)
    path = place.home / DATABASE
    if purpose == "read":
        return Opened(
            database=SqliteDatabase.open_to_read(path), files=files, is_new=False
        )
    if not place.files:
        with translate_storage_errors(place.home):
            check_writable(place.home / "files")
    return Opened(database=SqliteDatabase.open(path, tell), files=files, is_new=is_new)


def _make_folder(files: LocalFileStore, database: Database) -> None:
    """Make the folder of the files, beside a database that knows of none yet.

    :raises StorageError: it knows of some: somebody has forgotten to mount them.
    """
    folder = files.root / "sha256"
    with translate_storage_errors(files.root):
        if folder.is_dir():
            return
        with database.reading() as connection:
            is_used = connection.execute(text(NEWEST_GENERATION)).first() is not None
        if is_used:
            raise StorageError(
                "the files that the wheelhouse's database knows are not there",
                where=str(folder),
                hint="mount the folder that holds them, or name it with AXLETREE_HOME",
            )
        folder.mkdir(parents=True, exist_ok=True)


def files_of(place: HousePlace) -> FileStore:
    """Give what keeps the files; nothing is reached yet."""
    if not place.files:
        return LocalFileStore(root=place.home / "files")
    # Late, as below.
    from axletree.wheelhouse.remote.bucket import BucketFileStore  # noqa: PLC0415

    return BucketFileStore(
        url=place.files, aws=place.aws, scratch=place.home / "reading"
    )


def open_server(place: HousePlace, tell: Tell) -> Database:
    """Open a server's database to put other rows there, whatever there is."""
    return _open_server(place, files_of(place), "restore", tell)[0]


def _open_server(
    place: HousePlace, files: FileStore, purpose: Purpose, tell: Tell
) -> tuple[Database, bool]:
    # Late: the usual wheelhouse has no server, and needs no driver.
    from axletree.wheelhouse.remote.postgres import PostgresDatabase  # noqa: PLC0415

    database = PostgresDatabase(place.database, tell)
    try:
        is_new = _bring_up_to_date(place, database, files, purpose)
    except BaseException:
        database.close()
        raise
    return database, is_new


def _bring_up_to_date(
    place: HousePlace, database: Database, files: FileStore, purpose: Purpose
) -> bool:
    """Make or migrate the tables, where that is due; True: they were made."""
    revision = _revision(database)
    if revision == REVISION:
        return False
    if revision is None:
        if purpose != "restore":
            _refuse_lost(files, place)
        if purpose in {"change", "read"}:
            raise NoWheelhouseError(
                f"there is no wheelhouse at {place}", where=str(place)
            )
    with database.holding(PUBLISH_LOCK):
        if (found := _revision(database)) == REVISION:
            return False  # another process was faster
        with database.writing() as connection:
            upgrade(connection, database.where)
        return found is None


def _revision(database: Database) -> str | None:
    with database.reading() as connection:
        return read_revision(connection)


def has_database(place: Path | HousePlace) -> bool:
    """Tell whether there is a wheelhouse in a place, which may not be there itself.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    place = place_at(place)
    if place.database:
        try:
            _open_server(place, files_of(place), "read", tell_nobody)[0].close()
        except NoWheelhouseError:
            return False
        return True
    path = place.home / DATABASE
    with translate_storage_errors(place.home):
        return _is_there(path) or _is_lost(place, path)


def require(place: Path | HousePlace) -> None:
    """Refuse a place with no wheelhouse in it.

    :raises NoWheelhouseError: there is none.
    :raises LostDatabaseError: there was one.
    :raises StorageError: it cannot be looked at.
    """
    if not has_database(place):
        raise NoWheelhouseError(f"there is no wheelhouse at {place}", where=str(place))


def make(place: HousePlace, tell: Tell) -> bool:
    """Make a wheelhouse where there is nothing at all; False: there is one.

    :raises LostDatabaseError: there is something that only a database knows.
    """
    home = place.home
    if has_database(place):
        return False
    path = home / DATABASE
    with translate_storage_errors(home):
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with locked(home, tell, PUBLISH_LOCK):
            (home / "files" / "sha256").mkdir(parents=True, exist_ok=True)
            if _is_there(path):
                return False
            SqliteDatabase.make(path)
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


def _is_lost(place: HousePlace, path: Path) -> bool:
    """Tell that the database came to be meanwhile; False: there never was one.

    :raises LostDatabaseError: there was one.
    """
    log = path.with_name(f"{path.name}-wal")
    trace = _first_blob(files_of(place)) or (
        str(log) if _is_there(log) and log.stat().st_size else ""
    )
    if not trace:
        return False
    if _is_there(path):
        return True
    raise _lost(f"{path.name} is gone", trace.removeprefix(f"{place.home}/"), place)


def _refuse_lost(files: FileStore, place: HousePlace) -> None:
    """Refuse to begin anew over what another database knows."""
    trace = _first_blob(files)
    if trace:
        raise _lost("its tables are gone", trace, place)


def _lost(what: str, trace: str, place: HousePlace) -> LostDatabaseError:
    return LostDatabaseError(
        f"the wheelhouse has lost its database: {what}, and {trace} is still there",
        where=str(place),
        hint=_HINT_ON_SERVER if place.database else "",
    )


_HINT_ON_SERVER = (
    "put a backup's back with axletree restore DIR, or name the database that it had; "
    "without one, empty the bucket below the prefix, and collect and build again"
)


def _first_blob(files: FileStore) -> str:
    blob = next(files.blobs(), None)
    return "" if blob is None else files.place_of(blob.sha256)
