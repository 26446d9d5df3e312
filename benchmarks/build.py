"""The wheel of one tree, until it is finished: ours against `python -m build` and uv.

`python -m benchmarks.build RECIPE WHEELS`: RECIPE is a git recipe of a repository on this
machine (`make demo` makes the fairing stand-in), WHEELS a folder with what its build
requires (setuptools, wheel). All three build in a new environment, offline, from WHEELS;
ours also behind the wall, from the commit, stamped and normalised. No job is entered and
nothing published, as with the others. Rounds are interleaved; medians are compared, for the
machine may be busy, and CPU time is told beside. With `--closure HOUSE`, a wheelhouse that
holds what the wheel requires (`.demo/wheelhouse`), its check is compared with uv, too.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from axletree.builder.jobs.making import make
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.reporter import SilentBuildReporter
from axletree.commands.builds.workshops import open_workshop
from axletree.config import Settings
from axletree.resolver.model.environment import environment_for
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.model import IncomingFile
from benchmarks.checked import compare_checks
from benchmarks.measuring import Measured, clean_environment, fresh_folder, measure

ROUNDS = 7
BARS = {"python -m build": 0.5, "uv build": 1.0}
"""What our time over theirs is to be at most."""
_UNCOUNTED = 2
"""Rounds that fill caches: an environment that is asked for twice is kept."""


def main(words: Sequence[str] | None = None) -> None:
    """Print the medians, and ours over each."""
    parser = argparse.ArgumentParser(prog="benchmarks.build")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--home", type=Path, help="build once, from this wheelhouse")
    parser.add_argument("--closure", type=Path, help="check it, from this wheelhouse")
    asked = parser.parse_args(words)
    if asked.home is not None:
        build_here(asked.recipe, asked.home)
        return
    with fresh_folder() as folder:
        compare(asked.recipe, asked.wheels.resolve(), asked.rounds, folder)
        if asked.closure is not None:
            compare_checks(
                asked.recipe, asked.closure.resolve(), asked.rounds, folder / "checks"
            )


def build_here(recipe_path: Path, home: Path) -> None:
    """Build the wheel, and neither check nor publish it, as `axletree build` begins."""
    recipe = load_recipe(recipe_path)
    settings = Settings(home=home, cache_dir=home.parent / "cache")
    environment = environment_for(recipe.build.pythons[0], "linux")
    with ExitStack() as stack:
        house = PlainReader(home, stack)
        workshop, folder = stack.enter_context(
            open_workshop(
                settings, house, SilentBuildReporter(), allows_file_sources=True
            )
        )
        make(recipe, [environment], house, workshop, folder)


def compare(recipe_path: Path, wheels: Path, rounds: int, folder: Path) -> None:
    """Run all three in turn, and print what came out."""
    # Late, as for who builds: SQLAlchemy.
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415
    from axletree.wheelhouse.catalog.publish import publish  # noqa: PLC0415

    recipe = load_recipe(recipe_path)
    if not isinstance(recipe.source, GitSource):
        sys.exit("the recipe must have a git source")
    home, tree = folder / "house", folder / "tree"
    with Wheelhouse.open(home) as house:
        publish(house, [_incoming(path) for path in sorted(wheels.glob("*.whl"))])
    git = shutil.which("git") or "git"
    clone = [git, "clone", "-q", recipe.source.url, str(tree)]
    subprocess.run(clone, check=True)
    subprocess.run(
        [git, "-C", str(tree), "checkout", "-q", recipe.source.commit], check=True
    )
    version = recipe.build.pythons[0]
    python = str(next(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))
    offline = clean_environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    ours = [sys.executable, "-m", "benchmarks.build", str(recipe_path), str(wheels)]
    frontend = _frontend(python, folder)
    uv = Path(sys.executable).with_name("uv")
    commands: Mapping[str, Sequence[str]] = {
        "axletree": [*ours, "--home", str(home)],
        "python -m build": [frontend, "-m", "build", "-w", "-o", str(folder / "out")],
        "uv build": [
            *(str(uv), "build", "-q", "--wheel", "--offline", "--no-index"),
            *("--find-links", str(wheels), "--python", python),
            *("-o", str(folder / "out-uv")),
        ],
    }
    taken: dict[str, list[Measured]] = {name: [] for name in commands}
    for number in range(_UNCOUNTED + rounds):
        for name, command in commands.items():
            words = command if name == "axletree" else [*command, _copy(tree, folder)]
            measured = measure(words, offline)
            if number >= _UNCOUNTED:
                taken[name].append(measured)
    own, own_cpu = _medians(taken["axletree"])
    print(f"axletree: {own:.2f} s, CPU {own_cpu:.2f} s")
    for name, bar in BARS.items():
        theirs, cpu = _medians(taken[name])
        print(
            f"{name}: {theirs:.2f} s, CPU {cpu:.2f} s, ours / theirs {own / theirs:.2f} "
            f"(bar {bar}), CPU {own_cpu / cpu:.2f}"
        )


def _medians(taken: Sequence[Measured]) -> tuple[float, float]:
    return (
        statistics.median(each.seconds for each in taken),
        statistics.median(each.cpu_seconds for each in taken),
    )


def _incoming(path: Path) -> IncomingFile:
    return IncomingFile(
        path=path, filename=path.name, origin="benchmark", strictness="lenient"
    )


def _copy(tree: Path, folder: Path) -> str:
    """Give a tree that nobody has built in."""
    place = folder / "copy"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(tree, place)
    return str(place)


def _frontend(python: str, folder: Path) -> str:
    """Make an environment that has pypa/build."""
    place = folder / "frontend"
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    program = str(place / "bin/python")
    subprocess.run([program, "-m", "pip", "install", "-q", "build"], check=True)
    return program


if __name__ == "__main__":
    os.umask(0o022)
    main()
