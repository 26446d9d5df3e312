"""The connections of a worker, looked at from the side: who is too slow is cut off.

granian bounds how long a request's headers may take, and nothing after that: a reader
that takes a byte now and then keeps a thread for ever. What a reader has taken is known to
the kernel, and the sockets are open in this process: so they are looked at now and then,
and shut down, upon which granian ends what it does for them.

Source: Linux, `struct tcp_info` of `linux/tcp.h`.
"""

import fcntl
import os
import socket
import stat
import struct
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

SLOW_S = 30
SLOW_BYTES = 60_000
"""Who waits for more and takes less than so much in so long is cut off: 2 kB a second."""
IDLE_S = 300
"""On which nothing came or went for so long is closed, whatever it waits for."""
MOST_CONNECTIONS = 1024
"""Of a worker. Where they are nearly all open, those of which nothing is heard are closed,
the longest silent first; where all are open, new ones wait for one that ends."""
SILENT_S = 5
"""Before this none is closed for others."""
_NEARLY_ALL, _ENOUGH = 0.9, 0.75

_TCP_INFO_BYTES = 136
_ACKED_AND_RECEIVED = struct.Struct("=QQ").unpack_from
_ACKED_AT = 120
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What was seen of a connection."""

    taken: int
    """Bytes that the other side has acknowledged."""
    came: int
    moved_at: float
    """When either was seen to grow."""
    slow_from: float
    """Since when it has waited for more …"""
    taken_then: int
    """… and what it had taken by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look has found and done."""

    open: int
    cut: int
    """For being slow."""
    closed: int
    """For being silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What connections may do."""

    slow_s: float = SLOW_S
    slow_bytes: int = SLOW_BYTES
    idle_s: float = IDLE_S
    silent_s: float = SILENT_S
    most: int = MOST_CONNECTIONS


USUAL = ConnectionLimits()


class Connections:
    """Those that this process has accepted on one port; for one thread."""

    def __init__(
        self,
        port: int,
        limits: ConnectionLimits = USUAL,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Remember the port; nothing is looked at yet."""
        self._port = port
        self._limits = limits
        self._clock = clock
        self._known: dict[int, _Seen] = {}
        """By the socket's inode."""

    def look(self) -> Look:
        """Look at all, and end those that are too slow or silent for too long."""
        now = self._clock()
        known: dict[int, _Seen] = {}
        silent: list[tuple[float, int]] = []
        cut = closed = 0
        for inode, link in self._sockets():
            with link, suppress(OSError):
                seen, waits = self._seen(inode, link, now)
                if waits and now - seen.slow_from >= self._limits.slow_s:
                    _end(link, is_cut=True)
                    cut += 1
                elif not waits and now - seen.moved_at >= self._limits.idle_s:
                    _end(link)
                    closed += 1
                else:
                    known[inode] = seen
                    if not waits and now - seen.moved_at >= self._limits.silent_s:
                        silent.append((seen.moved_at, inode))
        self._known = known
        if len(known) > self._limits.most * _NEARLY_ALL:
            closed += self._make_room(silent)
        return Look(open=len(known), cut=cut, closed=closed)

    def _seen(self, inode: int, link: socket.socket, now: float) -> tuple[_Seen, bool]:
        """Say what was seen of one by now, and whether it waits for what it was sent."""
        info = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        taken, came = _ACKED_AND_RECEIVED(info, _ACKED_AT)
        waits = _unsent(link) > 0
        seen = self._known.get(inode)
        if seen is None:
            seen = _Seen(
                taken=taken, came=came, moved_at=now, slow_from=now, taken_then=taken
            )
        if (taken, came) != (seen.taken, seen.came):
            seen.taken, seen.came, seen.moved_at = taken, came, now
        if not waits or taken - seen.taken_then >= self._limits.slow_bytes:
            seen.slow_from, seen.taken_then = now, taken
        return seen, waits

    def _make_room(self, silent: list[tuple[float, int]]) -> int:
        too_many = len(self._known) - int(self._limits.most * _ENOUGH)
        chosen = {inode for _, inode in sorted(silent)[:too_many]}
        closed = 0
        for inode, link in self._sockets():
            with link:
                if inode in chosen:
                    _end(link)
                    closed += 1
        return closed

    def _sockets(self) -> Iterator[tuple[int, socket.socket]]:
        """Yield second handles of the accepted connections; the caller closes each."""
        for path in Path("/proc/self/fd").iterdir():
            link = _second_handle(int(path.name))
            if link is None:
                continue
            if self._is_accepted(link):
                yield os.fstat(link.fileno()).st_ino, link
            else:
                link.close()

    def _is_accepted(self, link: socket.socket) -> bool:
        if link.type != socket.SOCK_STREAM or link.family not in _INTERNET:
            return False
        try:
            return bool(link.getsockname()[1] == self._port and link.getpeername())
        except OSError:  # The one that listens, or one that was reset.
            return False


_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


def _second_handle(handle: int) -> socket.socket | None:
    """Open a socket once more; None: it is none, or is closed by now."""
    try:
        if not stat.S_ISSOCK(os.fstat(handle).st_mode):
            return None
        second = os.dup(handle)
    except OSError:
        return None
    try:
        return socket.socket(fileno=second)
    except OSError:  # Another file by now.
        os.close(second)
        return None


def _unsent(link: socket.socket) -> int:
    """Count the bytes that wait in the kernel, sent or not, until they are acknowledged."""
    answer = fcntl.ioctl(link.fileno(), termios.TIOCOUTQ, b"\0" * 4)
    return int.from_bytes(answer, "little")


def _end(link: socket.socket, *, is_cut: bool = False) -> None:
    with suppress(OSError):
        if is_cut:
            # What waits for such a reader is dropped, not kept for it by the kernel.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        link.shutdown(socket.SHUT_RDWR)
