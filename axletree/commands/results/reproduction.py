"""A conflict as a folder that installers fail on, for bug reports and tests."""

from pathlib import Path

import click

from axletree.console import Console
from axletree.resolver.queries.reproduce import reproduce
from axletree.resolver.queries.reproducer_files import reproduction_files
from axletree.resolver.resolve import Refusal
from axletree.wheelhouse.store.folders import (
    is_free,
    write_folder,
)


def check_folder(folder: Path) -> None:
    """Refuse a folder with something in it, before work is spent.

    :raises click.UsageError: it is not empty, or no folder.
    """
    if not is_free(folder):
        message = f"--reproduce {folder}: it is there already and not an empty folder"
        raise click.UsageError(message)


def write_reproduction(console: Console, refusal: Refusal, folder: Path) -> None:
    """Write the first conflict, whole or not at all.

    :raises NotReproducibleError: when no folder of wheels can show it.
    """
    found = reproduce(
        refusal.explanation, refusal.cores[0], refusal.conflict.conflicts[0]
    )
    write_folder(folder, reproduction_files(found))
    console.say(
        f"wrote the first conflict to {folder}: its README.md says how to use it"
    )
