"""The wheelhouse that servers are measured over: generated, the same each time.

2,000 projects with 20,000 wheels: `medium` has 39 of them, `many` has 1,500, `large` has
four of 50 MB, and all others share the rest. Metadata is as long as it mostly is.
"""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from axletree.wheelhouse.catalog.house import Wheelhouse
from benchmarks.measuring import BIN, BenchmarkError, clean_environment
from tests.support.wheels import make_wheel

MEDIUM_FILES, MANY_FILES, LARGE_FILES = 39, 1_500, 4
LARGE_BYTES = 50_000_000
_DESCRIPTION = "A line of a description, as long as such lines are.\n" * 60
_TAGS = ("py3-none-any", "cp39-cp39-manylinux_2_17_x86_64", "cp311-cp311-win_amd64")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedWorld:
    """A wheelhouse, the same files in one folder, and the same index exported."""

    folder: Path

    @property
    def wheels(self) -> Path:
        """Give the folder of all wheels."""
        return self.folder / "wheels"

    @property
    def home(self) -> Path:
        """Give the wheelhouse."""
        return self.folder / "home"

    @property
    def site(self) -> Path:
        """Give the exported index."""
        return self.folder / "site"

    def axletree(self, *words: str | Path) -> str:
        """Run the command line over this wheelhouse.

        :raises BenchmarkError: it failed.
        """
        ran = subprocess.run(
            [BIN / "axletree", *map(str, words)],
            env=clean_environment(AXLETREE_HOME=str(self.home)),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise BenchmarkError(f"{words}: {ran.stderr}")
        return ran.stdout

    def path_of(self, filename: str) -> str:
        """Give the path under which a file is served."""
        with Wheelhouse.open_to_read(self.home) as house:
            stored = house.find_kept(filename)
        if stored is None:
            raise BenchmarkError(f"{filename} is not kept")
        return f"/files/{stored.sha256[:2]}/{stored.sha256[2:]}/{filename}"


def make_world(folder: Path, *, projects: int, wheels: int) -> ServedWorld:
    """Make it, where it is not there yet; says how long each part took."""
    world = ServedWorld(folder=folder)
    if world.site.exists():
        return world
    began = perf_counter()
    _make_wheels(world.wheels, projects, wheels)
    made = perf_counter()
    world.axletree("add", "-q", world.wheels)
    added = perf_counter()
    world.axletree("export-site", "-q", world.site)
    print(
        f"{wheels} wheels made in {made - began:.0f} s, added in {added - made:.0f} s, "
        f"exported in {perf_counter() - added:.0f} s"
    )
    return world


def _make_wheels(folder: Path, projects: int, wheels: int) -> None:
    for number in range(MEDIUM_FILES):
        _make(folder, "medium", number)
    for number in range(MANY_FILES):
        _make(folder, "many", number)
    noise = random.Random(16)  # noqa: S311  only incompressible
    for number in range(LARGE_FILES):
        _make(folder, "large", number, noise.randbytes(LARGE_BYTES))
    left = wheels - MEDIUM_FILES - MANY_FILES - LARGE_FILES
    for number in range(left):
        project = number % (projects - 3)
        _make(folder, f"project-{project:04}", number // (projects - 3))


def _make(folder: Path, name: str, number: int, content: bytes = b"") -> None:
    make_wheel(
        folder,
        name,
        f"1.{number // 3}",
        requires_dist=[f"project-{number % 50:04} >=1.{number % 7}", "medium"],
        requires_python=">=3.8",
        tag=_TAGS[number % 3],
        files={f"{name.replace('-', '_')}.py": content or _DESCRIPTION.encode()},
    )
