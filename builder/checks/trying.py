"""Wheels that are installed together, to see whether those of our own fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.builder.checks.installation import (
    Checklist,
    check_install,
    foreign_wheels,
    room_for,
)
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.sizes import size_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Wheels that are installed together."""

    wheels: Sequence[Path]
    """All of them."""
    built: frozenset[NormalizedName]
    """Projects whose wheels were built, and are not yet let in."""
    excused: frozenset[NormalizedName] = frozenset()
    """Projects of which the user wants another version than is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a closure."""

    notes: tuple[str, ...]
    is_installed: bool = True
    """Else a note says why not."""


def try_closure(
    closure: Closure, environment: Environment, workshop: Workshop
) -> Tried:
    """Install a closure, where this machine can.

    :raises CheckFailedError: what was built does not fit.
    """
    foreign = foreign_wheels(closure.wheels)
    names = ", ".join(sorted(closure.built))
    if foreign:
        why = f"{foreign[0]} is for another platform than this machine"
        return _not_installed(names, why)
    workshop.reporter.step(f"checking {names} with all that it requires")
    log = BuildLog(
        workshop.work_dir / "logs" / f"{min(closure.built)}.check.log",
        workshop.reporter,
    )
    checklist = Checklist(judged=closure.built, excused=closure.excused)
    with workshop.scratch() as scratch:
        sandbox = workshop.sandbox(environment, scratch / "sandbox")
        needed, room = room_for(closure.wheels), sandbox.limits.room_bytes
        if needed > room:
            why = (
                f"with all that it requires it takes {size_words(needed)}, and "
                f"builds have {size_words(room)} for files here (build-room)"
            )
            return _not_installed(names, why)
        notes = check_install(closure.wheels, checklist, sandbox=sandbox, log=log)
        return Tried(notes=notes)


def _not_installed(names: str, why: str) -> Tried:
    note = f"{names}: not installed to be checked, since {why}"
    return Tried(notes=(note,), is_installed=False)
