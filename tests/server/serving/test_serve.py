"""The running server: its address, its workers, its end, and bytes on the wire."""

import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest

from axletree.server.answers.errors import AddressUnusableError
from axletree.server.serving.reporter import SilentReporter
from axletree.server.serving.serve import (
    ServerSettings,
    serve,
)
from axletree.server.watching.places import MOST
from tests.support.live_server import (
    LiveServer,
    live_server,
    serving_command,
    serving_environment,
)
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("SLOW_ROUNDS", "2"))
READERS = int(os.environ.get("SLOW_READERS", "0"))
"""More of both: `make soak`."""

LARGE = random.Random(1).randbytes(6 << 20)  # noqa: S311  only incompressible


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live")
    wheel = make_wheel(folder, "spam", "1.0", files={"spam.bin": LARGE})
    publish_all(folder / "home", [wheel])
    return folder / "home"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[LiveServer]:
    with live_server(home, workers=2) as server:
        yield server


def exchange(server: LiveServer, request: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as link:
        link.sendall(request)
        received = b""
        while chunk := link.recv(1 << 16):
            received += chunk
    return received


def get(
    server: LiveServer, path: str, *, timeout_s: float = 30
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=timeout_s)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def file_path(server: LiveServer) -> str:
    _, _, page = get(server, "/simple/spam/")
    relative = page.decode().partition('href="../../')[2].partition("#")[0]
    return f"/{relative}"


@pytest.mark.parametrize(
    "path",
    [
        b"/simple/%00/",
        b"/simple/%ff/",
        b"/simple/%5c/",
        b"/simple/a\\b/",
        b"/simple/%0d%0aX-Evil:%201/",
        b"/simple/%0d%0aX-Evil:%201",
        b"/files/%2e%2e/%2e%2e/passwd",
        b"/../../../etc/passwd",
    ],
)
def test_path_of_nothing_is_not_found_on_the_wire(
    server: LiveServer, path: bytes
) -> None:
    request = b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = exchange(server, request)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\r\nx-evil" not in answer.lower()


def test_head_sends_headers_only(server: LiveServer) -> None:
    size = len(get(server, "/simple/spam/")[2])
    request = b"HEAD /simple/spam/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = exchange(server, request)
    assert f"content-length: {size}\r\n".encode() in answer.lower()
    assert answer.endswith(b"\r\n\r\n")


def test_unchanged_page_is_304_on_the_wire(server: LiveServer) -> None:
    etag = get(server, "/simple/spam/")[1]["etag"].encode()
    request = b"GET /simple/spam/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    answer = exchange(server, request + b"If-None-Match: " + etag + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 304 ")
    assert answer.endswith(b"\r\n\r\n")


def test_large_file_arrives_whole(server: LiveServer) -> None:
    path = file_path(server)
    status, headers, body = get(server, path)
    assert status == 200
    assert len(body) == int(headers["content-length"]) > len(LARGE)
    assert headers["accept-ranges"] == "bytes"


@contextmanager
def slow_clients(
    server: LiveServer, count: int, request: bytes
) -> Iterator[list[socket.socket]]:
    """Send the same from many connections, and read nothing of what comes."""
    with ExitStack() as clients:
        links = []
        for _ in range(count):
            link = clients.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.settimeout(30)
            link.connect(("127.0.0.1", server.port))
            link.sendall(request)
            links.append(link)
        yield links


def test_slow_readers_do_not_hold_up_others(server: LiveServer) -> None:
    request = f"GET {file_path(server)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    for _ in range(ROUNDS):
        with slow_clients(server, 64, request):
            assert get(server, "/simple/spam/", timeout_s=10)[0] == 200
            assert get(server, "/readyz", timeout_s=10)[0] == 200


def test_slow_headers_do_not_hold_up_others(server: LiveServer) -> None:
    request = b"GET /simple/spam/ HTTP/1.1\r\nHost: x\r\nX-A"
    for _ in range(ROUNDS):
        with slow_clients(server, 200, request):
            assert get(server, "/simple/spam/", timeout_s=10)[0] == 200
            size = len(get(server, file_path(server), timeout_s=10)[2])
            assert size > len(LARGE)


