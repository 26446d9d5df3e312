import socket
from collections import deque
from pathlib import Path

import pytest

from axletree.wheelhouse.transport.errors import (
    InvalidIndexUrlError,
    NotAnIndexError,
    UnreachableIndexError,
)
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import ReadingOptions
from axletree.wheelhouse.upstream.reporter import SilentUpstreamReporter
from tests.support.hostile_index import Wire, hostile
from tests.support.index_server import JSON_TYPE, Index, Misdeed
from tests.support.upstream import make_settings, names, only_file, read_page
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("misdeed", [500, 502, 503, 429, "silence"])
def test_an_outage_stops_the_run_and_is_no_missing_project(
    server: Index, upstream: UpstreamIndex, misdeed: Misdeed
) -> None:
    server.misdeeds["/simple/demo/"].append(misdeed)

    with pytest.raises(UnreachableIndexError) as caught:
        upstream.pages(names("demo"))

    assert caught.value.exit_code == 3
    assert caught.value.where == f"{server.url}demo/"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_stops_the_run_and_speaks_of_credentials(
    server: Index, upstream: UpstreamIndex, status: int
) -> None:
    server.misdeeds["/simple/demo/"].append(status)

    with pytest.raises(UnreachableIndexError, match=f"HTTP {status}") as caught:
        upstream.pages(names("demo"))

    assert "credentials" in caught.value.hint


def test_a_refusal_is_not_repeated(server: Index, tmp_path: Path) -> None:
    server.misdeeds["/simple/demo/"].append(403)
    settings = make_settings(tmp_path, AXLETREE_RETRIES="3")

    with (
        UpstreamIndex(settings, server.url) as index,
        pytest.raises(UnreachableIndexError),
    ):
        index.pages(names("demo"))

    assert len(server.asked) == 1


def test_a_failure_that_passes_is_not_noticed(server: Index, tmp_path: Path) -> None:
    server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))
    server.misdeeds["/simple/demo/"].extend([503, 500])
    settings = make_settings(tmp_path, AXLETREE_RETRIES="2")

    with UpstreamIndex(settings, server.url) as index:
        assert len(read_page(index, "demo").files) == 1

    assert len(server.asked) == 3


def test_nobody_listening_is_an_outage(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = make_settings(tmp_path)

    with (
        UpstreamIndex(settings, f"http://127.0.0.1:{port}/simple/") as index,
        pytest.raises(UnreachableIndexError, match="cannot be reached"),
    ):
        index.pages(names("demo"))


def test_an_outage_while_metadata_is_read_stops_the_run(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))
    file = only_file(upstream, "demo")
    server.misdeeds[f"/files/{file.filename}"].append(500)

    with pytest.raises(UnreachableIndexError):
        upstream.metadata([file])


def test_an_index_goes_on_working_after_an_outage(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    projects = names(*(f"demo{number}" for number in range(40)))
    for project in projects:
        server.publish(project, make_wheel(tmp_path, project, "1.0"))
    server.misdeeds["/simple/demo7/"].append(500)
    with pytest.raises(UnreachableIndexError):
        upstream.pages(projects)

    assert None not in upstream.pages(projects).values()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/pdf", b"%PDF"),
        (JSON_TYPE, b"{"),
        (JSON_TYPE, b"[]"),
        (JSON_TYPE, b'{"meta": {"api-version": "1.0"}}'),
        (JSON_TYPE, b'{"meta": {"api-version": "2.0"}, "files": []}'),
        (
            "text/html",
            b'<html><meta name="pypi:repository-version" content="2.0"></html>',
        ),
    ],
)
def test_an_answer_that_is_no_page_is_named_as_such(
    server: Index, upstream: UpstreamIndex, content_type: str, body: bytes
) -> None:
    server.raw_page = (content_type, body)

    with pytest.raises(NotAnIndexError) as caught:
        upstream.pages(names("demo"))

    assert caught.value.where == f"demo at {server.url}demo/"


def test_a_strange_status_is_no_missing_project(
    server: Index, upstream: UpstreamIndex
) -> None:
    server.misdeeds["/simple/demo/"].append(418)

    with pytest.raises(NotAnIndexError, match="HTTP 418"):
        upstream.pages(names("demo"))


@pytest.mark.parametrize("url", ["", "simple", "ftp://host/simple", "http://[::1"])
def test_an_index_url_that_is_none_is_wrong_usage(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidIndexUrlError) as caught:
        UpstreamIndex(make_settings(tmp_path), url)

    assert caught.value.exit_code == 2


def test_a_foreign_certificate_authority_is_an_outage_with_advice(
    server: Index, tmp_path: Path
) -> None:
    # The server speaks no TLS at all: the handshake fails like a broken proxy's.
    settings = make_settings(tmp_path)
    url = server.url.replace("http://", "https://")

    with (
        UpstreamIndex(settings, url) as index,
        pytest.raises(UnreachableIndexError, match="cannot be reached"),
    ):
        index.pages(names("demo"))


def test_where_an_index_asks_us_to_wait_we_say_so(tmp_path: Path) -> None:
    told: list[str] = []

    class Listener(SilentUpstreamReporter):
        def waiting(self, host: str, pause_s: float) -> None:
            told.append(f"{host} {pause_s:.0f}")

    answers = deque(["1", "Fri, 01 Jan 1999 00:00:00 GMT"])

    def busy(wire: Wire) -> None:
        if answers:
            wire.answer(status=503, Retry_After=answers.popleft())
        else:
            wire.answer(site.page, Content_Type=JSON_TYPE)

    settings = make_settings(tmp_path, AXLETREE_RETRIES="3")
    with hostile(tmp_path / "made", tmp_path / "outside") as site:
        site.say(busy)
        with UpstreamIndex(settings, site.url, reporter=Listener()) as index:
            assert len(read_page(index, "p").files) == 1

    assert told == [f"{site.origin.removeprefix('http://')} 1"]


def test_the_headers_of_an_old_page_are_no_harm_when_it_is_asked_for_again(
    tmp_path: Path,
) -> None:
    settings = make_settings(tmp_path)
    with hostile(tmp_path / "made", tmp_path / "outside") as site:
        site.say_bytes(site.page, ETag="\N{LATIN SMALL LETTER E WITH ACUTE}")
        for _ in range(2):
            options = ReadingOptions(refresh=True)
            with UpstreamIndex(settings, site.url, options) as index:
                assert len(read_page(index, "p").files) == 1
