"""Real pip and real uv, with the served index as their only one."""

import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.support.clients import installed_in, run_client
from tests.support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow

Install: TypeAlias = Callable[[str, Sequence[str]], set[str]]
"""Installs requirements from an index URL into a new folder; gives what is there."""


@pytest.fixture(params=["pip", "uv"])
def install(request: pytest.FixtureRequest, tmp_path: Path) -> Install:
    target = tmp_path / "target"
    scripts = Path(sysconfig.get_path("scripts"))
    commands = {
        "pip": [sys.executable, "-m", "pip", "install", "--no-cache-dir"],
        "uv": [str(scripts / "uv"), "pip", "install", "--no-config", "--no-cache"],
    }
    command = commands[request.param]

    def run(index_url: str, requirements: Sequence[str]) -> set[str]:
        options = ["--index-url", index_url, "--target", str(target)]
        run_client([*command, *options, *requirements], tmp_path)
        return installed_in(target)

    return run


def test_closure_is_installed(install: Install, index: LiveServer) -> None:
    assert install(index.index_url, ["app"]) == {"app-2.0", "lib-2.0"}


def test_discarded_version_costs_its_metadata_only(
    install: Install, index: LiveServer
) -> None:
    before = len(index.requests())
    assert install(index.index_url, ["app", "lib<2"]) >= {"app-1.0"}
    asked = index.requests()[before:]
    fetched = {line.rpartition("/")[2] for line in asked}
    assert "app-2.0-py3-none-any.whl.metadata" in fetched
    assert "app-2.0-py3-none-any.whl" not in fetched


def test_local_version_is_installed_under_any_spelling(
    install: Install, index: LiveServer
) -> None:
    wanted = ["FOO_bar==1.0+axle.1"]
    assert install(index.index_url, wanted) == {"foo_bar-1.0+axle.1"}


def test_requires_python_is_heeded(install: Install, index: LiveServer) -> None:
    assert install(index.index_url, ["future"]) == {"future-1.0"}


def test_yanked_file_is_listed_but_not_chosen(
    install: Install, index: LiveServer
) -> None:
    assert install(index.index_url, ["held"]) == {"held-1.0"}


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_yanked_file_is_installed_when_pinned(
    install: Install, index: LiveServer, version: str
) -> None:
    assert install(index.index_url, [f"held=={version}"]) == {f"held-{version}"}


@pytest.mark.parametrize("prefix", ["", "python/"])
def test_index_is_read_behind_a_prefix(
    install: Install, index_home: Path, prefix: str
) -> None:
    with live_server(index_home, public_url="http://proxy.invalid/python/") as server:
        index_url = f"{server.url}{prefix}simple/"
        assert install(index_url, ["app"]) == {"app-2.0", "lib-2.0"}
