"""Under a wrong address a browser gets a page with ways on, a program a document."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from packaging.utils import NormalizedName

from axletree.server.answers.problem_page import (
    MOST_COMPARED,
    near_names,
)
from axletree.server.serving.app import app_over
from tests.support.index_sources import FolderSource

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
PIP = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    source = FolderSource(tmp_path)
    source.publish("numpy-1.0-py3-none-any.whl")
    source.publish("spam-1.0-py3-none-any.whl")
    return app_over(source).test_client()


def links(html: str) -> list[str]:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            del tag
            found.extend(value or "" for name, value in attrs if name == "href")
            found.extend(value or "" for name, value in attrs if name == "action")

    Links().feed(html)
    return found


@pytest.mark.parametrize("path", ["/simple/nunpy/", "/simple/Nun.py/x", "/a/b/c", "/x"])
def test_a_browser_gets_a_page_from_which_every_way_leads_on(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Vary"] == "Accept"
    ways = [urljoin(path, target) for target in links(answer.text)]
    assert {"/", "/simple/"} <= set(ways)
    assert all(client.get(way).status_code == 200 for way in ways)


def test_projects_with_names_much_like_it_are_named(client: FlaskClient) -> None:
    page = client.get("/simple/nunpy/", headers={"Accept": BROWSER}).text
    far = client.get("/simple/tensorflow/", headers={"Accept": BROWSER}).text

    assert ">numpy</a>" in page
    assert "<code>axletree collect</code>" in page
    assert "spam" not in page
    assert "Did you mean" not in far


@pytest.mark.parametrize("accept", ["*/*", PIP, "", "application/json"])
def test_a_program_gets_a_document(client: FlaskClient, accept: str) -> None:
    answer = client.get("/simple/nunpy/", headers={"Accept": accept})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.get_json()["reference"] == "not-found"


def test_what_a_path_says_is_shown_as_text(client: FlaskClient) -> None:
    page = client.get("/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": BROWSER})

    assert "<script" not in page.text


def test_from_every_page_there_is_a_way_back(client: FlaskClient) -> None:
    for path, on in (("/simple/", "/"), ("/simple/numpy/", "/simple/")):
        ways = [urljoin(path, target) for target in links(client.get(path).text)]
        assert {"/", on} <= set(ways)


@pytest.mark.slow
def test_the_work_for_a_near_name_is_bounded() -> None:
    many = [NormalizedName(f"p{number}") for number in range(MOST_COMPARED)]
    numpy = NormalizedName("numpy")

    assert near_names("numpi", [*many, numpy]) == ()
    assert near_names("numpi", [numpy, *many]) == ("numpy",)
    assert near_names("n" * 1000, [NormalizedName("n" * 999)]) == ()
