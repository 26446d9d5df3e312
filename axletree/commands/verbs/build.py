"""`axletree build`: recipes and sdists become wheels in the wheelhouse."""

from collections.abc import Sequence
from contextlib import ExitStack
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
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.built import show_all, show_one
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.targets import How, SettingsWorkshop, targets_of
from axletree.config import Settings
from axletree.console import Console
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.scratch import own_folder


@click.command(cls=VerbCommand)
@options_of("build")
def build(  # noqa: PLR0913  one parameter for each option
    paths: tuple[Path, ...],
    *,
    python_version: str | None,
    python_platform: str | None,
    isolation: Isolation,
    allow_file_sources: bool,
    jobs: int | None,
    rebuild: bool,
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
    )
    targets = targets_of(paths, how)
    return run_targets(targets, console, settings_for(), jobs, is_rebuilt=rebuild)


def run_targets(
    targets: Sequence[Target],
    console: Console,
    settings: Settings,
    jobs: int | None = None,
    *,
    is_rebuilt: bool = False,
) -> int:
    """Build, and show what came of it; returns the exit code.

    :raises AxletreeError: the only one failed.
    """
    work_dir = settings.cache_dir / "builds"
    room = room_for(limits_of(look_around(), settings.build_limits), len(targets), jobs)
    with ExitStack() as stack:
        house = stack.enter_context(open_to_fill(settings, console))
        progress = stack.enter_context(console.progress())
        folder = stack.enter_context(own_folder(work_dir / "running"))
        work = Work(
            home=settings.home,
            open_workshop=SettingsWorkshop(settings=settings),
            heard_by=progress if room.slots == 1 else SilentBuildReporter(),
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
            is_rebuilt=is_rebuilt,
        )
        ended = group.run(targets)
    if len(targets) == 1:
        show_one(console, ended[0])
        return 0
    show_all(console, ended)
    return 0 if all(each.is_good for each in ended) else 1
