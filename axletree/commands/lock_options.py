"""The options that only `axletree lock` has."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from axletree.commands.lock_forms import FormName
from axletree.commands.options import Command, stack


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOptions:
    """How the lock is written, and what it starts from."""

    output_file: Path | None
    form_name: FormName | None
    """None: by the name of the file."""
    emit_index_url: bool


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
)  # fmt: skip


def take_lock(options: dict[str, Any]) -> LockOptions:
    """Gather them of the verb's keyword arguments."""
    return LockOptions(
        output_file=options["output_file"],
        form_name=options["lock_format"],
        emit_index_url=options["emit_index_url"],
    )
