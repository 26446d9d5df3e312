"""The one way into the wheelhouse.

Check, make the bytes durable, then one transaction makes them visible. A process
killed anywhere leaves the old state or the new one; what it may leave besides are
bytes that nothing names, which the next publish of the same file takes over.

The same file again changes nothing where it is intact, and repairs what is not.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from axletree.wheelhouse.catalog import attestations, history, listing, records
from axletree.wheelhouse.catalog.admission import Checked, Gate, Plan, check, plan_for
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.errors import (
    InvalidDistributionError,
    WheelhouseError,
    WrongHashError,
)
from axletree.wheelhouse.model import (
    Attestation,
    IncomingFile,
    Note,
    Published,
    Sha256,
    StoredFile,
)
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.store.threads import open_pool
from axletree.wheelhouse.store.writing import write_damaged, write_missing

Answer = TypeVar("Answer")
Settle: TypeAlias = Callable[[Connection, int, frozenset[str]], None]
"""Writes beside a publish; given its generation, and the names of what is new in it."""
MOST_JUDGED_APART = 3
"""How often what would be is judged while others may publish; then they wait for it."""


def publish(  # noqa: PLR0913  two of them by position
    wheelhouse: Wheelhouse,
    incoming: Sequence[IncomingFile],
    *,
    actor: str | None = None,
    gate: Gate | None = None,
    clock: Callable[[], datetime] = utc_now,
    settle: Settle | None = None,
) -> Published:
    """Let files in, all or none; the same bytes again repair what is damaged.

    :param actor: who does it, for the journal; None: the account that runs this.
    :param gate: may say no to what would be.
    :param settle: done in the same transaction; if it raises, nothing is let in.
    :raises WrongHashError: a file is not what was promised.
    :raises InvalidDistributionError: a file is no valid distribution.
    :raises FilenameTakenError: a name or identity is published with other content.
    :raises WithdrawnFileError: a file was withdrawn here.
    :raises StorageError: no space left, or reading or writing failed.
    :raises DatabaseError: the database is damaged or busy.
    """
    who = actor or account_name()
    entering = _Entering(
        actor=who, clock=clock, gate=gate, is_whole=True, settle=settle
    )
    return _let_in(wheelhouse, check_all(incoming), entering)


def publish_checked(
    wheelhouse: Wheelhouse,
    checked: Sequence[Checked],
    *,
    actor: str,
    gate: Gate | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Published:
    """Let files in that `check` has let pass, all or none.

    :raises WheelhouseError: as `publish`; also where a file was changed since.
    """
    entering = _Entering(actor=actor, clock=clock, gate=gate, is_whole=True)
    return _let_in(wheelhouse, checked, entering)


def publish_sound(
    wheelhouse: Wheelhouse,
    incoming: Sequence[IncomingFile],
    *,
    gate: Gate | None = None,
    checked_one: Callable[[str], None] | None = None,
) -> Published:
    """Let in what may enter, and name each file that may not, with its reason.

    :param gate: may say no to all of them together.
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
    entering = _Entering(actor=account_name(), clock=utc_now, gate=gate, is_whole=False)
    published = _let_in(wheelhouse, checked, entering)
    return replace(published, refused={**refused, **published.refused})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What is to become of files, over the newest generation."""

    plan: Plan
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entering:
    """How files are let in."""

    actor: str
    clock: Callable[[], datetime]
    gate: Gate | None
    is_whole: bool
    """All or none."""
    settle: Settle | None = None

    def plan(self, wheelhouse: Wheelhouse, checked: Sequence[Checked]) -> _Planned:
        """Place files beside what is kept now.

        :raises WheelhouseError: one may not enter, and it is all or none.
        """
        with wheelhouse.database.reading() as connection:
            plan = plan_for(connection, checked)
            generation = history.read_generation(connection)
        if self.is_whole and plan.refused:
            raise next(iter(plan.refused.values()))
        return _Planned(plan=plan, generation=generation)

    def judge(self, planned: _Planned) -> None:
        """Ask the gate of what would be.

        :raises WheelhouseError: it says no.
        """
        plan, at = planned.plan, self.clock()
        if self.gate is None or not (plan.new or plan.returning):
            return
        number = planned.generation + 1
        new = [_stored(file, at, number) for file in plan.new.values()]
        again = [_again(file, kept).stored for file, kept in plan.returning.values()]
        self.gate.judge((*new, *again), _content(plan), planned.generation)


def _let_in(
    wheelhouse: Wheelhouse, checked: Sequence[Checked], entering: _Entering
) -> Published:
    """Let files in, judged on the very generation that they come after."""
    wheelhouse.files.sweep([file.sha256 for file in checked])
    judged = entering.plan(wheelhouse, checked)
    entering.judge(judged)
    with _orphans_removed(wheelhouse, judged.plan):
        # Beside others who do: only what names them takes turns.
        written = write_damaged(
            wheelhouse.files, _entering(judged.plan), _there(judged.plan)
        )
        if entering.settle is None and not _is_due(judged.plan, written):
            return _published(checked, judged, judged.generation)
        for _ in range(MOST_JUDGED_APART if entering.gate is not None else 0):
            with wheelhouse.publishing():
                planned = entering.plan(wheelhouse, checked)
                if planned.generation == judged.generation:
                    return _let_in_planned(
                        wheelhouse, checked, entering, planned, written
                    )
            judged = planned
            entering.judge(judged)
        with wheelhouse.publishing():
            planned = entering.plan(wheelhouse, checked)
            if planned.generation != judged.generation:
                entering.judge(planned)
            return _let_in_planned(wheelhouse, checked, entering, planned, written)


def _let_in_planned(
    wheelhouse: Wheelhouse,
    checked: Sequence[Checked],
    entering: _Entering,
    planned: _Planned,
    written: frozenset[Sha256],
) -> Published:
    """Let files in while nobody else may, nor take bytes away."""
    plan, generation, actor = planned.plan, planned.generation, entering.actor
    stored: tuple[StoredFile, ...] = ()
    repaired = _repaired(plan, written)
    with wheelhouse.database.writing() as connection:
        write_missing(wheelhouse.files, _entering(plan))
        at = entering.clock()
        if plan.new or plan.returning:
            generation, stored = _record(connection, plan, actor=actor, at=at)
        attestations.keep(connection, _said(plan), generation)
        if repaired:
            records.repair_metadata(connection, plan.metadata)
            history.note(connection, "repair", _names(repaired), at=at, actor=actor)
        if entering.settle is not None:
            names = frozenset(file.filename for file in stored)
            entering.settle(connection, generation, names)
    published = _published(checked, planned, generation)
    return replace(published, new=stored, repaired=repaired)


def _is_due(plan: Plan, written: frozenset[Sha256]) -> bool:
    return bool(plan.new or plan.returning or _said(plan) or _repaired(plan, written))


def _published(
    checked: Sequence[Checked], planned: _Planned, generation: int
) -> Published:
    """Tell what has become of files that change nothing."""
    plan = planned.plan
    return Published(
        generation=generation,
        new=(),
        already_there=tuple(there for _, there in plan.already_there),
        repaired=(),
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


def _entering(plan: Plan) -> dict[Sha256, Path]:
    files = (*plan.new.values(), *(file for file, _ in plan.returning.values()))
    return {file.sha256: file.incoming.path for file in files}


def _there(plan: Plan) -> dict[Sha256, Path]:
    return {file.sha256: file.incoming.path for file, _ in plan.already_there}


def _repaired(plan: Plan, written: frozenset[Sha256]) -> tuple[StoredFile, ...]:
    return tuple(
        stored
        for _, stored in plan.already_there
        if stored.sha256 in written or stored.metadata_sha256 in plan.metadata
    )


@contextmanager
def _orphans_removed(wheelhouse: Wheelhouse, plan: Plan) -> Iterator[None]:
    """Leave no bytes behind that a failed publish has written."""
    try:
        yield
    except BaseException:
        digests = [file.sha256 for file in plan.new.values()]
        # The first error is the one to tell; orphans do no harm, and gc takes them.
        with suppress(WheelhouseError), wheelhouse.publishing(is_patient=False):
            # Asked anew: a commit that reported a failure may have come through.
            with wheelhouse.database.reading() as connection:
                used = records.referenced(connection, digests)
            wheelhouse.files.remove(*(set(digests) - used))
            wheelhouse.files.sweep(digests)
        raise


def _record(
    connection: Connection, plan: Plan, *, actor: str, at: datetime
) -> tuple[int, tuple[StoredFile, ...]]:
    new, returning = tuple(plan.new.values()), tuple(plan.returning.values())
    generation = history.add_generation(connection, at)
    stored = tuple(_stored(file, at, generation) for file in new)
    records.add_metadata(connection, _content(plan))
    if new:
        identities = [file.inspected.identity for file in new]
        listing.add_files(connection, stored, identities)
    again = [_again(file, kept) for file, kept in returning]
    listing.relist(connection, again, generation, is_by_hand=False)
    stored = (*stored, *(kept.stored for kept in again))
    said: dict[str, tuple[Attestation, ...]] = {
        **{file.filename: file.incoming.attestations for file in new},
        **{k.stored.filename: f.incoming.attestations for f, k in returning},
    }
    attestations.keep(connection, said, generation)
    history.note(connection, "publish", _names(stored), at=at, actor=actor)
    return generation, stored


def _content(plan: Plan) -> Mapping[Sha256, bytes]:
    """Give the METADATA of all that enters."""
    entering = (*plan.new.values(), *(file for file, _ in plan.returning.values()))
    return {
        _digest(file.inspected.metadata): file.inspected.metadata
        for file in entering
        if file.inspected.metadata is not None
    }


def _said(plan: Plan) -> dict[str, list[Attestation]]:
    """Tell what is said of files that are there: their builders may say it now."""
    return {
        stored.filename: built
        for file, stored in plan.already_there
        if (built := [e for e in file.incoming.attestations if e.kind == "built"])
    }


def _again(file: Checked, kept: KeptFile) -> KeptFile:
    """Describe a removed file that comes again; what it is stays as it was."""
    stored = replace(kept.stored, yanked=file.incoming.yanked)
    return replace(kept, stored=stored, is_listed=False)


def _names(files: Iterable[StoredFile]) -> list[str]:
    return [file.filename for file in files]


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


def _notes(checked: Sequence[Checked], plan: Plan) -> tuple[Note, ...]:
    return tuple(
        Note(filename=file.incoming.filename, text=found.text, kind=found.kind)
        for file in checked
        if file.incoming.filename not in plan.refused
        for found in file.inspected.notes
    )
