"""The forms of a lock, and which one is meant."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

import click

from axletree.late_dataclasses import dataclass
from axletree.resolver.locks.locked import Locked
from axletree.resolver.locks.reading import is_pylock
from axletree.resolver.locks.requirements_txt import (
    to_constraints,
    to_requirements,
)

FormName: TypeAlias = Literal["requirements", "constraints", "pylock"]


def form_of(name: FormName | None, file: Path | None) -> FormName:
    """Return the form that was named, else the one that the file's name means.

    :raises click.UsageError: for a pylock file that installers would not take for one,
        or would take another form for.
    """
    has_name = file is not None and is_pylock(file)
    if name == "pylock" and file is not None and not has_name:
        raise click.UsageError(
            f"{file.name} is not a name for a pylock file: installers read "
            "pylock.toml and pylock.NAME.toml only"
        )
    if name not in {None, "pylock"} and file is not None and has_name:
        raise click.UsageError(
            f"{file.name} is the name of a pylock file: installers would read it as one"
        )
    return name or ("pylock" if has_name else "requirements")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockForm:
    """How a lock is written."""

    name: FormName
    file: Path | None
    """Where it will stand; None: on stdout."""
    with_index_urls: bool = False

    def write(self, locked: Locked, command: Sequence[str]) -> str:
        """Spell a lock.

        :raises AxletreeError: for what the form cannot say.
        """
        match self.name:
            case "requirements":
                return to_requirements(locked, command)
            case "constraints":
                return to_constraints(locked, command)
            case "pylock":
                # Imported late: it takes longer than many an answer.
                from axletree.resolver.locks.pylock import (  # noqa: PLC0415
                    Addresses,
                    to_pylock,
                )

                folder = (self.file or Path("pylock.toml")).absolute().parent
                addresses = Addresses(
                    folder=folder, with_index_urls=self.with_index_urls
                )
                return to_pylock(locked, command, addresses)
            case _:
                assert_never(self.name)
