"""Figures of several workers, in memory that they share."""

import os
from collections.abc import Callable
from contextlib import closing

import pytest

from axletree.server.watching.figures import Figures, SharedFigures
from axletree.server.watching.places import Places


def in_a_fork(work: Callable[[], None]) -> None:
    """Run something as a worker does, in a process of its own that then ends."""
    pid = os.fork()
    if pid == 0:  # pragma: no cover  the fork
        try:
            work()
        finally:
            os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_what_a_worker_counted_outlives_it_and_the_next_counts_on() -> None:
    with closing(SharedFigures()) as shared:

        def work() -> None:
            figures = shared.take()
            figures.answered("page", 200, 1000, 0.002, is_ready=True)
            figures.put("downloads", 3)

        in_a_fork(work)
        in_a_fork(work)
        sums = shared.take().sums()

    assert sums.requests("page", 200) == 2
    assert sums.sent_bytes("page") == 2000
    assert sums.of("starts") == 3
    assert sums.of("ready") == 2
    # The downloads of those that have ended have ended with them.
    assert sums.of("downloads") == 0


def test_workers_at_once_have_places_of_their_own() -> None:
    with closing(SharedFigures()) as shared:
        mine = shared.take()
        mine.put("connections", 5)
        reader, writer = os.pipe()

        def work() -> None:
            other = shared.take()
            other.put("connections", 7)
            os.write(writer, str(other.sums().of("connections")).encode())

        in_a_fork(work)
        assert os.read(reader, 9) == b"12"
        os.close(reader)
        os.close(writer)
        assert sorted(mine.of_workers("connections")) == [5, 7]


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (0.001, 0), (0.0011, 1), (60, 7), (3600, 8)]
)
def test_a_duration_is_in_the_bucket_whose_bound_it_does_not_pass(
    seconds: float, bucket: int
) -> None:
    figures = Figures.alone()
    figures.answered("file", 200, 1, seconds, is_ready=False)
    lasted = figures.sums().lasted("file")
    assert [at for at, count in enumerate(lasted) if count] == [bucket]


def test_a_status_that_is_not_counted_apart_is_other() -> None:
    figures = Figures.alone()
    figures.answered("other", 418, 0, 0.1, is_ready=False)
    assert figures.sums().requests("other", 0) == 1


def test_places_are_as_many_as_they_are_and_come_back() -> None:
    figures = Figures.alone()
    places = Places(figures, {"downloads": 2, "uploads": 1})
    one, two = places.take("downloads"), places.take("downloads")
    assert one is not None
    assert two is not None
    assert places.take("downloads") is None
    assert figures.sums().of("downloads") == 2
    assert figures.sums().of("too_busy") == 1
    with two:
        two.close()
    assert places.take("downloads") is not None
    assert places.take("uploads") is not None
    assert places.are_taken
