"""Answers while the wheelhouse around them grows.

The real closure is published as ever; the projects around it are made up and written
straight into the database, without files: a resolution reads none. Each has three
releases that require two other made-up projects and one of the closure.
"""

import hashlib
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.house_place import HousePlace
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.wheelhouse.catalog import history, listing, records
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.model import Sha256, StoredFile
from benchmarks.closed_world import ALL_SETS, World, recorded
from benchmarks.measuring import PLATFORM, PYTHON_VERSION
from benchmarks.peers import Axletree, Making
from tests.support.wheels import make_metadata

SET = "d"
VERSIONS = ("1.0", "1.1", "2.0")
BATCH = 5_000
LIMIT = 1.2
"""The promise: the largest wheelhouse costs at most this many times the smallest."""
TIMEOUT_S = 600.0


def main(folder: Path, sizes: Sequence[int], repetitions: int) -> int:
    """Grow one wheelhouse; exit 1 when the answers take longer for it."""
    world = World(folder / "growing", recorded())
    program = Making(folder=folder).axletree
    medians: list[float] = []
    print(
        f"set {SET}; ms\n{'projects':>9}{'process':>9}{'least':>8}{'CPU':>8}"
        f"{'in process':>12}{'least':>8}"
    )
    size = len(world.projects)
    for wanted in sorted(sizes):
        grow(world.home, range(size, wanted))
        size = max(size, wanted)
        tool = Axletree(
            program=program, world=world, source="wheelhouse", cache=folder / "cache"
        )
        tool.run(SET, timeout_s=TIMEOUT_S)
        runs = [tool.run(SET, timeout_s=TIMEOUT_S) for _ in range(repetitions)]
        inside = [_timed(world.home) for _ in range(repetitions + 1)][1:]
        wall = [run.seconds * 1e3 for run in runs]
        cpu = [run.cpu_seconds * 1e3 for run in runs]
        medians.append(statistics.median(cpu))
        print(
            f"{size:>9}{statistics.median(wall):>9.1f}{min(wall):>8.1f}"
            f"{medians[-1]:>8.1f}{statistics.median(inside) * 1e3:>12.1f}"
            f"{min(inside) * 1e3:>8.1f}",
            flush=True,
        )
    ratio = medians[-1] / medians[0]
    print(f"CPU of the largest by the smallest: {ratio:.2f} (promised: {LIMIT})")
    return 0 if ratio <= LIMIT else 1


def grow(place: Path | HousePlace, numbers: range) -> None:
    """Add one made-up project for each number."""
    with Wheelhouse.open(place) as wheelhouse:
        for start in range(numbers.start, numbers.stop, BATCH):
            batch = range(start, min(start + BATCH, numbers.stop))
            now = datetime.now(UTC)
            with wheelhouse.database.writing() as connection:
                generation = history.add_generation(connection, now)
                made = list(_made_up(batch, generation, now))
                records.add_metadata(
                    connection, {_digest(metadata): metadata for _, metadata in made}
                )
                stored = [file for file, _ in made]
                identities = [file.filename for file in stored]
                listing.add_files(connection, stored, identities)


def _made_up(
    numbers: range, generation: int, now: datetime
) -> Iterator[tuple[StoredFile, bytes]]:
    for number in numbers:
        name = f"made-up-{number}"
        for version in VERSIONS:
            metadata = make_metadata(
                name,
                version,
                requires_dist=(
                    f"made-up-{number // 2}>={version}",
                    f"made-up-{number * 7 // 9}<3",
                    "requests>=2",
                ),
            )
            filename = f"made_up_{number}-{version}-py3-none-any.whl"
            file = StoredFile(
                project=canonicalize_name(name),
                version=version,
                filename=safe_name(filename),
                kind="wheel",
                tag="py3-none-any",
                sha256=_digest(filename.encode()),
                size_bytes=1000,
                entered_at=now,
                origin="benchmark",
                metadata_sha256=_digest(metadata),
                generation=generation,
            )
            yield file, metadata


def _digest(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


def _timed(home: Path) -> float:
    question = ask(
        map(parse_requirement, ALL_SETS[SET]), environment_for(PYTHON_VERSION, PLATFORM)
    )
    with Wheelhouse.open(home) as wheelhouse:
        started = time.perf_counter()
        Resolver(MemoUniverse(WheelhouseUniverse(wheelhouse))).resolve(question)
        return time.perf_counter() - started
