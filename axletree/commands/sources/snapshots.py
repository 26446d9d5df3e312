"""Snapshots: packed or not, from files or streams."""

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson

from axletree.commands.options.shared import SourceOptions
from axletree.reading import TooLargeError, is_at_rest, read_bytes
from axletree.resolver.model.errors import InvalidSnapshotError
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json

MOST_SNAPSHOT_BYTES = 512 * 10**6
"""Of a snapshot, unpacked."""
_GZIP_MAGIC = b"\x1f\x8b"


def read_snapshot(path: Path) -> Universe:
    """Read a snapshot, which may come from a stream.

    :raises InvalidSnapshotError: it is none.
    """
    return _snapshot(read_bytes_of_snapshot(path), path)


def read_bytes_of_snapshot(path: Path) -> bytes:
    """Read a snapshot unpacked, and no more than one may hold.

    :raises InvalidSnapshotError: it cannot be read.
    """
    try:
        raw = read_bytes(path, MOST_SNAPSHOT_BYTES)
        return _unpacked(raw) if raw.startswith(_GZIP_MAGIC) else raw
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise _unreadable_snapshot(path, error) from error


def _unpacked(raw: bytes) -> bytes:
    with gzip.open(io.BytesIO(raw)) as stream:
        found = stream.read(MOST_SNAPSHOT_BYTES + 1)
    if len(found) > MOST_SNAPSHOT_BYTES:
        raise TooLargeError(MOST_SNAPSHOT_BYTES)
    return found


def _snapshot(raw: bytes, path: Path) -> Universe:
    try:
        document = orjson.loads(raw)
    except ValueError as error:
        raise _unreadable_snapshot(path, error) from error
    return universe_from_json(document)


def _unreadable_snapshot(path: Path, error: Exception) -> InvalidSnapshotError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    told = InvalidSnapshotError(
        f"the snapshot cannot be read: {reason}",
        where=str(path),
        hint="make one with axletree snapshot",
    )
    if not isinstance(error, FileNotFoundError):
        return told
    from axletree.commands.line.corrections import (  # noqa: PLC0415  late: it brings click along
        did_you_mean,
        path_meant,
    )

    return did_you_mean(told, str(path), path_meant(str(path)))


@contextmanager
def at_rest(source: SourceOptions) -> Iterator[SourceOptions]:
    """Let a universe that comes from a stream be read again, by any process.

    :raises InvalidSnapshotError: it is none.
    """
    if source.universe is None or is_at_rest(source.universe):
        yield source
        return
    raw = read_bytes_of_snapshot(source.universe)
    # Told here by the name that the user knows.
    _snapshot(raw, source.universe)
    with tempfile.TemporaryDirectory(prefix="axletree-") as folder:
        copy = Path(folder, "universe.json")
        copy.write_bytes(raw)
        yield replace(source, universe=copy)
