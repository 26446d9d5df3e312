"""The check of a finished wheel: ours against uv and the same imports, without a wall."""

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.checks.installation import check_install
from axletree.builder.jobs.making import make
from axletree.builder.jobs.stored import stored_wheels
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.transfer import BuildLog
from axletree.commands.builds.workshops import open_workshop
from axletree.config import Settings
from axletree.resolver.model.environment import environment_for
from benchmarks.measuring import clean_environment

CHECK_BAR = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A wheel that is to be checked, with all that it requires."""

    paths: Sequence[Path]
    sandbox: Sandbox
    check: Callable[[], object]
    imports: Sequence[str]


def compare_checks(recipe_path: Path, home: Path, rounds: int, folder: Path) -> None:
    """Check one wheel in turn with uv, each time from nothing; print the medians.

    :param home: a wheelhouse that holds what the wheel requires (`make demo` makes one).
    """
    with _ready(recipe_path, home, folder) as ready:
        taken: dict[str, list[tuple[float, float]]] = {"axletree": [], "uv": []}
        for number in range(rounds + 1):
            found = {
                "axletree": _timed(ready.check),
                "uv": _timed(lambda: _by_uv(ready, folder)),
            }
            for name, each in found.items():
                if number:  # The first fills the system's caches.
                    taken[name].append(each)
    ours, theirs = (
        tuple(map(statistics.median, zip(*taken[name], strict=True)))
        for name in ("axletree", "uv")
    )
    print(
        f"the check of {len(ready.paths)} wheels: {ours[0]:.2f} s, CPU {ours[1]:.2f} s"
    )
    print(
        f"uv pip install and the same imports: {theirs[0]:.2f} s, CPU {theirs[1]:.2f} s, "
        f"ours / theirs {ours[0] / theirs[0]:.2f}, CPU {ours[1] / theirs[1]:.2f} "
        f"(bar {CHECK_BAR})"
    )


@contextmanager
def _ready(recipe_path: Path, home: Path, folder: Path) -> Iterator[_Ready]:
    # Late, as for who builds: SQLAlchemy.
    from axletree.builder.jobs.closure import Closures  # noqa: PLC0415
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415

    recipe = load_recipe(recipe_path)
    settings = Settings(home=home, cache_dir=folder / "cache")
    environment = environment_for(recipe.build.pythons[0], "linux")
    with ExitStack() as stack:
        house = stack.enter_context(Wheelhouse.open_to_read(home))
        workshop, scratch = stack.enter_context(
            open_workshop(
                settings, house, SilentBuildReporter(), allows_file_sources=True
            )
        )
        made = make(recipe, [environment], house, workshop, scratch)
        fetch = stored_wheels(house, scratch / "closure")
        closures = Closures(house=house, group=made.wheels, fetch=fetch)
        paths = closures.of(made.wheels[0], environment)
        sandbox = workshop.sandbox(environment, scratch / "sandbox")
        log = BuildLog(scratch / "log", SilentBuildReporter())
        yield _Ready(
            paths=paths,
            sandbox=sandbox,
            check=lambda: check_install(
                paths, made.checklist, sandbox=sandbox, log=log
            ),
            imports=recipe.imports,
        )


def _by_uv(ready: _Ready, folder: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    venv, cache = folder / "venv", folder / "uv-cache"
    for place in (venv, cache):
        shutil.rmtree(place, ignore_errors=True)
    environment = clean_environment(UV_CACHE_DIR=str(cache))
    python = str(venv / "bin/python")
    base = str(ready.sandbox.interpreter.executable)
    options = ("--quiet", "--offline", "--no-index", "--no-deps", "--python", python)
    _run([uv, "venv", "--quiet", "--python", base, str(venv)], environment)
    _run([uv, "pip", "install", *options, *map(str, ready.paths)], environment)
    _run([python, "-c", f"import {', '.join(ready.imports)}"], environment)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(
        command, env=dict(environment), check=True, stderr=subprocess.DEVNULL
    )


def _timed(what: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU time, of this process and what it has started."""
    began, before = time.perf_counter(), _cpu_s()
    what()
    return time.perf_counter() - began, _cpu_s() - before


def _cpu_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = map(resource.getrusage, kinds)
    return sum(each.ru_utime + each.ru_stime for each in used)
