"""The two streams of a command: who reads may leave, and a disk may be full."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console as RichConsole

from axletree.environ import process_environment
from axletree.errors import AxletreeError
from axletree.terminal import size_of


class OutputError(AxletreeError):
    """A result that could not be written to stdout."""

    reference = "output-failed"
    exit_code = 3


class PatientConsole(RichConsole):
    """Goes on when its reader has gone: the exit code is still the answer's."""

    def __init__(self, *, stderr: bool = False) -> None:
        """Take the size from us: a variable that is no number makes rich stumble."""
        width, height = size_of(process_environment())
        super().__init__(
            stderr=stderr, width=width, height=height, highlight=False, soft_wrap=True
        )

    def on_broken_pipe(self) -> None:
        """Write the rest into nothing."""
        _let_go(sys.stderr if self.stderr else sys.stdout)


@contextmanager
def results_arrive() -> Iterator[None]:
    """Say what became of a result that could not be written.

    :raises OutputError: the disk that it goes to is full, or the like.
    """
    try:
        yield
    except BrokenPipeError:
        # The reader went away (`axletree lock … | head`): not worth a word.
        _let_go(sys.stdout)
    except OSError as error:
        _let_go(sys.stdout)
        raise OutputError(
            f"the result cannot be written: {error.strerror}",
            where="standard output",
            hint="free some space, or write elsewhere",
        ) from error


def _let_go(stream: TextIO) -> None:
    """Send what is still to come into nothing, or Python complains at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
