"""What workers are given to do; a process that starts finds it here by name."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


class DiesOnArrival:
    """A task that ends the worker that reads it, before any work."""

    def __call__(self, part: object, is_over: Callable[[], bool]) -> object:
        raise NotImplementedError

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (9,)


class WordlessError(Exception):
    """One that cannot be made again from what it keeps."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def double(part: int, is_over: Callable[[], bool]) -> tuple[int, int]:
    """Tell who did it."""
    assert not is_over()
    return os.getpid(), 2 * part


def length(part: bytes, is_over: Callable[[], bool]) -> int:
    assert not is_over()
    return len(part)


def fail(part: str, is_over: Callable[[], bool]) -> object:
    del is_over
    if part == "disk":
        raise OSError(28, "No space left on device", "some.file")
    raise WordlessError("one ", "two")


def kill_oneself(part: object, is_over: Callable[[], bool]) -> object:
    del part, is_over
    os.kill(os.getpid(), signal.SIGKILL)
    raise NotImplementedError


def wait_on_purpose(part: str, is_over: Callable[[], bool]) -> object:
    """Wait without end, be done when another does, or once nobody asks any more."""
    begun = Path("begun")
    if part == "be done when another has begun":
        while not begun.exists():
            time.sleep(0.02)
        return part
    if part == "be deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    begun.touch()
    while part != "look whether it is over" or not is_over():
        time.sleep(0.02)
    return part
