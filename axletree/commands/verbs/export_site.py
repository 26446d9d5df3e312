"""`axletree export-site`: the index as files."""

from pathlib import Path

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.spelling import counted
from axletree.server.export import Exported
from axletree.server.export import export_site as export
from axletree.server.live.policed import Listing
from axletree.wheelhouse.catalog.house import Wheelhouse

INTEGRITY = 4


@click.command(cls=VerbCommand)
@options_of("export-site")
def export_site(
    folder: Path,
    *,
    view: str | None,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Write the index as files into DIR, for nginx or any other web server.

    Again into the same folder it writes what is new, and removes what is listed no more.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with (
        reading(settings),
        Wheelhouse.open_to_read(settings.place) as house,
        console.progress() as progress,
    ):
        listing = Listing(house)
        done = export(
            house,
            folder,
            lambda number, count: progress.step(
                f"writing {number} of {counted(count, 'project')}"
            ),
            listing if view is None else listing.through(view),
        )
    _show(console, folder, done)
    return INTEGRITY if done.damaged else 0


def _show(console: Console, folder: Path, done: Exported) -> None:
    if console.is_json:
        console.document(
            {
                "format": "axletree.site/1",
                "folder": str(folder),
                "generation": done.generation,
                "projects": done.projects,
                "new": done.new,
                "kept": done.kept,
                "removed": done.removed,
                "damaged": list(done.damaged),
            }
        )
        return
    console.result(
        f"{counted(done.projects, 'project')}: {counted(done.new, 'file')} new, "
        f"{done.kept} there already, {done.removed} removed "
        f"(generation {done.generation})\n"
    )
    for filename in done.damaged:
        console.say(f"left out: {filename} is damaged in the wheelhouse", style="red")
