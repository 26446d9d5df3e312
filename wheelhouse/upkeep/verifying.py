"""Whether all is as it was put there: every blob, every row, RECORD and METADATA.

Each file goes through the entry check again, and what it says of itself is held against
its row. A check that was stopped goes on; what can be mended is, from files elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, records, tallies
from axletree.wheelhouse.catalog.admission import Checked, check
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.errors import (
    InvalidDistributionError,
    LostBlobError,
    StorageError,
    WrongHashError,
)
from axletree.wheelhouse.gate import UNTRUE
from axletree.wheelhouse.model import (
    IncomingFile,
    Sha256,
    StoredFile,
)
from axletree.wheelhouse.sql.stored_rows import is_sound_metadata
from axletree.wheelhouse.store.blobs import StoredBlob, is_intact
from axletree.wheelhouse.store.files import digest_of, translate_storage_errors
from axletree.wheelhouse.store.threads import open_pool
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.rows import (
    DamagedRow,
    database_damages,
    every_row,
)

DamageKind: TypeAlias = Literal[
    "bytes-missing",
    "bytes-changed",
    "metadata-missing",
    "metadata-changed",
    "content",
    "row",
    "database",
    "sums",
]
"""What a check finds. Source: docs/how-to/look-after.md."""
_AT_ONCE = 200
"""Files that are handed to threads together, and may be lost when it is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not as it was put there."""

    kind: DamageKind
    name: str
    """The file's, else what it is about."""
    what: str
    sha256: Sha256 | None = None
    """The blob's that is to be had again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check has found."""

    file_count: int
    """Files that were looked at, also by the one that was stopped."""
    known_count: int = 0
    """Of them, those that the one that was stopped had found sound."""
    damages: tuple[Damage, ...] = ()
    flaws: tuple[str, ...] = ()
    """What is untrue in a RECORD with which a file was let in: no damage."""
    repaired: tuple[str, ...] = ()
    unnamed_count: int = 0
    """Blobs that no file has; `gc` takes them."""


@dataclass(slots=True, kw_only=True)
class Verifier:
    """Checks one wheelhouse."""

    house: Wheelhouse
    progress: ProgressFile
    looked_at: Callable[[int, int], None] = lambda done, total: None  # noqa: ARG005  says nothing
    """Hears how many files of how many are done."""
    _damages: list[Damage] = field(default_factory=list)
    _flaws: list[str] = field(default_factory=list)
    _blobs: Mapping[Sha256, StoredBlob] = field(default_factory=dict)
    _known: int = 0

    def verify(self) -> Verified:
        """Check all of it.

        :raises DatabaseError: the database as a whole cannot be read.
        :raises StorageError: something cannot be read for another reason than damage.
        """
        self._blobs = {blob.sha256: blob for blob in self.house.files.blobs()}
        with self.house.database.reading() as connection:
            self._damages += [
                Damage(kind="database", name=self._database_name, what=what)
                for what in database_damages(connection)
            ]
            rows = list(every_row(connection))
        files = [row for row in rows if isinstance(row, KeptFile) and row.has_bytes]
        self._damages += [
            Damage(kind="row", name=row.name, what="its row cannot be read")
            for row in rows
            if isinstance(row, DamagedRow)
        ]
        for start in range(0, len(files), _AT_ONCE):
            self._check_some(files[start : start + _AT_ONCE])
            self.looked_at(min(start + _AT_ONCE, len(files)), len(files))
        self._check_sums()
        named = {row.stored.sha256 for row in rows if isinstance(row, KeptFile)}
        return Verified(
            file_count=len(files),
            known_count=self._known,
            damages=tuple(self._damages),
            flaws=tuple(self._flaws),
            unnamed_count=len(self._blobs.keys() - named),
        )

    @property
    def _database_name(self) -> str:
        """Name the file, or the server's database."""
        return self.house.database.where.rpartition("/")[2]

    def _check_sums(self) -> None:
        """Hold what is kept of each project against its rows, where those are sound."""
        if any(each.kind in {"row", "database"} for each in self._damages):
            return
        with self.house.database.reading() as connection:
            self._damages += [
                Damage(
                    kind="sums", name=name, what="its sums are not those of its files"
                )
                for name in tallies.false_tallies(connection)
            ]

    def _check_some(self, files: Sequence[KeptFile]) -> None:
        new = [file.stored for file in files if not self._is_known(file.stored)]
        self._known += len(files) - len(new)
        with open_pool() as pool:
            found = list(pool.map(self._look_inside, new))
        kept = self._metadata([file.stored for file in files])
        for stored, answer in zip(new, found, strict=True):
            if isinstance(answer, Damage):
                self._damages.append(answer)
                continue
            self._flaws += [
                f"{stored.filename}: {note.text}"
                for note in answer.inspected.notes
                if note.kind in UNTRUE
            ]
            damage = _difference(stored, answer)
            if damage is not None:
                self._damages.append(damage)
            elif blob := self._blobs.get(stored.sha256):
                self.progress.add(blob)
        for file in files:
            damage = _metadata_damage(file.stored, kept)
            if damage is not None:
                self._damages.append(damage)

    def _is_known(self, stored: StoredFile) -> bool:
        blob = self._blobs.get(stored.sha256)
        return blob is not None and self.progress.has(blob)

    def _metadata(self, files: Sequence[StoredFile]) -> Mapping[Sha256, bytes]:
        digests = [f.metadata_sha256 for f in files if f.metadata_sha256 is not None]
        with self.house.database.reading() as connection:
            return records.read_metadata(connection, digests)

    def _look_inside(self, stored: StoredFile) -> Checked | Damage:
        damaged = partial(Damage, name=stored.filename, sha256=stored.sha256)
        if stored.sha256 not in self._blobs:
            return damaged(kind="bytes-missing", what="its bytes are gone")
        try:
            return _checked(self.house, stored)
        except InvalidDistributionError as error:
            return Damage(kind="content", name=stored.filename, what=error.what)
        except (WrongHashError, StorageError):
            # Of a failing disk the store tells which failure is that of the blob.
            if is_intact(self.house.files, stored.sha256):
                raise
            # What answers in the place of a bucket would lose all bytes.
            self.house.files.ask()
            return damaged(kind="bytes-changed", what="its bytes are not those it had")


