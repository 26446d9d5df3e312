from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.index_server import Index, serving
from tests.support.upstream import make_settings

ON_BOTH = frozenset(
    {
        *("test_publish", "test_changes", "test_house", "test_gc", "test_verifying"),
        *("test_keeping", "test_tokens", "test_checking", "test_gate"),
        *("test_looking", "test_table", "test_variants"),
    }
)
"""Modules whose tests hold of a wheelhouse in a folder, and of one on servers."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each of their wheelhouses twice, unless a test looks into its folder."""
    if "wheelhouse" not in metafunc.fixturenames:
        return
    is_local = metafunc.definition.get_closest_marker("local") is not None
    pairs = [pytest.param("local")]
    if metafunc.definition.path.stem in ON_BOTH and not is_local:
        pairs.append(pytest.param("servers", marks=pytest.mark.slow))
    metafunc.parametrize("wheelhouse", pairs, indirect=True)


@pytest.fixture
def wheelhouse(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Wheelhouse]:
    home = tmp_path / "home"
    place: Path | HousePlace = home
    if request.param == "servers":
        servers = request.getfixturevalue("servers")
        place = servers.place(home)
    with Wheelhouse.open(place) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Index]:
    with serving() as index:
        yield index


@pytest.fixture
def upstream(server: Index, tmp_path: Path) -> Iterator[UpstreamIndex]:
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        yield index
