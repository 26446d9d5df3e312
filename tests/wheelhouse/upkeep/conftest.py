from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from tests.support.wheels import make_sdist, make_wheel

LATER = datetime.now(UTC) + timedelta(days=2)
"""When nothing that a test has written is spared any more."""


@pytest.fixture
def house(wheelhouse: Wheelhouse, tmp_path: Path) -> Wheelhouse:
    """Generation 1 has the wheel of demo 1.0, 2 its sdist, 3 demo 2.0 and other."""
    files = tmp_path / "files"
    add(wheelhouse, make_wheel(files, "demo", "1.0"))
    add(wheelhouse, make_sdist(files, "demo", "1.0"))
    add(wheelhouse, make_wheel(files, "demo", "2.0"), make_wheel(files, "other", "1"))
    return wheelhouse


def add(house: Wheelhouse, *paths: Path) -> None:
    publish(
        house,
        [IncomingFile(path=p, filename=p.name, origin="test") for p in paths],
    )
