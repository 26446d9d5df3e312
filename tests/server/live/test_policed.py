"""Pages under a policy: what is too young, and names that are reserved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from axletree.server.live.policed import Listing
from axletree.server.serving.app import app_over
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import COLLECTED, IncomingFile
from axletree.wheelhouse.policy.keeping import set_policy
from tests.support.wheels import make_wheel

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
UPLOADED = datetime(2026, 1, 10, 15, 0, tzinfo=UTC)
POLICY = b"""
reserved = ["acme-*"]

[[blocked]]
releases = "evil"
reason = "it steals"

[[blocked]]
releases = "old<2"
reason = "it is old"

[minimum-age]
days = 7
"""


class Clock:
    """A time that a test lets pass."""

    def __init__(self) -> None:
        self.now = UPLOADED + timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> FlaskClient:
    house = Wheelhouse.open(tmp_path / "house")
    wheel = make_wheel(tmp_path, "demo", "1.0")
    incoming = IncomingFile(
        path=wheel, filename=wheel.name, upload_time=UPLOADED, origin=COLLECTED
    )
    publish(house, [incoming], clock=lambda: clock.now)
    set_policy(house, POLICY, "policy.toml", clock=lambda: clock.now)
    listing = Listing(house, now=lambda: clock.now)
    return app_over(house, listing=listing, fresh_for_s=0).test_client()


def names(client: FlaskClient, path: str) -> list[str]:
    page = client.get(path, headers=JSON)
    assert page.status_code == 200
    return [file["filename"] for file in page.get_json()["files"]]


def test_file_comes_of_age_by_itself(client: FlaskClient, clock: Clock) -> None:
    assert names(client, "/simple/demo/") == []
    clock.now = UPLOADED + timedelta(days=7)
    assert names(client, "/simple/demo/") == []  # It is one from the next day on.
    clock.now = UPLOADED + timedelta(days=8)
    assert names(client, "/simple/demo/") == ["demo-1.0-py3-none-any.whl"]
    # What a generation lists never changes.
    assert names(client, "/g/2/simple/demo/") == []
    assert names(client, "/g/1/simple/demo/") == ["demo-1.0-py3-none-any.whl"]


@pytest.mark.parametrize("name", ["acme", "acme-tools", "acme-not-here", "evil"])
def test_reserved_name_has_an_empty_page(client: FlaskClient, name: str) -> None:
    for root in ("/simple", "/g/2/simple"):
        assert names(client, f"{root}/{name}/") == []


@pytest.mark.parametrize("name", ["acmetools", "old", "evil-twin"])
def test_name_that_nobody_reserved_is_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/simple/{name}/").status_code == 404


def test_name_that_is_reserved_no_more_is_not_there(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert names(client, "/simple/acme-tools/") == []
    with Wheelhouse.open(tmp_path / "house") as house:
        set_policy(house, b"", "policy.toml")
    assert client.get("/simple/acme-tools/").status_code == 404