def test_slow_readers_beyond_the_limit_are_told_to_come_later(home: Path) -> None:
    beyond = max(20, READERS - MOST["downloads"])
    with live_server(home, workers=1) as server:
        request = f"GET {file_path(server)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        count = MOST["downloads"] + beyond
        with slow_clients(server, count, request) as links:
            begun = [link.recv(1024) for link in links]
            told = [head for head in begun if head.startswith(b"HTTP/1.1 503 ")]
            sent = [head for head in begun if head.startswith(b"HTTP/1.1 200 ")]
            status, _, page = get(server, "/simple/spam/", timeout_s=10)
            _, _, figures = get(server, "/metrics", timeout_s=10)
        assert (len(told), len(sent)) == (beyond, MOST["downloads"])
        assert all(b"retry-after: 5\r\n" in head.lower() for head in told)
        assert (status, b"spam-1.0" in page) == (200, True)
        assert f"axletree_downloads {MOST['downloads']}".encode() in figures
        # Who has gone gives the place back.
        again = get_until(server, file_path(server), 200)
        assert again == 200


def get_until(server: LiveServer, path: str, wanted: int) -> int:
    for _ in range(200):
        status = get(server, path)[0]
        if status == wanted:
            return status
        sleep(0.05)
    return 0


def test_publish_is_seen_by_a_running_server(home: Path) -> None:
    with live_server(home, workers=2) as server:
        assert get(server, "/simple/late/")[0] == 404
        publish_all(home, [make_wheel(home.parent, "late", "1.0")])
        assert get(server, "/simple/late/")[0] == 200


def test_killed_worker_is_replaced(home: Path) -> None:
    with live_server(home, workers=1) as server:
        threads = Path(f"/proc/{server.process.pid}/task/{server.process.pid}")
        (worker,) = (threads / "children").read_text().split()
        os.kill(int(worker), signal.SIGKILL)
        assert answers_again(server)


def answers_again(server: LiveServer) -> bool:
    while server.process.poll() is None:
        try:
            return get(server, "/readyz")[0] == 200
        except OSError:
            sleep(0.05)
    return False


def test_port_in_use_is_one_clear_error(server: LiveServer, home: Path) -> None:
    done = subprocess.run(
        [*serving_command(home), f"--port={server.port}"],
        env=serving_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == f"address-in-use: port {server.port} is already in use\n"


def test_port_held_by_another_program_is_refused(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [*serving_command(home), f"--port={port}"],
            env=serving_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid", "a\x00b"])
def test_address_that_is_not_ours_is_refused(host: str) -> None:
    def load_nothing(_: object) -> None:
        """Stand for an application that is never started."""

    settings = ServerSettings(host=host, port=0)
    with pytest.raises(AddressUnusableError):
        serve(load_nothing, settings, SilentReporter())  # type: ignore[arg-type]  # never called as WSGI


def test_stop_is_graceful_and_frees_the_port(home: Path) -> None:
    with live_server(home, workers=2) as server:
        assert server.stop() == "stopped\n"
        assert server.process.returncode == 0
        with socket.create_server(("127.0.0.1", server.port)):
            pass


def test_ctrl_c_stops_as_cleanly(home: Path) -> None:
    with live_server(home, workers=2) as server:
        assert server.press_ctrl_c() == "stopped\n"
        assert server.process.returncode == 0


def test_download_under_way_is_finished_before_the_stop(home: Path) -> None:
    with live_server(home) as server:
        path = file_path(server)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        size = int(answer.headers["Content-Length"])
        server.process.terminate()
        assert len(answer.read()) == size
        connection.close()
        assert server.process.wait(timeout=30) == 0


def test_server_runs_without_any_network(home: Path) -> None:
    found = shutil.which("bwrap")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("bubblewrap is not installed")
    assert found is not None, "with CI=true a sandbox must be there"
    alone = [found, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]
    with live_server(home, launcher=alone) as server:
        assert server.url.startswith("http://127.0.0.1:")
