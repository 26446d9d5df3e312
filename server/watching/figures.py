"""Figures of what all workers do: counted where it happens, read by any of them.

They lie in memory that is shared, made before the workers are forked. Each worker writes
to a place of its own, which it holds by a record lock: the kernel lifts that when the
worker dies, and the one that comes instead counts on from there, so that what counts up
never falls. No file and no other process is needed for it.
"""

import fcntl
import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "list",
    "page",
    "metadata",
    "file",
    "generation",
    "view",
    "set",
    "upload",
    "people",
    "operations",
    "other",
]
"""What was asked for."""
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES = (
    *(200, 206, 301, 304, 400, 401, 403, 404, 405, 409, 410, 411, 413, 416),
    *(500, 503, 507, 0),
)
"""Counted apart; 0: any other."""
BOUNDS_S = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)
"""Of the buckets of durations; there is one more for what takes longer."""

Count: TypeAlias = Literal[
    "received_bytes", "ready", "too_busy", "slow_cut", "idle_closed", "starts"
]
"""What only grows."""
Gauge: TypeAlias = Literal[
    "ready_bytes", "downloads", "uploads", "connections", "resident_bytes"
]
"""What is so now, in one worker."""
COUNTS: tuple[Count, ...] = get_args(Count)
GAUGES: tuple[Gauge, ...] = get_args(Gauge)

_BUCKETS = len(BOUNDS_S) + 1
_SENT = len(KINDS) * len(STATUSES)
_LASTED = _SENT + len(KINDS)
_MICROSECONDS = _LASTED + len(KINDS) * _BUCKETS
_COUNTS = _MICROSECONDS + len(KINDS)
_GAUGES = _COUNTS + len(COUNTS)
ROWS = _GAUGES + len(GAUGES)

_KIND_AT = {kind: at for at, kind in enumerate(KINDS)}
_STATUS_AT = {status: at for at, status in enumerate(STATUSES)}
_ROW_OF = {name: row for row, name in enumerate((*COUNTS, *GAUGES), start=_COUNTS)}
_READY = _ROW_OF["ready"]
_CELL = 8
PLACES = 128
"""Twice as many as there can be workers: one that dies may still hold its own."""


class Figures:
    """The figures of all, and the place of one worker; safe to use from threads."""

    def __init__(self, cells: "memoryview[int]", place: int) -> None:
        """Take the cells of all places, and the number of one's own."""
        self._all = cells
        self._own = cells[place * ROWS : (place + 1) * ROWS]
        self._writing = threading.Lock()
        for gauge in GAUGES:
            self.put(gauge, 0)
        self.add("starts")

    @classmethod
    def alone(cls) -> "Figures":
        """Make the figures of a worker that has no others beside it."""
        return cls(memoryview(bytearray(ROWS * _CELL)).cast("Q"), 0)

    def answered(
        self, kind: Kind, status: int, sent: int, seconds: float, *, is_ready: bool
    ) -> None:
        """Count one request that was answered, from memory or not."""
        own = self._own
        at = _KIND_AT[kind]
        where = _STATUS_AT.get(status, len(STATUSES) - 1)
        bucket = bisect_left(BOUNDS_S, seconds)
        with self._writing:
            own[at * len(STATUSES) + where] += 1
            own[_SENT + at] += sent
            own[_LASTED + at * _BUCKETS + bucket] += 1
            own[_MICROSECONDS + at] += int(seconds * 1_000_000)
            own[_READY] += is_ready

    def add(self, count: Count, amount: int = 1) -> None:
        """Count up."""
        row = _ROW_OF[count]
        with self._writing:
            self._own[row] += amount

    def put(self, gauge: Gauge, value: int) -> None:
        """Say how something is now."""
        self._own[_ROW_OF[gauge]] = max(0, value)

    def sums(self) -> "Sums":
        """Add up what all workers have counted."""
        rows = [0] * ROWS
        for at, value in enumerate(self._all):
            rows[at % ROWS] += value
        return Sums(rows)

    def of_workers(self, gauge: Gauge) -> tuple[int, ...]:
        """Give one gauge of each worker that has it."""
        values = self._all.tolist()[_ROW_OF[gauge] :: ROWS]
        return tuple(value for value in values if value)


class Sums:
    """What all workers have counted together, at one moment."""

    def __init__(self, rows: Sequence[int]) -> None:
        """Take one number for each row."""
        self._rows = rows

    def requests(self, kind: Kind, status: int) -> int:
        """Count the requests that were answered with a status."""
        return self._rows[_KIND_AT[kind] * len(STATUSES) + _STATUS_AT[status]]

    def sent_bytes(self, kind: Kind) -> int:
        """Count the bytes of bodies that were sent."""
        return self._rows[_SENT + _KIND_AT[kind]]

    def lasted(self, kind: Kind) -> tuple[int, ...]:
        """Count the requests of each bucket of `BOUNDS_S`, and of the one above all."""
        first = _LASTED + _KIND_AT[kind] * _BUCKETS
        return tuple(self._rows[first : first + _BUCKETS])

    def seconds(self, kind: Kind) -> float:
        """Give the time that all requests took together."""
        return self._rows[_MICROSECONDS + _KIND_AT[kind]] / 1_000_000

    def of(self, name: Count | Gauge) -> int:
        """Give a count, or a gauge over all workers."""
        return self._rows[_ROW_OF[name]]


class SharedFigures:
    """Memory for the figures of workers that are forked later."""

    def __init__(self) -> None:
        """Make it.

        :raises OSError: the system gives none.
        """
        self._file = os.memfd_create("axletree-figures")
        os.ftruncate(self._file, PLACES * ROWS * _CELL)
        self._memory = mmap.mmap(self._file, PLACES * ROWS * _CELL)

    def take(self) -> Figures:
        """Take a free place; called in each worker, once.

        :raises OSError: none is free.
        """
        for place in range(PLACES):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                continue
            return Figures(memoryview(self._memory).cast("Q"), place)
        raise OSError("there are more workers than places for their figures")

    def close(self) -> None:
        """Let it go, in this process; it is there for as long as figures are."""
        os.close(self._file)
