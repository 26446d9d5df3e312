"""Build environments that are kept: made once, copied into each later room.

Most builds of a site share a few environments, and to install and compile one takes
longer than many a build. What is kept holds only what files of wheels say: it is made
behind the wall, where nothing of the wheels runs, not even a `.pth` file, and no build
ever sees it but as a copy of its own.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from axletree.builder.errors import BuilderError
from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.wheelhouse.store.files import digest_of
from axletree.wheelhouse.store.removal import remove_tree

MOST_KEPT = 20
LARGEST_BYTES = 64 << 20
"""Of the wheels of an environment that is kept."""
_UNUSED_S = 86400.0
"""After which one that is too many is removed: no build takes that long."""

_TIME_S = 315532800
"""When all its files are said to be from: what is compiled knows its source by that."""
_FORM = 1
"""Of what is kept; another one never takes it for its own."""
_ASKED, _MAKING = ".asked", ".making"
_ENVIRONMENT = "env"
_COMPILE = """
import compileall, os, sys
root, time_s = sys.argv[1], int(sys.argv[2])
for folder, folders, names in os.walk(root):
    for name in folders + names:
        path = os.path.join(folder, name)
        if os.path.islink(path):
            os.unlink(path)
        else:
            os.utime(path, (time_s, time_s))
how = {}
if sys.version_info >= (3, 7):
    import py_compile
    how["invalidation_mode"] = py_compile.PycInvalidationMode.TIMESTAMP
compileall.compile_dir(root, quiet=2, **how)
"""
"""Compiling runs nothing of what is compiled. Links are our own side's to make."""


def kept_environment(sandbox: Sandbox, wheels: Sequence[Path]) -> Path | None:
    """Return an environment of just `wheels`, from the second time on.

    Of many the first time is the last.

    :return: None: one is made in the room, as it would be without this.
    """
    if sandbox.kept is None or sandbox.isolation != "full" or not wheels:
        return None
    with suppress(OSError):
        if sum(wheel.stat().st_size for wheel in wheels) > LARGEST_BYTES:
            return None
        sandbox.kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = sandbox.kept / _key(sandbox, wheels)
        if place.is_dir():
            os.utime(place)
            return place
        asked = place.with_suffix(_ASKED)
        if not asked.exists():
            asked.touch()
            _tidy(sandbox.kept)
        elif not asked.read_bytes():
            # Tried once: what cannot be kept is made in the room each time.
            asked.write_bytes(b"made\n")
            return _made(sandbox, wheels, place)
    return None


def _key(sandbox: Sandbox, wheels: Sequence[Path]) -> str:
    interpreter = sandbox.interpreter
    found = interpreter.executable.stat()
    parts = [
        _FORM,
        str(interpreter.executable),
        str(interpreter.prefix),
        interpreter.version,
        [found.st_size, found.st_mtime_ns],
        sorted([wheel.name, digest_of(wheel)] for wheel in wheels),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _made(sandbox: Sandbox, wheels: Sequence[Path], place: Path) -> Path | None:
    """Install and compile, and keep what comes of it; None where that fails."""
    folder = Path(tempfile.mkdtemp(dir=place.parent, suffix=_MAKING))
    try:
        log = BuildLog(folder / "log", SilentBuildReporter())
        python = str(sandbox.inside(sandbox.interpreter.executable))
        room = sandbox.room / _ENVIRONMENT
        job = SandboxJob(
            name="the environment that is kept",
            argv=(python, "-I", "-S", "-c", _COMPILE, str(room), str(_TIME_S)),
            wheels=wheels,
            collect=(_ENVIRONMENT,),
            collected_s=_TIME_S,
        )
        sandbox.run(job, folder, log)
        made = folder / _ENVIRONMENT
        for name, target in _links(sandbox, made):
            (made / name).symlink_to(target)
        made.chmod(0o755)
        os.utime(made)
        made.rename(place)
    except (BuilderError, OSError):
        return place if place.is_dir() else None  # Another may have been faster.
    else:
        return place
    finally:
        with suppress(OSError):
            remove_tree(folder)


def _links(sandbox: Sandbox, made: Path) -> Iterator[tuple[str, str]]:
    """Name the links that an environment has, as `venv` makes them."""
    program = sandbox.inside(sandbox.interpreter.executable)
    yield f"bin/{program.name}", str(program)
    for name in {"python", "python3"} - {program.name}:
        yield f"bin/{name}", program.name
    if not (made / "lib64").exists():
        yield "lib64", "lib"


def _tidy(folder: Path) -> None:
    """Remove what nobody has used for long, of what is more than is kept."""
    before = time.time() - _UNUSED_S
    found = {
        path: path.stat().st_mtime
        for path in folder.iterdir()
        if path.suffix in {"", _ASKED, _MAKING}
    }
    kept = sorted((path for path in found if path.is_dir()), key=found.__getitem__)
    for path in kept[:-MOST_KEPT] if len(kept) > MOST_KEPT else ():
        if found[path] < before:
            remove_tree(path)
    for path, used in found.items():
        if path.suffix == _ASKED and used < before:
            path.unlink(missing_ok=True)
        elif path.suffix == _MAKING and used < before:
            remove_tree(path)
