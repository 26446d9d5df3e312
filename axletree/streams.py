"""The two streams of a command: who reads may leave, and a disk may be full."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from axletree.errors import AxletreeError


class OutputError(AxletreeError):
    """A result that could not be written to stdout."""

    reference = "output-failed"
    exit_code = 3


@contextmanager
def results_arrive() -> Iterator[None]:
    """Say what became of a result that could not be written.

    :raises OutputError: the disk that it goes to is full, or the like.
    """
    try:
        yield
    except BrokenPipeError:
        # The reader went away (`axletree lock … | head`): not worth a word.
        let_go(sys.stdout)
    except OSError as error:
        let_go(sys.stdout)
        raise OutputError(
            f"the result cannot be written: {error.strerror}",
            where="standard output",
            hint="free some space, or write elsewhere",
        ) from error


def let_go(stream: TextIO) -> None:
    """Send what is still to come into nothing, or Python complains at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
