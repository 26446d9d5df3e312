"""Where the nearest file of settings is; reading it is the business of others.

Apart from `axletree.config`, because a quick answer has to know, too.
"""

from __future__ import annotations

import os

from axletree.reading import is_at_rest, read_bytes

FILE_NAME = "axletree.toml"
PROJECT_NAME = "pyproject.toml"
TABLE = b"tool.axletree"


class UnreadableProjectError(ValueError):
    """A pyproject.toml that may have settings and cannot be looked at."""

    def __init__(self, path: str, error: Exception) -> None:
        """Name it, and say why."""
        super().__init__(str(error))
        self.path = path


def find_settings(start: str) -> str | None:
    """Find the nearest `axletree.toml`, or pyproject.toml that names `tool.axletree`.

    :param start: folder from which to look upwards.
    :raises UnreadableProjectError: for a pyproject.toml that is too large to read.
    """
    folder = os.path.abspath(start)  # noqa: PTH100  pathlib costs more than a quick answer
    while True:
        own = os.path.join(folder, FILE_NAME)  # noqa: PTH118  as above
        if os.path.isfile(own):  # noqa: PTH113  as above
            return own
        project = os.path.join(folder, PROJECT_NAME)  # noqa: PTH118  as above
        if _has_table(project):
            return project
        above = os.path.dirname(folder)  # noqa: PTH120  as above
        if above == folder:
            return None
        folder = above


def _has_table(project: str) -> bool:
    try:
        return is_at_rest(project) and TABLE in read_bytes(project)
    except ValueError as error:
        raise UnreadableProjectError(project, error) from error
    except OSError:
        # One of somebody else's, in a folder further up.
        return False
