"""Many processes publish at once, and some of them the same names."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import StoredFile
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.verifying import Damage, Verifier
from tests.support import clashing
from tests.support.servers import Servers

pytestmark = pytest.mark.slow
PROCESSES = 8
KILLS = 6
FILES = 250
"""Of each; a quarter has names that all of them give."""
REPOSITORY = Path(__file__).parents[2]


def running(number: int, count: int, place: HousePlace) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, clashing.__file__, str(number), str(count)),
            *(place.home, place.database, place.files),
        ],
        env={**os.environ, **place.aws, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def all_of(house: Wheelhouse) -> list[StoredFile]:
    listed = house.files_of_all(house.projects()).values()
    return [file for own in listed for file in own]


def damages(house: Wheelhouse, folder: Path) -> tuple[Damage, ...]:
    with ProgressFile.open(folder / "cache", house.place, is_fresh=True) as known:
        return Verifier(house=house, progress=known).verify().damages


@pytest.mark.parametrize("pair", ["local", "servers"])
def test_every_name_has_one_content_and_each_loser_a_clear_error(
    tmp_path: Path, request: pytest.FixtureRequest, pair: str
) -> None:
    place = HousePlace(home=tmp_path / "home")
    if pair == "servers":
        servers: Servers = request.getfixturevalue("servers")
        place = servers.place(tmp_path / "home")
    else:
        Wheelhouse.open(place).close()

    begun = [running(number, FILES, place) for number in range(PROCESSES)]
    ended = [(*each.communicate(), each.returncode) for each in begun]

    assert [code for *_, code in ended] == [0] * PROCESSES, ended[0][1].decode()
    answers = [json.loads(out) for out, *_ in ended]
    assert all(len(answer) == FILES for answer in answers)
    told = Counter(
        "taken" if said == "filename-taken: 4" else "new"
        for answer in answers
        for said in answer.values()
    )
    names = {name for answer in answers for name in answer}
    assert told == {
        "new": len(names),
        "taken": PROCESSES * FILES - len(names),
    }
    won = {
        name: said
        for answer in answers
        for name, said in answer.items()
        if ":" not in said
    }
    with Wheelhouse.open(place) as house:
        assert {file.filename: file.sha256 for file in all_of(house)} == won
        counted = [entry.generation for entry in house.journal()]
        assert counted == list(range(1, house.generation() + 1))
        assert damages(house, tmp_path) == ()


def test_a_publisher_on_servers_that_is_killed_leaves_all_or_nothing(
    tmp_path: Path, servers: Servers
) -> None:
    place = servers.place(tmp_path / "home")
    Wheelhouse.open(place).close()
    chance = random.Random(14)  # noqa: S311  no secret
    for number in range(KILLS):
        with running(number, 2 * clashing.BATCH, place) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.8 + 1.5 * chance.random())
            process.kill()
        with Wheelhouse.open(place) as house:
            counts = {
                sum(file.generation == each for file in all_of(house))
                for each in range(1, house.generation() + 1)
            }
            assert all(count > clashing.BATCH // 2 for count in counts)
            assert damages(house, tmp_path) == ()
    with running(0, 2 * clashing.BATCH, place) as process:
        assert process.wait(60) == 0
    with Wheelhouse.open(place) as house:
        assert damages(house, tmp_path) == ()
        assert sum(file.project == "own0" for file in all_of(house)) == 37