def _checked(house: Wheelhouse, stored: StoredFile) -> Checked:
    """Look inside a stored file, as if it came in."""
    with house.files.local_copy(stored.sha256) as path:
        return check(
            IncomingFile(
                path=path,
                filename=stored.filename,
                project=stored.project,
                expected_sha256=stored.sha256,
                origin="verify",
                strictness="lenient",
            )
        )


def _difference(stored: StoredFile, checked: Checked) -> Damage | None:
    """Hold a row against what the file says of itself."""
    inspected = checked.inspected
    pairs = {
        "project": (stored.project, inspected.project),
        "version": (stored.version, inspected.version),
        "kind": (stored.kind, inspected.kind),
        "tag": (stored.tag, inspected.tag),
        "build": (stored.build, inspected.build),
        "size": (stored.size_bytes, checked.size_bytes),
        "Requires-Python": (stored.requires_python, inspected.requires_python),
    }
    for name, (row, own) in pairs.items():
        if row != own:
            what = f"its row has the {name} {row!r}, and the file {own!r}"
            return Damage(kind="row", name=stored.filename, what=what)
    metadata = inspected.metadata
    digest = stored.metadata_sha256
    if (metadata is None) != (digest is None) or (
        metadata is not None
        and digest is not None
        and not is_sound_metadata(digest, metadata)
    ):
        what = "its row names other metadata than the file has"
        return Damage(kind="row", name=stored.filename, what=what)
    return None


def _metadata_damage(stored: StoredFile, kept: Mapping[Sha256, bytes]) -> Damage | None:
    digest = stored.metadata_sha256
    if digest is None:
        return None
    if digest not in kept:
        what = "the database has lost its metadata"
        return Damage(kind="metadata-missing", name=stored.filename, what=what)
    if not is_sound_metadata(digest, kept[digest]):
        what = "its metadata in the database is not what it was"
        return Damage(kind="metadata-changed", name=stored.filename, what=what)
    return None


def repair(house: Wheelhouse, damages: Sequence[Damage], folder: Path) -> list[str]:
    """Put back what is found in a folder, by its bytes, whatever it is called there.

    METADATA is taken from the file that it belongs to, and sums are added up again.

    :returns: the names of the files of which something was put back.
    :raises StorageError: the folder cannot be read, or the wheelhouse not be written.
    """
    wanted = {each.sha256 for each in damages if each.sha256 is not None}
    sizes = _sizes(house, damages)
    there: dict[Sha256, Path] = {}
    with translate_storage_errors(folder):
        for path in _files_in(folder):
            if wanted <= there.keys() or path.stat().st_size not in sizes:
                continue
            sha256 = digest_of(path)
            if sha256 in wanted:
                there.setdefault(sha256, path)
    with house.publishing():
        house.files.put_all(there)
        house.files.settle(tuple(there))
        mended = [
            each.name
            for each in damages
            if each.sha256 in there
            or _mend_metadata(house, each)
            or _mend_sums(house, each)
        ]
        names = list(dict.fromkeys(mended))
        if names:
            _note(house, names)
    return names


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _sizes(house: Wheelhouse, damages: Sequence[Damage]) -> set[int]:
    named = (house.find_kept(each.name) for each in damages if each.sha256)
    return {stored.size_bytes for stored in named if stored is not None}


def _mend_metadata(house: Wheelhouse, damage: Damage) -> bool:
    if damage.kind not in {"metadata-missing", "metadata-changed"}:
        return False
    stored = house.find_kept(damage.name)
    if stored is None or stored.metadata_sha256 is None:
        return False
    with suppress(InvalidDistributionError, WrongHashError, LostBlobError):
        content = _checked(house, stored).inspected.metadata
        if content is not None and is_sound_metadata(stored.metadata_sha256, content):
            with house.database.writing() as connection:
                records.repair_metadata(connection, {stored.metadata_sha256: content})
            return True
    return False


def _mend_sums(house: Wheelhouse, damage: Damage) -> bool:
    if damage.kind == "sums":
        with house.database.writing() as connection:
            tallies.keep_tallies(connection, [NormalizedName(damage.name)])
    return damage.kind == "sums"


def _note(house: Wheelhouse, names: Sequence[str]) -> None:
    with house.database.writing() as connection:
        history.note(connection, "repair", names, at=utc_now())
