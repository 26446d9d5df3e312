"""The work on a job, in whichever process it is done: build, check, let in."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName
from sqlalchemy import Connection

from axletree.builder.errors import CheckFailedError, ClosureMissingError
from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.builder.hooks.workshop import BuildRequirements, Workshop
from axletree.builder.jobs.answered import Answer, LackingError, Trial, lacking_words
from axletree.builder.jobs.making import Made, make
from axletree.builder.jobs.produce import Checked, LettingIn
from axletree.builder.jobs.sdist_job import make_sdist
from axletree.builder.jobs.sight import Release, Sight, sight_of
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.reporter import BuildReporter, SilentBuildReporter
from axletree.builder.running.beating import Heart, beating
from axletree.builder.running.bringing import (
    Brought,
    BroughtRequirements,
    LacksError,
)
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
    Lacks,
    Outcome,
    Published,
    Waits,
    WaitsForError,
    failed,
)
from axletree.builder.running.results import Verdict, result_of
from axletree.builder.running.targets import Target
from axletree.errors import AxletreeError
from axletree.house_place import HousePlace
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.question import Limits
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.jobs.records import LostLeaseError
from axletree.wheelhouse.jobs.table import Jobs, Lease
from axletree.wheelhouse.policy.effects import seen_under

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
    brought: Brought | None = None
    """Build requirements that were brought for it; None: they are the wheelhouse's."""
    takes_what_is_there: bool = False
    """It is built with what is at hand, whatever the others will bring."""
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
    answer: Answer | None = None
    """What all of it is built for; None: for itself."""
    own: frozenset[Release] = frozenset()
    """What is built beside: seen, whatever a view leaves out."""

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
            return self._attempt(part, house, log, seen)
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

    def _attempt(
        self, part: Part, house: Wheelhouse, log: JobLog, seen: WatchedUniverse
    ) -> Outcome:
        try:
            return self._do(part, house, log, seen)
        except WaitsForError as waits:
            return Waits(jobs=waits.jobs, kind=waits.kind, is_named=waits.is_named)
        except LacksError as lacks:
            return Lacks(asked=lacks.asked)

    def _do(
        self, part: Part, house: Wheelhouse, log: JobLog, seen: WatchedUniverse
    ) -> Outcome:
        with self.open_workshop(house, log) as (opened, folder):
            view = part.members[0].target.view
            sight = sight_of(house, view, self.own) if view else None
            workshop = _fitted(opened, part, seen, house, folder, sight)
            group = [_made(member, house, workshop) for member in part.members]
            letting_in = LettingIn(
                house=house,
                workshop=workshop,
                folder=folder,
                sight=self._fresh(house, view, seen),
                gate=self.gate_of(house),
            )
            if self.answer is None:
                checked = _checked(part, group, letting_in)
            else:
                checked = _tried(part, group, letting_in, self.answer)
            results: list[JsonObject] = []
            jobs = Jobs(house=house)

            def settle(
                connection: Connection, generation: int, new: frozenset[str]
            ) -> None:
                results.clear()
                for member, made, each in zip(
                    part.members, group, checked, strict=True
                ):
                    result = result_of(made, each, generation, new)
                    jobs.publish(connection, member.lease, result)
                    results.append(result)

            letting_in.publish(group, settle)
            return Published(results=tuple(results))

    def _fresh(self, house: Wheelhouse, view: str, seen: WatchedUniverse) -> Sight:
        """Look at the wheelhouse as it is now, into the same account."""
        sight = sight_of(house, view, self.own)
        return replace(sight, universe=WatchedUniverse(sight.universe, seen.seen))


def _checked(
    part: Part, group: Sequence[Made], letting_in: LettingIn
) -> Sequence[Verdict]:
    """Install what was built with what the wheelhouse has for it."""
    for made in group:
        require_order(made.wheels, made.environments, part.pending)
    try:
        return [Verdict(checked=each) for each in letting_in.check(group)]
    except ClosureMissingError:
        if part.pending:
            # What it lacks may come with one of them.
            others = frozenset(each.job for each in part.pending.values())
            raise WaitsForError(others, "install", is_named=False) from None
        raise


def _tried(
    part: Part, group: Sequence[Made], letting_in: LettingIn, answer: Answer
) -> Sequence[Verdict]:
    """Install what was built with what was resolved for it."""
    projects = [member.target.release[0] for member in part.members]
    [environment] = group[0].environments
    wheels = [made.wheel_for(environment) for made in group]
    trial = Trial(
        answer=answer,
        made=dict(zip(projects, wheels, strict=True)),
        house=letting_in.house,
        workshop=letting_in.workshop,
        folder=letting_in.folder / "closure",
    )
    verdicts = []
    for project, wheel in zip(projects, wheels, strict=True):
        try:
            tried, others = trial.check(project)
        except LackingError as error:
            pending = [part.pending.get(name) for name in error.lacking]
            jobs = frozenset(each.job for each in pending if each is not None)
            if jobs:
                raise WaitsForError(jobs, "install", is_named=True) from None
            what = lacking_words(wheel.filename, [*error.lacking.values()])
            raise CheckFailedError(
                what, where=part.members[0].target.path.name
            ) from None
        one = Checked(environment=environment, wheel=wheel, closure=others)
        checked = (one,) if tried.is_installed else ()
        verdicts.append(Verdict(checked=checked, notes=tried.notes))
    return verdicts


def _fitted(  # noqa: PLR0913, PLR0917  what one part has to do with
    workshop: Workshop,
    part: Part,
    seen: WatchedUniverse,
    house: Wheelhouse,
    folder: Path,
    sight: Sight | None,
) -> Workshop:
    """Give a workshop what one part may use, and what it is to wait for."""
    limits = workshop.limits
    if limits is not None and part.memory_bytes is not None:
        limits = replace(
            limits, memory_bytes=min(limits.memory_bytes, part.memory_bytes)
        )
    target = part.members[0].target
    return replace(
        workshop,
        requirements=_requirements(workshop, part, seen, house, folder, sight),
        limits=limits,
        isolation=target.isolation,
        allows_file_sources=target.allows_file_sources,
    )


def _requirements(  # noqa: PLR0913, PLR0917  as above
    workshop: Workshop,
    part: Part,
    seen: WatchedUniverse,
    house: Wheelhouse,
    folder: Path,
    sight: Sight | None,
) -> BuildRequirements:
    if part.brought is not None:
        return BroughtRequirements(
            house=house,
            brought=part.brought,
            folder=folder / "build-requirements",
            seen=seen.seen,
        )
    requirements = workshop.requirements
    if isinstance(requirements, ResolvedBuildRequirements):
        if sight is not None:
            requirements.universe = seen_under(sight.universe, sight.policy)
            requirements.limits = Limits(policy=sight.policy)
            requirements.source = sight.words
        requirements.universe = WatchedUniverse(requirements.universe, seen.seen)
    if not part.pending or part.takes_what_is_there:
        return requirements
    return OrderedRequirements(base=requirements, pending=part.pending)


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
            target.what,
            target.environments,
            house,
            workshop,
            member.folder,
            release=target.release,
            pinned=target.pinned,
        )
    if kept.parent.is_dir():
        kept.write_bytes(pickle.dumps(made))
    return made
