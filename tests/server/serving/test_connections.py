"""Who is too slow is cut off, by what the kernel says of real connections."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from axletree.server.serving.connections import ConnectionLimits, Connections, Look

LIMITS = ConnectionLimits(slow_s=30, slow_bytes=60_000, idle_s=300, silent_s=5, most=8)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pairs:
    """Connections of this process with itself; the side that accepted is looked at."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.clock = Clock()
        self.port: int = self._listening.getsockname()[1]
        self.connections = Connections(self.port, LIMITS, clock=self.clock)

    def open(self) -> tuple[socket.socket, socket.socket]:
        reader = self._stack.enter_context(socket.socket())
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", self.port))
        server, _ = self._listening.accept()
        self._stack.enter_context(server)
        server.settimeout(0)
        return reader, server

    def look_after(self, seconds: float) -> Look:
        self.clock.now += seconds
        return self.connections.look()


def fill(server: socket.socket) -> None:
    """Write until the kernel takes no more."""
    with suppress(BlockingIOError):
        while True:
            server.send(bytes(1 << 16))


def take(reader: socket.socket, count: int) -> None:
    while count > 0:
        count -= len(reader.recv(min(count, 1 << 16)))


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    with ExitStack() as stack:
        yield Pairs(stack)


def is_over(server: socket.socket) -> bool:
    try:
        server.send(b"x")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


def test_who_takes_nothing_is_cut_off_in_time(pairs: Pairs) -> None:
    _, server = pairs.open()
    fill(server)
    assert pairs.look_after(0) == Look(open=1, cut=0, closed=0)
    assert pairs.look_after(29) == Look(open=1, cut=0, closed=0)
    assert pairs.look_after(1) == Look(open=0, cut=1, closed=0)
    assert is_over(server)


def test_who_takes_a_little_now_and_then_is_cut_off_as_well(pairs: Pairs) -> None:
    reader, server = pairs.open()
    fill(server)
    pairs.look_after(0)
    for _ in range(29):
        take(reader, 1000)
        assert pairs.look_after(1).cut == 0
    take(reader, 1000)
    assert pairs.look_after(1).cut == 1


def test_who_takes_enough_stays(pairs: Pairs) -> None:
    reader, server = pairs.open()
    fill(server)
    pairs.look_after(0)
    for _ in range(12):
        take(reader, 200_000)
        fill(server)
        assert pairs.look_after(10) == Look(open=1, cut=0, closed=0)
    assert not is_over(server)


def test_who_waits_for_an_answer_is_not_slow(pairs: Pairs) -> None:
    reader, server = pairs.open()
    pairs.look_after(0)
    assert pairs.look_after(200).cut == 0
    reader.send(b"GET / HTTP/1.1\r\n")
    # What moves counts anew.
    assert pairs.look_after(99) == Look(open=1, cut=0, closed=0)
    assert pairs.look_after(299).closed == 0
    assert pairs.look_after(1) == Look(open=0, cut=0, closed=1)
    assert is_over(server)


def test_where_nearly_all_are_open_the_longest_silent_make_room(pairs: Pairs) -> None:
    servers = []
    for _ in range(8):
        pairs.look_after(1)
        servers.append(pairs.open()[1])
    found = pairs.look_after(2)
    # Eight are nearly all of eight, six are three quarters.
    assert (found.open, found.closed) == (8, 2)
    assert [is_over(server) for server in servers] == [True] * 2 + [False] * 6


def test_sockets_of_others_are_let_be(pairs: Pairs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        client = socket.create_connection(other.getsockname())
        accepted, _ = other.accept()
        with client, accepted:
            assert pairs.look_after(0).open == 0
            assert pairs.look_after(1000) == Look(open=0, cut=0, closed=0)
            # Ours as a client: the port is the other side's.
            assert not is_over(accepted)
