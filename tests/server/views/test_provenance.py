"""Where attestations are stands on pages as an absolute address (PEP 740), which leads there.

Source: PEP 740, "Index changes": the value must be a fully qualified URL.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from axletree.server.answers.proxies import networks_of
from axletree.server.live.index import LiveIndex
from axletree.server.serving.app import app_over
from tests.support.index_sources import FolderSource

WHEEL = "spam-1.0-py3-none-any.whl"
SAID = b'{"version": 1}'
JSON_TYPE = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    source = FolderSource(tmp_path)
    source.publish(WHEEL, provenance=SAID)
    source.publish("eggs-1.0-py3-none-any.whl")
    return source


def told(client: FlaskClient, path: str = "/simple/spam/", **headers: str) -> str:
    """Return the address that a page gives; JSON and HTML say the same, twice."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    addresses = []
    for _ in range(2):
        answer = client.get(path, headers={"Accept": JSON_TYPE, **named})
        [entry] = json.loads(answer.data)["files"]
        # A proxy would give it to those who ask by another host, too.
        assert "X-Accel-Expires" not in answer.headers
        html = client.get(path, headers=named).text
        [in_html] = re.findall(r' data-provenance="([^"]*)"', html)
        assert entry["provenance"] == in_html
        assert entry["url"].startswith("../../")
        addresses.append(str(entry["provenance"]))
    assert len(set(addresses)) == 1
    return addresses[0]


def test_it_begins_with_the_address_by_which_the_page_was_asked_for(
    source: FolderSource,
) -> None:
    client = app_over(source, fresh_for_s=1000).test_client()
    for host in ("a.example", "b.example:8080", "[::1]:80", "a.example"):
        address = told(client, Host=host)
        assert address.startswith(f"http://{host}/files/")
        assert client.get(urlsplit(address).path).data == SAID


def test_a_proxy_on_this_machine_says_that_it_was_asked_by_https(
    source: FolderSource,
) -> None:
    client = app_over(source).test_client()
    proxied = {"Host": "pkgs", "X_Forwarded_Proto": "https"}
    assert told(client, **proxied).startswith("https://pkgs/files/")
    client.environ_base["REMOTE_ADDR"] = "10.0.0.7"
    assert told(client, **proxied).startswith("http://pkgs/files/")


def test_a_trusted_proxy_says_under_which_host_and_path_it_was_asked(
    source: FolderSource,
) -> None:
    app = app_over(source, proxies=networks_of(["10.0.0.7"]))
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.0.0.7"
    asked = {"X_Forwarded_Prefix": "/python", "Host": "inner"}
    forwarded = {"Forwarded": "for=1.2.3.4;proto=https;host=pkgs.example"}
    address = told(client, **asked, **forwarded)
    assert address.startswith("https://pkgs.example/python/files/")
    home = client.get("/", headers={"X-Forwarded-Prefix": "/python", **forwarded})
    assert "--index-url https://pkgs.example/python/simple/" in home.text
    # What redirects is below the path that was taken off.
    moved = client.get("/simple/Spam", headers={"X-Forwarded-Prefix": "/python"})
    assert moved.headers["Location"] == "spam/"
    twice = client.get("/simple//spam/", headers={"X-Forwarded-Prefix": "/python"})
    assert twice.headers["Location"] in {"spam/", "/python/simple/spam/"}
    client.environ_base["REMOTE_ADDR"] = "10.0.0.8"
    assert told(client, **asked, **forwarded).startswith("http://inner/files/")


@pytest.mark.parametrize("path", ["/python/simple/spam/", "/simple/spam/"])
@pytest.mark.parametrize("place", ["", "/g/1"])
def test_behind_a_prefix_it_is_the_public_one_whatever_a_request_says(
    source: FolderSource, path: str, place: str
) -> None:
    app = app_over(source, public_url="https://pkgs.example/python", fresh_for_s=1000)
    asked = path.replace("/simple", f"{place}/simple")
    address = told(app.test_client(), asked, Host="evil.example")
    assert address.startswith("https://pkgs.example/python/files/")
    assert app.test_client().get(urlsplit(address).path).data == SAID


@pytest.mark.parametrize(
    "host", ["<b>", "a b", "a/b", 'a"b', "u:p@h", "h:port", "", "[::1"]
)
def test_what_is_no_host_is_on_no_page(source: FolderSource, host: str) -> None:
    client = app_over(source, fresh_for_s=1000).test_client()
    assert told(client, Host=host).startswith("../../files/")
    assert told(client, Host="pkgs").startswith("http://pkgs/files/")


def test_pages_without_attestations_are_made_once_for_all_hosts(
    source: FolderSource,
) -> None:
    index = LiveIndex(source, fresh_for_s=1000)
    eggs, spam = ("/simple/eggs/", "/simple/spam/")
    for root in ("http://a/", "http://b/"):
        for name in ("eggs", "spam"):
            index.project_page(name, root_url=root)  # type: ignore[arg-type]  # normalised
    app = app_over(source).test_client()
    assert app.get(eggs).headers["X-Accel-Expires"] == "1"
    ready = index.ready(eggs)
    assert ready is not None
    assert not ready.is_by_root
    assert index.ready(spam, "http://a/") is not index.ready(spam, "http://b/")
