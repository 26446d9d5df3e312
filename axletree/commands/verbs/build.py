"""`axletree build`: recipes and sdists become wheels in the wheelhouse."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.running.executors import executor_for
from axletree.builder.running.group import Group
from axletree.builder.running.rooming import room_for
from axletree.builder.running.targets import Target
from axletree.builder.running.work import Work
from axletree.builder.sandbox.host_limits import limits_of
from axletree.builder.sandbox.isolation import Isolation
from axletree.commands.builds.set_targets import targets_of_set
from axletree.commands.builds.targets import How, SettingsWorkshop, targets_of
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.built import show
from axletree.commands.results.set_news import (
    gate_of,
    recheck_sets,
    refusal_explained,
)
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.config import Settings
from axletree.console import Console
from axletree.wheelhouse.provenance.attesting import WheelhouseAttester
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.scratch import own_folder
from axletree.wheelhouse.views.reading import view_at


@click.command(cls=VerbCommand)
@options_of("build")
def build(  # noqa: PLR0913  one parameter for each option
    paths: tuple[Path, ...],
    *,
    set_name: str | None,
    view: str | None,
    python_version: str | None,
    python_platform: str | None,
    isolation: Isolation,
    allow_file_sources: bool,
    jobs: int | None,
    rebuild: bool,
    gate: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Build wheels from recipes and sdists, and the wheelhouse alone; check, publish them.

    Several are built in the order in which they need one another, and in parallel; one
    that fails does not stop the rest.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    how = How(
        pythons=(python_version,) if python_version else (),
        platform=python_platform,
        isolation=isolation,
        allows_file_sources=allow_file_sources,
        view=view or "",
    )
    run = Run(jobs=jobs, is_rebuilt=rebuild, is_gated=gate)
    settings = settings_for()
    if view is not None:
        with reading(settings):
            view_at(settings.place, view)  # Told of before anything is built.
    if set_name is None:
        if not paths:
            message = (
                "name what to build: a recipe, a folder of them, an sdist, or --set"
            )
            raise click.UsageError(message)
        return run_targets(targets_of(paths, how), console, settings, run)
    if how.pythons or how.platform:
        raise click.UsageError("--set builds for the environments of the set")
    others = targets_of(paths, how) if paths else ()
    found = targets_of_set(set_name, how, settings, is_fresh=rebuild)
    with reading(settings), found as targets:
        if not targets and not others:
            return _nothing_to_build(console, set_name)
        return run_targets((*others, *targets), console, settings, run)


def _nothing_to_build(console: Console, name: str) -> int:
    """Say that a set has all its wheels."""
    if console.is_json:
        console.document({"format": "axletree.builds/1", "jobs": []})
    else:
        console.result(f"nothing to build: all that the set {name} needs is a wheel\n")
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How several are built."""

    jobs: int | None = None
    """At once; None: as many as is sensible."""
    is_rebuilt: bool = False
    """Also what is there, and what is known to fail."""
    is_gated: bool = False
    """Nothing comes in that breaks a requirement set."""


def run_targets(
    targets: Sequence[Target], console: Console, settings: Settings, run: Run
) -> int:
    """Build, and show what came of it; returns the exit code.

    :raises AxletreeError: the only one failed.
    """
    attester = WheelhouseAttester(place=settings.place)
    exposed = {attester.check(target.isolation) for target in targets} - {""}
    console.notes(sorted(exposed))
    work_dir = settings.cache_dir / "builds"
    room = room_for(
        limits_of(look_around(), settings.build_limits), len(targets), run.jobs
    )
    with ExitStack() as stack:
        house = stack.enter_context(open_to_fill(settings, console))
        progress = stack.enter_context(console.progress())
        folder = stack.enter_context(own_folder(work_dir / "running"))
        work = Work(
            place=settings.place,
            open_workshop=SettingsWorkshop(settings=settings),
            heard_by=progress if room.slots == 1 else SilentBuildReporter(),
            gate_of=partial(gate_of, is_wanted=run.is_gated),
            own=frozenset(target.release for target in targets),
        )
        executor = executor_for(room.slots)
        stack.callback(executor.shutdown, wait=True)
        group = Group(
            house=house,
            work=work,
            executor=executor,
            room=room,
            folder=folder,
            logs=work_dir / "logs" / "jobs",
            reporter=progress,
            is_rebuilt=run.is_rebuilt,
        )
        ended = group.run(targets)
        with refusal_explained(console):
            code = show(console, ended)
        recheck_sets(house, console)
    return code
