"""What changes listings of variants: added, found changed at an index, removed, withdrawn.

Each change is one transaction with its generation and its journal entry, as those of files
are. What somebody here has added stays, whatever an index says; what has been withdrawn
does not come back under its name.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.variants_names import VariantsName
from axletree.wheelhouse.catalog import history, variants
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    FilenameTakenError,
    NotKeptError,
    WheelhouseError,
    WithdrawnFileError,
)
from axletree.wheelhouse.model import (
    COLLECTED,
    Action,
    Sha256,
    VariantsFile,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingVariants:
    """A listing that was checked, and asks to be listed."""

    name: VariantsName
    content: bytes
    origin: str
    upload_time: datetime | None = None
    """Aware; None: unknown."""

    @property
    def sha256(self) -> Sha256:
        """Digest its bytes."""
        return Sha256(hashlib.sha256(self.content).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedVariants:
    """What a change has come to; all by file name."""

    generation: int
    """The newest after it."""
    new: tuple[str, ...] = ()
    """Listed anew or with other bytes; of a removal or a withdrawal, what it took."""
    same: tuple[str, ...] = ()
    """Those that were so before."""
    repaired: tuple[str, ...] = ()
    """Those of them that had been damaged."""
    own: tuple[str, ...] = ()
    """Those of which an index says something else, and somebody here has added them."""
    refused: tuple[tuple[str, WheelhouseError], ...] = ()


@contextmanager
def _changing(house: Wheelhouse) -> Iterator[Connection]:
    with house.publishing(), house.database.writing() as connection:
        yield connection


def enter(
    house: Wheelhouse,
    incoming: Sequence[IncomingVariants],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> ChangedVariants:
    """List what is sound and new; the same bytes again repair what is damaged.

    A listing belongs to a release of which a file is listed; any other is refused.
    """
    with _changing(house) as connection:
        entering = _Entering(connection=connection, at=clock(), new=[])
        placed: dict[str, list[str]] = {
            each: [] for each in ("new", "same", "repaired", "own")
        }
        refused: list[tuple[str, WheelhouseError]] = []
        for each in incoming:
            try:
                what = entering.place(each)
            except (WithdrawnFileError, NotKeptError, FilenameTakenError) as error:
                refused.append((each.name.filename, error))
            else:
                placed[what].append(each.name.filename)
        by_hand = any(each.origin != COLLECTED for each in incoming)
        return ChangedVariants(
            generation=entering.settle("publish" if by_hand else "index"),
            new=tuple(placed["new"]),
            same=(*placed["same"], *placed["repaired"]),
            repaired=tuple(placed["repaired"]),
            own=tuple(placed["own"]),
            refused=tuple(refused),
        )


@dataclass(slots=True, kw_only=True)
class _Entering:
    """Listings on their way in, within one transaction."""

    connection: Connection
    at: datetime
    new: list[tuple[VariantsFile, bytes]]

    def place(self, incoming: IncomingVariants) -> str:
        """Find out what becomes of one: `new`, `same`, `repaired` or `own`.

        :raises WithdrawnFileError: its name was withdrawn.
        :raises NotKeptError: nothing is listed of its release.
        :raises FilenameTakenError: another one of that name comes along.
        """
        name = incoming.name
        for twin, _ in self.new:
            if twin.filename == name.filename:
                return _beside(twin, incoming)
        known = variants.find_named(self.connection, [name.filename])
        for each in known:
            if each.withdrawn is not None:
                raise WithdrawnFileError(
                    f"{name.filename} was withdrawn here: {each.withdrawn}",
                    where=f"generation {each.withdrawn_since}",
                )
        there = next((each for each in known if each.is_listed), None)
        if there is not None and there.sha256 == incoming.sha256:
            return self._again(there, incoming.content)
        if there is not None and incoming.origin == COLLECTED != there.origin:
            return "own"
        file = _record(incoming, history.read_generation(self.connection) + 1, self.at)
        if not variants.has_release(self.connection, file):
            raise NotKeptError(
                f"{name.filename} belongs to {name.project} {name.version}, of which "
                "there is no file in the wheelhouse",
                hint="add a wheel of that release first",
            )
        self.new.append((file, incoming.content))
        return "new"

    def _again(self, there: VariantsFile, content: bytes) -> str:
        try:
            variants.read_content(self.connection, there)
        except CorruptStoredFileError:
            variants.put_back(self.connection, there, content)
            _note(self.connection, "repair", [there.filename], at=self.at)
            return "repaired"
        return "same"

    def settle(self, action: Action) -> int:
        """List what is new, in a generation of its own; return the newest one."""
        if not self.new:
            return history.read_generation(self.connection)
        generation = history.add_generation(self.connection, self.at)
        for file, content in self.new:
            variants.add(self.connection, file, content)
        names = [file.filename for file, _ in self.new]
        _note(self.connection, action, names, at=self.at)
        return generation


def _beside(twin: VariantsFile, incoming: IncomingVariants) -> str:
    if twin.sha256 == incoming.sha256:
        return "same"
    raise FilenameTakenError(
        f"{twin.filename} comes twice, with other content", hint="add one of them"
    )


def _record(incoming: IncomingVariants, since: int, at: datetime) -> VariantsFile:
    return VariantsFile(
        project=incoming.name.project,
        version=incoming.name.version,
        filename=incoming.name.filename,
        since=since,
        sha256=incoming.sha256,
        size_bytes=len(incoming.content),
        upload_time=incoming.upload_time,
        entered_at=at,
        origin=incoming.origin,
    )


def remove(
    house: Wheelhouse,
    filenames: Sequence[str],
    reason: str = "",
    *,
    clock: Callable[[], datetime] = utc_now,
) -> ChangedVariants:
    """Take listings off the pages; older generations list them.

    :raises NotKeptError: one of them is not listed.
    """
    with _changing(house) as connection:
        known = variants.known(connection, filenames)
        for name in filenames:
            if not any(each.is_listed for each in known[name]):
                withdrawn = known[name][-1].withdrawn
                how = "removed" if withdrawn is None else f"withdrawn: {withdrawn}"
                raise NotKeptError(
                    f"{name} was {how}", hint="axletree log says when, and by whom"
                )
        at = clock()
        generation = history.add_generation(connection, at)
        variants.unlist(connection, filenames, generation)
        _note(connection, "remove", filenames, at=at, detail=reason)
        return ChangedVariants(generation=generation, new=tuple(filenames))


def withdraw(
    house: Wheelhouse,
    filenames: Sequence[str],
    reason: str,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> ChangedVariants:
    """Give listings out no more, whatever they held, in no generation.

    :raises NotKeptError: there never was one of that name.
    """
    with _changing(house) as connection:
        known = variants.known(connection, filenames)
        new = [
            name
            for name in filenames
            if any(each.withdrawn is None for each in known[name])
        ]
        same = tuple(name for name in filenames if name not in new)
        if not new:
            newest = history.read_generation(connection)
            return ChangedVariants(generation=newest, same=same)
        at = clock()
        generation = history.add_generation(connection, at)
        variants.withdraw(connection, new, generation, reason)
        _note(connection, "withdraw", new, at=at, detail=reason)
        return ChangedVariants(generation=generation, new=tuple(new), same=same)


def _note(
    connection: Connection,
    action: Action,
    filenames: Sequence[str],
    *,
    at: datetime,
    detail: str = "",
) -> None:
    history.note(
        connection,
        action,
        filenames,
        at=at,
        detail=detail or ("as the index says" if action == "index" else ""),
    )
