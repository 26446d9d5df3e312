"""What every answer has, and what is counted of it."""

import io
import json
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from axletree.server.serving.app import app_over
from axletree.server.watching.access_log import logbook
from axletree.server.watching.figures import Figures, Kind
from axletree.server.watching.observed import Observed, Watching, kind_of
from tests.support.index_sources import FolderSource

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OWN = re.compile(r"[0-9a-f]{12}-[0-9a-f]+").fullmatch


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def figures() -> Figures:
    return Figures.alone()


@pytest.fixture
def client(tmp_path: Path, log: io.StringIO, figures: Figures) -> FlaskClient:
    source = FolderSource(tmp_path)
    source.publish("spam-1.0-py3-none-any.whl", b"x" * 2_000_000, b"Name: spam\n")
    watching = Watching.over(figures, logbook("json", log))
    app = app_over(source, public_url="https://pkgs.example/py", watching=watching)
    client = app.test_client()
    # As a server does: each answer is read to its end, and closed.
    client.open = partial(client.open, buffered=True)  # type: ignore[method-assign]
    return client


PATHS = [
    *("/simple/", "/simple/spam/", "/simple", "/none", "/healthz", "/"),
    *("/files/00/11/spam-1.0-py3-none-any.whl", "/g/1/simple/", "/%00", "/py/simple/"),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_has_an_id_that_no_other_has(
    client: FlaskClient, path: str, method: str
) -> None:
    ids = [client.open(path, method=method).headers["X-Request-ID"] for _ in "ab"]
    assert len(set(ids)) == 2
    assert all(map(OWN, ids))


@pytest.mark.parametrize(
    "given",
    ["a", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "1-67891233-abcdef01", "A" * 128],
)
def test_an_id_that_a_proxy_gave_is_kept(
    client: FlaskClient, log: io.StringIO, given: str
) -> None:
    answer = client.get("/simple/", headers={"X-Request-ID": given})
    assert answer.headers.getlist("X-Request-ID") == [given]
    assert json.loads(log.getvalue())["request_id"] == given


@pytest.mark.parametrize(
    "given", ["", "A" * 129, "a b", "a\x1b[31m", 'a"b', "a,b", "-a", "ä", "${jndi:x}"]
)
def test_an_id_that_is_unsound_is_replaced(client: FlaskClient, given: str) -> None:
    environ = {"HTTP_X_REQUEST_ID": given}
    answer = client.get("/simple/", environ_overrides=environ)
    assert OWN(answer.headers["X-Request-ID"])


def test_a_line_names_the_path_as_it_was_asked_for(
    client: FlaskClient, log: io.StringIO
) -> None:
    client.get("/py/simple/spam/")
    line = json.loads(log.getvalue())
    assert line["path"] == "/py/simple/spam/"
    assert line["status"] == 200
    assert line["bytes"] > 100


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/simple/", "list"),
        ("/simple", "list"),
        ("/simple/spam/", "page"),
        ("/files/00/00/a.whl", "file"),
        ("/files/00/00/a.whl.metadata", "metadata"),
        ("/g/12/simple/", "generation"),
        ("/views/slow/simple/", "view"),
        ("/sets/a/b/simple/", "set"),
        ("/legacy/", "upload"),
        ("/", "people"),
        ("/docs/lock", "people"),
        ("/metrics", "operations"),
        ("/simples/", "other"),
        ("", "people"),
    ],
)
def test_what_a_path_asks_for(path: str, kind: Kind) -> None:
    assert kind_of(path) == kind


def test_requests_and_bytes_are_counted_by_what_they_ask_for(
    client: FlaskClient, figures: Figures
) -> None:
    page = client.get("/simple/spam/")
    again = client.get(
        "/py/simple/spam/", headers={"If-None-Match": page.headers["ETag"]}
    )
    link = page.text.partition('href="../../')[2].partition("#")[0]
    file = client.get(f"/{link}")
    assert len(file.data) == 2_000_000
    file.close()
    client.get(f"/{link}.metadata")

    sums = figures.sums()
    assert again.status_code == 304
    assert (sums.requests("page", 200), sums.requests("page", 304)) == (1, 1)
    assert sums.sent_bytes("page") == len(page.data)
    assert sums.sent_bytes("file") == 2_000_000
    assert sums.requests("metadata", 200) == 1
    assert sums.of("ready") == 1
    assert sums.of("downloads") == 0
    assert sum(sums.lasted("page")) == 2


def test_a_body_that_nobody_reads_to_its_end_is_counted_once() -> None:
    figures = Figures.alone()

    def inner(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        del environ
        start_response("200 OK", [])
        return iter((b"abc", b"def"))

    environ = {"PATH_INFO": "/files/x", "REQUEST_METHOD": "GET"}
    body = Observed(inner, Watching.over(figures))(environ, lambda *_: print)
    assert next(iter(body)) == b"abc"
    for _ in "ab":
        getattr(body, "close")()  # noqa: B009  WSGI has it, Iterable has not
    assert figures.sums().requests("file", 200) == 1
    assert figures.sums().sent_bytes("file") == 3
