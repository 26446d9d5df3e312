"""Publish what others publish too, with other content; tell what became of each file.

Run as a program: `clashing.py NUMBER FILES HOME DATABASE BUCKET`, the last
two empty for a wheelhouse in a folder. Of its files every fourth has a name that all
these processes give, and content that is its own.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish_sound
from axletree.wheelhouse.model import IncomingFile
from tests.support.wheels import make_wheel

BATCH = 25


def make_files(number: int, count: int, folder: Path) -> list[Path]:
    """Make the files of one process."""
    made = []
    for each in range(count):
        is_shared = each % 4 == 0
        project = "shared" if is_shared else f"own{number}"
        content = {"who.py": f"WHO = {number}, {each}\n".encode()}
        made.append(make_wheel(folder, project, f"1.{each}", files=content))
    return made


def main(number: int, count: int, place: HousePlace) -> dict[str, str]:
    """Publish them, a batch at a time."""
    became: dict[str, str] = {}
    with TemporaryDirectory() as name, Wheelhouse.open(place) as house:
        paths = make_files(number, count, Path(name))
        for start in range(0, count, BATCH):
            files = [
                IncomingFile(path=path, filename=path.name, origin="test")
                for path in paths[start : start + BATCH]
            ]
            published = publish_sound(house, files)
            became |= {file.filename: file.sha256 for file in published.new}
            became |= {
                name: f"{error.reference}: {error.exit_code}"
                for name, error in published.refused.items()
            }
    return became


if __name__ == "__main__":
    aws = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
    where = HousePlace(
        home=Path(sys.argv[3]), database=sys.argv[4], files=sys.argv[5], aws=aws
    )
    json.dump(main(int(sys.argv[1]), int(sys.argv[2]), where), sys.stdout)
