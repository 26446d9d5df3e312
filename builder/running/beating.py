"""Say of a job that it is being done, and hear when somebody wants its end."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from axletree.errors import AxletreeError
from axletree.wheelhouse.jobs.records import LostLeaseError
from axletree.wheelhouse.jobs.table import LEASE, Jobs, Lease

LOOK_EVERY_S = 1.0
_RENEW_EVERY_S = LEASE.total_seconds() / 6


class Heart:
    """Beats in a thread of its own; stops the work by a signal to this process."""

    def __init__(self, jobs: Jobs, leases: Sequence[Lease]) -> None:
        self.cancelled_by = ""
        """Who asks for the end, once somebody does."""
        self.is_lost = False
        """Whether a job is another's by now."""
        self._jobs = jobs
        self._leases = leases
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def has_stopped_it(self) -> bool:
        """Tell whether it was this that interrupted the work."""
        return self.is_lost or bool(self.cancelled_by)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; after this nothing interrupts."""
        with self._lock:
            self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        left_s = _RENEW_EVERY_S
        while not self._ended.wait(LOOK_EVERY_S):
            left_s -= LOOK_EVERY_S
            try:
                if self._look(is_due=left_s <= 0):
                    return
            except AxletreeError:
                continue  # A busy database; the lease bears some of that.
            if left_s <= 0:
                left_s = _RENEW_EVERY_S

    def _look(self, *, is_due: bool) -> bool:
        """Look at all; return whether the work was stopped."""
        for lease in self._leases:
            try:
                by = self._hear(lease, is_due=is_due)
            except LostLeaseError:
                self.is_lost = True
            else:
                self.cancelled_by = self.cancelled_by or by or ""
        if not self.has_stopped_it:
            return False
        with self._lock:
            if not self._ended.is_set():
                # As Ctrl-C: what runs in the sandbox ends, and folders are tidied.
                os.kill(os.getpid(), signal.SIGINT)
        return True

    def _hear(self, lease: Lease, *, is_due: bool) -> str | None:
        by = self._jobs.asked(lease)
        if is_due:
            try:
                return self._jobs.renew(lease)
            except LostLeaseError:
                # It may have been published just now.
                return self._jobs.asked(lease)
        return by


@contextmanager
def beating(jobs: Jobs, leases: Sequence[Lease]) -> Iterator[Heart]:
    """Hold leases while a block works."""
    heart = Heart(jobs, leases)
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()
