"""Options of `check` that take more than one value, where other verbs take one."""

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any, TypeVar

import click

from axletree.commands.options import Instant, TargetOptions

Command = TypeVar("Command", bound=Callable[..., Any])


def environments_options(command: Command) -> Command:
    """Add the target's options, the two that name it repeatable."""
    python = click.option(
        "--python-version", "python_versions", multiple=True, metavar="X.Y",
        help="Resolve for this Python; may be repeated "
        "[default: the active environment's].",
    )  # fmt: skip
    platform = click.option(
        "--python-platform", "python_platforms", multiple=True, metavar="NAME",
        help="Resolve for this platform, named as uv does; may be repeated "
        "[default: this one].",
    )  # fmt: skip
    exclude_newer = click.option(
        "--exclude-newer", type=Instant(), metavar="DATE",
        help="Hide files uploaded after this day (all of it counts, UTC) or time.",
    )  # fmt: skip
    return python(platform(exclude_newer(command)))


def take_targets(options: dict[str, Any]) -> tuple[TargetOptions, ...]:
    """Take the options above out of `options`: every Python with every platform."""
    at_hand = TargetOptions(
        python_version=None,
        python_platform=None,
        exclude_newer=options.pop("exclude_newer"),
    )
    pythons = dict.fromkeys(options.pop("python_versions") or (None,))
    platforms = dict.fromkeys(options.pop("python_platforms") or (None,))
    return tuple(
        replace(at_hand, python_version=python, python_platform=platform)
        for python, platform in product(pythons, platforms)
    )


def cores_at_hand() -> int:
    """Count the processor cores that this process may use."""
    # Not every system says which of them are ours.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
