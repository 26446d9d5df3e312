"""Call two hooks of one build backend, for the price of one start of Python.

With `--build KNOWN TREE COPY` before the calls the second one counts only if the first has
asked for nothing but what is listed in KNOWN; and the first is made in a copy of the tree,
with a home of its own, so that what it leaves there is not there for the second. Behind a
wall, which ends all that is left, both are made at the same time.

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
import signal
import sys

ASKING_FAILED = 75
"""Exit code when the first of two calls failed, and the second is a build."""


def import_backend(module: str) -> None:
    """Import what both hooks will import."""
    sys.path.pop(0)  # This folder, which no hook should see.
    # What fails here fails in the hook again, which tells it better.
    with contextlib.suppress(Exception):
        importlib.import_module(module)


def start(
    script: str, hook: str, control: str, *, apart: str = "", is_alone: bool = False
) -> int:
    """Run one hook in a fork; return its process.

    :param apart: a folder for its home, temporary files and log, which is made.
    :param is_alone: give it a group of processes.
    """
    process = os.fork()
    if process:
        return process
    if is_alone:
        os.setpgid(0, 0)
    if apart:
        stay_apart(apart)
    sys.argv = [script, hook, control]
    runpy.run_path(script, run_name="__main__")
    sys.exit(0)


def stay_apart(folder: str) -> None:
    """Leave nothing where another hook looks, and say nothing in between of its words."""
    for name in ("", "/home", "/files"):
        os.mkdir(folder + name)  # noqa: PTH102 - as quick as it may be
    os.environ.update(HOME=folder + "/home", TMPDIR=folder + "/files")  # noqa: TID251 - of the hook
    log = os.open(folder + "/log", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)


def end(process: int) -> int:
    """Wait for a hook; return its exit code."""
    status = os.waitpid(process, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def call(script: str, hook: str, control: str) -> int:
    """Run one hook in a fork; return its exit code."""
    return end(start(script, hook, control))


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
    here = os.getcwd()  # noqa: PTH109 - as quick as it may be
    os.chdir(os.path.join(copy, os.path.relpath(here, tree)))  # noqa: PTH118 - as above
    first, asked, second, control = calls
    asking = start(script, first, asked, apart=copy + ".apart")
    os.chdir(here)
    # Elsewhere than behind the wall what a build has started could outlive it.
    is_walled = os.getppid() == 1
    building = start(script, second, control, is_alone=True) if is_walled else 0
    code = end(asking)
    with open(copy + ".apart/log", "rb") as log:  # noqa: PTH123 - as above
        shutil.copyfileobj(log, sys.stderr.buffer)
    sys.stderr.flush()
    if code == 0 and is_known(asked, known):
        return end(building or start(script, second, control))
    if building:
        give_up(building, control)
    return ASKING_FAILED if code else 0


def give_up(process: int, control: str) -> None:
    """End a hook, with what it has started, and take its answer back."""
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL)
    end(process)
    with contextlib.suppress(OSError):
        os.killpg(process, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.unlink(control + "/output.json")  # noqa: PTH108 - as above


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
