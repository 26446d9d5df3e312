"""What has become of each target of a run so far, and of its row in the table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from packaging.utils import NormalizedName

from axletree.builder.running.bringing import MOST_ASKED, Asked, Supplies
from axletree.builder.running.doing import Doing, End, Ended, GroupReporter
from axletree.builder.running.ordering import Pending, needed
from axletree.builder.running.outcomes import (
    MOST_ATTEMPTS,
    Cancelled,
    Failed,
    Gone,
    JobCancelledError,
    Lacks,
    NeededFailedError,
    Waits,
    failed,
    lacks_requirements,
    restless,
)
from axletree.builder.running.remembered import is_there, known_words, still_fails
from axletree.errors import AxletreeError
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.incomplete import stops_all
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import Failure, failure_of
from axletree.wheelhouse.jobs.table import Jobs, Lease

POLL_S = 0.5
_PAUSE_S = 1.0
"""Before the second attempt; each later one waits twice as long."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Keeps the account of one run."""

    house: Wheelhouse
    reporter: GroupReporter
    supplies: Supplies | None
    clock: Callable[[], float]
    left: dict[int, Doing] = field(default_factory=dict)
    ended: dict[int, Ended] = field(default_factory=dict)
    total: int = 0

    @property
    def jobs(self) -> Jobs:
        """Return the table."""
        return Jobs(house=self.house)

    def pending(self, own: set[int]) -> Mapping[NormalizedName, Pending]:
        """Say what others are still to bring; a part that waits for nobody hears nothing."""
        if any(self.left[job].is_alone for job in own):
            return {}
        found: dict[NormalizedName, Pending] = {}
        for doing in self.left.values():
            if doing.job not in own:
                project, version = doing.target.release
                found[project] = Pending(version=version, job=doing.job)
        return found

    def is_settled(self, doing: Doing) -> bool:
        """Answer what need not be done: it is there, or would fail again."""
        job = self.jobs.read(doing.job)
        if doing.is_asked_anew or job.state == "running":
            return False
        if job.state == "published" and job.result is not None:
            if is_there(self.house, job.result):
                self.end(doing, "there", result=job.result)
                return True
        elif job.failure is not None and still_fails(
            self.house,
            job,
            # A view of sets follows their locks, of which no project tells.
            is_supplied=self.supplies is not None or bool(doing.target.view),
        ):
            self.reporter.note(known_words(job))
            self.end(doing, "known", failure=job.failure)
            return True
        return False

    def look_elsewhere(self, doing: Doing) -> None:
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

    def come_to_nothing(
        self,
        doing: Doing,
        lease: Lease,
        outcome: Waits | Lacks | Failed | Cancelled | Gone,
    ) -> None:
        """Note how a job ended that published nothing.

        :raises LostLeaseError: it is another's by now; it is looked at again.
        """
        match outcome:
            case Waits():
                self.jobs.put_back(lease)
                self._let_wait(doing, outcome)
            case Lacks():
                self._supply(doing, lease, outcome.asked)
            case Failed():
                self._fail(doing, lease, outcome)
            case Cancelled():
                error = JobCancelledError(
                    f"the build was cancelled by {outcome.by}",
                    where=doing.target.label,
                    hint=f"axletree jobs retry {doing.job} builds it after all",
                )
                failure = failed(error).failure
                self.jobs.fail(lease, failure, "cancelled")
                self.end(doing, "cancelled", failure=failure, error=error)
            case Gone():
                return

    def _fail(self, doing: Doing, lease: Lease, outcome: Failed) -> None:
        """Note a failure, if it is not to be tried again."""
        doing.attempts += 1
        if outcome.is_passing and doing.attempts < MOST_ATTEMPTS:
            pause_s = _PAUSE_S * 2 ** (doing.attempts - 1)
            self.jobs.put_back(lease, pause=timedelta(seconds=pause_s))
            doing.not_before_s = self.clock() + pause_s
            self.reporter.note(
                f"{doing.target.label}: {outcome.failure.what}; trying again"
            )
            return
        if doing.takes_what_is_there and lacks_requirements(outcome.failure):
            # Another one may be first.
            doing.takes_what_is_there, doing.has_taken = False, True
            self.jobs.put_back(lease)
            return
        self.jobs.fail(lease, outcome.failure)
        self.end(doing, "failed", failure=outcome.failure, error=outcome.error)

    def _supply(self, doing: Doing, lease: Lease, asked: Asked) -> None:
        """Bring what a build asks for; what nobody has may be built beside it."""
        doing.asked += 1
        try:
            if self.supplies is None or doing.asked > MOST_ASKED:
                raise restless(doing.target.label)
            self.supplies.get(asked, self._let_in())
        except AxletreeError as error:
            if stops_all(error):
                self.jobs.put_back(lease)
                raise
            pending = {} if doing.takes_what_is_there else self.pending({doing.job})
            others = needed(asked.requirements, asked.environment, pending)
            jobs = frozenset(others)
            if not jobs:
                self._fail(doing, lease, failed(error))
                return
            self._let_wait(doing, Waits(jobs=jobs, kind="build", is_named=True))
        self.jobs.put_back(lease)

    def _let_in(self) -> frozenset[NormalizedName]:
        good = (each.target for each in self.ended.values() if each.is_good)
        return frozenset(target.release[0] for target in good)

    def _let_wait(self, doing: Doing, outcome: Waits) -> None:
        if not outcome.is_named:
            doing.hopes = set(outcome.jobs)
            return
        for job in outcome.jobs:
            # What is needed to build is needed more than what comes after.
            if doing.needs.get(job) != "build":
                doing.needs[job] = outcome.kind
        self.jobs.need(doing.job, doing.needs)

    def end(
        self,
        doing: Doing,
        end: End,
        *,
        result: Mapping[str, Json] | None = None,
        failure: Failure | None = None,
        error: Exception | None = None,
    ) -> None:
        """Note the end of one."""
        self.ended[doing.job] = Ended(
            job=doing.job,
            target=doing.target,
            end=end,
            took_s=doing.took_s,
            result=result,
            failure=failure,
            error=error,
        )
        self.left.pop(doing.job, None)
        if self.total > 1:
            self.reporter.counting(
                "building",
                done=len(self.ended),
                total=self.total,
                what=doing.target.label,
            )

    def drop(self, doing: Doing, broken: Ended) -> None:
        """End what cannot begin, since what it needs came to nothing."""
        self.refuse(
            doing,
            NeededFailedError(
                f"it needs {broken.target.label} (job {broken.job}), which came to "
                "nothing",
                where=doing.target.label,
            ),
        )

    def refuse(self, doing: Doing, error: AxletreeError) -> None:
        """End what waits, and will not be done."""
        failure = failure_of(error, is_of_source=False)
        self.jobs.drop(doing.job, failure)
        self.end(doing, "failed", failure=failure, error=error)

    def ended_badly(self, needs: Iterable[int]) -> Ended | None:
        """Find one of some jobs that came to nothing."""
        ended = (self.ended[job] for job in needs if job in self.ended)
        return next((each for each in ended if not each.is_good), None)
