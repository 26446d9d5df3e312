"""The options that only `axletree lock` has."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from axletree.commands.options.lock_forms import FormName
from axletree.commands.options.shared import (
    Command,
    base_option,
    stack,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOptions:
    """How the lock is written, and what it starts from."""

    output_file: Path | None
    form_name: FormName | None
    """None: by the name of the file."""
    emit_index_url: bool
    upgrade: bool
    """Take no notice of the lock that is there."""
    upgrade_packages: tuple[str, ...]
    """Projects of which no notice is taken; `NAME==X` asks for that version."""
    base: Path | None
    check: bool
    """Write nothing, tell whether the lock is current."""


lock_options: Callable[[Command], Command] = stack(
    click.option(
        "-o", "--output-file", type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write the lock here, at once or not at all [default: stdout].",
    ),
    click.option(
        "--format", "lock_format",
        type=click.Choice(["requirements", "constraints", "pylock"]),
        help="The form of the lock [default: by the name of -o, else requirements].",
    ),
    click.option(
        "--emit-index-url", is_flag=True,
        help="Let pylock.toml hold the addresses of an index's files, without logins.",
    ),
    click.option(
        "-U", "--upgrade", is_flag=True,
        help="Take the newest versions, whatever the lock at -o pins.",
    ),
    click.option(
        "-P", "--upgrade-package", "upgrade_packages", multiple=True, metavar="REQ",
        help="Upgrade this project only, or to REQ such as six==1.16; may be repeated.",
    ),
    base_option,
    click.option(
        "--check", is_flag=True,
        help="Write nothing; exit with 1 if the lock at -o would change.",
    ),
)  # fmt: skip


def take_lock(options: dict[str, Any]) -> LockOptions:
    """Gather them of the verb's keyword arguments."""
    return LockOptions(
        output_file=options["output_file"],
        form_name=options["lock_format"],
        emit_index_url=options["emit_index_url"],
        upgrade=options["upgrade"],
        upgrade_packages=options["upgrade_packages"],
        base=options["base"],
        check=options["check"],
    )
