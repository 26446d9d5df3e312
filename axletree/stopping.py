"""What Ctrl-C and SIGTERM do to a command: both stop it, and it tidies up.

By itself SIGTERM ends a Python process on the spot. A job that a scheduler stops would
leave half of what it did behind.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_like_ctrl_c() -> None:
    """Let SIGTERM do what Ctrl-C does, unless whoever started us had it ignored."""
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _stop)


def stop_no_more() -> None:
    """Be deaf to both: what is left to do takes no time."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def tidying(tell: Callable[[], None]) -> Iterator[None]:
    """Let one more Ctrl-C pass, so that what the first one left is tidied up.

    :param tell: called for it. The one after that stops in any case.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.getsignal(number) for number in SIGNALS}

    def restore() -> None:
        for number, handler in former.items():
            signal.signal(number, handler)

    def pass_over(number: int, frame: FrameType | None) -> None:
        del number, frame
        restore()
        tell()

    for number, handler in former.items():
        if callable(handler):
            signal.signal(number, pass_over)
    try:
        yield
    finally:
        restore()


@contextmanager
def deaf_threads() -> Iterator[None]:
    """Let threads that start in the block hear neither signal.

    The system gives a signal to any thread that takes it: while the main one holds it
    back, Python would otherwise hear it from another.
    """
    if sys.platform == "win32":
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


@contextmanager
def sigterm_waits() -> Iterator[None]:
    """Let SIGTERM stop us only at the end of the block."""
    former = signal.getsignal(signal.SIGTERM)
    if former is not _stop:
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
    if came:
        raise KeyboardInterrupt


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
