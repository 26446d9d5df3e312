"""The job table: leases, fences, ends, and what is asked of it."""

from datetime import UTC, datetime, timedelta

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import (
    Failure,
    LostLeaseError,
    NoJobError,
    Wanted,
)
from axletree.wheelhouse.jobs.table import LEASE, Jobs

FAILURE = Failure(what="no", reference="build-failed", exit_code=1, is_of_source=True)
ELSEWHERE = Owner(host="other", space="other", process=1, started="1")


class Clock:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(wheelhouse: Wheelhouse, clock: Clock) -> Jobs:
    return Jobs(house=wheelhouse, clock=clock)


def wanted(key: str = "k") -> Wanted:
    return Wanted(key=key, kind="recipe", label="thing 1.0", spec={"path": "/a"})


def enter(jobs: Jobs, key: str = "k") -> int:
    [job] = jobs.enter([wanted(key)])
    return job.id


def test_the_same_content_is_the_same_job(jobs: Jobs) -> None:
    assert enter(jobs) == enter(jobs)
    assert enter(jobs) != enter(jobs, "other")


def test_a_job_has_one_who_does_it(jobs: Jobs) -> None:
    job = enter(jobs)
    assert jobs.take(job, ELSEWHERE, "log") is not None
    assert jobs.take(job, Owner.here(), "log") is None


def test_a_lease_that_is_not_renewed_lapses_and_its_holder_can_write_nothing(
    jobs: Jobs, clock: Clock
) -> None:
    job = enter(jobs)
    first = jobs.take(job, ELSEWHERE, "")
    assert first is not None
    clock.now += LEASE - timedelta(seconds=1)
    jobs.renew(first)
    clock.now += LEASE - timedelta(seconds=1)
    assert jobs.take(job, Owner.here(), "") is None
    clock.now += timedelta(seconds=2)

    second = jobs.take(job, Owner.here(), "")

    assert second is not None
    with pytest.raises(LostLeaseError):
        jobs.renew(first)
    with pytest.raises(LostLeaseError):
        jobs.asked(first)
    with pytest.raises(LostLeaseError):
        jobs.fail(first, FAILURE)
    with (
        pytest.raises(LostLeaseError),
        jobs.house.database.writing() as connection,
    ):
        jobs.publish(connection, first, {})
    assert jobs.read(job).state == "running"
    jobs.fail(second, FAILURE)
    assert jobs.read(job).failure == FAILURE


def test_a_job_of_a_process_that_is_gone_is_free_at_once(jobs: Jobs) -> None:
    job = enter(jobs)
    here = Owner.here()
    gone = Owner(host=here.host, space=here.space, process=here.process, started="1")
    assert jobs.take(job, gone, "") is not None
    assert jobs.is_lapsed(jobs.read(job))
    assert jobs.take(job, here, "") is not None


def test_the_end_of_a_running_job_is_asked_for_and_a_waiting_one_ends(
    jobs: Jobs,
) -> None:
    running, waiting = enter(jobs), enter(jobs, "other")
    lease = jobs.take(running, Owner.here(), "")
    assert lease is not None

    assert jobs.cancel(running).state == "running"
    assert jobs.cancel(waiting).state == "cancelled"

    assert jobs.asked(lease)
    assert jobs.renew(lease)
    with pytest.raises(NoJobError):
        jobs.cancel(99)


def test_the_end_of_an_abandoned_job_comes_at_once_and_fences_it_off(
    jobs: Jobs, clock: Clock
) -> None:
    job = enter(jobs)
    lease = jobs.take(job, ELSEWHERE, "")
    assert lease is not None
    clock.now += LEASE
    assert jobs.cancel(job).state == "cancelled"
    with pytest.raises(LostLeaseError):
        jobs.fail(lease, FAILURE)


def test_what_was_put_back_counts_only_where_it_failed(jobs: Jobs) -> None:
    job = enter(jobs)
    lease = jobs.take(job, Owner.here(), "")
    assert lease is not None
    jobs.put_back(lease)
    assert (jobs.read(job).state, jobs.read(job).attempts) == ("waiting", 0)
    lease = jobs.take(job, Owner.here(), "")
    assert lease is not None
    jobs.put_back(lease, pause=timedelta(seconds=2))
    assert jobs.read(job).attempts == 1
    lease = jobs.take(job, Owner.here(), "")
    assert lease is not None
    jobs.fail(lease, FAILURE)
    assert jobs.take(job, Owner.here(), "") is not None
    assert jobs.read(job).attempts == 1


def test_needs_and_lists(jobs: Jobs) -> None:
    first, second = enter(jobs), enter(jobs, "other")
    jobs.need(second, {first: "build"})
    assert [job.id for job in jobs.all()] == [second, first]
    assert jobs.all()[0].needs == {first: "build"}
    assert jobs.all(["failed"]) == ()
    jobs.drop(first, FAILURE)
    assert [job.id for job in jobs.all(["failed"], limit=5)] == [first]


def test_who_has_published_a_job_has_not_lost_it(jobs: Jobs) -> None:
    lease = jobs.take(enter(jobs), Owner.here(), "")
    assert lease is not None
    with jobs.house.database.writing() as connection:
        jobs.publish(connection, lease, {"generation": 1})
    assert jobs.asked(lease) is None
    with pytest.raises(LostLeaseError):
        jobs.renew(lease)
