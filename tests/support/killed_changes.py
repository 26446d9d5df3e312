"""Change a wheelhouse again and again, killed each time at another moment.

Run as a program: `killed_changes.py SEED ROUNDS FOLDER FILES`. Each round is a forked
process over a copy of one wheelhouse, which does one thing and is ended by SIGKILL at a
random one of its calls into the system or the database, which were counted before; what
was acknowledged before that is written down beside it. `check` then holds the wheelhouse
to what must be true after that. At the end it prints what was killed how often.
"""

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree import cli
from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import NoSetError, NotKeptError, SetTakenError
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.sets.checking import queue, work_off
from axletree.wheelhouse.sets.keeping import add_set, remove_set, update_set
from axletree.wheelhouse.sets.reading import read_sets
from axletree.wheelhouse.sets.records import SetText, Target
from axletree.wheelhouse.store.turns import tell_nobody
from axletree.wheelhouse.upkeep.backups import back_up
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.restoring import restore
from axletree.wheelhouse.upkeep.verifying import Verifier
from tests.support.killed_publish import LATE, Dying

DEMO = canonicalize_name("demo")
LATER = datetime.now(UTC) + timedelta(days=2)
PY39 = Target(python_version="3.9", platform="linux")
USED = SetText(requirements="used\n")
TOLD_EACH = 200
"""Rounds."""
NEVER = 1_000_000_000
"""A moment that does not come."""


def add(house: Wheelhouse, *paths: Path) -> None:
    publish(
        house, [IncomingFile(path=p, filename=p.name, origin="test") for p in paths]
    )


def _nothing(done: int, total: int) -> None:
    del done, total


def _remove(house: Wheelhouse) -> None:
    with suppress(NotKeptError):  # it was removed before it was killed
        changes.remove(house, [parse_subject("demo==1.0")])


def _add_set(house: Wheelhouse) -> None:
    with suppress(SetTakenError):  # it was added before it was killed
        add_set(house, "fresh", USED, [PY39])


def _remove_set(house: Wheelhouse) -> None:
    with suppress(NoSetError):  # likewise
        remove_set(house, "kept")


def _touch_set(house: Wheelhouse, later: list[Path]) -> None:
    add(house, *later)
    changes.yank(house, [parse_subject("used==1.0")], "old")
    work_off(house)


def _collect(house: Wheelhouse, files: Path) -> None:
    """Bring two files from a folder, as the command does."""
    os.environ["AXLETREE_HOME"] = str(house.home)
    words = ["collect", "new==1.0", "used", "--find-links", str(files)]
    with (files.parent / "said").open("w") as said, redirect_stdout(said):
        code = cli.main([*words, "--python-version", "3.9", "--json", "-q"])
    assert code == 0, (files.parent / "said").read_text()


def works(files: Path) -> Mapping[str, Callable[[Wheelhouse], object]]:
    """What may be done, each such that it can be done again."""
    new = sorted(files.glob("new-*.whl"))
    removed = sorted(files.glob("gone-*.whl"))
    later = sorted(files.glob("used-2*.whl"))
    backup = files.parent / "backup"
    return {
        "publish": lambda house: add(house, *new),
        "publish again": lambda house: add(house, *removed),
        "yank": lambda house: changes.yank(house, [parse_subject("demo")], "old"),
        "remove": _remove,
        "withdraw": lambda house: changes.withdraw(house, [parse_subject("demo")], "m"),
        "set add": _add_set,
        "set update": lambda house: update_set(
            house, "kept", SetText(requirements="used<3\n"), None
        ),
        "collect": lambda house: _collect(house, files),
        "set check": lambda house: _touch_set(house, later),
        "set rm": _remove_set,
        "gc": lambda house: sweep(house, clock=lambda: LATER),
        "backup": lambda house: back_up(house, house.home / "../copy", _nothing),
        "restore": lambda house: restore(
            house.home, backup, _nothing, tell=tell_nobody, is_forced=True
        ),
    }


def prepare(home: Path, files: Path) -> None:
    """Make the wheelhouse that every round begins with, and its backup."""
    with Wheelhouse.open(home) as house:
        for path in sorted(files.glob("demo-*")):
            add(house, path)
        add(house, *sorted(files.glob("gone-*")), *sorted(files.glob("used-1*")))
        add_set(house, "kept", USED, [PY39])
        changes.pin(house, 1, "kept")
        changes.remove(house, [parse_subject("gone")])
        back_up(house, files.parent / "backup", _nothing)


