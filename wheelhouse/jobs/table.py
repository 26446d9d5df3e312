"""The jobs of a wheelhouse: the table is the truth, whoever does the work.

Who does a job holds a lease on it, which lapses unless it is renewed. Each taking of a
job has a number, its fence: whatever is written of a job names the fence, and is refused
where another has taken it since, so that who was thought dead can commit nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import (
    Failure,
    Job,
    LostLeaseError,
    Need,
    NoJobError,
    State,
    Wanted,
    job_of,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import sound_rows
from axletree.wheelhouse.store.accounts import account_name

LEASE = timedelta(seconds=60)
"""Without a word for so long, whoever does a job is taken for dead."""
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do one job."""

    job_id: int
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs of a wheelhouse."""

    house: Wheelhouse
    clock: Callable[[], datetime] = utc_now

    def enter(self, wanted: Sequence[Wanted]) -> tuple[Job, ...]:
        """Give each job its row: that of its key, where there is one."""
        with self.house.database.writing() as connection:
            return tuple(self._enter(connection, each) for each in wanted)

    def take(self, job_id: int, owner: Owner, log: str) -> Lease | None:
        """Take a job to do it; None: another does it just now.

        Whether what is done or has failed is done again is the caller's to know.

        :param log: the file in which it will say what it does.
        """
        with self.house.database.writing() as connection:
            job = self._read_one(connection, job_id)
            return self._take(connection, job, owner, log)

    def _take(
        self, connection: Connection, job: Job, owner: Owner, log: str
    ) -> Lease | None:
        now = self.clock()
        if job.state == "running" and not self._is_lapsed(job, now):
            return None
        # What is asked for anew has all its attempts again.
        attempts = 0 if job.is_over else job.attempts
        fence = job.fence + 1
        connection.execute(
            update(tables.jobs)
            .where(tables.jobs.c.id == job.id)
            .values(
                state="running",
                owner=str(owner),
                log=log,
                lease_until=now + LEASE,
                fence=fence,
                attempts=attempts + 1,
                started_at=now,
                ended_at=None,
                not_before=None,
                cancelled_by=None,
                result=None,
                failure=None,
            )
        )
        return Lease(job_id=job.id, fence=fence)

    def renew(self, lease: Lease) -> str | None:
        """Say that a job is still being done; returns who asks for its end, if any.

        :raises LostLeaseError: it is another's by now, or nobody's.
        """
        with self.house.database.writing() as connection:
            self._write(connection, lease, lease_until=self.clock() + LEASE)
            row = select(tables.jobs.c.cancelled_by)
            found = connection.execute(row.where(tables.jobs.c.id == lease.job_id))
            by: str | None = found.scalar_one()
            return by

    def asked(self, lease: Lease) -> str | None:
        """Return who asks for the end of a job, if any; of one that is done, nobody.

        :raises LostLeaseError: it is another's by now, or nobody's.
        """
        with self.house.database.reading() as connection:
            columns = tables.jobs.c
            query = select(columns.fence, columns.state, columns.cancelled_by)
            row = connection.execute(query.where(columns.id == lease.job_id)).one()
        if row.fence != lease.fence or row.state not in {"running", "published"}:
            raise self._lost(lease)
        by: str | None = row.cancelled_by
        return by

    def publish(
        self, connection: Connection, lease: Lease, result: Mapping[str, Json]
    ) -> None:
        """Note what came out, in the transaction that lets it in.

        :raises LostLeaseError: it is another's by now, and nothing may be let in.
        """
        self._end(connection, lease, "published", result=json.dumps(result))

    def fail(self, lease: Lease, failure: Failure, state: State = "failed") -> None:
        """Note why nothing came out.

        :raises LostLeaseError: it is another's by now.
        """
        with self.house.database.writing() as connection:
            text = json.dumps(failure.to_json())
            self._end(connection, lease, state, failure=text)

    def put_back(self, lease: Lease, *, pause: timedelta | None = None) -> None:
        """Let a job wait, to be done later.

        :param pause: how long at least; it then counts as an attempt.
        :raises LostLeaseError: it is another's by now.
        """
        with self.house.database.writing() as connection:
            job = self._read_one(connection, lease.job_id)
            self._write(
                connection,
                lease,
                state="waiting",
                owner=None,
                lease_until=None,
                attempts=job.attempts if pause else max(0, job.attempts - 1),
                not_before=self.clock() + pause if pause else None,
            )

    def need(self, job_id: int, needs: Mapping[int, Need]) -> None:
        """Note which jobs come before one."""
        with self.house.database.writing() as connection:
            own = tables.job_needs.c.job_id == job_id
            connection.execute(delete(tables.job_needs).where(own))
            rows = [
                {"job_id": job_id, "needed_id": needed, "kind": kind}
                for needed, kind in sorted(needs.items())
            ]
            if rows:
                connection.execute(insert(tables.job_needs), rows)

    def drop(self, job_id: int, failure: Failure) -> None:
        """End a job that waits and will not be done; another's is let be."""
        with self.house.database.writing() as connection:
            waits = (tables.jobs.c.id == job_id) & (tables.jobs.c.state == "waiting")
            text = json.dumps(failure.to_json())
            ended = update(tables.jobs).where(waits)
            connection.execute(
                ended.values(state="failed", failure=text, ended_at=self.clock())
            )

    def cancel(self, job_id: int) -> Job:
        """Ask for the end of a job; one that nobody does ends at once.

        :return: the job as it is now.
        :raises NoJobError: there is none of that number.
        """
        now = self.clock()
        with self.house.database.writing() as connection:
            job = self._read_one(connection, job_id)
            is_done = job.state == "running" and not self._is_lapsed(job, now)
            if job.is_over:
                return job
            values: dict[str, object] = {"cancelled_by": account_name()}
            if not is_done:
                values |= {"state": "cancelled", "ended_at": now, "owner": None}
                # Whoever had it may be alive all the same.
                values |= {"fence": job.fence + 1, "lease_until": None}
            named = update(tables.jobs).where(tables.jobs.c.id == job_id)
            connection.execute(named.values(**values))
            return self._read_one(connection, job_id)

    def read(self, job_id: int) -> Job:
        """Return one job.

        :raises NoJobError: there is none of that number.
        """
        with self.house.database.reading() as connection:
            return self._read_one(connection, job_id)

    def all(
        self, states: Iterable[State] = (), *, limit: int | None = None
    ) -> tuple[Job, ...]:
        """List jobs, the newest first.

        :param states: those that are in one of them; none: all.
        """
        query = select(tables.jobs).order_by(tables.jobs.c.id.desc())
        named = list(states)
        if named:
            query = query.where(tables.jobs.c.state.in_(named))
        if limit is not None:
            query = query.limit(limit)
        database = self.house.database
        with database.reading() as connection, sound_rows(database.where):
            rows = connection.execute(query).mappings().all()
            needs = self._needs(connection, [int(row["id"]) for row in rows])
            return tuple(job_of(row, needs.get(int(row["id"]), {})) for row in rows)

    def is_lapsed(self, job: Job) -> bool:
        """Tell whether a job that runs is done by nobody any more."""
        return self._is_lapsed(job, self.clock())

    def _is_lapsed(self, job: Job, now: datetime) -> bool:
        if job.lease_until is None or job.lease_until <= now:
            return True
        owner = Owner.parse(job.owner or "")
        return owner is not None and owner.is_gone()

    def _enter(self, connection: Connection, wanted: Wanted) -> Job:
        query = select(tables.jobs).where(tables.jobs.c.key == wanted.key)
        spec = json.dumps(wanted.spec)
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            connection.execute(
                insert(tables.jobs),
                {
                    "key": wanted.key,
                    "kind": wanted.kind,
                    "label": wanted.label,
                    "spec": spec,
                    "state": "waiting",
                    "actor": account_name(),
                    "made_at": self.clock(),
                    "attempts": 0,
                    "fence": 0,
                    "log": "",
                },
            )
            row = connection.execute(query).mappings().one()
        elif row["spec"] != spec:
            # The same from another place: what is there now can be built again.
            named = update(tables.jobs).where(tables.jobs.c.key == wanted.key)
            connection.execute(named.values(spec=spec))
        with sound_rows(self.house.database.where):
            return job_of(row, {})

    def _read_one(self, connection: Connection, job_id: int) -> Job:
        query = select(tables.jobs).where(tables.jobs.c.id == job_id)
        with sound_rows(self.house.database.where):
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise NoJobError(f"there is no job {job_id}")
            needs = self._needs(connection, [job_id])
            return job_of(row, needs.get(job_id, {}))

    def _needs(
        self, connection: Connection, ids: Sequence[int]
    ) -> dict[int, dict[int, Need]]:
        found: dict[int, dict[int, Need]] = {}
        columns = tables.job_needs.c
        for start in range(0, len(ids), _BATCH):
            batch = list(ids[start : start + _BATCH])
            query = select(tables.job_needs).where(columns.job_id.in_(batch))
            for row in connection.execute(query).mappings():
                kind: Need = "build" if row["kind"] == "build" else "install"
                found.setdefault(int(row["job_id"]), {})[int(row["needed_id"])] = kind
        return found

    def _end(
        self, connection: Connection, lease: Lease, state: State, **values: object
    ) -> None:
        now = self.clock()
        ended: JsonObject = {"owner": None, "lease_until": None}
        self._write(connection, lease, state=state, ended_at=now, **ended, **values)

    def _write(self, connection: Connection, lease: Lease, **values: object) -> None:
        held = (
            (tables.jobs.c.id == lease.job_id)
            & (tables.jobs.c.fence == lease.fence)
            & (tables.jobs.c.state == "running")
        )
        done = connection.execute(update(tables.jobs).where(held).values(**values))
        if done.rowcount != 1:
            raise self._lost(lease)

    def _lost(self, lease: Lease) -> LostLeaseError:
        return LostLeaseError(
            f"job {lease.job_id} is no longer this process's to do",
            where=str(self.house.place),
        )
