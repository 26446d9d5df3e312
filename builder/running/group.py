"""Several targets as jobs: in order, in parallel, one failure not stopping the rest.

What a target needs of the others is seen when its source or its wheel is read, not
guessed before: a part that meets such a need ends, and waits for that job. What is left
when nothing can go on is a cycle: of wheels that need one another to be installed, which
are then checked and let in together, or of builds, which cannot begin.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.builder.running.doing import Doing, End, Ended, GroupReporter, Running
from axletree.builder.running.executors import Executor, WorkerLostError
from axletree.builder.running.ordering import Pending
from axletree.builder.running.outcomes import (
    MOST_ATTEMPTS,
    Cancelled,
    Failed,
    Gone,
    JobCancelledError,
    NeededFailedError,
    Outcome,
    Published,
    Waits,
    failed,
    lost,
    of_ours,
)
from axletree.builder.running.remembered import is_there, known_words, still_fails
from axletree.builder.running.rooming import Room
from axletree.builder.running.targets import Target, refuse_twins
from axletree.builder.running.untying import Alone, Cycle, Together, untied
from axletree.builder.running.work import Member, Part, Work
from axletree.errors import AxletreeError
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import Failure, LostLeaseError, failure_of
from axletree.wheelhouse.jobs.table import Jobs, Lease
from axletree.wheelhouse.provenance.signing import present_key

POLL_S = 0.5
_PAUSE_S = 1.0
"""Before the second attempt; each later one waits twice as long."""


@dataclass(slots=True, kw_only=True)
class Group:
    """One run over several targets."""

    house: Wheelhouse
    work: Work
    executor: Executor
    room: Room
    folder: Path
    """Keeps what is built until it is let in; this run's own."""
    logs: Path
    reporter: GroupReporter
    is_rebuilt: bool = False
    """Also what is there, and what is known to fail."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _left: dict[int, Doing] = field(default_factory=dict)
    _ended: dict[int, Ended] = field(default_factory=dict)
    _running: "dict[Future[Outcome], Running]" = field(default_factory=dict)
    _total: int = 0

    @property
    def jobs(self) -> Jobs:
        """Return the table."""
        return Jobs(house=self.house)

    def run(self, targets: Sequence[Target]) -> tuple[Ended, ...]:
        """Do all; one answer for each target, in their order.

        :raises InvalidRecipeError: two of them make the same release.
        """
        refuse_twins(targets)
        key = present_key(self.house)
        signer = key.public.keyid if key is not None else ""
        entered = self.jobs.enter([target.wanted(signer) for target in targets])
        for job, target in zip(entered, targets, strict=True):
            self._left.setdefault(
                job.id,
                Doing(job=job.id, target=target, is_asked_anew=self.is_rebuilt),
            )
        self._total = len(self._left)
        try:
            while self._left:
                self._start_what_can()
                self._wait()
        except BaseException:
            self._give_back()
            raise
        return tuple(self._ended[job.id] for job in entered)

    # What can begin.

    def _start_what_can(self) -> None:
        """Begin all that waits for nobody, as far as there is room."""
        for doing in list(self._left.values()):
            if doing.job not in self._left or self._is_running(doing):
                continue
            broken = self._ended_badly(doing.needs)
            if broken is not None:
                self._drop(doing, broken)
            elif self._is_ready(doing) and self._has_room(doing):
                self._begin([doing])
        if not self._running and self._left:
            self._untie()

    def _is_ready(self, doing: Doing) -> bool:
        if self.clock() < doing.not_before_s:
            return False
        if any(job in self._left for job in doing.needs):
            return False
        return doing.is_alone or doing.hopes.isdisjoint(self._left)

    def _has_room(self, doing: Doing) -> bool:
        if not self._running:
            return True
        used = sum(each.memory_bytes for each in self._running.values())
        left = self.room.memory_bytes - used
        has_slot = len(self._running) < self.room.slots
        return has_slot and self.room.memory_of([doing.target.memory_bytes]) <= left

    def _ended_badly(self, needs: Iterable[int]) -> Ended | None:
        ended = (self._ended[job] for job in needs if job in self._ended)
        return next((each for each in ended if not each.is_good), None)

    def _begin(self, group: Sequence[Doing]) -> None:
        """Take the jobs, and have them done as one part."""
        owner = Owner.here()
        taken: list[tuple[Doing, Lease]] = []
        for doing in group:
            log = str(self._log_of(doing))
            lease = None
            if not self._is_settled(doing):
                lease = self.jobs.take(doing.job, owner, log)
                if lease is None:
                    self._look_elsewhere(doing)
            if lease is None:
                for _, held in taken:
                    self.jobs.put_back(held)
                return
            doing.is_elsewhere = False
            taken.append((doing, lease))
        self._submit(taken)

    def _submit(self, taken: Sequence[tuple[Doing, Lease]]) -> None:
        members = [
            Member(lease=lease, target=doing.target, folder=self._folder_of(doing))
            for doing, lease in taken
        ]
        first = taken[0][0]
        if self._total > 1:
            names = " and ".join(doing.target.label for doing, _ in taken)
            self.reporter.announce(f"job {first.job}: {names}")
        memory = self.room.memory_of(doing.target.memory_bytes for doing, _ in taken)
        part = Part(
            members=tuple(members),
            pending=self._pending({doing.job for doing, _ in taken}),
            log=self._log_of(first),
            memory_bytes=memory if self.room.slots > 1 else None,
        )
        running = Running(
            members=tuple(taken), began_s=self.clock(), memory_bytes=memory
        )
        self._running[self._submitted(part, running)] = running

    def _submitted(self, part: Part, running: Running) -> "Future[Outcome]":
        try:
            return self.executor.submit(self.work, part)
        except BaseException as error:
            # It was done in this process, and interrupted there, or is our bug.
            self._note_end_of_process(running, error)
            raise

    def _pending(self, own: set[int]) -> Mapping[NormalizedName, Pending]:
        """Say what others are still to bring; a part that waits for nobody hears nothing."""
        if any(self._left[job].is_alone for job in own):
            return {}
        found: dict[NormalizedName, Pending] = {}
        for doing in self._left.values():
            if doing.job not in own:
                project, version = doing.target.release
                found[project] = Pending(version=version, job=doing.job)
        return found

    def _is_settled(self, doing: Doing) -> bool:
        """Answer what need not be done: it is there, or would fail again."""
        job = self.jobs.read(doing.job)
        if doing.is_asked_anew or job.state == "running":
            return False
        if job.state == "published" and job.result is not None:
            if is_there(self.house, job.result):
                self._end(doing, "there", result=job.result)
                return True
        elif job.failure is not None and still_fails(self.house, job):
            self.reporter.note(known_words(job))
            self._end(doing, "known", failure=job.failure)
            return True
        return False

    def _look_elsewhere(self, doing: Doing) -> None:
        """Wait for who does the job already."""
        doing.not_before_s = self.clock() + POLL_S
        # What they make is taken, not made again.
        doing.is_asked_anew = False
        if not doing.is_elsewhere:
            doing.is_elsewhere = True
            job = self.jobs.read(doing.job)
            owner = Owner.parse(job.owner or "")
            who = owner.words if owner else "another process"
            self.reporter.note(
                f"{doing.target.label} is being built by {who} (job {job.id}): "
                "waiting until it is done"
            )

    # What has ended.

    def _wait(self) -> None:
        if not self._running:
            if self._left:
                self.sleep(min(POLL_S, self._pause_s()))
            return
        done, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            self._take_in(future, self._running.pop(future))

    def _pause_s(self) -> float:
        now = self.clock()
        pauses = [doing.not_before_s - now for doing in self._left.values()]
        return max(0.0, min(pauses))

    def _take_in(self, future: "Future[Outcome]", running: Running) -> None:
        took_s = self.clock() - running.began_s
        for doing, _ in running.members:
            doing.took_s += took_s
        try:
            outcome = future.result()
        except WorkerLostError:
            outcome = lost(running.members[0][0].target.label)
        if isinstance(outcome, Published):
            for (doing, _), result in zip(
                running.members, outcome.results, strict=True
            ):
                self._end(doing, "published", result=result)
            return
        for doing, lease in running.members:
            with suppress(LostLeaseError):
                self._come_to_nothing(doing, lease, outcome)

    def _come_to_nothing(
        self, doing: Doing, lease: Lease, outcome: Waits | Failed | Cancelled | Gone
    ) -> None:
        """Note how a job ended that published nothing.

        :raises LostLeaseError: it is another's by now; it is looked at again.
        """
        match outcome:
            case Waits():
                self.jobs.put_back(lease)
                self._let_wait(doing, outcome)
            case Failed():
                doing.attempts += 1
                if outcome.is_passing and doing.attempts < MOST_ATTEMPTS:
                    pause_s = _PAUSE_S * 2 ** (doing.attempts - 1)
                    self.jobs.put_back(lease, pause=timedelta(seconds=pause_s))
                    doing.not_before_s = self.clock() + pause_s
                    self.reporter.note(
                        f"{doing.target.label}: {outcome.failure.what}; trying again"
                    )
                    return
                self.jobs.fail(lease, outcome.failure)
                self._end(doing, "failed", failure=outcome.failure, error=outcome.error)
            case Cancelled():
                error = JobCancelledError(
                    f"the build was cancelled by {outcome.by}",
                    where=doing.target.label,
                    hint=f"axletree jobs retry {doing.job} builds it after all",
                )
                failure = failed(error).failure
                self.jobs.fail(lease, failure, "cancelled")
                self._end(doing, "cancelled", failure=failure, error=error)
            case Gone():
                return

    def _let_wait(self, doing: Doing, outcome: Waits) -> None:
        if not outcome.is_named:
            doing.hopes = set(outcome.jobs)
            return
        for job in outcome.jobs:
            # What is needed to build is needed more than what comes after.
            if doing.needs.get(job) != "build":
                doing.needs[job] = outcome.kind
        self.jobs.need(doing.job, doing.needs)

    def _end(
        self,
        doing: Doing,
        end: End,
        *,
        result: Mapping[str, Json] | None = None,
        failure: Failure | None = None,
        error: Exception | None = None,
    ) -> None:
        self._ended[doing.job] = Ended(
            job=doing.job,
            target=doing.target,
            end=end,
            took_s=doing.took_s,
            result=result,
            failure=failure,
            error=error,
        )
        self._left.pop(doing.job, None)
        if self._total > 1:
            self.reporter.counting(
                "building",
                done=len(self._ended),
                total=self._total,
                what=doing.target.label,
            )

    # What cannot go on.

    def _untie(self) -> None:
        """Find what stops all that is left, where it is none of these: time, another."""
        now = self.clock()
        waiting = [d for d in self._left.values() if not self._is_running(d)]
        if any(d.not_before_s > now or d.is_elsewhere for d in waiting):
            return
        way = untied(waiting)
        match way:
            case Cycle():
                for doing in way.members:
                    self._refuse(doing, way.error(doing))
            case Together():
                self._begin(way.members)
            case Alone():
                # Nobody brings what it lacks: it says so itself.
                way.member.is_alone = True
            case None:
                pass

    def _drop(self, doing: Doing, broken: Ended) -> None:
        self._refuse(
            doing,
            NeededFailedError(
                f"it needs {broken.target.label} (job {broken.job}), which came to "
                "nothing",
                where=doing.target.label,
            ),
        )

    def _refuse(self, doing: Doing, error: AxletreeError) -> None:
        failure = failure_of(error, is_of_source=False)
        self.jobs.drop(doing.job, failure)
        self._end(doing, "failed", failure=failure, error=error)

    def _is_running(self, doing: Doing) -> bool:
        return any(
            doing is each
            for running in self._running.values()
            for each, _ in running.members
        )

    def _folder_of(self, doing: Doing) -> Path:
        return self.folder / f"job-{doing.job}"

    def _log_of(self, doing: Doing) -> Path:
        return self.logs / f"{doing.job}.log"

    # When the run itself ends early.

    def _give_back(self) -> None:
        """End who works, and let what they did wait for whoever asks next."""
        self.executor.shutdown(wait=True, cancel_futures=True)
        for future, running in self._running.items():
            if future.done() and not future.cancelled() and not future.exception():
                continue  # What it did is done.
            for _, lease in running.members:
                with suppress(AxletreeError):
                    self.jobs.put_back(lease)

    def _note_end_of_process(self, running: Running, error: BaseException) -> None:
        for _, lease in running.members:
            with suppress(AxletreeError):
                if isinstance(error, Exception):
                    self.jobs.fail(lease, of_ours(error))
                else:
                    self.jobs.put_back(lease)
