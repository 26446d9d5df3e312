"""Ctrl-C and SIGTERM, sent to this process itself."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from axletree.stopping import (
    SIGNALS,
    deaf_threads,
    sigterm_waits,
    stop_like_ctrl_c,
    tidying,
)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Put back what the tests change of this process."""
    former = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def press(number: int) -> None:
    os.kill(os.getpid(), number)


def test_sigterm_stops_like_ctrl_c() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stop_like_ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        press(signal.SIGTERM)


def test_who_had_it_ignored_has_it_ignored() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stop_like_ctrl_c()

    press(signal.SIGTERM)


@pytest.mark.parametrize("number", SIGNALS)
def test_one_more_passes_while_it_tidies_and_the_next_stops(number: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stop_like_ctrl_c()
    told: list[str] = []

    def stop_twice() -> None:
        with tidying(lambda: told.append("told")):
            press(number)
            assert told == ["told"]
            press(number)

    with pytest.raises(KeyboardInterrupt):
        stop_twice()
    assert told == ["told"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_elsewhere_than_in_the_main_thread_nothing_is_changed() -> None:
    seen: list[object] = []

    def tidy() -> None:
        with tidying(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=tidy)
    thread.start()
    thread.join()

    assert seen == [signal.default_int_handler]


def test_sigterm_waits_for_the_end_of_a_block() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stop_like_ctrl_c()
    done: list[str] = []

    def stop() -> None:
        with sigterm_waits():
            press(signal.SIGTERM)
            done.append("done")

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert done == ["done"]


def test_threads_that_start_deaf_stay_so_and_this_one_does_not() -> None:
    masks: list[set[signal.Signals]] = []

    def look() -> None:
        masks.append(
            {
                number
                for number in SIGNALS
                if number in signal.pthread_sigmask(signal.SIG_BLOCK, [])
            }
        )

    with deaf_threads():
        thread = threading.Thread(target=look)
        thread.start()
    thread.join()
    look()

    assert masks == [set(SIGNALS), set()]
