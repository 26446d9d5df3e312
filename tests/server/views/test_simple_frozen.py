"""A generation is listed as it was, whatever changes later."""

from datetime import timedelta
from pathlib import Path
from time import sleep
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from packaging.utils import canonicalize_name

from axletree.server.guard import AccessSettings
from axletree.server.live.index import FRESH_FOR_S
from axletree.server.serving.app import create_app
from axletree.wheelhouse.catalog.changes import remove, set_status, withdraw, yank
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.model import ProjectStatus
from axletree.wheelhouse.store.turns import tell_nobody
from axletree.wheelhouse.upkeep.backups import back_up
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.restoring import restore
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
APP = canonicalize_name("app")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Generations: 1 app 1.0 and lib, 2 app 2.0, and then what is taken away."""
    home = tmp_path / "house"
    publish_all(
        home,
        [make_wheel(tmp_path, "app", "1.0"), make_wheel(tmp_path, "lib", "1.0+axle.1")],
    )
    publish_all(home, [make_wheel(tmp_path, "app", "2.0")])
    return home


@pytest.fixture
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def files_in(client: FlaskClient, generation: int, project: str = "app") -> list[str]:
    page = client.get(f"/g/{generation}/simple/{project}/", headers=JSON)
    assert page.status_code == 200
    return [file["filename"] for file in page.get_json()["files"]]


def test_generation_lists_what_it_had(client: FlaskClient) -> None:
    old, new = "app-1.0-py3-none-any.whl", "app-2.0-py3-none-any.whl"

    assert (files_in(client, 1), files_in(client, 2)) == ([old], [new, old])
    listed = client.get("/g/1/simple/", headers=JSON).get_json()
    assert listed["projects"] == [{"name": "app"}, {"name": "lib"}]
    assert client.get("/g/0/simple/", headers=JSON).get_json()["projects"] == []
    # A name that is ours is never missing, or an installer takes it from elsewhere.
    assert files_in(client, 0) == []


def test_nothing_that_is_done_later_changes_it(home: Path, client: FlaskClient) -> None:
    before = client.get("/g/2/simple/app/", headers=JSON)
    with Wheelhouse.open(home) as house:
        yank(house, [parse_subject("app==2.0")], "breaks")
        remove(house, [parse_subject("app==1.0")])
        set_status(house, APP, ProjectStatus(marker="deprecated", reason="old"))

    fresh = create_app(home).test_client()
    for asked in (client, fresh):
        after = asked.get("/g/2/simple/app/", headers=JSON)
        assert after.data == before.data
        assert after.headers["ETag"] == before.headers["ETag"]
    assert fresh.get("/simple/app/", headers=JSON).data != before.data


def test_withdrawn_file_is_given_out_by_none(home: Path) -> None:
    with Wheelhouse.open(home) as house:
        [file] = [f for f in house.files_of(APP) if f.version == "2.0"]
        withdraw(house, [parse_subject("app==2.0")], "malware")
    client = create_app(home).test_client()

    # Listed as ever: a build that wants it fails, instead of taking another silently.
    assert file.filename in files_in(client, 2)
    path = f"/files/{file.sha256[:2]}/{file.sha256[2:]}/{file.filename}"
    for suffix in ("", ".metadata"):
        answer = client.get(path + suffix)
        assert answer.status_code == 403
        assert "malware" in answer.text


@pytest.mark.parametrize("page", ["simple/", "simple/app/"])
def test_links_lead_to_files_and_out(client: FlaskClient, page: str) -> None:
    base = f"/g/1/{page}"
    text = client.get(base, headers={"Accept": "text/html"}).text
    links = [
        part.partition('"')[0].partition("#")[0] for part in text.split('href="')[1:]
    ]
    assert links
    for link in links:
        path = urljoin(f"http://pkgs{base}", link).removeprefix("http://pkgs")
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/g/3/simple/", 404),
        ("/g/3/simple/unknown/", 404),
        (f"/g/{2**53}/simple/", 404),
        (f"/g/{2**70}/simple/", 404),
        ("/g/-1/simple/", 404),
        ("/g/x/simple/", 404),
        ("/g/1/simple/unknown/", 404),
        # uv takes from the next index what this one answers with 404.
        ("/g/3/simple/app/", 410),
        ("/g/01/simple/app/", 410),
        ("/g/-1/simple/app/", 410),
        ("/g/x/simple/app/", 410),
        (f"/g/{2**70}/simple/app/", 410),
        ("/g/1/simple/a!b/", 404),
        ("/g/1/", 404),
        ("/g/1/simple", 301),
        ("/g/1/simple/app", 301),
        ("/g/1/simple/App/", 301),
    ],
)
def test_what_is_not_there_is_said_so(
    client: FlaskClient, path: str, status: int
) -> None:
    for _ in range(2):
        assert client.get(path).status_code == status


def test_generation_of_which_gc_has_taken_is_gone_at_once(
    home: Path, client: FlaskClient
) -> None:
    assert client.get("/g/1/simple/app/").status_code == 200
    with Wheelhouse.open(home) as house:
        remove(house, [parse_subject("app==1.0")])
        later = utc_now() + timedelta(days=2)
        assert sweep(house, clock=lambda: later).gone
    sleep(2 * FRESH_FOR_S)
    answer = client.get("/g/1/simple/app/")

    assert answer.status_code == 410
    assert "app" in answer.text
    assert client.get("/simple/app/").status_code == 200


def test_generation_needs_a_token_where_reading_does(home: Path) -> None:
    access = AccessSettings(needs_token_to_read=True)
    client = create_app(home, access=access).test_client()
    assert client.get("/g/1/simple/app/").status_code == 401
    assert client.get("/g/1/simple/").status_code == 401
    assert client.get("/g/9/simple/").status_code == 401


def test_what_a_restore_has_lost_is_listed_no_more(home: Path, tmp_path: Path) -> None:
    def nothing(_done: int, _all: int) -> None:
        pass

    with Wheelhouse.open(home) as house:
        back_up(house, tmp_path / "backup", nothing)
    publish_all(home, [make_wheel(tmp_path, "app", "3.0")])
    client = create_app(home).test_client()
    assert "app-3.0" in client.get("/simple/app/").text

    restore(home, tmp_path / "backup", nothing, tell=tell_nobody, is_forced=True)
    sleep(2 * FRESH_FOR_S)

    page = client.get("/simple/app/")
    assert (page.status_code, "app-3.0" in page.text) == (200, False)
