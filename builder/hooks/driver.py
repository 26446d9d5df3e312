"""Call two hooks of one build backend, for the price of one start of Python.

This file is not imported where it runs: it is handed into the sandbox and run there by
the build environment's Python (3.6 and newer) as `python hook_driver.py BACKEND SCRIPT
HOOK CONTROL HOOK CONTROL`. The backend is imported once, which takes most of the time of
many hooks; each hook then runs in a fork of its own, as separate as PEP 517 wants it.
"""

import contextlib
import importlib
import os
import runpy
import sys


def import_backend(module: str) -> None:
    """Import what both hooks will import."""
    sys.path.pop(0)  # This folder, which no hook should see.
    # What fails here fails in the hook again, which tells it better.
    with contextlib.suppress(Exception):
        importlib.import_module(module)


def call(script: str, hook: str, control: str) -> int:
    """Run one hook in a fork; return its exit code."""
    process = os.fork()
    if process == 0:
        sys.argv = [script, hook, control]
        runpy.run_path(script, run_name="__main__")
        sys.exit(0)
    status = os.waitpid(process, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def main(backend: str, script: str, *calls: str) -> int:
    """Call both hooks; only the first one's failure counts.

    :param backend: its module; empty if it lives in the source tree, where the hooks
        look for it.
    """
    if backend:
        import_backend(backend)
    code = call(script, *calls[:2])
    if code == 0:
        call(script, *calls[2:])
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
