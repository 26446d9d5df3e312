"""The options that only `axletree lock` has."""

from pathlib import Path
from typing import Any

from axletree.commands.options.lock_forms import FormName
from axletree.late_dataclasses import dataclass
from axletree.reading import is_stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOptions:
    """How the lock is written, and what it starts from."""

    output_file: Path | None
    """None: stdout."""
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


def take_lock(options: dict[str, Any]) -> LockOptions:
    """Gather them of the verb's keyword arguments."""
    file = options["output_file"]
    return LockOptions(
        output_file=None if is_stdout(file) else file,
        form_name=options["lock_format"],
        emit_index_url=options["emit_index_url"],
        upgrade=options["upgrade"],
        upgrade_packages=options["upgrade_packages"],
        base=options["base"],
        check=options["check"],
    )
