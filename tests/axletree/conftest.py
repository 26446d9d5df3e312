import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, write_universe
from tests.support.index_server import Index, serving
from tests.support.isolation import require_isolation
from tests.support.upstream_fields import Upstream, serving_demo

FOREIGN = ("PIP_", "AXLETREE_", "UV_", "XDG_", "GITHUB_", "CI_")


@pytest.fixture
def axletree(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[CommandLine]:
    """Give the command line a home, a cache and a folder of its own."""
    for name in os.environ:
        if name.startswith(FOREIGN) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "house"))
    monkeypatch.setenv("AXLETREE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AXLETREE_RETRIES", "0")
    monkeypatch.setenv("AXLETREE_TIMEOUT", "5")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    # Where nobody listens: no test reads the public index by mistake.
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield CommandLine(capsys=capsys)
    logging.captureWarnings(capture=False)


@pytest.fixture(scope="session")
def wall() -> None:
    """Build behind the wall, or skip."""
    require_isolation()


@pytest.fixture
def clash(tmp_path: Path) -> Path:
    """Write a universe in which `left` 1 and `right` 2 want different `shared`."""
    return write_universe(
        tmp_path / "clash.json",
        {
            "left 1": ["shared==1"],
            "left 2": ["shared==2"],
            "right 1": ["shared==1"],
            "right 2": ["shared>=2"],
            "shared 1": [],
            "shared 2": [],
        },
    )


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Serve an index that is not waited for long."""
    monkeypatch.setenv("AXLETREE_TIMEOUT", "1")
    with serving() as served:
        yield served


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """Serve an index that has a wheel of demo."""
    with serving_demo(tmp_path) as made:
        yield made
