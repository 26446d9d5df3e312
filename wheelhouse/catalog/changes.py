"""What is changed by hand: yanked, removed, withdrawn, and how a project is.

Each change is one transaction with its generation and its journal entry, under the
publish lock. A change that would change nothing makes no generation.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.wheelhouse.catalog import history, kept_files, listing, records
from axletree.wheelhouse.catalog.history import Holding
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.catalog.naming import Subject, found, no_project
from axletree.wheelhouse.errors import StillNeededError, UnknownGenerationError
from axletree.wheelhouse.model import (
    ACTIVE,
    Action,
    Collection,
    Pin,
    ProjectStatus,
    StoredFile,
)
from axletree.wheelhouse.sql.stored_rows import project_status
from axletree.wheelhouse.store.accounts import account_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change has done."""

    generation: int
    """The newest after it."""
    files: tuple[StoredFile, ...] = ()
    """Those that it has changed, as they are now."""
    unchanged: tuple[StoredFile, ...] = ()
    """Those that were so before."""
    needed_by: tuple[Collection, ...] = ()
    """What needs a file that is not given out any more."""
    held_by: tuple[Holding, ...] = ()
    """The requirement sets whose locks have one of them."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """One change while it is made."""

    connection: Connection
    at: datetime
    action: Action
    reason: str

    def begin(self) -> int:
        """Begin the next generation."""
        return history.add_generation(self.connection, self.at)

    def note(self, generation: int, subjects: Sequence[str]) -> None:
        """Write the journal."""
        history.note(
            self.connection,
            self.action,
            subjects,
            at=self.at,
            generation=generation,
            detail=self.reason,
        )

    def newest(self) -> int:
        """Return the newest generation."""
        return history.read_generation(self.connection)


_LONGEST_REASON = 1_000


@contextmanager
def _changing(
    house: Wheelhouse, action: Action, reason: str, clock: Callable[[], datetime]
) -> Iterator[_Work]:
    with house.publishing(), house.database.writing() as connection:
        yield _Work(connection=connection, at=clock(), action=action, reason=reason)


def reason_of(text: str) -> str:
    """Take a reason as it can be kept and shown: on one line, and not without end."""
    words = " ".join(text.encode("utf-8", "replace").decode().split())
    return words[:_LONGEST_REASON]


def yank(
    house: Wheelhouse,
    subjects: Sequence[Subject],
    reason: str,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Let files be chosen no more, unless by `==`; a reason may be changed so.

    :raises NotKeptError: nothing has that name.
    """
    return _say_of_yank(house, subjects, "yank", reason, clock)


