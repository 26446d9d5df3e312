"""Where the repository begins that a command runs in: code hosts name files from there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from axletree.reading import is_at_rest, is_there

_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Variables by which code hosts say where they put it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A checkout, or the folder that stands in for one."""

    root: Path

    @classmethod
    def around(cls, folder: Path, environ: Mapping[str, str]) -> "Repository":
        """Find it: the nearest folder upwards with `.git`, else what the host says.

        Where neither is known it is the folder itself.
        """
        folder = folder.resolve()
        for parent in (folder, *folder.parents):
            if is_there(parent / ".git"):
                return cls(root=parent)
        for variable in _CHECKOUTS:
            said = environ.get(variable, "")
            if said and folder.is_relative_to(root := Path(os.path.realpath(said))):
                return cls(root=root)
        return cls(root=folder)

    def locate(self, file: str) -> str:
        """Name a file from the root, one outside of it whole; a stream stays as it is.

        The file itself may be a link, and is called what the user calls it.
        """
        if not is_at_rest(file):
            return file
        folder, name = os.path.split(file)
        path = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118  pathlib has no way up
        below = os.path.relpath(path, self.root)
        return path if below.split(os.sep, 1)[0] == os.pardir else below

    def has(self, path: str) -> bool:
        """Tell whether it has a file, named from the root."""
        return is_there(self.root / path)
