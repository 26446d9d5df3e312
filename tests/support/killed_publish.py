"""Publish again and again, killed each time one moment later.

Run as a program: `killed_publish.py HOW FOLDER WHEEL…`. Each try is a forked process
with a wheelhouse of its own, `FOLDER/<number>`, ended by SIGKILL. HOW is

- `publishing`: before or after the n-th call into the system or the database, until one
  try runs through, in a wheelhouse that was there before;
- `repairing`: the same in one that has the files, whose bytes and METADATA are damaged;
- `making`: the same from the making of the wheelhouse on, every few calls;
- `delays`: ever later from outside, also in the middle of a write.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path
from types import FrameType

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from tests.support.damage import flip, remove, truncate

MOMENTS = frozenset(
    {"chmod", "close", "commit", "execute", "flock", "fsync", "mkdir", "put"}
)
CALLS = frozenset({"c_call", "c_return"})
LATE = (
    *("alembic.command", "alembic.config", "sqlalchemy.dialects.sqlite"),
    *("email.parser", "email.policy", "packaging.metadata", "encodings.cp437"),
)
"""What is imported when it is needed: once, before the forks, so that no child needs to."""
DELAYS = 12
STEP_S = 0.04
MAKING_STEP = 12


class Dying:
    """A profiler that kills this process at its n-th event."""

    def __init__(self, moment: int) -> None:
        self.left = moment
        """Events until then."""

    def __call__(self, _: FrameType, event: str, function: object) -> None:
        # Of the system's calls first: most events are others.
        if event in CALLS and getattr(function, "__name__", "") in MOMENTS:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left -= 1


def publish_once(home: Path, wheels: list[Path]) -> None:
    with Wheelhouse.open(home) as wheelhouse:
        files = [
            IncomingFile(path=path, filename=path.name, origin="test")
            for path in wheels
        ]
        publish(wheelhouse, files)


def kill_publishing(folder: Path, wheels: list[Path]) -> None:
    made = folder.with_name("made")
    _in_child(lambda: Wheelhouse.open(made).close())
    _kill_over(made, folder, wheels)


def kill_repairing(folder: Path, wheels: list[Path]) -> None:
    made = folder.with_name("made")
    _in_child(lambda: publish_once(made, wheels))
    _in_child(lambda: damage(made))
    _kill_over(made, folder, wheels)


def damage(home: Path) -> None:
    for number, blob in enumerate((home / "files" / "sha256").glob("*/*")):
        [flip, truncate, remove][number % 3](blob)
    with Wheelhouse.open(home) as wheelhouse, wheelhouse.database.writing() as writer:
        writer.exec_driver_sql("UPDATE metadata SET content = x'00'")


def _kill_over(made: Path, folder: Path, wheels: list[Path]) -> None:
    for moment in count():
        home = folder / str(moment)
        shutil.copytree(made, home)
        if _survives(home, wheels, moment):
            return


def kill_making(folder: Path, wheels: list[Path]) -> None:
    for moment in count(step=MAKING_STEP):
        if _survives(folder / str(moment), wheels, moment):
            return


def _survives(home: Path, wheels: list[Path], moment: int) -> bool:
    def run() -> None:
        sys.setprofile(Dying(moment))
        publish_once(home, wheels)
        sys.setprofile(None)

    status = _in_child(run)
    if os.WIFSIGNALED(status):
        return False
    if status:
        sys.exit("publishing failed on its own")
    return True


def _in_child(run: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        run()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def kill_after_delays(folder: Path, wheels: list[Path]) -> None:
    for number in range(DELAYS):
        child = os.fork()
        if child == 0:
            publish_once(folder / str(number), wheels)
            os._exit(0)
        time.sleep(number * STEP_S)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    for name in LATE:
        import_module(name)
    modes = {
        "publishing": kill_publishing,
        "repairing": kill_repairing,
        "making": kill_making,
        "delays": kill_after_delays,
    }
    modes[sys.argv[1]](Path(sys.argv[2]), list(map(Path, sys.argv[3:])))
