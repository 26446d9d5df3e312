"""Many processes publish at once, and some of them the same names."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.verifying import Verifier
from tests.support import clashing
from tests.support.servers import Servers

pytestmark = pytest.mark.slow
PROCESSES = 8
FILES = 250
"""Of each; a quarter has names that all of them give."""
REPOSITORY = Path(__file__).parents[2]


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

    running = [
        subprocess.Popen(
            [
                *(sys.executable, clashing.__file__, str(number), str(FILES)),
                *(place.home, place.database, place.files),
            ],
            env={**os.environ, **place.aws, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    ended = [(*each.communicate(), each.returncode) for each in running]

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
        listed = house.files_of_all(house.projects()).values()
        assert {file.filename: file.sha256 for own in listed for file in own} == won
        counted = [entry.generation for entry in house.journal()]
        assert counted == list(range(1, house.generation() + 1))
        with ProgressFile.open(tmp_path / "cache", place, is_fresh=True) as known:
            found = Verifier(house=house, progress=known).verify()
    assert (found.damages, found.file_count) == ((), len(names))
