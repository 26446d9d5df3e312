"""The builds of a collect: jobs as those of `build`, with requirements from an index."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.builder.jobs.answered import Answer
from axletree.builder.jobs.kept import kept_needs
from axletree.builder.jobs.sdist_job import Pinned
from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.running.bringing import Asked, Supplies
from axletree.builder.running.doing import Ended
from axletree.builder.running.executors import executor_for
from axletree.builder.running.group import Group
from axletree.builder.running.results import error_of, names_of, notes_of
from axletree.builder.running.rooming import room_for
from axletree.builder.running.targets import Target
from axletree.builder.running.work import Work
from axletree.builder.sandbox.host_limits import limits_of
from axletree.builder.sandbox.isolation import Isolation
from axletree.commands.builds.targets import SettingsWorkshop
from axletree.config import Settings
from axletree.errors import AxletreeError
from axletree.progress import Progress
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.file_names import SafeName
from axletree.resolver.model.overrides import Changes
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.incomplete import stops_all
from axletree.wheelhouse.collecting.sdist_wheels import (
    BringRequirements,
    Sdist,
    SdistEnd,
)
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.scratch import own_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How sdists of a collect are built."""

    settings: Settings
    house: Wheelhouse
    progress: Progress
    isolation: Isolation
    changes: Changes
    is_closure: bool
    gate_of: Callable[[Wheelhouse], Gate | None]
    jobs: int | None
    """At once; None: as many as is sensible."""


def run_jobs(
    how: How,
    sdists: Sequence[Sdist],
    resolution: Resolution,
    bring: BringRequirements,
    heard: Callable[[Sequence[Ended]], None],
) -> None:
    """Build all that can be built.

    :param heard: told what has ended, also where the run is stopped.
    """
    settings = how.settings
    targets = [_target(sdist, resolution, how.isolation) for sdist in sdists]
    limits = limits_of(look_around(), settings.build_limits)
    room = room_for(limits, len(targets), how.jobs)
    work_dir = settings.cache_dir / "builds"
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder(work_dir / "running"))
        executor = executor_for(room.slots)
        stack.callback(executor.shutdown, wait=True)
        group = Group(
            house=how.house,
            work=Work(
                place=settings.place,
                open_workshop=SettingsWorkshop(settings=settings),
                heard_by=how.progress if room.slots == 1 else SilentBuildReporter(),
                gate_of=how.gate_of,
                answer=Answer(
                    resolution=resolution,
                    changes=how.changes,
                    is_closure=how.is_closure,
                ),
            ),
            executor=executor,
            room=room,
            folder=folder,
            logs=work_dir / "logs" / "jobs",
            reporter=how.progress,
            supplies=_supplies(sdists, resolution, bring, work_dir),
        )
        try:
            group.run(targets)
        finally:
            heard(tuple(group.ledger.ended.values()))


def end_of(ended: Ended) -> SdistEnd:
    """Say what came of one, as a collect counts it."""
    name = SafeName(ended.target.path.name)
    if not ended.is_good or ended.result is None:
        return SdistEnd(filename=name, error=error_of(ended))
    new = names_of(ended.result, is_new=True)
    others = names_of(ended.result, is_new=False)
    if ended.end == "there":
        return SdistEnd(filename=name, there=(*new, *others))
    return SdistEnd(
        filename=name, new=new, repaired=others, notes=notes_of(ended.result)
    )


def _target(sdist: Sdist, resolution: Resolution, isolation: Isolation) -> Target:
    pin, stored = sdist.pin, sdist.stored
    return Target(
        what=sdist.path,
        environments=(resolution.environment,),
        isolation=isolation,
        pinned=Pinned(
            release=(pin.name, pin.version),
            source_time=pin.file.upload_time or stored.entered_at,
        ),
    )


def _supplies(
    sdists: Sequence[Sdist],
    resolution: Resolution,
    bring: BringRequirements,
    work_dir: Path,
) -> Supplies:
    """Bring what builds are known to ask for; of others it is seen while they go.

    So what the index has more since a build failed is in the wheelhouse before it is
    asked whether anything has changed.
    """

    def brought(
        asked: Asked, built: AbstractSet[NormalizedName]
    ) -> tuple[SafeName, ...]:
        return bring(asked.requirements, asked.constraints, asked.environment, built)

    supplies = Supplies(bring=brought)
    environment = resolution.environment
    for sdist in sdists:
        needs = kept_needs(sdist.path, environment, work_dir)
        if needs is not None:
            asked = Asked(requirements=needs, constraints=(), environment=environment)
            try:
                supplies.get(asked)
            except AxletreeError as error:
                if stops_all(error):
                    raise
    return supplies
