"""A wheelhouse as one reads it only to resolve: by SQLite alone.

SQLAlchemy takes longer to import than most answers to find. What is read here is what
`axletree.wheelhouse.catalog.house` reads, and whatever is not as it should be is asked of that,
which knows all ways to a database, and all that can fail.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.house_place import HousePlace, place_at
from axletree.wheelhouse.model import (
    ProjectStatus,
    Sha256,
    StoredFile,
    StoredPolicy,
)
from axletree.wheelhouse.sql.database_access import find_access
from axletree.wheelhouse.sql.state_queries import (
    DATABASE,
    FILE_NAMED,
    FILES_OF,
    METADATA,
    POLICY,
    REVISION,
    STATE,
    STATUSES_OF,
)
from axletree.wheelhouse.sql.stored_rows import (
    FILE_COLUMNS,
    as_text,
    batches,
    is_sound_metadata,
    project_status,
    sound_rows,
    stored_file,
    stored_policy,
)
from axletree.wheelhouse.store.files import LocalFileStore, copied

if TYPE_CHECKING:
    from axletree.wheelhouse.catalog.house import Wheelhouse


class PlainReader:
    """Reads one wheelhouse until its stack closes."""

    def __init__(self, place: Path | HousePlace, stack: ExitStack) -> None:
        """Open nothing yet."""
        self._place = place_at(place)
        self._path = str(self._place.home / DATABASE)
        self._stack = stack
        self._connection: sqlite3.Connection | None = None
        self._house: Wheelhouse | None = None
        """Set once the plain way has failed."""

    def generation(self) -> int:
        """Count the publishes so far that changed something.

        :raises StorageError: the folder cannot be made or read.
        :raises DatabaseError: the database is lost, damaged or busy.
        """
        match self.rows(STATE):
            case [(str(revision), int(number), _)] if revision == REVISION:
                return number
            case _:
                return self._whole().generation()

    def policy(self) -> StoredPolicy | None:
        """Read the policy that holds now; None: there is none.

        :raises DatabaseError: the database is lost, damaged or busy.
        """
        rows = self.rows(POLICY)
        if rows is None:
            return self._whole().policy()
        with sound_rows(self._path):
            return stored_policy(rows)

    def projects(self, generation: int) -> Sequence[NormalizedName]:
        """List the projects that have files, by name."""
        return self._whole().projects(generation)

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        """List the files of several projects at once, also withdrawn ones.

        :raises DatabaseError: a row is damaged.
        """
        found: dict[NormalizedName, list[StoredFile]] = {name: [] for name in projects}
        for batch in batches(projects):
            query = FILES_OF.format(columns=FILE_COLUMNS, wanted=_marks(batch))
            rows = self.rows(query, (generation, generation, *batch))
            if rows is None:
                return self._whole().listed_of_all(projects, generation)
            with sound_rows(self._path):
                for file in map(stored_file, rows):
                    found[file.project].append(file)
        return {name: tuple(files) for name, files in found.items()}

    def find(self, filename: str) -> StoredFile | None:
        """Look a file up that is listed now, by its exact name.

        :raises DatabaseError: the row is damaged.
        """
        rows = self.rows(FILE_NAMED.format(columns=FILE_COLUMNS), (filename,))
        if rows is None:
            return self._whole().find(filename)
        with sound_rows(self._path):
            return stored_file(rows[0]) if rows else None

    def lay_out(self, stored: StoredFile, path: Path) -> None:
        """Copy the file's bytes: a link would let a build reach the wheelhouse's own.

        :raises CorruptStoredFileError: they are gone or changed.
        :raises StorageError: they cannot be read, or the copy not be written.
        """
        files = LocalFileStore(root=self._place.home / "files")
        if self._place.files or not copied(files, stored.sha256, path):
            self._whole().lay_out(stored, path)

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        """Say of which projects more is to be said than that they are active.

        :raises DatabaseError: a row is damaged.
        """
        found: dict[NormalizedName, ProjectStatus] = {}
        for batch in batches(projects):
            query = STATUSES_OF.format(wanted=_marks(batch))
            rows = self.rows(query, (generation, generation, *batch))
            if rows is None:
                return self._whole().statuses_of(projects, generation)
            with sound_rows(self._path):
                for project, *said in rows:
                    found[NormalizedName(as_text(project))] = project_status(*said)
        return found

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        """Read METADATA by digest; unknown digests are left out.

        :raises CorruptStoredFileError: something was changed.
        """
        found: dict[Sha256, bytes] = {}
        for batch in batches(digests):
            rows = self.rows(METADATA.format(wanted=_marks(batch)), batch)
            if rows is None:
                return self._whole().metadata(digests)
            for digest, content in rows:
                sha256 = Sha256(str(digest))
                if not isinstance(content, bytes):
                    return self._whole().metadata(digests)
                if not is_sound_metadata(sha256, content):
                    return self._whole().metadata(digests)
                found[sha256] = content
        return found

    def rows(
        self, query: str, values: Sequence[int | str] = ()
    ) -> list[tuple[object, ...]] | None:
        """Run a query; None where it is to be asked of the whole wheelhouse."""
        if self._house is not None or self._place.database:
            return None
        try:
            return self._connected().execute(query, values).fetchall()
        except (sqlite3.Error, OSError, AxletreeError):
            return None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            access = find_access(self._path)
            self._stack.callback(access.close)
            # A pool of ours may hand it from thread to thread.
            made = sqlite3.connect(access.uri, uri=True, check_same_thread=False)
            self._stack.callback(made.close)
            self._connection = made
        return self._connection

    def _whole(self) -> "Wheelhouse":
        if self._house is None:
            from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy

            self._house = self._stack.enter_context(
                Wheelhouse.open_to_read(self._place)
            )
        return self._house


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
