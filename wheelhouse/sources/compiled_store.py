"""Compiled universes on disk: one file for each universe and environment.

A file is used only when it is whole (its digest is right), of this version of Axletree
and of Python, and made from the very state of the universe that is there now: a
wheelhouse by its generation, a snapshot or folder by the name, size, times and inode
of each file. After a publish the projects that it touched fall out, the others stay.
Whatever is wrong with a file, it counts as absent; whatever hinders writing one is
passed over, since it only costs time.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

import marshal
import os
import sys

# Of Python itself: zlib is a library that nothing else here needs.
from _imp import source_hash

import axletree
from axletree.wheelhouse.sql.state_queries import (
    DATABASE,
    GENERATION_IS,
    POLICY,
    PROJECTS_SINCE,
    REVISION,
    STATE,
)
from axletree.wheelhouse.store.stamps import (
    stamp_from,
    stamp_of,
    stamps_of,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

    from axletree.resolver.universe.table_types import RootTable
    from axletree.wheelhouse.store.stamps import (
        Stamp,
        Stamps,
    )

    State: TypeAlias = Stamps | tuple[int, str, str]
    """Of a folder or snapshot: file name -> stamp, by none for itself. Of a wheelhouse:
    its generation, when it was made, and what holds of it (`policy_in`)."""
    Packed: TypeAlias = dict[str, bytes | None]

MAGIC = b"axletree compiled universe 11\n"
_CHECKSUM_BYTES = 8
FRESH_NS = 2_000_000_000
"""A file changed so shortly ago may change again without a newer time."""
MOST_BYTES = 256_000_000
_LONGEST_POLICY = 1 << 16
"""One with more is read each time anyway."""
_DAY_NS = 86_400 * 10**9


class Place:
    """What is compiled: a universe on this machine, for one environment."""

    __slots__ = ("environment", "kind", "path")

    def __init__(
        self,
        kind: Literal["wheelhouse", "snapshot", "folder"],
        path: str,
        environment: str,
    ) -> None:
        self.kind = kind
        self.path = os.path.realpath(path)
        self.environment = environment

    @property
    def key(self) -> tuple[str, ...]:
        """Return what a file must be made for."""
        runs = f"{axletree.__version__} {sys.version} {marshal.version}"
        return runs, self.kind, self.path, self.environment

    @property
    def entry(self) -> str:
        """Name the file; two keys of one name merely take turns."""
        raw = repr(self.key).encode(errors="surrogateescape")
        return f"{checksum(raw).hex()}.compiled"


class Stored:
    """What a file holds that is still true."""

    __slots__ = ("is_moved", "micros", "packed", "refused", "roots", "seen", "state")

    def __init__(  # noqa: PLR0913, PLR0917  one argument for each part of a file
        self,
        state: State,
        seen: Stamps | None = None,
        micros: int = 0,
        packed: Packed | None = None,
        roots: dict[str, RootTable] | None = None,
        refused: dict[str, None] | None = None,
    ) -> None:
        self.state = state
        self.seen = seen
        """A wheelhouse's database files when its state was read from them."""
        self.micros = micros
        self.packed: Packed = {} if packed is None else packed
        self.roots: dict[str, RootTable] = {} if roots is None else roots
        self.refused: dict[str, None] = {} if refused is None else refused
        """Questions that were left to the plain engine, in this very state."""
        self.is_moved = False
        """It was brought to a newer state, which is not on disk yet."""


def checksum(raw: bytes | memoryview) -> bytes:
    """Return what tells damage; the hash by which Python knows a source again."""
    return source_hash(0, raw)


def load(cache_dir: str, place: Place, now_ns: int) -> Stored | None:
    """Return what is stored and still true; None: this universe is not to be stored.

    Nothing stored is an empty `Stored`, to be filled.
    """
    found = _read(os.path.join(cache_dir, place.entry), place)  # noqa: PTH118  pathlib costs more than the answer
    seen = _database_stamps(place, now_ns)
    is_as_seen = found is not None and seen is not None and found.seen == seen
    if found is not None and is_as_seen and _is_of_day(found.state, now_ns):
        return found
    # Stamped before it is read, so that no later change can pass for this state.
    state = state_of(place, now_ns)
    if state is None:
        return None
    touched = [] if found is None else _touched(place, found.state, state)
    if found is None or touched is None:
        return Stored(state, seen)
    for name in touched:
        found.packed.pop(name, None)
    if found.state != state:
        found.refused.clear()
    found.is_moved = found.state != state or seen is not None
    found.state, found.seen = state, seen
    return found


def is_still(place: Place, stored: Stored) -> bool:
    """Tell whether a universe is as it was when its tables were loaded.

    A wheelhouse always is, since it is read at one generation.
    """
    if isinstance(stored.state, tuple):
        return True
    return state_of(place, sys.maxsize) == stored.state


def save(cache_dir: str, place: Place, stored: Stored) -> None:
    """Write a file, whole or not at all; failing is no error.

    Concurrent writers each write a file of their own; the last one stays.
    """
    content = stored.micros, stored.packed, stored.roots, stored.refused
    body = marshal.dumps((place.key, stored.state, stored.seen, *content))
    if len(body) > MOST_BYTES:
        return
    path = os.path.join(cache_dir, place.entry)  # noqa: PTH118  as above
    temporary = f"{path}.{os.getpid()}.new"
    try:
        os.makedirs(cache_dir, mode=0o700, exist_ok=True)  # noqa: PTH103  as above
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, ValueError, RecursionError):
        # The last of a path of thousands of folders, each of which is made by itself.
        return
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(MAGIC + checksum(body) + body)
        os.replace(temporary, path)  # noqa: PTH105  as above
    except OSError:
        _remove(temporary)


