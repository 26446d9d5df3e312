"""twine and uv publish upload to the running server; a killed upload is seen by nobody."""

import base64
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TypeAlias

import pytest

from axletree.builder.interpreters.uv_program import uv_program
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.live_server import live_server
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

LARGE = 400_000_000
UNNOTICED = 60_000_000
"""Memory that a large upload may cost besides."""


@dataclass(frozen=True, slots=True)
class Done:
    """How an upload ended."""

    code: int
    said: str


Upload: TypeAlias = Callable[[str, str, Path], Done]


def run(*command: str | Path) -> Done:
    ran = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "TWINE_NON_INTERACTIVE": "1", "COLUMNS": "200"},
    )
    return Done(ran.returncode, ran.stdout + ran.stderr)


@pytest.fixture(scope="module")
def twine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install twine in an environment of its own."""
    folder = tmp_path_factory.mktemp("twine")
    uv = (uv_program(), "-q")
    subprocess.run([*uv, "venv", "--python", sys.executable, folder], check=True)
    target = ("--python", folder, "twine")
    subprocess.run([*uv, "pip", "install", *target], check=True)
    return folder / "bin" / "twine"


@pytest.fixture(params=["uv", pytest.param("twine", marks=pytest.mark.public_index)])
def upload(request: pytest.FixtureRequest) -> Upload:
    if request.param == "uv":
        uv = uv_program()
        return lambda url, secret, file: run(
            *(uv, "publish", "--publish-url", url, "--token", secret, file)
        )
    twine: Path = request.getfixturevalue("twine")
    return lambda url, secret, file: run(
        *(twine, "upload", "--verbose", "--disable-progress-bar"),
        *("--repository-url", url, "-u", "__token__", "-p", secret, file),
    )


def house_with_token(home: Path) -> str:
    with Wheelhouse.open(home) as house:
        _, secret = Tokens(house=house).make("ci", [Right.parse("upload:acme-*")], None)
    return secret


def test_what_is_built_is_uploaded_and_refusals_are_told(
    upload: Upload, tmp_path: Path
) -> None:
    home = tmp_path / "house"
    secret = house_with_token(home)
    wheel = make_wheel(tmp_path, "acme-tools", "1.0", requires_dist=["six"])
    changed = make_wheel(tmp_path / "b", "acme-tools", "1.0", files={"x.py": b"1"})
    foreign = make_wheel(tmp_path, "numpy", "99.0")

    with live_server(home, workers=2) as server:
        url = f"{server.url}legacy/"
        new, again = upload(url, secret, wheel), upload(url, secret, wheel)
        conflict = upload(url, secret, changed)
        no_right = upload(url, secret, foreign)
        wrong = upload(url, "axletree-wrong", wheel)

    assert (new.code, again.code) == (0, 0), new.said + again.said
    assert conflict.code != 0
    assert "is published with other content" in conflict.said
    assert no_right.code != 0
    assert "no right to upload for numpy" in no_right.said
    assert wrong.code != 0
    assert "the token is not known" in wrong.said
    assert set(published_in(home)) == {wheel.name}


def test_killed_upload_is_seen_by_nobody_and_memory_stays_small(tmp_path: Path) -> None:
    home = tmp_path / "house"
    secret = house_with_token(home)
    wheel = make_wheel(
        tmp_path, "acme-large", "1.0", files={"zeros.bin": bytes(1_000_000)}
    )
    login = base64.b64encode(f"__token__:{secret}".encode()).decode()
    head = (
        f"POST /legacy/ HTTP/1.1\r\nHost: pkgs\r\nAuthorization: Basic {login}\r\n"
        "Content-Type: multipart/form-data; boundary=XX\r\n"
        f"Content-Length: {LARGE + 1000}\r\n\r\n--XX\r\n"
        'Content-Disposition: form-data; name="content"; '
        f'filename="{wheel.name}"\r\n\r\n'
    )

    with live_server(home) as server:
        before = _memory_of_group(server.process.pid)
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(head.encode())
            for _ in range(LARGE // 2_000_000):
                connection.sendall(bytes(1_000_000))
            _wait_until(lambda: _received(home) > LARGE // 4)
            used = _memory_of_group(server.process.pid) - before
            for process in (*_children(server.process.pid), server.process.pid):
                os.kill(process, signal.SIGKILL)
            server.process.wait()
    assert used < UNNOTICED
    assert published_in(home) == {}
    assert _received(home) > 0

    with live_server(home) as server:
        done = run(
            *(uv_program(), "publish", "--publish-url", f"{server.url}legacy/"),
            *("--token", secret, wheel),
        )
    assert done.code == 0, done.said
    assert set(published_in(home)) == {wheel.name}
    assert list((home / "uploads").iterdir()) == []


def _children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(map(int, listed.stdout.split()))


def _received(home: Path) -> int:
    files = (home / "uploads").rglob("upload")
    return sum(path.stat().st_size for path in files)


def _memory_of_group(leader: int) -> int:
    """Sum the resident bytes of a process and its children."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(leader), "--ppid", str(leader)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(map(int, listed.stdout.split())) * 1024


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not is_so():
        assert monotonic() < end
        sleep(0.05)
