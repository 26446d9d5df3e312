"""Call two hooks of one build backend, for the price of one start of Python.

With `--build KNOWN TREE COPY` before the calls the second one is made only if the first
has asked for nothing but what is listed in KNOWN; and the first is made in a copy of the
tree, so that what it leaves there is not there for the second.

This file is not imported where it runs: it is handed into the sandbox and run there by
the build environment's Python (3.6 and newer) as `python hook_driver.py BACKEND SCRIPT
HOOK CONTROL HOOK CONTROL`. The backend is imported once, which takes most of the time of
many hooks; each hook then runs in a fork of its own, as separate as PEP 517 wants it.
"""

import contextlib
import importlib
import json
import os
import runpy
import shutil
import sys

ASKING_FAILED = 75
"""Exit code when the first of two calls failed, and the second is a build."""


def import_backend(module: str) -> None:
    """Import what both hooks will import."""
    sys.path.pop(0)  # This folder, which no hook should see.
    # What fails here fails in the hook again, which tells it better.
    with contextlib.suppress(Exception):
        importlib.import_module(module)


def call(script: str, hook: str, control: str, folder: str = ".") -> int:
    """Run one hook in a fork; return its exit code."""
    process = os.fork()
    if process == 0:
        os.chdir(folder)
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


def build(
    known: str, tree: str, copy: str, backend: str, script: str, *calls: str
) -> int:
    """Ask what a build requires; build if all of that is there."""
    shutil.copytree(tree, copy, symlinks=True)
    import_backend(backend)
    folder = os.path.join(copy, os.path.relpath(os.getcwd(), tree))  # noqa: PTH109, PTH118 - as quick as it may be
    if call(script, calls[0], calls[1], folder):
        return ASKING_FAILED
    if not is_known(calls[1], known):
        return 0
    return call(script, *calls[2:])


def is_known(control: str, known: str) -> bool:
    """Tell whether a build asks for nothing that is not there."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        with open(control + "/output.json", encoding="utf-8") as file:  # noqa: PTH123 - as above
            asked = json.load(file).get("return_val")
        with open(known, encoding="utf-8") as file:  # noqa: PTH123 - as above
            return isinstance(asked, list) and set(asked) <= set(json.load(file))
    return False


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(build(*words[1:]) if words[0] == "--build" else main(*words))