def count_moments(folder: Path, files: Path) -> Mapping[str, int]:
    """Do each thing once to its end, and count the moments that it has."""
    found = {}
    for name in works(files):
        home = folder / "counted" / "home"
        shutil.copytree(files.parent / "made", home)
        child = os.fork()
        if child == 0:
            counting = Dying(NEVER)
            sys.setprofile(counting)
            with Wheelhouse.open(home) as house:
                works(files)[name](house)
            sys.setprofile(None)
            (home / "moments").write_text(str(NEVER - counting.left))
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(f"{name} failed on its own")
        found[name] = int((home / "moments").read_text())
        shutil.rmtree(home.parent)
    return found


def one_round(
    number: int, seed: int, folder: Path, files: Path, moments: Mapping[str, int]
) -> None:
    """Kill one process at a random moment, and check what it leaves."""
    chance = random.Random(f"{seed}-{number}")  # noqa: S311  no secret
    names = list(works(files))
    name = names[number % len(names)]
    home = folder / str(number) / "home"
    shutil.copytree(files.parent / "made", home)
    moment = chance.randrange(moments[name])
    child = os.fork()
    if child == 0:
        sys.setprofile(Dying(moment))
        with Wheelhouse.open(home) as house:
            works(files)[name](house)
            done = _said(house)
            sys.setprofile(None)
            (home / "acknowledged").write_text(json.dumps(done))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        sys.exit(f"round {number}: {name} was not killed at call {moment}: {status}")
    try:
        check(home, files, name)
    except BaseException:
        print(f"round {number}: {name}, killed at call {moment}", file=sys.stderr)  # noqa: T201  for who reads the test
        raise
    shutil.rmtree(home.parent)


def check(home: Path, files: Path, name: str) -> None:
    """Hold a wheelhouse to all that must be true after a kill."""
    if name == "restore" and not (home / "wheelhouse.sqlite").exists():
        restore(home, files.parent / "backup", _nothing, tell=tell_nobody)
    with Wheelhouse.open(home) as house:
        sound(house, files)
        said = home / "acknowledged"
        if said.exists():
            known = json.loads(said.read_text())
            assert name == "restore" or _said(house) == known
            assert house.generation() >= known[0]
        first = [file.filename for file in house.files_of(DEMO, 1)]
        assert first == ["demo-1.0-py3-none-any.whl"], first
        works(files)[name](house)
        again = house.generation()
        if name != "restore":
            works(files)[name](house)
            assert house.generation() == again
        sound(house, files)
        assert not list(home.glob("files/sha256/*/*#*"))


def _said(house: Wheelhouse) -> list[object]:
    """Give what was acknowledged: it must be there for good."""
    sets = [[each.version.name, each.version.number] for each in read_sets(house)]
    return [house.generation(), sets]


def sound(house: Wheelhouse, files: Path) -> None:
    """Find no damage at all, and all sets whole."""
    for kept in read_sets(house):
        assert [state.environment for state in kept.states] == ["py39-linux"]
        assert {state.outcome.result for state in kept.states} == {"whole"}
    assert queue(house).newest == house.generation()
    with ProgressFile.open(files.parent / "cache", house.home, is_fresh=True) as known:
        found = Verifier(house=house, progress=known).verify()
    assert found.damages == (), found.damages


def main(seed: int, rounds: int, folder: Path, files: Path) -> None:
    """Make the wheelhouse, and kill over it."""
    for name in (*LATE, "axletree.commands.verbs.collect"):
        import_module(name)
    child = os.fork()
    if child == 0:
        prepare(files.parent / "made", files)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("the wheelhouse could not be made")
    moments, wrong = count_moments(folder, files), list[int]()
    for number in range(rounds):
        # Checked in a process of its own: no database is open where we fork.
        child = os.fork()
        if child == 0:
            try:
                one_round(number, seed, folder, files, moments)
            except BaseException:  # noqa: BLE001  told, and the parent ends it all
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            wrong.append(number)
        if not (number + 1) % TOLD_EACH or number + 1 == rounds:
            _tell(number + 1, seed, moments, wrong)
    if wrong:
        sys.exit(f"these rounds of seed {seed} went wrong: {wrong}")


def _tell(
    rounds: int, seed: int, moments: Mapping[str, int], wrong: Sequence[int]
) -> None:
    times = [len(range(each, rounds, len(moments))) for each in range(len(moments))]
    done = ", ".join(f"{n} {name}" for name, n in zip(moments, times, strict=True))
    sys.stdout.write(
        f"killed {rounds} times, seed {seed}, {len(wrong)} went wrong: {done}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
