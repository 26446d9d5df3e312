"""The work on a job, in whichever process it is done: build, check, let in."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName
from sqlalchemy import Connection

from axletree.builder.errors import ClosureMissingError
from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.making import Made, make
from axletree.builder.jobs.produce import Checked, LettingIn
from axletree.builder.jobs.sdist_job import make_sdist
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.reporter import BuildReporter, SilentBuildReporter
from axletree.builder.running.beating import Heart, beating
from axletree.builder.running.listening import JobLog
from axletree.builder.running.ordering import (
    OrderedRequirements,
    Pending,
    WatchedUniverse,
    require_order,
)
from axletree.builder.running.outcomes import (
    Cancelled,
    Gone,
    Outcome,
    Published,
    Waits,
    WaitsForError,
    failed,
)
from axletree.builder.running.targets import Target
from axletree.errors import AxletreeError
from axletree.house_place import HousePlace
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.universe.protocol import Universe
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.jobs.records import LostLeaseError
from axletree.wheelhouse.jobs.table import Jobs, Lease

_KEPT = "made.pickle"


def _nobody(house: Wheelhouse) -> None:
    del house


class OpenWorkshop(Protocol):
    """Opens what builds need; the commands have it from the settings."""

    def __call__(
        self, house: Wheelhouse, reporter: BuildReporter
    ) -> AbstractContextManager[tuple[Workshop, Path]]:
        """Give a workshop over a wheelhouse, and a folder for scratch files."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One job of a part."""

    lease: Lease
    target: Target
    folder: Path
    """Keeps what was built until it is let in; this run's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one process does at once: a job, or several that need one another."""

    members: tuple[Member, ...]
    pending: Mapping[NormalizedName, Pending]
    """What others of this run are still to bring."""
    log: Path
    memory_bytes: int | None = None
    """What it may use, where others are built at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Does parts; a worker is handed one of these."""

    place: HousePlace
    """Of the wheelhouse."""
    open_workshop: OpenWorkshop
    heard_by: BuildReporter = field(default_factory=SilentBuildReporter)
    gate_of: Callable[[Wheelhouse], Gate | None] = _nobody
    """Who may say no to what would come in."""

    def __call__(self, part: Part) -> Outcome:
        """Do one part; every end of it is an answer, but for faults of ours."""
        log = JobLog(part.log, self.heard_by)
        try:
            with Wheelhouse.open(self.place) as house:
                jobs = Jobs(house=house)
                leases = [member.lease for member in part.members]
                with beating(jobs, leases) as heart:
                    return self._watched(part, house, log, heart)
        finally:
            log.close()

    def _watched(
        self, part: Part, house: Wheelhouse, log: JobLog, heart: Heart
    ) -> Outcome:
        seen = WatchedUniverse(WheelhouseUniverse(house))
        seen.seen.update(member.target.release[0] for member in part.members)
        generation = house.generation()
        try:
            return self._do(part, house, log, seen)
        except WaitsForError as waits:
            return Waits(jobs=waits.jobs, kind=waits.kind, is_named=waits.is_named)
        except LostLeaseError:
            return Gone()
        except AxletreeError as error:
            log.step(f"failed: {error.what}")
            watched = tuple(sorted(seen.seen))
            return failed(error, watched=watched, generation=generation)
        except KeyboardInterrupt:
            if not heart.has_stopped_it:
                raise
            if heart.is_lost:
                return Gone()
            log.step(f"cancelled by {heart.cancelled_by}")
            return Cancelled(by=heart.cancelled_by)

    def _do(
        self, part: Part, house: Wheelhouse, log: JobLog, seen: WatchedUniverse
    ) -> Outcome:
        with self.open_workshop(house, log) as (opened, folder):
            workshop = _fitted(opened, part, seen)
            group = [_made(member, house, workshop) for member in part.members]
            for made in group:
                require_order(made.wheels, made.environments, part.pending)
            letting_in = LettingIn(
                house=house,
                workshop=workshop,
                folder=folder,
                universe=_fresh(house, seen),
                gate=self.gate_of(house),
            )
            try:
                checked = letting_in.check(group)
            except ClosureMissingError:
                if part.pending:
                    # What it lacks may come with one of them.
                    others = frozenset(each.job for each in part.pending.values())
                    raise WaitsForError(others, "install", is_named=False) from None
                raise
            results: list[JsonObject] = []
            jobs = Jobs(house=house)

            def settle(
                connection: Connection, generation: int, new: frozenset[str]
            ) -> None:
                results.clear()
                for member, made, each in zip(
                    part.members, group, checked, strict=True
                ):
                    result = _result(made, each, generation, new)
                    jobs.publish(connection, member.lease, result)
                    results.append(result)

            letting_in.publish(group, settle)
            return Published(results=tuple(results))


def _fitted(workshop: Workshop, part: Part, seen: WatchedUniverse) -> Workshop:
    """Give a workshop what one part may use, and what it is to wait for."""
    requirements = workshop.requirements
    if isinstance(requirements, ResolvedBuildRequirements):
        requirements.universe = WatchedUniverse(requirements.universe, seen.seen)
    ordered = OrderedRequirements(base=requirements, pending=part.pending)
    limits = workshop.limits
    if limits is not None and part.memory_bytes is not None:
        limits = replace(
            limits, memory_bytes=min(limits.memory_bytes, part.memory_bytes)
        )
    target = part.members[0].target
    return replace(
        workshop,
        requirements=ordered if part.pending else requirements,
        limits=limits,
        isolation=target.isolation,
        allows_file_sources=target.allows_file_sources,
    )


def _fresh(house: Wheelhouse, seen: WatchedUniverse) -> Universe:
    """Look at the wheelhouse as it is now, into the same account."""
    return WatchedUniverse(WheelhouseUniverse(house), seen.seen)


def _made(member: Member, house: Wheelhouse, workshop: Workshop) -> Made:
    """Build what is not yet built by an attempt before this one."""
    kept = member.folder / _KEPT
    with suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError):
        found: object = pickle.loads(kept.read_bytes())  # noqa: S301  this run's own
        if isinstance(found, Made) and all(w.path.is_file() for w in found.wheels):
            return found
    target = member.target
    if isinstance(target.what, Recipe):
        made = make(target.what, target.environments, house, workshop, member.folder)
    else:
        made = make_sdist(
            target.what, target.environments, house, workshop, member.folder
        )
    if kept.parent.is_dir():
        kept.write_bytes(pickle.dumps(made))
    return made


def _result(
    made: Made, checked: Sequence[Checked], generation: int, new: frozenset[str]
) -> JsonObject:
    """Say what came out, as the row keeps it and `--json` gives it."""
    return {
        "generation": generation,
        "wheels": [
            {
                "filename": wheel.filename,
                "sha256": wheel.sha256,
                "revision": wheel.revision,
                "source_time": wheel.source_time.isoformat(),
                "isolation": wheel.isolation,
                "python": wheel.python_version,
                "build_requirements": [each.line for each in wheel.built_with],
                "unsigned": wheel.attestation.unsigned or None,
                "is_new": wheel.filename in new,
                "checked": [
                    {"environment": each.environment.label, "others": each.closure}
                    for each in checked
                    if each.wheel is wheel
                ],
                "notes": list(wheel.notes),
                "log": str(wheel.log_path),
            }
            for wheel in made.wheels
        ],
    }
