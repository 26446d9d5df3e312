"""Time what is asked of a wheelhouse's catalog while it grows to 200,000 files.

Their rows are written directly, without bytes: what is measured is the catalog. What is
published is made of real wheels, a hundred at a time. With `--servers` the database is on
a PostgreSQL server and the files in a bucket, both started for this run.

Run: .venv/bin/python -m benchmarks.wheelhouse [--files 10000 200000] [--servers]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.upkeep.looking import summarize
from benchmarks.growth import VERSIONS, grow
from tests.support.servers import Servers
from tests.support.wheels import make_wheel

SIZES = (10_000, 200_000)
PUBLISHED = 100
"""Files at once."""
REPETITIONS = 5
LIMIT = 1.5
"""The promise: a publish among the most files takes at most this many times as long as
one among the fewest; on a disk that others use, look at the least."""
_ROUNDS = iter(range(1_000_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that is asked, in ms."""

    name: str
    times_ms: Sequence[float]

    @property
    def least(self) -> float:
        """Give the fastest: a busy machine only makes it slower."""
        return min(self.times_ms)


def main(sizes: Sequence[int], *, is_on_servers: bool) -> int:
    """Grow one wheelhouse; exit 1 where publishing takes longer for it."""
    with placed(is_on_servers=is_on_servers) as (place, folder):
        Wheelhouse.open(place).close()
        print(f"{'':24}{'files':>9}{'median ms':>11}{'least ms':>10}")
        of_publish: list[float] = []
        grown = 0
        for wanted in sorted(sizes):
            projects = -(-wanted // len(VERSIONS))
            grow(place, range(grown, projects))
            grown = projects
            rows = list(measured(place, folder, projects))
            for row in rows:
                median = statistics.median(row.times_ms)
                print(
                    f"{row.name:24}{wanted:>9}{median:>11.1f}{row.least:>10.1f}",
                    flush=True,
                )
            of_publish.append(rows[-1].least)
    ratio = of_publish[-1] / of_publish[0]
    print(f"publish among the most by the fewest: {ratio:.2f} (promised: {LIMIT})")
    return 0 if ratio <= LIMIT else 1


@contextmanager
def placed(*, is_on_servers: bool) -> Iterator[tuple[HousePlace, Path]]:
    """Give a place for a new wheelhouse, and a folder for what it is given."""
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="axletree-"))
        folder = Path(name)
        place = HousePlace(home=folder / "home")
        if is_on_servers:
            place = Servers(stack).place(folder / "home")
        yield place, folder


def measured(place: HousePlace, folder: Path, projects: int) -> Iterator[Row]:
    """Ask each thing some times."""
    middle = projects // 2
    name = canonicalize_name(f"made-up-{middle}")
    filename = f"made_up_{middle}-1.0-py3-none-any.whl"
    yield _row("open, generation", lambda: _opened(place))
    with Wheelhouse.open(place) as house:
        asked: dict[str, Callable[[], object]] = {
            "list (summary of all)": partial(summarize, house),
            "names of all projects": house.projects,
            "a project's files": partial(house.files_of, name),
            "a file by its name": partial(house.find, filename),
        }
        for text, ask in asked.items():
            yield _row(text, ask)
        yield Row(
            name=f"publish {PUBLISHED} files",
            times_ms=[_published(house, folder) for _ in range(REPETITIONS)],
        )


def _row(name: str, ask: Callable[[], object]) -> Row:
    ask()
    return Row(name=name, times_ms=[_timed(ask) for _ in range(REPETITIONS)])


def _opened(place: HousePlace) -> int:
    with Wheelhouse.open_to_read(place) as house:
        return house.generation()


def _published(house: Wheelhouse, folder: Path) -> float:
    number = next(_ROUNDS)
    files = [
        IncomingFile(path=path, filename=path.name, origin="benchmark")
        for path in (
            make_wheel(folder / str(number), f"new-{number}", f"1.{each}")
            for each in range(PUBLISHED)
        )
    ]
    return _timed(lambda: publish(house, files))


def _timed(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1e3


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=SIZES)
    parser.add_argument("--servers", action="store_true")
    arguments = parser.parse_args()
    sys.exit(main(arguments.files, is_on_servers=arguments.servers))
