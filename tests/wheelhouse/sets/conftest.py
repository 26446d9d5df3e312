from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile, Published
from axletree.wheelhouse.sets.records import SetText, Target
from tests.support.wheels import make_wheel

PY39 = Target(python_version="3.9", platform="linux")
PY311 = Target(python_version="3.11", platform="linux")
APP = SetText(requirements="app\n")

Add = Callable[..., Published]


def let_in(house: Wheelhouse, *paths: Path, gate: Gate | None = None) -> Published:
    """Publish files."""
    incoming = [IncomingFile(path=p, filename=p.name, origin="test") for p in paths]
    return publish(house, incoming, gate=gate)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def house(wheelhouse: Wheelhouse, files: Path) -> Wheelhouse:
    """Generation 1 has app 1, which requires base<2, and base 1 and other 1."""
    let_in(
        wheelhouse,
        make_wheel(files, "app", "1", requires_dist=["base<2"]),
        make_wheel(files, "base", "1"),
        make_wheel(files, "other", "1"),
    )
    return wheelhouse
