from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.index_server import Index, serving
from tests.support.upstream import make_settings


@pytest.fixture
def wheelhouse(tmp_path: Path) -> Iterator[Wheelhouse]:
    with Wheelhouse.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Index]:
    with serving() as index:
        yield index


@pytest.fixture
def upstream(server: Index, tmp_path: Path) -> Iterator[UpstreamIndex]:
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        yield index