def unyank(
    house: Wheelhouse,
    subjects: Sequence[Subject],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Let files be chosen again, whatever an index says of them.

    :raises NotKeptError: nothing has that name.
    """
    return _say_of_yank(house, subjects, "unyank", None, clock)


def _say_of_yank(
    house: Wheelhouse,
    subjects: Sequence[Subject],
    action: Action,
    reason: str | None,
    clock: Callable[[], datetime],
) -> Changed:
    with _changing(house, action, reason or "", clock) as work:
        files = found(work.connection, subjects)
        other = [file for file in files if file.stored.yanked != reason]
        if not other:
            return _nothing(work, files)
        generation = work.begin()
        said = [replace(f, stored=replace(f.stored, yanked=reason)) for f in other]
        listing.relist(work.connection, said, generation, is_by_hand=True)
        return _done(work, generation, said, files)


def remove(
    house: Wheelhouse,
    subjects: Sequence[Subject],
    reason: str = "",
    *,
    is_forced: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Take files off the list; name and hash stay, and older generations list them.

    :param is_forced: also what a collection needs, which is complete no more, or the
        lock of a requirement set.
    :raises NotKeptError: nothing has that name.
    :raises StillNeededError: one of these needs one of the files.
    """
    with _changing(house, "remove", reason, clock) as work:
        files = found(work.connection, subjects)
        held_by = _held_by(work.connection, files)
        if held_by and not is_forced:
            raise _still_held(held_by)
        needed_by = _needed_by(work.connection, files)
        if needed_by and not is_forced:
            raise _still_needed(files, needed_by)
        generation = work.begin()
        listing.unlist(work.connection, files, generation)
        history.forget_collections(work.connection, [each.key for each in needed_by])
        changed = _done(work, generation, files, files)
        return replace(changed, needed_by=tuple(needed_by), held_by=held_by)


def withdraw(
    house: Wheelhouse,
    subjects: Sequence[Subject],
    reason: str,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Give files out no more, in no generation; there is no way back.

    It is their bytes that are meant: the same under another name goes along.

    :raises NotKeptError: nothing has that name.
    """
    with _changing(house, "withdraw", reason, clock) as work:
        files = found(work.connection, subjects, is_ever_listed=True)
        files = kept_files.find_by_bytes(
            work.connection, [f.stored.sha256 for f in files]
        )
        new = [file for file in files if file.stored.withdrawn is None]
        if not new:
            return _nothing(work, files)
        generation = work.begin()
        listing.withdraw(work.connection, new, generation, reason)
        needed_by = _needed_by(work.connection, new)
        # Complete no more: the same collect is to say so, not that nothing is to do.
        history.forget_collections(work.connection, [each.key for each in needed_by])
        said = [_withdrawn(file, reason, generation) for file in new]
        return replace(
            _done(work, generation, said, files),
            needed_by=tuple(needed_by),
            held_by=_held_by(work.connection, new),
        )


def _withdrawn(file: KeptFile, reason: str, generation: int) -> KeptFile:
    said = replace(file.stored, withdrawn=reason, withdrawn_since=generation)
    return replace(file, stored=said)


def set_status(
    house: Wheelhouse,
    project: NormalizedName,
    status: ProjectStatus,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Say how a project is; an index says nothing else after that.

    :raises NotKeptError: nothing of it was ever kept.
    """
    with _changing(house, "status", status.reason, clock) as work:
        newest = work.newest()
        if not records.knows(work.connection, project):
            raise no_project(work.connection, project)
        said = records.read_statuses(work.connection, [project], newest)
        by_hand = listing.has_status_by_hand(work.connection, project)
        if said.get(project, ACTIVE) == status and by_hand:
            return Changed(generation=newest)
        generation = work.begin()
        listing.put_status(
            work.connection, project, status, generation, is_by_hand=True
        )
        work.note(generation, (project, status.marker))
        return Changed(generation=generation)


def heed_index(
    house: Wheelhouse,
    pages: Sequence[Page],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Changed:
    """Say of files and projects what an index does; what was said by hand stays.

    Of its files, those that are not kept are passed over.
    """
    said = {file.filename: file for page in pages for file in page.files}
    statuses = {
        page.project: ACTIVE if page.status is None else project_status(*page.status)
        for page in pages
    }
    with _changing(house, "index", "as the index says", clock) as work:
        kept = kept_files.find_by_names(work.connection, list(said))
        other = [
            replace(file, stored=replace(file.stored, yanked=now.yanked))
            for file in kept
            if not file.is_by_hand
            and _is_of_index(file, now := said[file.stored.filename])
        ]
        newest = work.newest()
        before = records.read_statuses(work.connection, list(statuses), newest)
        changed = {
            name: status
            for name, status in statuses.items()
            if status != before.get(name, ACTIVE)
            and not listing.has_status_by_hand(work.connection, name)
        }
        if not other and not changed:
            return Changed(generation=newest)
        generation = work.begin()
        listing.relist(work.connection, other, generation, is_by_hand=False)
        for name, status in changed.items():
            listing.put_status(
                work.connection, name, status, generation, is_by_hand=False
            )
        names = [*(file.stored.filename for file in other), *changed]
        work.note(generation, names)
        return Changed(
            generation=generation, files=tuple(file.stored for file in other)
        )


def _is_of_index(file: KeptFile, now: DistributionFile) -> bool:
    """Tell whether an index says something else of the very file that is kept."""
    stored = file.stored
    return (
        file.is_listed
        and stored.withdrawn is None
        and stored.yanked != now.yanked
        and now.hashes.get("sha256", stored.sha256) == stored.sha256
    )


def pin(
    house: Wheelhouse,
    generation: int,
    reason: str,
    until: datetime | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Pin:
    """Keep all that a generation lists from `gc`.

    :raises UnknownGenerationError: there is none.
    :raises GoneGenerationError: `gc` was there before.
    """
    with _changing(house, "pin", reason, clock) as work:
        if generation == 0:
            raise UnknownGenerationError("generation 0 has nothing that could be kept")
        history.require_generation(work.connection, generation)
        made = Pin(
            generation=generation,
            reason=reason,
            until=until,
            actor=account_name(),
            at=work.at,
        )
        history.put_pin(work.connection, made)
        work.note(work.newest(), (str(generation),))
        return made


def unpin(
    house: Wheelhouse, generation: int, *, clock: Callable[[], datetime] = utc_now
) -> bool:
    """Keep a generation no longer than others; False: it was not pinned."""
    with _changing(house, "unpin", "", clock) as work:
        was_pinned = history.drop_pin(work.connection, generation)
        if was_pinned:
            work.note(work.newest(), (str(generation),))
        return was_pinned


def _nothing(work: _Work, files: Sequence[KeptFile]) -> Changed:
    return Changed(
        generation=work.newest(), unchanged=tuple(file.stored for file in files)
    )


def _done(
    work: _Work,
    generation: int,
    changed: Sequence[KeptFile],
    meant: Sequence[KeptFile],
) -> Changed:
    numbers = {file.number for file in changed}
    work.note(generation, [file.stored.filename for file in changed])
    return Changed(
        generation=generation,
        files=tuple(file.stored for file in changed),
        unchanged=tuple(f.stored for f in meant if f.number not in numbers),
    )


def _needed_by(connection: Connection, files: Sequence[KeptFile]) -> list[Collection]:
    names = {file.stored.filename for file in files}
    return [
        each
        for each in history.read_collections(connection)
        if not names.isdisjoint(each.filenames)
    ]


def _held_by(connection: Connection, files: Sequence[KeptFile]) -> tuple[Holding, ...]:
    names = [str(file.stored.filename) for file in files]
    return tuple(history.holdings(connection, names))


def _still_held(held_by: Sequence[Holding]) -> StillNeededError:
    first = held_by[0]
    sets = {(each.name, each.environment) for each in held_by}
    others = f", and {len(sets) - 1} more" if len(sets) > 1 else ""
    return StillNeededError(
        f"{first.filename} is in the lock of the requirement set {first.name} for "
        f"{first.environment}{others}",
        where=f"requirement set {first.name}",
        hint="yank it instead: no new lock takes it, and it stays for this one; "
        "--force removes it, and the set is checked again",
    )


def _still_needed(
    files: Sequence[KeptFile], needed_by: Sequence[Collection]
) -> StillNeededError:
    names = {file.stored.filename for file in files}
    first = needed_by[0]
    needed = sorted(names.intersection(first.filenames))
    others = f", and {len(needed_by) - 1} more" if len(needed_by) > 1 else ""
    asked = ", ".join(first.requirements.splitlines()) or "build requirements"
    return StillNeededError(
        f"{needed[0]} is needed by the collection of {asked} for "
        f"{first.environment}{others}",
        where=f"collected in generation {first.generation}",
    )
