"""How much room a wheelhouse takes, and what for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history, kept_files
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.upkeep.gc import plan_sweep
from axletree.wheelhouse.upkeep.looking import summarize


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Bytes on disk."""

    files_bytes: int
    """Of all blobs."""
    file_count: int
    database_bytes: int
    incoming_bytes: int
    """What collects that were killed have left to the next one."""
    free_bytes: int
    """What `gc` would free."""
    held_bytes: int
    """What only locks of requirement sets keep from `gc`."""
    projects: Sequence[tuple[NormalizedName, int]]
    """Of the newest generation, the largest first."""

    @property
    def total_bytes(self) -> int:
        """Add it all up."""
        return self.files_bytes + self.database_bytes + self.incoming_bytes


def measure(house: Wheelhouse, *, clock: Callable[[], datetime] = utc_now) -> Usage:
    """Measure what is there; no file is read."""
    blobs = list(house.files.blobs())
    listed = summarize(house).projects
    with translate_storage_errors(house.home):
        incoming = sum(map(_size, house.home.glob("incoming/**/*")))
    return Usage(
        files_bytes=sum(blob.size_bytes for blob in blobs),
        file_count=len(blobs),
        database_bytes=house.database.size_bytes(),
        incoming_bytes=incoming,
        free_bytes=plan_sweep(house, clock=clock).freed_bytes,
        held_bytes=_held_bytes(house),
        projects=sorted(
            ((each.project, each.size_bytes) for each in listed),
            key=lambda pair: (-pair[1], pair[0]),
        ),
    )


def _held_bytes(house: Wheelhouse) -> int:
    with house.database.reading() as connection:
        held = history.held_names(connection)
        unlisted = kept_files.find_unlisted(connection) if held else []
    sizes = {
        file.stored.sha256: file.stored.size_bytes
        for file in unlisted
        if file.stored.filename in held and file.stored.withdrawn is None
    }
    return sum(sizes.values())


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:  # it went meanwhile
        return 0
    return found.st_size if path.is_file() else 0
