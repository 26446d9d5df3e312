"""Workers are killed at random: every job ends once, and nothing is left behind."""

import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from axletree.builder.running.executors import LocalProcesses
from axletree.builder.running.group import Group
from axletree.builder.running.rooming import Room
from axletree.builder.running.targets import Target
from axletree.builder.running.work import Work
from axletree.commands.builds.targets import SettingsWorkshop
from axletree.config import Settings
from axletree.house_place import place_at
from axletree.resolver.model.environment import environment_for
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.table import Jobs
from axletree.wheelhouse.store.scratch import own_folder
from tests.support.many_builds import small_sdist
from tests.support.sources import build_requirements
from tests.support.wheelhouses import publish_all

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("KILLED_JOBS", "10"))
"""`make soak` says 100."""
SEED = 15


class Silent:
    def announce(self, text: str) -> None: ...
    def note(self, text: str) -> None: ...
    def counting(self, doing: str, *, done: int, total: int, what: str) -> None: ...


@contextmanager
def killing(executor: LocalProcesses) -> Iterator[list[int]]:
    """Kill a worker now and then, at any moment of its work; the first one early."""
    chance = random.Random(SEED)  # noqa: S311  no secret
    over = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        # However quick the machine: the first is killed before the work can be over.
        while not executor.workers():
            if over.wait(0.01):
                return
        pause = chance.uniform(0, 0.3)
        while not over.wait(pause):
            workers = [each for each in executor.workers() if each]
            if workers:
                victim = chance.choice(workers)
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)
            pause = chance.uniform(0.5, 4)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def many_targets(folder: Path) -> list[Target]:
    """Make sdists: of five one needs its neighbour, of seven one cannot be built."""
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [
        Target(
            what=small_sdist(
                folder,
                f"thing-{number}",
                requires=[f"thing-{number - 1}"] if number % 5 == 4 else [],
                tiny='fails = "by nature"' if number % 7 == 3 else "",
            ),
            environments=(environment_for(minor, "linux"),),
            isolation="none",
        )
        for number in range(MANY)
    ]


def test_every_job_ends_once_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    home, cache = tmp_path / "house", tmp_path / "cache"
    publish_all(home, build_requirements(tmp_path / "wheels"))
    work_dir = cache / "builds"
    executor = LocalProcesses(2)
    settings = Settings(home=home, cache_dir=cache)
    with (
        Wheelhouse.open(home) as house,
        own_folder(work_dir / "running") as running,
        killing(executor) as killed,
    ):
        group = Group(
            house=house,
            work=Work(
                place=place_at(home), open_workshop=SettingsWorkshop(settings=settings)
            ),
            executor=executor,
            room=Room(slots=2, memory_bytes=4 << 30),
            folder=running,
            logs=work_dir / "logs" / "jobs",
            reporter=Silent(),
        )
        ended = group.run(many_targets(tmp_path))
        executor.shutdown()
        jobs = Jobs(house=house).all()
        entered = Counter(name for entry in house.journal() for name in entry.subjects)
    with own_folder(work_dir / "scratch") as last:
        left = [path for path in last.parent.iterdir() if path.stem != last.name]

    assert killed
    assert len(ended) == len(jobs) == MANY
    assert {job.state for job in jobs} <= {"published", "failed"}
    for each in ended:
        assert each.is_good != (each.failure is not None), each
        if each.is_good:
            assert entered[f"{wheel_of(each.target)}"] == 1
        else:
            assert each.failure is not None
            assert each.failure.what
            assert f"{wheel_of(each.target)}" not in entered
    natural = [each for each in ended if number_of(each.target) % 7 == 3]
    assert not any(each.is_good for each in natural)
    assert left == []
    assert list((work_dir / "running").iterdir()) == []
    assert still_running_in(tmp_path) == []


def number_of(target: Target) -> int:
    return int(str(target.release[0]).rpartition("-")[2])


def wheel_of(target: Target) -> str:
    return f"thing_{number_of(target)}-1.0-py3-none-any.whl"


def still_running_in(folder: Path) -> list[str]:
    """List the processes whose command line names a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes()
            if str(folder).encode() in line and path.parent.name != str(os.getpid()):
                found.append(line.decode())
    return found
