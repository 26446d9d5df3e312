"""The processes of a check: each has a pipe of its own, and none outlives who asked.

The pool of `concurrent.futures` hands out work by a thread that fills one pipe for all,
whose reading end the parent holds open too. Where a worker was killed, or told to end,
before it had read, that thread waited for ever, and Ctrl-C with it
(python/cpython#94777; Debian 12's Python 3.11.2 has it). Workers of a parent that was
killed waited for ever as well. Here every end has one owner: whoever is left reads the
end of the pipe.
"""

import logging
import multiprocessing
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from traceback import format_exception
from types import FrameType
from typing import Generic, TypeAlias, TypeVar

from axletree.errors import AxletreeError
from axletree.stopping import SIGNALS, sigterm_waits

Work = TypeVar("Work")
Done = TypeVar("Done")

Task: TypeAlias = Callable[[Work, Callable[[], bool]], Done]
"""Does a part of the work, until it is told that nobody waits for it any more."""

GRACE_S = 10.0
"""What a worker may take to tidy its folders when it is told to end."""
_STOPPED = 130


class WorkerLostError(AxletreeError):
    """A process of a check was killed, so that its cells have no answer."""

    reference = "worker-lost"
    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result(Generic[Done]):
    value: Done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker(Generic[Work, Done]):
    process: BaseProcess
    pipe: "Connection[Work, _Result[Done] | _Failure]"

    def give(self, part: Work) -> None:
        with _loss_is_told():
            self.pipe.send(part)

    def take(self) -> Done:
        with _loss_is_told():
            reply = self.pipe.recv()
        if isinstance(reply, _Failure):
            raise reply.error
        return reply.value


@contextmanager
def spread(
    task: Task[Work, Done], parts: Sequence[Work], jobs: int
) -> Iterator[Iterator[Done]]:
    """Do all parts in at most `jobs` processes; give what came out, as it comes.

    However the block is left, no process is left behind. What a task raises is raised
    here.

    :raises WorkerLostError: a process was killed, as by a system short of memory.
    """
    crew: list[_Worker[Work, Done]] = []
    try:
        with _interrupts_wait():
            for _ in range(min(jobs, len(parts))):
                crew.append(_start(task))  # noqa: PERF401  each is to be ended
        yield _results(crew, parts)
    except BaseException:
        for worker in crew:
            worker.process.terminate()
        raise
    finally:
        _see_off(crew)


def _start(task: Task[Work, Done]) -> _Worker[Work, Done]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    # The work is not among the arguments: the pipe that Python hands those over by has
    # both its ends here until all is written.
    process = context.Process(target=_serve, args=(task, theirs), daemon=True)
    with theirs:
        process.start()
    return _Worker(process=process, pipe=ours)


def _results(
    crew: Sequence[_Worker[Work, Done]], parts: Sequence[Work]
) -> Iterator[Done]:
    waiting = list(reversed(parts))
    for worker in crew:
        worker.give(waiting.pop())
    busy = list(crew)
    while busy:
        ready = wait([worker.pipe for worker in busy])
        for worker in [one for one in busy if one.pipe in ready]:
            result = worker.take()
            if waiting:
                worker.give(waiting.pop())
            else:
                busy.remove(worker)
            yield result


def _see_off(crew: Sequence[_Worker[Work, Done]]) -> None:
    """Wait for all to end; kill who takes too long over it."""
    deadline = time.monotonic() + GRACE_S
    for worker in crew:
        worker.pipe.close()
    for worker in crew:
        worker.process.join(max(0, deadline - time.monotonic()))
        worker.process.kill()
        worker.process.join()


@contextmanager
def _loss_is_told() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise WorkerLostError(
            "a process of the check was ended from outside",
            where="axletree check",
            hint="most often memory ran out: check with --jobs 1, or fewer files at once",
        ) from error


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back until the workers that start here can take it."""
    if sys.platform == "win32":
        yield
        return
    # Python's own tracker, where it is yet to be started, lets signals through again.
    ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # That one is not held back from the workers: they are ended by it.
        with sigterm_waits():
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


# In a worker.


def _serve(
    task: Task[Work, Done], pipe: "Connection[_Result[Done] | _Failure, Work]"
) -> None:
    """Do one part after the other, until the other end of the pipe is closed."""
    _let_stop()
    with suppress(EOFError, OSError):
        while True:
            part = pipe.recv()
            pipe.send(_done(task, part, pipe.poll))


def _done(
    task: Task[Work, Done], part: Work, is_over: Callable[[], bool]
) -> _Result[Done] | _Failure:
    try:
        return _Result(value=task(part, is_over))
    except Exception as error:  # noqa: BLE001  raised where it was asked for
        return _Failure(error=_portable(error))


def _portable(error: Exception) -> Exception:
    """Return what can be raised in another process, with where it came from."""
    told = "".join(format_exception(error))
    error.add_note(told)
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    except Exception:  # noqa: BLE001  a foreign class may raise anything
        return RuntimeError(told)
    return error


def _let_stop() -> None:
    """Make a worker end without a word, its folders tidied, when it is told to."""
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").propagate = False
    for number in SIGNALS:
        # Who started the check in the background had Ctrl-C ignored on purpose.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(_STOPPED)
