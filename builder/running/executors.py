"""Who does the work: this process, or several of its own; shaped like an Executor.

A worker that is killed ends its part alone: the future says so, and the next part gets a
new worker. `concurrent.futures.ProcessPoolExecutor` gives up all that it has when one
process dies, and its queues can wait for ever for one that was killed.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from types import FrameType
from typing import Protocol, TypeAlias

from axletree.builder.running.outcomes import Failed, Outcome
from axletree.builder.running.work import Part
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.jobs.records import Failure

Task: TypeAlias = Callable[[Part], Outcome]

GRACE_S = 15.0
"""What a worker may take to tidy up when it is told to end."""
_STOPPED = 130
_SET_PDEATHSIG = 1


class Executor(Protocol):
    """What `concurrent.futures.Executor` is, of one kind of work."""

    def submit(self, task: Task, part: Part, /) -> "Future[Outcome]":
        """Have a part done; the future raises `WorkerLostError` if who did it died."""
        ...

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as concurrent.futures has it
        """Take no more work, and end who does it.

        :param cancel_futures: also what is being done.
        """
        ...


class WorkerLostError(Exception):
    """Who did the work was ended from outside."""


class ThisProcess:
    """Does the work at once, where it is asked for: the quickest way for one part."""

    def submit(self, task: Task, part: Part, /) -> "Future[Outcome]":
        """Do a part, and return what came of it; what interrupts it is raised."""
        done: Future[Outcome] = Future()
        done.set_result(task(part))
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as above
        """Do nothing: nothing is left."""


class LocalProcesses:
    """Does the work in processes of this machine, each with a thread that attends it."""

    def __init__(self, slots: int) -> None:
        """Start none yet.

        :param slots: how many there are at most.
        """
        self._threads = ThreadPoolExecutor(slots, "worker")
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._is_over = False
        # Python's own tracker, where it is yet to be started, lets signals through.
        ensure_running()

    def submit(self, task: Task, part: Part, /) -> "Future[Outcome]":
        """Have a part done by the next process that is free."""
        return self._threads.submit(self._attend, task, part)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as above
        """End all processes: the idle ones, or with `cancel_futures` all."""
        with self._lock:
            self._is_over = True
            workers = list(self._all if cancel_futures else self._idle)
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        for worker in workers:
            worker.tell_to_end()
        if wait:
            for worker in workers:
                worker.see_off()
            self._threads.shutdown(wait=True)
            for worker in list(self._all):
                worker.tell_to_end()
                worker.see_off()

    def workers(self) -> tuple[int, ...]:
        """Name the processes that there are now."""
        with self._lock:
            return tuple(worker.process.pid or 0 for worker in self._all)

    def _attend(self, task: Task, part: Part) -> Outcome:
        worker = self._one()
        try:
            outcome = worker.do(task, part)
        except WorkerLostError:
            self._forget(worker)
            raise
        with self._lock:
            self._idle.append(worker)
        return outcome

    def _one(self) -> "_Worker":
        with self._lock:
            if self._is_over:
                raise WorkerLostError
            if self._idle:
                return self._idle.pop()
        worker = _Worker()
        with self._lock:
            self._all.add(worker)
        return worker

    def _forget(self, worker: "_Worker") -> None:
        worker.see_off()
        with self._lock:
            self._all.discard(worker)


def executor_for(slots: int) -> Executor:
    """Return who does so many parts at once; one alone is done here, and soonest."""
    return ThisProcess() if slots == 1 else LocalProcesses(slots)


class _Worker:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(theirs, os.getpid()), daemon=True
        )
        with theirs:
            self.process.start()

    def do(self, task: Task, part: Part) -> Outcome:
        try:
            self._pipe.send((task, part))
            outcome: Outcome = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerLostError from error
        return outcome

    def tell_to_end(self) -> None:
        self.process.terminate()

    def see_off(self) -> None:
        self.process.join(GRACE_S)
        self.process.kill()
        self.process.join()
        with suppress(OSError):
            self._pipe.close()


# In a worker.


def _serve(
    pipe: "Connection[Outcome, tuple[Task, Part]]",
    parent: int,
) -> None:
    """Do one part after the other, until the other end of the pipe is closed."""
    _stand_apart(parent)
    with suppress(EOFError, OSError):
        while True:
            task, part = pipe.recv()
            pipe.send(_done(task, part))
    # Nothing is left to tidy up: an exception within Python's own ending is printed.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _done(task: Task, part: Part) -> Outcome:
    try:
        outcome = task(part)
    except Exception as error:  # noqa: BLE001  the last handler: told where it is shown
        what = shown(f"{type(error).__name__}: {error}")
        failure = Failure(
            what=what, reference="internal-error", exit_code=70, is_of_source=False
        )
        return Failed(failure=failure)
    if isinstance(outcome, Failed):
        # The error itself may be none that can be made again elsewhere.
        return Failed(failure=outcome.failure, is_passing=outcome.is_passing)
    return outcome


def _stand_apart(parent: int) -> None:
    """Be a group of its own, deaf to the terminal, that ends when its parent does."""
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").propagate = False
    with suppress(OSError):
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # It has ended before that.
        sys.exit(_STOPPED)


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    # Told once is enough: a second exception would meet Python's own ending.
    signal.signal(number, signal.SIG_IGN)
    sys.exit(_STOPPED)
