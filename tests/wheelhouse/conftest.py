from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.wheelhouse.house import Wheelhouse


@pytest.fixture
def wheelhouse(tmp_path: Path) -> Iterator[Wheelhouse]:
    with Wheelhouse.open(tmp_path / "home") as opened:
        yield opened
