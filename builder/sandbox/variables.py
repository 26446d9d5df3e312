"""The environment variables of a build: the same on every machine."""

import os
from pathlib import Path


def variables(room: Path, tmp: Path, epoch: int) -> dict[str, str]:
    """Return all that foreign code is given, beside what a recipe sets.

    :param room: the folder of one run, as it is seen inside.
    :param tmp: for temporary files, likewise.
    :param epoch: SOURCE_DATE_EPOCH, in seconds.
    """
    return {
        "PATH": f"{room}/env/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(room / "home"),
        "TMPDIR": str(tmp),
        "USER": "build",
        "LOGNAME": "build",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "SOURCE_DATE_EPOCH": str(epoch),
        "GIT_CEILING_DIRECTORIES": str(room),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "PIP_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "UV_NO_CONFIG": "1",
        # In the room: what is unpacked there is linked, not copied once more.
        "UV_CACHE_DIR": f"{room}/.uv",
        "UV_LINK_MODE": "hardlink",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }
