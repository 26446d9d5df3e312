"""The one way into the wheelhouse.

Check, make the bytes durable, then one transaction makes them visible. A process
killed anywhere leaves the old state or the new one; what it may leave besides are
bytes that nothing names, which the next publish of the same file takes over.

The same file again changes nothing where it is intact, and repairs what is not.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy import Connection

from axletree.resolver.model.file_names import (
    SafeName,
    UnsafeNameError,
    safe_name,
    shown_name,
)
from axletree.wheelhouse.catalog import history, listing, records
from axletree.wheelhouse.catalog.house import (
    Wheelhouse,
    utc_now,
)
from axletree.wheelhouse.catalog.records import KeptFile
from axletree.wheelhouse.catalog.stored_rows import is_sound_metadata
from axletree.wheelhouse.entry.sdist import inspect_sdist
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import (
    FilenameTakenError,
    InvalidDistributionError,
    WheelhouseError,
    WithdrawnFileError,
    WrongHashError,
)
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.gate import Finding, Kind
from axletree.wheelhouse.model import (
    IncomingFile,
    JournalEntry,
    Note,
    Published,
    Sha256,
    StoredFile,
)
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.store.files import (
    digest_of,
    translate_storage_errors,
)
from axletree.wheelhouse.store.threads import open_pool

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An incoming file that may enter."""

    incoming: IncomingFile
    filename: SafeName
    inspected: Inspected
    sha256: Sha256
    size_bytes: int


@dataclass(slots=True, kw_only=True)
class _Plan:
    new: dict[str, Checked] = field(default_factory=dict)
    """By identity."""
    names: dict[str, Checked] = field(default_factory=dict)
    """The same, by file name."""
    returning: list[tuple[Checked, KeptFile]] = field(default_factory=list)
    """What was removed, with the same bytes again."""
    already_there: list[tuple[Checked, StoredFile]] = field(default_factory=list)
    metadata: Mapping[Sha256, bytes] = field(default_factory=dict)
    """Of those that are already there: what the database has lost of it."""
    refused: dict[str, WheelhouseError] = field(default_factory=dict)
    """By file name."""


