"""Where uv is, which makes build environments: looked up once in a process.

uv asks `sysconfig`, which before Python 3.12 gives half an answer to a thread that asks
while another one makes it ask for the first time.
"""

import sysconfig
from functools import cache
from pathlib import Path
from threading import Lock

import uv

from axletree.builder.errors import IsolationUnavailableError

_FINDING = Lock()


def uv_program() -> Path:
    """Return the program, links followed.

    :raises IsolationUnavailableError: when it is not installed.
    """
    with _FINDING:
        return _found()


@cache
def _found() -> Path:
    # For whoever else asks in a thread of its own from now on.
    sysconfig.get_config_vars()
    try:
        return Path(uv.find_uv_bin()).resolve()
    except FileNotFoundError as error:
        raise IsolationUnavailableError(
            "uv, which makes build environments, was not found",
            hint="install Axletree with its dependencies: pip install uv",
        ) from error
