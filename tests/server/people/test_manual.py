"""`/docs/`: every page, every way between them, and nothing from another host."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from packaging.utils import NormalizedName

from axletree.manual.pages import pages
from axletree.server.people.manual_html import content_of
from axletree.server.serving.app import app_over
from tests.docs_site import Walked, main, walk
from tests.support.index_sources import FolderSource

pytestmark = pytest.mark.slow
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    source = FolderSource(tmp_path)
    source.publish("numpy-1.0-py3-none-any.whl")
    return app_over(source).test_client()


def test_every_page_is_reached_and_nothing_comes_from_another_host(
    client: FlaskClient,
) -> None:
    found = walk(client)

    named = {"/docs/", *(f"/docs/{name}/" for name in list(pages())[1:])}
    assert named <= set(found)
    assert "/docs/images/contended.svg" in found
    assert "/docs/schema/error.schema.json" in found
    assert {"/", "/simple/", "/simple/numpy/"} <= set(found)
    for path in named:
        html = found[path].decode()
        assert "<script" not in html
        assert re.findall(r'(?:src|action)="(?:https?:)?//', html) == []
        assert re.findall(r"url\(|@import", html) == []


def test_it_can_be_read_where_the_wheelhouse_cannot() -> None:
    class Gone(FolderSource):
        def generation(self) -> int:
            raise OSError

        def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
            del generation
            raise OSError

    client = app_over(Gone(Path("nowhere"))).test_client()
    assert client.get("/simple/").status_code == 500
    assert client.get("/docs/how-to/lock/").status_code == 200


@pytest.mark.parametrize("path", ["/docs/", "/docs/how-to/explain/"])
def test_a_page_is_sent_as_other_pages_are(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    head = client.head(path)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    )
    assert (again.status_code, again.data) == (304, b"")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != answer.headers["ETag"]
    assert head.data == b""
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/docs", "docs/"),
        ("/docs/how-to/lock", "../../docs/how-to/lock/"),
        ("/docs/lock", "../docs/how-to/lock/"),
        ("/docs/lock/", "../../docs/how-to/lock/"),
        ("/docs/how-to/lock.md", "../../docs/how-to/lock/"),
        ("/docs/README.md", "../docs/"),
        ("/docs/usage", "../docs/reference/errors/#usage"),
        ("/docs/why", "../docs/reference/cli/#axletree-why"),
        ("/docs/AXLETREE_HOME", "../docs/reference/settings/#settings"),
    ],
)
def test_other_names_of_a_page_lead_to_it(
    client: FlaskClient, path: str, to: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (301, to)
    assert client.get(urljoin(path, to)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/docs/lokc/", "/docs/how-to/lokc", "/docs/../README.md", "/docs//x"]
)
def test_what_is_not_there_is_said_with_near_names(
    client: FlaskClient, path: str
) -> None:
    as_page = client.get(path, headers={"Accept": BROWSER})
    as_document = client.get(path, headers={"Accept": "application/json"})

    assert (as_page.status_code, as_document.status_code) == (404, 404)
    assert as_document.json is not None
    assert as_document.json["reference"] == "not-found"
    assert ("/docs/lock/" in as_page.text) is ("lokc" in path)
    for lead in Walked(as_page.text).leads:
        assert client.get(urljoin(path, lead)).status_code in {200, 301}


def test_a_refusal_leads_to_what_it_means(client: FlaskClient) -> None:
    page = client.post("/simple/", headers={"Accept": BROWSER}).text
    assert 'href="../docs/reference/errors/#method-not-allowed"' in page


def test_a_page_s_words_are_no_html(client: FlaskClient) -> None:
    del client
    page = pages()["how-to/lock"]
    text = "# <b>x</b>\n\n<script>1</script> `<i>` [a](javascript:1) [b](../../x.toml)"

    html = content_of(page, text, root="../../../")

    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;i&gt;" in html
    assert "<a " not in html
    assert html.endswith(" b</p>\n")


def test_it_can_be_written_as_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(tmp_path / "site")

    assert (tmp_path / "site/how-to/lock/index.html").is_file()
    assert (tmp_path / "site/index.html").is_file()
    assert "files in" in capsys.readouterr().out
