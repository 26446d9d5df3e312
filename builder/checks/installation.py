"""Install a finished wheel with its whole closure, and see whether it works.

Installing and importing run foreign code, hence in the sandbox.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.tags import platform_tags
from packaging.utils import NormalizedName

from axletree.builder.checks.platform_tag import platforms_of
from axletree.builder.errors import (
    BuildFailedError,
    CheckFailedError,
    EnvironmentFailedError,
)
from axletree.builder.sandbox.log_evidence import telling_line, telling_lines
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog, quoted
from axletree.resolver.model.environment import Environment

_NOTES_LIMIT_BYTES = 1 << 20
_CHECK = r"""
import importlib, json, re, subprocess, sys
checks = json.loads(sys.argv[1])
done = subprocess.run(
    checks["consistent"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
)
said = done.stdout.decode("utf-8", "replace").splitlines()
print("\n".join(said))
norm = lambda name: re.sub(r"[-_.]+", "-", name).lower()
judged, excused = checks["judged"], checks["excused"]
bad, notes = [], []
for line in said:
    names = re.findall(r"`([A-Za-z0-9._-]+)", line)[:2]
    if not line.startswith("The package ") or not names:
        continue
    who, what = norm(names[0]), norm(names[-1])
    is_ours = not judged or who in judged or what in judged
    (bad if is_ours and what not in excused else notes).append(line)
if done.returncode not in (0, 1):
    (notes if judged else bad).append("uv pip check: " + " ".join(said[-1:]))
with open(checks["notes"], "w") as file:
    json.dump(notes, file)
if bad:
    raise SystemExit("the installed requirements do not fit together: " + "; ".join(bad))
for name in checks["imports"]:
    print("import", name)
    importlib.import_module(name)
if checks["command"]:
    print("run", checks["command"])
    code = subprocess.call(checks["command"])
    if code:
        raise SystemExit("the check's command ended with exit code %d" % code)
"""


_OF_THE_PROGRAM = re.compile(r"ended with exit code [0-9]+")
"""What is logged of `_CHECK` itself, behind its own reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What an installed closure must stand."""

    imports: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    """Run with the environment's programs first in PATH; it must end with 0."""
    judged: frozenset[NormalizedName] = frozenset()
    """What does not fit counts only if it concerns one of them; none: all counts."""
    excused: frozenset[NormalizedName] = frozenset()
    """Projects of which another version than required is there by the user's word."""


def check_install(
    wheels: Sequence[Path], checklist: Checklist, *, sandbox: Sandbox, log: BuildLog
) -> tuple[str, ...]:
    """Install exactly `wheels` into a new environment, and go through a list.

    :param wheels: the wheel to check and its whole closure.
    :returns: what does not fit, and does not count.
    :raises CheckFailedError: with the log's last lines as its hint.
    """
    uv, python = str(sandbox.uv), str(sandbox.python)
    checks = {
        "consistent": [uv, "pip", "check", "--python", python],
        "imports": checklist.imports,
        "command": checklist.command,
        "judged": sorted(checklist.judged),
        "excused": sorted(checklist.excused),
        "notes": str(sandbox.room / "out" / "notes.json"),
    }
    job = SandboxJob(
        name="the check of the installed wheel",
        argv=(python, "-I", "-u", "-c", _CHECK, json.dumps(checks)),
        wheels=wheels,
        collect=("out",),
    )
    with tempfile.TemporaryDirectory(dir=sandbox.scratch) as folder:
        results = Path(folder, "checked")
        try:
            sandbox.run(job, results, log)
        except BuildFailedError as error:
            raise _failure(job.name, log) from error
        except EnvironmentFailedError as error:
            said = "" if error.telling in error.what else f": {error.telling}"
            raise CheckFailedError(
                f"{error.what}{said}", where=error.where, hint=error.hint
            ) from error
        return _notes(results / "out" / "notes.json")


def _failure(name: str, log: BuildLog) -> CheckFailedError:
    """Say what a check said no to: causes of failed builds are none of it."""
    lines = [line for line in log.recent if not _OF_THE_PROGRAM.fullmatch(line)]
    telling = telling_line(lines)
    ways = []
    if telling.startswith("ModuleNotFoundError"):
        ways.append(
            "neither the wheel nor what it requires has it: name its project in add of "
            "[requires-dist], or mend [check] imports"
        )
    return CheckFailedError(
        f"{name} failed: {telling}",
        where=str(log.path),
        hint="\n".join(filter(None, [*ways, quoted(telling_lines(lines))])),
    )


def foreign_wheels(wheels: Sequence[Path]) -> tuple[str, ...]:
    """Name the wheels that cannot be installed on this machine."""
    here = _platforms_here()
    return tuple(
        wheel.name
        for wheel in wheels
        if here.isdisjoint(platforms_of(wheel.name)) and not _is_pure(wheel.name)
    )


def room_for(wheels: Sequence[Path]) -> int:
    """Return how many bytes wheels take in a sandbox: as they are, and installed."""
    total = 0
    for wheel in wheels:
        total += wheel.stat().st_size
        with zipfile.ZipFile(wheel) as archive:
            total += sum(entry.file_size for entry in archive.infolist())
    return total


def runs_here(environment: Environment) -> bool:
    """Tell whether programs of an environment's platform run on this machine."""
    own = {
        platform
        for tag in environment.tags
        if (platform := tag.rpartition("-")[2]) != "any"
        and not platform.startswith("linux_")
    }
    return not own.isdisjoint(_platforms_here())


def _is_pure(filename: str) -> bool:
    return "any" in platforms_of(filename)


@cache
def _platforms_here() -> frozenset[str]:
    return frozenset(platform_tags())


def _notes(path: Path) -> tuple[str, ...]:
    """Read what the program inside wrote: foreign code ran beside it."""
    try:
        content = path.read_bytes()[:_NOTES_LIMIT_BYTES]
        said = json.loads(content)
    except (OSError, ValueError):
        return ()
    return tuple(map(str, said)) if isinstance(said, list) else ()
