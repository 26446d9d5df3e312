"""Where git is, as a build sees it."""

import shutil
from pathlib import Path

from axletree.builder.errors import IsolationUnavailableError

_USUAL = "/usr/bin/git"


def git_program(*, is_behind_wall: bool) -> str:
    """Return the program's path.

    :param is_behind_wall: only `/usr` is seen there.
    :raises IsolationUnavailableError: when it is not installed.
    """
    found = shutil.which("git")
    if is_behind_wall and not str(found).startswith("/usr/"):
        found = _USUAL if Path(_USUAL).exists() else None
    if found is None:
        raise IsolationUnavailableError(
            "git, which patches and history need, was not found",
            where="/usr/bin" if is_behind_wall else "PATH",
            hint="install git (apt-get install git)",
        )
    return found
