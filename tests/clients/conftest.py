"""One live index for all clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live_server import LiveServer, live_server
from tests.support.wheelhouses import publish_all, publish_variants
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture(scope="session")
def index_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a wheelhouse in which every client finds its case."""
    folder = tmp_path_factory.mktemp("made")
    home = tmp_path_factory.mktemp("wheelhouse") / "home"
    files = [
        make_wheel(folder, "app", "1.0", requires_dist=["lib>=1"]),
        make_wheel(folder, "app", "2.0", requires_dist=["lib>=2"]),
        make_wheel(folder, "lib", "1.0"),
        make_wheel(folder, "lib", "2.0"),
        make_sdist(folder, "lib", "0.5"),
        make_wheel(folder, "Foo.Bar", "1.0+axle.1"),
        make_wheel(folder, "future", "1.0", requires_python=">=3.6,<4"),
        make_wheel(folder, "future", "2.0", requires_python=">=4"),
        make_wheel(folder, "held", "1.0"),
    ]
    publish_all(home, files)
    publish_all(home, [make_wheel(folder, "held", "2.0")], yanked="loses <your> data")
    publish_all(home, [make_wheel(folder, "held", "3.0")], yanked="")
    # Installers pass over what is no distribution, also of the newest release.
    publish_variants(home, "app-2.0-variants.json", "foo_bar-1.0+axle.1-variants.json")
    return home


@pytest.fixture(scope="session")
def index(index_home: Path) -> Iterator[LiveServer]:
    """Serve it."""
    with live_server(index_home, workers=2) as server:
        yield server
