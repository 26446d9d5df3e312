"""What may go: bytes that nothing needs.

A blob is needed by a file that is listed now, in a pinned generation, or in the lock of
a requirement set. What only older
generations list goes, and they with it: they are *gone*, with the reason. Blobs that were
written less than a day ago are spared: somebody may be about to name them.

First the rows say so, in one transaction, then the bytes go: what a killed run leaves
are bytes that nothing names, which the next one takes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, kept_files, listing, records
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.catalog.records import Span
from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.store.blobs import StoredBlob
from axletree.wheelhouse.store.turns import KEEPING_LOCK

SPARED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unneeded:
    """A file that no generation needs that is to be kept."""

    file: KeptFile
    why: str
    spans: tuple[Span, ...]
    """The generations that list it; none count where it is withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a gc takes, or would take."""

    files: tuple[Unneeded, ...] = ()
    unnamed: tuple[StoredBlob, ...] = ()
    """Bytes that no file has: of a publish that was killed."""
    spared: int = 0
    """Blobs that would go if they were older."""
    gone: tuple[int, ...] = ()
    """Generations that cannot be had after it."""
    freed_bytes: int = 0
    _blobs: tuple[Sha256, ...] = field(default=(), repr=False)


def plan_sweep(house: Wheelhouse, *, clock: Callable[[], datetime] = utc_now) -> Sweep:
    """Say what a gc would take, and why; nothing is changed."""
    with house.database.reading() as connection:
        return _plan(house, connection, clock())


def sweep(house: Wheelhouse, *, clock: Callable[[], datetime] = utc_now) -> Sweep:
    """Take what nothing needs; no backup is made meanwhile.

    :raises StorageError: the files are not those of the database.
    """
    with house.database.holding(KEEPING_LOCK), house.publishing():
        house.files.sweep()
        with house.database.writing() as connection:
            at = clock()
            planned = _plan(house, connection, at)
            _refuse_foreign(house, connection, planned)
            if planned.files:
                _say_so(connection, planned, at)
        house.files.remove(*planned._blobs)  # noqa: SLF001  our own
    return planned


def _refuse_foreign(house: Wheelhouse, connection: Connection, planned: Sweep) -> None:
    """Refuse to take bytes of which none that stay are known here: they are another's.

    :raises StorageError: the database and the files are of two wheelhouses.
    """
    if not planned.unnamed:
        return
    owned = set(records.blobs_by_row(connection).values())
    there = {blob.sha256 for blob in house.files.blobs()}
    if owned & there or not (owned or house.place.files):
        return
    raise StorageError(
        f"none of the {len(there):,} files that are there is known to the database: "
        "they may be another wheelhouse's",
        where=str(house.place),
        hint="check AXLETREE_FILES and AXLETREE_DATABASE; axletree verify names what "
        "is missing",
    )


def _plan(house: Wheelhouse, connection: Connection, at: datetime) -> Sweep:
    blobs = {blob.sha256: blob for blob in house.files.blobs()}
    young = {
        sha256 for sha256, blob in blobs.items() if blob.written_at > at - SPARED_FOR
    }
    pins = history.read_pins(connection, at)
    pinned = records.numbers_listed_in(connection, [pin.generation for pin in pins])
    held = history.held_names(connection)
    candidates = [
        file
        for file in kept_files.find_unlisted(connection)
        if file.stored.withdrawn is not None
        or (file.number not in pinned and file.stored.filename not in held)
    ]
    files = [file for file in candidates if file.stored.sha256 not in young]
    spans = records.read_spans(connection, [file.number for file in files])
    blob_of = records.blobs_by_row(connection)
    owned = set(blob_of.values())
    going = {file.number for file in files}
    named = {sha256 for number, sha256 in blob_of.items() if number not in going}
    unnamed = [
        blob
        for sha256, blob in blobs.items()
        if sha256 not in young and sha256 not in owned
    ]
    taken = {file.stored.sha256 for file in files} - named
    taken |= {blob.sha256 for blob in unnamed}
    unneeded = tuple(
        Unneeded(file=file, why=_why(file), spans=tuple(spans[file.number]))
        for file in files
    )
    return Sweep(
        files=unneeded,
        unnamed=tuple(unnamed),
        spared=_spared(candidates, young, owned),
        gone=tuple(sorted(_gone(unneeded))),
        freed_bytes=sum(blobs[each].size_bytes for each in taken if each in blobs),
        _blobs=tuple(sorted(taken)),
    )


def _why(file: KeptFile) -> str:
    if file.stored.withdrawn is not None:
        return f"withdrawn: {file.stored.withdrawn}"
    return "removed, and in no pinned generation"


def _spared(
    candidates: Iterable[KeptFile], young: set[Sha256], owned: set[Sha256]
) -> int:
    unneeded = {file.stored.sha256 for file in candidates} & young
    return len(unneeded | (young - owned))


def _gone(files: Sequence[Unneeded]) -> set[int]:
    return {
        number
        for each in files
        if each.file.stored.withdrawn is None
        for span in each.spans
        for number in range(span.since, span.until or span.since)
    }


def _say_so(connection: Connection, planned: Sweep, at: datetime) -> None:
    files = [each.file for each in planned.files]
    listing.sweep(connection, files, at)
    for each in planned.files:
        if each.file.stored.withdrawn is None:
            why = f"gc took {each.file.stored.filename} on {at:%Y-%m-%d}"
            for span in each.spans:
                history.mark_gone(connection, span.since, span.until or 0, why)
    history.note(
        connection,
        "gc",
        (file.stored.filename for file in files),
        at=at,
        detail=f"{planned.freed_bytes} bytes",
    )
