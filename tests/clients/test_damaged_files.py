"""Real pip and real uv over an index on whose disk a file was damaged."""

import random
import subprocess
import sys
import sysconfig
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.clients import client_environment, installed_in
from tests.support.damage import DAMAGES
from tests.support.live_server import LiveServer, live_server
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

LARGE = random.Random(1).randbytes(3 << 20)  # noqa: S311  only incompressible
CLIENTS = {
    "pip": [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--retries=0"],
    "uv": [
        str(Path(sysconfig.get_path("scripts"), "uv")),
        *("pip", "install", "--no-config", "--no-cache"),
    ],
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path, "spam", "1.0", files={"spam.bin": LARGE})


def blob(home: Path) -> Path:
    (path,) = (home / "files" / "sha256").glob("*/*")
    return path


def install(client: str, server: LiveServer, folder: Path) -> tuple[int, set[str]]:
    target = folder / "target"
    options = ["--index-url", server.index_url, "--target", str(target)]
    done = subprocess.run(
        [*CLIENTS[client], *options, "spam"],
        env={**client_environment(folder), "UV_HTTP_RETRIES": "0"},
        capture_output=True,
        check=False,
    )
    return done.returncode, installed_in(target)


@pytest.mark.parametrize("how", ["flipped", "gone"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_installer_fails_until_the_file_is_published_again(
    tmp_path: Path, wheel: Path, client: str, how: str
) -> None:
    home = tmp_path / "home"
    publish_all(home, [wheel])
    DAMAGES[how](blob(home))
    with live_server(home) as server:
        code, installed = install(client, server, tmp_path)
        assert code != 0
        assert installed == set()

        publish_all(home, [wheel])

        assert install(client, server, tmp_path) == (0, {"spam-1.0"})


def test_on_the_wire_the_connection_is_cut_short(tmp_path: Path, wheel: Path) -> None:
    home = tmp_path / "home"
    publish_all(home, [wheel])
    with Wheelhouse.open(home) as wheelhouse:
        stored = wheelhouse.find(wheel.name)
    assert stored is not None
    path = f"/files/{stored.sha256[:2]}/{stored.sha256[2:]}/{stored.filename}"
    DAMAGES["flipped"](blob(home))

    with live_server(home) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        with pytest.raises(IncompleteRead) as caught:
            answer.read()
        connection.close()
        assert len(caught.value.partial) < stored.size_bytes

        connection.request("GET", path, headers={"Range": "bytes=-100"})
        assert connection.getresponse().status == 500
        connection.close()
