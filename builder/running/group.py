"""Several targets as jobs: in order, in parallel, one failure not stopping the rest.

What a target needs of the others is seen when its source or its wheel is read, not
guessed before: a part that meets such a need ends, and waits for that job. What is left
when nothing can go on is a cycle: of wheels that need one another to be installed, which
are then checked and let in together, or of builds, of which one begins with a wheel of
another version that is at hand, or none can.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axletree.builder.running.bringing import Supplies
from axletree.builder.running.doing import Doing, Ended, GroupReporter, Running
from axletree.builder.running.executors import Executor, WorkerLostError
from axletree.builder.running.ledger import POLL_S, Ledger
from axletree.builder.running.outcomes import Outcome, Published, lost, of_ours
from axletree.builder.running.rooming import Room
from axletree.builder.running.targets import Target, refuse_twins
from axletree.builder.running.untying import Alone, Cycle, Together, untied
from axletree.builder.running.work import Member, Part, Work
from axletree.errors import AxletreeError
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import LostLeaseError
from axletree.wheelhouse.jobs.table import Jobs, Lease
from axletree.wheelhouse.provenance.signing import present_key


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
    supplies: Supplies | None = None
    """Brings what builds need; None: they have what the wheelhouse has."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    ledger: Ledger = field(init=False)
    _running: "dict[Future[Outcome], Running]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin the account."""
        self.ledger = Ledger(
            house=self.house,
            reporter=self.reporter,
            supplies=self.supplies,
            clock=self.clock,
        )

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
            self.ledger.left.setdefault(
                job.id,
                Doing(job=job.id, target=target, is_asked_anew=self.is_rebuilt),
            )
        self.ledger.total = len(self.ledger.left)
        try:
            while self.ledger.left:
                self._start_what_can()
                self._wait()
        except BaseException:
            self._give_back()
            raise
        return tuple(self.ledger.ended[job.id] for job in entered)

    # What can begin.

    def _start_what_can(self) -> None:
        """Begin all that waits for nobody, as far as there is room."""
        for doing in list(self.ledger.left.values()):
            if doing.job not in self.ledger.left or self._is_running(doing):
                continue
            broken = self.ledger.ended_badly(doing.needs)
            if broken is not None:
                self.ledger.drop(doing, broken)
            elif self._is_ready(doing) and self._has_room(doing):
                self._begin([doing])
        if not self._running and self.ledger.left:
            self._untie()

    def _is_ready(self, doing: Doing) -> bool:
        if self.clock() < doing.not_before_s:
            return False
        if any(job in self.ledger.left for job in doing.needs):
            return False
        return doing.is_alone or doing.hopes.isdisjoint(self.ledger.left)

    def _has_room(self, doing: Doing) -> bool:
        if not self._running:
            return True
        used = sum(each.memory_bytes for each in self._running.values())
        left = self.room.memory_bytes - used
        has_slot = len(self._running) < self.room.slots
        return has_slot and self.room.memory_of([doing.target.memory_bytes]) <= left

    def _begin(self, group: Sequence[Doing]) -> None:
        """Take the jobs, and have them done as one part."""
        owner = Owner.here()
        taken: list[tuple[Doing, Lease]] = []
        for doing in group:
            log = str(self._log_of(doing))
            lease = None
            if not self.ledger.is_settled(doing):
                lease = self.jobs.take(doing.job, owner, log)
                if lease is None:
                    self.ledger.look_elsewhere(doing)
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
        if self.ledger.total > 1 and not first.is_announced:
            first.is_announced = True
            names = " and ".join(doing.target.label for doing, _ in taken)
            self.reporter.announce(f"job {first.job}: {names}")
        memory = self.room.memory_of(doing.target.memory_bytes for doing, _ in taken)
        part = Part(
            members=tuple(members),
            pending=self.ledger.pending({doing.job for doing, _ in taken}),
            log=self._log_of(first),
            memory_bytes=memory if self.room.slots > 1 else None,
            brought=dict(self.supplies.brought) if self.supplies else None,
            takes_what_is_there=first.takes_what_is_there,
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

    # What has ended.

    def _wait(self) -> None:
        if not self._running:
            if self.ledger.left:
                self.sleep(min(POLL_S, self._pause_s()))
            return
        done, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            self._take_in(future, self._running.pop(future))

    def _pause_s(self) -> float:
        now = self.clock()
        pauses = [doing.not_before_s - now for doing in self.ledger.left.values()]
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
                self.ledger.end(doing, "published", result=result)
            return
        for doing, lease in running.members:
            with suppress(LostLeaseError):
                self.ledger.come_to_nothing(doing, lease, outcome)

    # What cannot go on.

    def _untie(self) -> None:
        """Find what stops all that is left, where it is none of these: time, another."""
        now = self.clock()
        waiting = [d for d in self.ledger.left.values() if not self._is_running(d)]
        if any(d.not_before_s > now or d.is_elsewhere for d in waiting):
            return
        way = untied(waiting)
        match way:
            case Cycle():
                self._break(way)
            case Together():
                self._begin(way.members)
            case Alone():
                # Nobody brings what it lacks: it says so itself.
                way.member.is_alone = True
            case None:
                pass

    def _break(self, cycle: Cycle) -> None:
        """Begin with what is at hand of the others; where that will not do, with none."""
        first = cycle.first()
        if first is None:
            for doing in cycle.members:
                self.ledger.refuse(doing, cycle.error(doing))
            return
        first.takes_what_is_there = True
        others = {doing.job for doing in cycle.members}
        first.needs = {
            job: kind
            for job, kind in first.needs.items()
            if kind != "build" or job not in others
        }
        self.reporter.note(
            f"{first.target.label} is first, with what is at hand of the others: "
            f"{cycle.said}"
        )

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
