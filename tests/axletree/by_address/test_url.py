"""Requirements by a URL: what is fetched, and what is said where it gives nothing."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.by_address import TARGET, locked
from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """Serve the folder over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing."""

    handler = partial(Quiet, directory=os.fspath(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_url_is_fetched_and_locked(
    axletree: CommandLine, folder: Path, served: str
) -> None:
    make_sdist(folder, "src", "2", requires_dist=["lib<2"])
    wheel = f"{served}/own/lib-2.0-py3-none-any.whl"

    found = locked(axletree, folder, wheel, "app")

    assert found == ["app==1.0", f"lib @ {wheel}"]
    sdist = f"{served}/src-2.tar.gz"
    assert locked(axletree, folder, sdist) == ["lib==1.0", f"src @ {sdist}"]


@pytest.mark.parametrize(
    ("tail", "told"),
    [
        ("own/lib-9.0-py3-none-any.whl", "there is no lib-9.0-py3-none-any.whl"),
        ("own/", "its name is not known"),
        (f"own/lib-2.0-py3-none-any.whl#sha256={'0' * 64}", "the hash that you give"),
    ],
)
def test_what_a_url_does_not_give_is_named(
    tail: str, told: str, axletree: CommandLine, folder: Path, served: str
) -> None:
    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET), f"{served}/{tail}"
    )

    assert ran.code == (4 if "hash" in told else 2)
    assert told in ran.err


def test_a_server_that_cannot_be_reached_is_called_none_of_an_index(
    axletree: CommandLine, folder: Path
) -> None:
    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        "http://127.0.0.1:9/lib-2.0-py3-none-any.whl",
    )

    assert ran.code == 3
    assert "error: the server cannot be reached" in ran.err
