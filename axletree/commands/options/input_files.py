"""Options -> the files, and the parts of pyproject.toml files, that hold requirements."""

from dataclasses import field
from pathlib import Path

import click

from axletree.commands.options.shared import InputOptions
from axletree.late_dataclasses import dataclass
from axletree.reading import is_at_rest, read_bytes, status
from axletree.resolver.inputs.pyproject import (
    GroupPart,
    ProjectPart,
)
from axletree.resolver.inputs.requirement_lines import decode_text


@dataclass(frozen=True, slots=True)
class InputFiles:
    """The files that one command is given: each is read once, whoever asks for it.

    A pipe gives its bytes only once, and any other file may change between two looks.
    """

    _read: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Device and inode -> content: a file may have several names."""

    def text(self, path: str) -> str:
        """Read a file that a user wrote, in any encoding that it names.

        :param path: `-` is standard input.
        :raises OSError: when it cannot be read.
        :raises ValueError: for a path that can be none, bytes that are no text, or too
            many of them.
        """
        return decode_text(self.content(path))

    def content(self, path: str) -> bytes:
        """Read a file as it is; raises as `text` does."""
        found = status(path)
        file = (found.st_dev, found.st_ino)
        if file not in self._read:
            self._read[file] = read_bytes(path)
        return self._read[file]

    def have(self, path: Path) -> bool:
        """Tell whether a file was read, by whatever name."""
        try:
            found = path.stat()
        except (OSError, ValueError):
            return False
        return (found.st_dev, found.st_ino) in self._read

    def is_unchanged(self, path: str) -> bool:
        """Tell whether a file still is what was read; a stream never is.

        :raises OSError: when it cannot be read any more.
        """
        return is_at_rest(path) and read_bytes(path) == self.content(path)


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
