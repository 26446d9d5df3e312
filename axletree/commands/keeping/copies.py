"""`axletree backup` and `restore`: a copy of the wheelhouse, and back."""

from pathlib import Path

import click

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import recheck_sets
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.progress import Progress
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.sizes import size_words
from axletree.wheelhouse.upkeep.backups import Copied, Copying, back_up
from axletree.wheelhouse.upkeep.restoring import restore as restore_backup


@click.command(cls=VerbCommand)
@options_of("backup")
def backup(
    folder: Path, *, with_key: bool, as_json: bool, verbose: int, quiet: int
) -> int:
    """Copy the wheelhouse into a folder, or bring the copy there up to date.

    The private key is left out, unless it is asked for; its public half comes along.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with (
        reading(settings_for()),
        open_to_look() as house,
        console.progress() as progress,
    ):
        copied = back_up(house, folder, _copying(progress), is_with_key=with_key)
    if console.is_json:
        console.document({"format": "axletree.backup-made/1", **_to_json(copied)})
    else:
        console.result(
            f"generation {copied.generation} is in {folder}: {_told(copied)}\n"
        )
    return 0


@click.command(cls=VerbCommand)
@options_of("restore")
def restore(
    folder: Path, *, force: bool, as_json: bool, verbose: int, quiet: int
) -> int:
    """Make the wheelhouse what it was when it was backed up."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing([str(folder)])
    place = settings_for().place

    def tell() -> None:
        console.say(f"another process writes to {place}: waiting until it is done")

    with console.progress() as progress:
        done = restore_backup(
            place, folder, _copying(progress), tell=tell, is_forced=force
        )
    with opened_to_change(console) as house:
        recheck_sets(house, console)
    if console.is_json:
        console.document(
            {
                "format": "axletree.restored/1",
                **_to_json(done.copied),
                "newest": done.generation,
                "lost": done.lost,
                "has_key": done.has_key,
            }
        )
        return 0
    console.result(
        f"generation {done.copied.generation} is restored to {place}: "
        f"{_told(done.copied)}\n"
    )
    if done.has_key:
        console.result("the key is put back: what is built is signed with it\n")
    if done.lost:
        console.result(
            f"lost: {counted(done.lost, 'generation')} made after it; the newest is "
            f"{done.generation} now\n"
        )
    return 0


def _copying(progress: Progress) -> Copying:
    return lambda done, total: progress.counting(
        "copied", done=done, total=total, what="files"
    )


def _told(copied: Copied) -> str:
    return (
        f"{counted(copied.file_count, 'file')}, {copied.new_count:,} copied "
        f"({size_words(copied.size_bytes)})"
    )


def _to_json(copied: Copied) -> JsonObject:
    return {
        "generation": copied.generation,
        "files": copied.file_count,
        "copied": copied.new_count,
        "size": copied.size_bytes,
    }