def publish(
    wheelhouse: Wheelhouse,
    incoming: Sequence[IncomingFile],
    *,
    actor: str | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Published:
    """Let files in, all or none; the same bytes again repair what is damaged.

    :param actor: who does it, for the journal; None: the account that runs this.
    :raises WrongHashError: a file is not what was promised.
    :raises InvalidDistributionError: a file is no valid distribution.
    :raises FilenameTakenError: a name or identity is published with other content.
    :raises WithdrawnFileError: a file was withdrawn here.
    :raises StorageError: no space left, or reading or writing failed.
    :raises DatabaseError: the database is damaged or busy.
    """
    return _let_in(
        wheelhouse,
        check_all(incoming),
        actor=actor or account_name(),
        clock=clock,
        is_whole=True,
    )


def publish_sound(
    wheelhouse: Wheelhouse,
    incoming: Sequence[IncomingFile],
    *,
    checked_one: Callable[[str], None] | None = None,
) -> Published:
    """Let in what may enter, and name each file that may not, with its reason.

    :param checked_one: hears the name of each file that was looked at, from threads.
    :raises StorageError: no space left, or reading or writing failed.
    :raises DatabaseError: the database is damaged or busy.
    """
    checked: list[Checked] = []
    refused: dict[str, WheelhouseError] = {}
    answers = _in_threads(partial(_try, checked_one=checked_one), incoming)
    for file, answer in zip(incoming, answers, strict=True):
        if isinstance(answer, Checked):
            checked.append(answer)
        else:
            refused[file.filename] = answer
    published = _let_in(
        wheelhouse, checked, actor=account_name(), clock=utc_now, is_whole=False
    )
    return replace(published, refused={**refused, **published.refused})


def _let_in(
    wheelhouse: Wheelhouse,
    checked: Sequence[Checked],
    *,
    actor: str,
    clock: Callable[[], datetime],
    is_whole: bool,
) -> Published:
    with wheelhouse.publishing():
        wheelhouse.files.sweep()
        with wheelhouse.database.reading() as connection:
            plan = _plan(connection, checked)
            generation = history.read_generation(connection)
        if is_whole and plan.refused:
            raise next(iter(plan.refused.values()))
        stored: tuple[StoredFile, ...] = ()
        at = clock()
        with _orphans_removed(wheelhouse, plan):
            written = _write_blobs(wheelhouse, plan)
            if plan.new or plan.returning:
                generation, stored = _record(wheelhouse, plan, actor=actor, at=at)
        repaired = _repaired(plan, written)
        if repaired:
            entry = _journal_entry("repair", generation, repaired, actor=actor, at=at)
            with wheelhouse.database.writing() as connection:
                records.repair_metadata(connection, plan.metadata)
                history.add_journal_entry(connection, entry)
    return Published(
        generation=generation,
        new=stored,
        already_there=tuple(there for _, there in plan.already_there),
        repaired=repaired,
        notes=_notes(checked, plan),
        refused=plan.refused,
    )


def check_all(incoming: Sequence[IncomingFile]) -> tuple[Checked, ...]:
    """Check files, several at a time; unpacking and hashing free the GIL."""
    return _in_threads(check, incoming)


def _in_threads(
    work: Callable[[IncomingFile], Answer], incoming: Sequence[IncomingFile]
) -> tuple[Answer, ...]:
    with open_pool() as pool:
        return tuple(pool.map(work, incoming))


def _try(
    incoming: IncomingFile, *, checked_one: Callable[[str], None] | None
) -> Checked | WheelhouseError:
    try:
        return check(incoming)
    except (InvalidDistributionError, WrongHashError) as error:
        return error
    finally:
        if checked_one is not None:
            checked_one(incoming.filename)


def check(incoming: IncomingFile) -> Checked:
    """Check one file, the promised hash first: a damaged download is just that.

    :raises WrongHashError: it is not what was promised.
    :raises InvalidDistributionError: it is no valid distribution.
    """
    try:
        filename = safe_name(incoming.filename)
    except UnsafeNameError as error:
        text = (
            f"{shown_name(incoming.filename)} is not a file name of a wheel or sdist: "
            f"{error}"
        )
        refusal = InvalidDistributionError(text, where=str(incoming.path))
        refusal.findings = (Finding(kind=Kind.FILE_NAME, text=text),)
        raise refusal from error
    with translate_storage_errors(incoming.path):
        sha256 = digest_of(incoming.path)
        size_bytes = incoming.path.stat().st_size
        if incoming.expected_sha256 not in {None, sha256}:
            raise WrongHashError(
                f"{incoming.filename} has the SHA-256 {sha256}, "
                f"not {incoming.expected_sha256} as promised",
                where=incoming.origin,
                hint="get the file again; if that does not help, ask who serves it",
            )
        inspected = _inspect(incoming)
    return Checked(
        incoming=incoming,
        filename=filename,
        inspected=inspected,
        sha256=sha256,
        size_bytes=size_bytes,
    )


def _inspect(incoming: IncomingFile) -> Inspected:
    path, filename = incoming.path, incoming.filename
    if filename.endswith(".whl"):
        return inspect_wheel(path, filename, incoming.strictness)
    return inspect_sdist(path, filename, incoming.strictness, incoming.project)


def _plan(connection: Connection, checked: Sequence[Checked]) -> _Plan:
    plan = _Plan()
    known = records.find_same(connection, [_name_and_identity(f) for f in checked])
    for file in checked:
        try:
            _place(file, known.get(_name_and_identity(file)), plan)
        except (FilenameTakenError, WithdrawnFileError) as error:
            plan.refused[file.incoming.filename] = error
    plan.metadata = _lost_metadata(connection, plan.already_there)
    return plan


def _name_and_identity(file: Checked) -> tuple[str, str]:
    return file.incoming.filename, file.inspected.identity


def _place(file: Checked, kept: KeptFile | None, plan: _Plan) -> None:
    filename, identity = _name_and_identity(file)
    twin = plan.new.get(identity) or plan.names.get(filename)
    if twin is not None:
        _refuse_other_bytes(file, twin.incoming.filename, twin.sha256)
        return
    if kept is None:
        plan.new[identity] = plan.names[filename] = file
        return
    _refuse_withdrawn(kept.stored)
    _refuse_other_bytes(file, kept.stored.filename, kept.stored.sha256)
    if kept.is_listed:
        plan.already_there.append((file, kept.stored))
    elif all(other.number != kept.number for _, other in plan.returning):
        plan.returning.append((file, kept))


def _refuse_withdrawn(stored: StoredFile) -> None:
    if stored.withdrawn is not None:
        raise WithdrawnFileError(
            f"{stored.filename} was withdrawn here: {stored.withdrawn}",
            where=f"generation {stored.withdrawn_since}",
        )


def _lost_metadata(
    connection: Connection, already_there: Sequence[tuple[Checked, StoredFile]]
) -> Mapping[Sha256, bytes]:
    """Gather the METADATA that the database should have and has not, or otherwise."""
    wanted = {
        stored.metadata_sha256: file.inspected.metadata
        for file, stored in already_there
        if stored.metadata_sha256 is not None and file.inspected.metadata is not None
    }
    kept = records.read_metadata(connection, list(wanted))
    return {
        sha256: content
        for sha256, content in wanted.items()
        if is_sound_metadata(sha256, content) and kept.get(sha256) != content
    }


def _refuse_other_bytes(file: Checked, published: str, sha256: Sha256) -> None:
    if file.sha256 != sha256:
        raise FilenameTakenError(
            f"{published} is published with other content: SHA-256 {sha256}, "
            f"and this one has {file.sha256}",
            where=file.incoming.filename,
            hint="a published file never changes: give the new one a new version, "
            "such as 1.0+axle.2",
        )


def _write_blobs(wheelhouse: Wheelhouse, plan: _Plan) -> frozenset[Sha256]:
    """Write what is not there, or not as it was; return what was written."""
    store = wheelhouse.files
    entering = (*plan.new.values(), *(file for file, _ in plan.returning))
    files = (*entering, *(file for file, _ in plan.already_there))
    source_of = {file.sha256: file.incoming.path for file in files}
    # A blob that is there belongs to a killed publish, or to a file of the same
    # content; writing over an intact one could lose it in a crash.
    with open_pool() as pool:
        are_intact = list(pool.map(store.is_intact, source_of))
    written = [
        sha256
        for sha256, is_intact in zip(source_of, are_intact, strict=True)
        if not is_intact
    ]
    for sha256 in written:
        store.put(sha256, source_of[sha256])
    store.settle(tuple(dict.fromkeys((*written, *(f.sha256 for f in entering)))))
    return frozenset(written)


def _repaired(plan: _Plan, written: frozenset[Sha256]) -> tuple[StoredFile, ...]:
    return tuple(
        stored
        for _, stored in plan.already_there
        if stored.sha256 in written or stored.metadata_sha256 in plan.metadata
    )


@contextmanager
def _orphans_removed(wheelhouse: Wheelhouse, plan: _Plan) -> Iterator[None]:
    """Leave no bytes behind that a failed publish has written."""
    try:
        yield
    except BaseException:
        digests = [file.sha256 for file in plan.new.values()]
        # The first error is the one to tell; orphans do no harm.
        with suppress(WheelhouseError):
            # Asked anew: a commit that reported a failure may have come through.
            with wheelhouse.database.reading() as connection:
                used = records.referenced(connection, digests)
            for sha256 in set(digests) - used:
                wheelhouse.files.remove(sha256)
            wheelhouse.files.sweep()
        raise


def _record(
    wheelhouse: Wheelhouse, plan: _Plan, *, actor: str, at: datetime
) -> tuple[int, tuple[StoredFile, ...]]:
    new, returning = tuple(plan.new.values()), plan.returning
    with wheelhouse.database.writing() as connection:
        generation = history.add_generation(connection, at)
        stored = tuple(_stored(file, at, generation) for file in new)
        entering = (*new, *(file for file, _ in returning))
        records.add_metadata(
            connection,
            {
                _digest(file.inspected.metadata): file.inspected.metadata
                for file in entering
                if file.inspected.metadata is not None
            },
        )
        if new:
            identities = [file.inspected.identity for file in new]
            listing.add_files(connection, stored, identities)
        again = [_again(file, kept) for file, kept in returning]
        listing.relist(connection, again, generation, is_by_hand=False)
        stored = (*stored, *(kept.stored for kept in again))
        entry = _journal_entry("publish", generation, stored, actor=actor, at=at)
        history.add_journal_entry(connection, entry)
    return generation, stored


def _again(file: Checked, kept: KeptFile) -> KeptFile:
    """Describe a removed file that comes again; what it is stays as it was."""
    stored = replace(kept.stored, yanked=file.incoming.yanked)
    return replace(kept, stored=stored, is_listed=False)


def _journal_entry(
    action: Literal["publish", "repair"],
    generation: int,
    stored: Sequence[StoredFile],
    *,
    actor: str,
    at: datetime,
) -> JournalEntry:
    return JournalEntry(
        at=at,
        actor=actor,
        action=action,
        generation=generation,
        subjects=tuple(file.filename for file in stored),
    )


def _stored(file: Checked, entered_at: datetime, generation: int) -> StoredFile:
    incoming, inspected = file.incoming, file.inspected
    metadata = inspected.metadata
    return StoredFile(
        project=inspected.project,
        version=inspected.version,
        filename=file.filename,
        kind=inspected.kind,
        tag=inspected.tag,
        build=inspected.build,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        requires_python=inspected.requires_python,
        upload_time=incoming.upload_time,
        entered_at=entered_at,
        yanked=incoming.yanked,
        origin=incoming.origin,
        metadata_sha256=None if metadata is None else _digest(metadata),
        generation=generation,
    )


def _digest(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


def _notes(checked: Sequence[Checked], plan: _Plan) -> tuple[Note, ...]:
    return tuple(
        Note(filename=file.incoming.filename, text=found.text, kind=found.kind)
        for file in checked
        if file.incoming.filename not in plan.refused
        for found in file.inspected.notes
    )