def state_of(place: Place, now_ns: int) -> State | None:
    """Return the universe's state; None where it has none to go by."""
    try:
        if place.kind == "wheelhouse":
            return _generation(place.path, now_ns)
        if place.kind == "snapshot":
            stamps: Stamps = {"": stamp_of(place.path)}
        else:
            with os.scandir(place.path) as entries:
                stamps = {entry.name: stamp_from(entry.stat()) for entry in entries}
            stamps[""] = stamp_of(place.path)
    except OSError:
        return None
    return None if _is_fresh(stamps.values(), now_ns) else stamps


def _database_stamps(place: Place, now_ns: int) -> Stamps | None:
    """Stamp the files that a wheelhouse's state is in; None: they tell nothing.

    Every commit changes one of them, so that the same stamps are the same state;
    asking the database takes longer than many an answer.
    """
    if place.kind != "wheelhouse":
        return None
    try:
        # The log of a database lies beside it, not beside a link to it.
        stamps = stamps_of(os.path.realpath(f"{place.path}/{DATABASE}"))
    except OSError:
        return None
    return None if _is_fresh(stamps.values(), now_ns) else stamps


def _is_fresh(stamps: Iterable[Stamp], now_ns: int) -> bool:
    limit = now_ns - FRESH_NS
    return any(stamp[1] > limit or stamp[2] > limit for stamp in stamps)


def _read(path: str, place: Place) -> Stored | None:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  as above
            # Anybody else's file could be made to break the reader of marshal.
            if os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            raw = stream.read(MOST_BYTES + len(MAGIC) + _CHECKSUM_BYTES)
    except (OSError, ValueError):
        return None
    head = len(MAGIC) + _CHECKSUM_BYTES
    if not raw.startswith(MAGIC) or len(raw) <= head:
        return None
    body = memoryview(raw)[head:]
    if checksum(body) != raw[len(MAGIC) : head]:
        return None
    try:
        key, *content = marshal.loads(body)  # noqa: S302  checked above
        return Stored(*content) if key == place.key else None
    except (ValueError, TypeError, EOFError):
        return None


def _touched(place: Place, before: State, now: State) -> list[str] | None:
    """List the projects that changed; None: perhaps all."""
    if before == now:
        return []
    if isinstance(before, dict) and isinstance(now, dict) and place.kind == "folder":
        # The folder's own stamp (no name) always changes with it.
        names = {
            name
            for name in before.keys() | now.keys()
            if name and before.get(name) != now.get(name)
        }
        from axletree.wheelhouse.sources.directory import possible_projects  # noqa: PLC0415

        return [str(name) for file in names for name in possible_projects(file)]
    if isinstance(before, tuple) and isinstance(now, tuple):
        # Another policy, or the same on another day, may change all.
        if before[2] != now[2]:
            return None
        return _published_since(place.path, before[:2])
    return None


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108  as above
    except OSError:
        return


# The wheelhouse's database, read without SQLAlchemy: that takes longer to import than
# most answers to find. A database of another revision is left to the catalog.


def _generation(home: str, now_ns: int) -> tuple[int, str, str] | None:
    match _rows(home, POLICY):
        case []:
            policy = ""
        case [(int(), str(name), str(content))] if len(content) <= _LONGEST_POLICY:
            policy = _policy_key(name, content, now_ns)
        case _:
            return None
    match _rows(home, STATE):
        case [(str(revision), int(number), str(made_at))] if revision == REVISION:
            return number, made_at, policy
        case _:
            return None


def _policy_key(name: str, content: str, now_ns: int) -> str:
    """Tell what holds; one that counts how old files are holds on each day anew."""
    if not content:
        return ""  # It has ended what held.
    # A key may be spelled with escapes.
    counts_age = _AGE in content or "\\" in content
    day = now_ns // _DAY_NS if counts_age else ""
    return f"{day}\0{name}\0{content}"


_AGE = "minimum-age"


def policy_in(state: State) -> tuple[int, str, str] | None:
    """Return what holds: in days the day up to which ages count, its name, its text.

    None: nothing does. The day is 0 where none counts.
    """
    if not isinstance(state, tuple) or not state[2]:
        return None
    day, name, content = state[2].split("\0", 2)
    return int(day or 0), name, content


def _is_of_day(state: State, now_ns: int) -> bool:
    policy = policy_in(state)
    return policy is None or policy[0] in {0, now_ns // _DAY_NS}


def _published_since(home: str, before: tuple[int, str]) -> list[str] | None:
    # Another history, such as that of a restored backup, shares no generation.
    if _rows(home, GENERATION_IS, before) != [(1,)]:
        return None
    rows = _rows(home, PROJECTS_SINCE, before[:1])
    return None if rows is None else [str(project) for (project,) in rows]


def _rows(
    home: str, query: str, values: tuple[int | str, ...] = ()
) -> list[tuple[object, ...]] | None:
    """Run a query; None where there is no database or it cannot be read."""
    import sqlite3 as sqlite  # noqa: PLC0415  late: not needed while the stamps are the same

    from axletree.wheelhouse.sql.database_access import find_access  # noqa: PLC0415  as above

    try:
        access = find_access(f"{home}/{DATABASE}")
        try:
            connection = sqlite.connect(access.uri, uri=True)
            try:
                return connection.execute(query, values).fetchall()
            finally:
                connection.close()
        finally:
            access.close()
    except (sqlite.Error, OSError):
        return None
    except Exception as error:
        from axletree.errors import AxletreeError  # noqa: PLC0415  late

        # The command meets the same, and says it.
        if isinstance(error, AxletreeError):
            return None
        raise
