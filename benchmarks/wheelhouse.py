"""Time what is asked of a wheelhouse's catalog while it grows to 200,000 files.

Their rows are written directly, without bytes: what is measured is the catalog. Requirement
sets are rows, too, which hang on projects all over it. What is published is made of real
wheels, a hundred at a time. With `--servers` the database is on
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
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import NamedRelease
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.sets import state_rows
from axletree.wheelhouse.sets.checking import queue
from axletree.wheelhouse.sets.records import Outcome
from axletree.wheelhouse.sets.rows import add_outcome
from axletree.wheelhouse.upkeep.looking import look_at, summarize
from benchmarks.growth import VERSIONS, grow
from tests.support.servers import Servers
from tests.support.wheels import make_wheel

SIZES = (10_000, 200_000)
PUBLISHED = 100
"""Files at once."""
SETS = 200
READ = 100
"""Projects that each of the sets hangs on."""
READERS = 20
"""Those of the sets that hang on the one that is changed."""
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
            with Wheelhouse.open(place) as house:
                keep_sets(house, projects)
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
            "a project with its past": partial(
                look_at, house, NamedRelease(project=name)
            ),
            "sets touched: none": partial(_queued, house, 0),
        }
        for text, ask in asked.items():
            yield _row(text, ask)
        changes.yank(house, [NamedRelease(project=name)], f"of {projects}")
        yield _row("sets touched: some", partial(_queued, house, READERS))
        changes.unyank(house, [NamedRelease(project=name)])
        published = [_published(house, folder) for _ in range(REPETITIONS)]
        text = f"publish {PUBLISHED} files"
        yield Row(name=f"{text}, CPU", times_ms=[each.cpu_ms for each in published])
        yield Row(name=text, times_ms=[each.wall_ms for each in published])


def keep_sets(house: Wheelhouse, projects: int) -> None:
    """Keep sets that are known up to now; some of them read the project in the middle."""
    middle = canonicalize_name(f"made-up-{projects // 2}")
    generation, now = house.generation(), datetime.now(UTC)
    with house.database.writing() as connection:
        for number in range(SETS):
            name = f"kept-{number}"
            outcome = Outcome(
                result="whole",
                since=generation,
                cause="the set was added",
                generation=generation,
                at=now,
                version=1,
            )
            reads = {
                canonicalize_name(f"made-up-{number * projects // SETS + each}")
                for each in range(READ)
            } - {middle}
            state_rows.put_state(
                connection,
                name,
                "py39-linux",
                outcome_number=add_outcome(connection, name, "py39-linux", outcome, ()),
                lock_number=None,
                generation=generation,
                at=now,
                reads=reads | {middle} if number < READERS else reads,
            )


def _queued(house: Wheelhouse, expected: int) -> None:
    found = len(queue(house).due)
    if found != expected:
        message = f"{found} sets are due, and not {expected}"
        raise RuntimeError(message)


def _row(name: str, ask: Callable[[], object]) -> Row:
    ask()
    return Row(name=name, times_ms=[_timed(ask) for _ in range(REPETITIONS)])


def _opened(place: HousePlace) -> int:
    with Wheelhouse.open_to_read(place) as house:
        return house.generation()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publish:
    """What one took; the CPU is of this process alone."""

    wall_ms: float
    cpu_ms: float


def _published(house: Wheelhouse, folder: Path) -> _Publish:
    number = next(_ROUNDS)
    files = [
        IncomingFile(path=path, filename=path.name, origin="benchmark")
        for path in (
            make_wheel(folder / str(number), f"new-{number}", f"1.{each}")
            for each in range(PUBLISHED)
        )
    ]
    started = time.process_time()
    wall_ms = _timed(lambda: publish(house, files))
    return _Publish(wall_ms=wall_ms, cpu_ms=(time.process_time() - started) * 1e3)


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
