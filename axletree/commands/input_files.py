"""Options -> the files, and the parts of pyproject.toml files, that hold requirements."""

from pathlib import Path

import click

from axletree.commands.options import InputOptions
from axletree.resolver.pyproject import GroupPart, ProjectPart
from axletree.resolver.text_encoding import decode_text


def read_text(path: str) -> str:
    """Read a file that a user wrote, in any encoding that it names.

    :raises OSError: when it cannot be read.
    :raises ValueError: for a path that can be none, or bytes that are no text.
    """
    return decode_text(Path(path).read_bytes())


def parts_of(inputs: InputOptions) -> tuple[str | ProjectPart | GroupPart, ...]:
    """List what to read: the files as given, then the groups.

    :raises click.UsageError: for extras without a file that could have them.
    """
    parts = [_part(path, inputs) for path in inputs.files]
    has_project = any(isinstance(part, ProjectPart) for part in parts)
    if (inputs.extras or inputs.has_all_extras) and not has_project:
        option = "--extra" if inputs.extras else "--all-extras"
        message = f"{option} needs a project to take extras of: give -r pyproject.toml"
        raise click.UsageError(message)
    return (*parts, *map(_group, inputs.groups))


def _part(path: str, inputs: InputOptions) -> str | ProjectPart:
    if not path.endswith(".toml"):
        return path
    return ProjectPart(
        path=path, extras=inputs.extras, has_all_extras=inputs.has_all_extras
    )


def _group(value: str) -> GroupPart:
    path, _, name = value.rpartition(":")
    return GroupPart(path=path or "pyproject.toml", group=name)
