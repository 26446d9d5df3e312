"""What Ctrl-C and SIGTERM do to a command: both stop it, and it tidies up.

By itself SIGTERM ends a Python process on the spot. A job that a scheduler stops would
leave half of what it did behind.
"""

import signal
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


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
