"""The picture of a conflict as a file, for chats, wikis and bug reports."""

from collections.abc import Sequence
from pathlib import Path

import click

from axletree.console import Console
from axletree.reading import is_stdout
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.facts import (
    Core,
    Picture,
)
from axletree.resolver.reports.picture_svg import to_svg
from axletree.wheelhouse.store.atomic import write_atomically


def check_picture_file(path: Path) -> None:
    """Refuse a place that can hold no file, before work is spent.

    :raises click.UsageError: it is a folder, or in none.
    """
    if is_stdout(path):
        return
    if path.is_dir():
        message = f"--svg {path}: it is a folder; name the file in it"
        raise click.UsageError(message)
    if not path.parent.is_dir():
        message = f"--svg {path}: there is no folder {path.parent}"
        raise click.UsageError(message)


def write_picture(
    console: Console, outcomes: Sequence[Resolution | Conflict], path: Path
) -> None:
    """Write the first picture of the report; say so where there is none to write.

    :raises StorageError: the file cannot be written; what was there stays.
    """
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    if not conflicts:
        console.say(f"there is no conflict, so {_name(path)} was not written")
        return
    drawn = [
        (place, conflict, picture)
        for conflict in conflicts
        for place, core in enumerate(conflict.conflicts, start=1)
        if (picture := _picture(core)) is not None
    ]
    if not drawn:
        console.say(
            "there is nothing to draw, since no conflict is about the versions of one "
            f"project: {_name(path)} was not written"
        )
        return
    [(place, conflict, picture), *_] = drawn
    if is_stdout(path):
        console.whole(to_svg(picture))
        return
    write_atomically(path, to_svg(picture).encode())
    count = len(conflict.conflicts)
    which = "" if count == 1 else f" (conflict {place} of {count})"
    target = f" for {conflict.environment.label}" if len(outcomes) > 1 else ""
    console.say(f"drew the conflict over {picture.project}{target}{which} in {path}")


def _name(path: Path) -> str:
    return "a picture" if is_stdout(path) else str(path)


def _picture(core: Core) -> Picture | None:
    return core.picture if core.picture and core.picture.versions else None
