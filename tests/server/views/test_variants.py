"""A listing of variants is served as what may change: kept, and asked for each time."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from axletree.server.serving.app import app_over
from axletree.wheelhouse.model import ProjectStatus
from tests.support.index_sources import FolderSource

WHEEL = "spam-1.0-py3-none-any.whl"
NAME = "spam-1.0-variants.json"
OLD, NEW = b'{"variants": {}}', b'{"variants": {"null": {}}}'
JSON_TYPE = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    source = FolderSource(tmp_path)
    source.publish(WHEEL)
    source.put_variants(NAME, OLD)
    return source


@pytest.fixture
def client(source: FolderSource) -> FlaskClient:
    return app_over(source, fresh_for_s=0).test_client()


def link(client: FlaskClient) -> str:
    """Give the path to the listing that the page of now has."""
    page = client.get("/simple/spam/", headers={"Accept": JSON_TYPE})
    [*_, entry] = json.loads(page.data)["files"]
    assert entry["filename"] == NAME
    return "/files/" + str(entry["url"]).partition("/files/")[2]


def test_it_is_json_that_is_asked_for_each_time(client: FlaskClient) -> None:
    answer = client.get(link(client))
    assert (answer.status_code, answer.data) == (200, OLD)
    headers = answer.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
    same = client.get(link(client), headers={"If-None-Match": headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "no-cache"
    head = client.head(link(client))
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(OLD)))


def test_another_one_has_another_address_and_the_former_stays(
    client: FlaskClient, source: FolderSource
) -> None:
    former = link(client)
    source.put_variants(NAME, NEW)
    assert link(client) != former
    assert [client.get(each).data for each in (former, link(client))] == [OLD, NEW]


def test_html_lists_it_as_a_file_and_an_empty_release_lists_none(
    client: FlaskClient, source: FolderSource
) -> None:
    assert f">{NAME}</a>" in client.get("/simple/spam/").text
    source.remove(WHEEL)
    source.publish("spam-2.0-py3-none-any.whl")
    assert NAME not in client.get("/simple/spam/").text


def test_a_withdrawn_one_is_given_to_nobody_with_the_reason(
    client: FlaskClient, source: FolderSource
) -> None:
    former = link(client)
    client.get(former)
    source.withdraw_variants(NAME, "by law")
    answer = client.get(former)
    assert answer.status_code == 403
    assert b"by law" in answer.data
    assert NAME not in client.get("/simple/spam/").text


def test_of_a_quarantined_project_none_is_given_out(
    client: FlaskClient, source: FolderSource
) -> None:
    former = link(client)
    source.set_status(
        source.files_of(source.projects()[0])[0].project,
        ProjectStatus(marker="quarantined", reason="stolen"),
    )
    assert client.get(former).status_code == 403
    assert NAME not in client.get("/simple/spam/").text


@pytest.mark.parametrize(
    "path",
    [
        f"/files/{'ab'}/{'c' * 62}/{NAME}",
        f"/files/a/{'c' * 63}/{NAME}",
        f"/files/ab/%00/{NAME}",
        "/files/ab/cd/-variants.json",
        "/files/ab/cd/spam%00-1.0-variants.json",
        "/files/ab/cd/..%2F..%2Fspam-1.0-variants.json",
    ],
)
def test_what_nobody_listed_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
