"""The index through a view: what the view leaves, now and in every generation."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from packaging.utils import canonicalize_name

from axletree.server.guard import AccessSettings
from axletree.server.live.index import LiveIndex, Place
from axletree.server.live.policed import Listing
from axletree.server.live.ready import MOST_BYTES
from axletree.server.serving.app import app_over, create_app
from axletree.wheelhouse.catalog.changes import withdraw
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import COLLECTED, IncomingFile
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.sets.keeping import add_set, update_set
from axletree.wheelhouse.sets.records import SetText, Target
from axletree.wheelhouse.views.keeping import Views
from tests.support.wheelhouses import publish_variants
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = datetime(2026, 2, 1, tzinfo=UTC)
OLD, NEW = "app-1.0-py3-none-any.whl", "app-2.0-py3-none-any.whl"
POLICY = b"""
reserved = ["acme-*"]

[[blocked]]
releases = "lib"
reason = "it leaks"

[[warned]]
releases = "app<2"
reason = "it is old"
"""


def bring(house: Wheelhouse, name: str, version: str, at: datetime | None) -> None:
    wheel = make_wheel(house.home.parent / "wheels", name, version)
    incoming = IncomingFile(
        path=wheel, filename=wheel.name, upload_time=at, origin=COLLECTED
    )
    publish(house, [incoming])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Wheelhouse]:
    """Generations: 1 app 1.0 of January, 2 lib of January, 3 app 2.0 of March."""
    with Wheelhouse.open(tmp_path / "house") as house:
        bring(house, "app", "1.0", FIRST)
        bring(house, "lib", "1.0", FIRST)
        bring(house, "app", "2.0", LIMIT + timedelta(days=28))
        views = Views(house=house)
        views.make("january", exclude_newer=LIMIT, policy=None)
        views.make("careful", exclude_newer=None, policy=(POLICY, "careful.toml"))
        yield house


@pytest.fixture
def client(house: Wheelhouse) -> FlaskClient:
    app = app_over(house, listing=Listing(house), fresh_for_s=0)
    return app.test_client()


def files_at(client: FlaskClient, path: str) -> dict[str, object]:
    """Return what a page lists, each with its yank; as both ways answer it."""
    slow, fast = (client.get(path, headers=JSON) for _ in range(2))
    assert (slow.status_code, slow.data) == (200, fast.data)
    return {file["filename"]: file["yanked"] for file in slow.get_json()["files"]}


def reason_at(client: FlaskClient, path: str) -> str:
    """Return why a page is empty, as JSON and HTML say alike."""
    document = client.get(path, headers=JSON).get_json()
    assert document["files"] == []
    reason = document["project-status"]["reason"]
    assert isinstance(reason, str)
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, reason in page.text) == (200, True)
    return reason


def test_view_lists_what_was_there_on_its_day_and_follows(
    house: Wheelhouse, client: FlaskClient
) -> None:
    page = "/views/january/simple/app/"
    assert files_at(client, page) == {OLD: False}
    assert files_at(client, "/simple/app/") == {OLD: False, NEW: False}
    bring(house, "app", "1.5", LIMIT - timedelta(seconds=1))
    bring(house, "app", "1.6", LIMIT)
    bring(house, "app", "1.7", None)
    assert [*files_at(client, page)] == ["app-1.5-py3-none-any.whl", OLD]


def test_a_listing_of_variants_is_seen_with_a_file_of_its_release(
    house: Wheelhouse, client: FlaskClient
) -> None:
    listings = ["app-1.0-variants.json", "app-2.0-variants.json"]
    publish_variants(house.home, *listings)
    assert [*files_at(client, "/simple/app/")] == [NEW, OLD, *listings]
    assert [*files_at(client, "/g/3/simple/app/")] == [NEW, OLD]
    view = "/views/january"
    assert [*files_at(client, f"{view}/simple/app/")] == [OLD, listings[0]]
    assert [*files_at(client, f"{view}/g/3/simple/app/")] == [OLD]
    assert [*files_at(client, f"{view}/g/4/simple/app/")] == [OLD, listings[0]]


def test_view_of_sets_follows_their_locks_without_a_generation(
    house: Wheelhouse, client: FlaskClient
) -> None:
    target = Target(python_version="3.9", platform="linux")
    add_set(house, "image", SetText(requirements="app<2\n"), [target])
    Views(house=house).make("image", exclude_newer=None, policy=None, sets=["image"])
    page = "/views/image/simple/app/"
    assert [*files_at(client, page)] == [OLD]
    assert reason_at(client, "/views/image/simple/lib/") == (
        "the view image is of the requirement set image"
    )
    before = house.generation()

    update_set(house, "image", SetText(requirements="app>=2\n"), None)

    assert house.generation() == before
    assert [*files_at(client, page)] == [NEW]
    assert [*files_at(client, "/views/image/g/3/simple/app/")] == [NEW]


def test_view_obeys_its_policy_beside_the_wheelhouses(
    house: Wheelhouse, client: FlaskClient
) -> None:
    assert files_at(client, "/views/careful/simple/app/") == {
        NEW: False,
        OLD: "it is old (careful.toml of the view careful, line 9)",
    }
    assert reason_at(client, "/views/careful/simple/lib/") == (
        "it leaks (careful.toml of the view careful, line 5)"
    )
    own = b"[[blocked]]\nreleases = 'app>1'\nreason = 'no'\n"
    set_policy(house, own, "policy.toml")
    assert [*files_at(client, "/views/careful/simple/app/")] == [OLD]


def test_generation_seen_through_a_view_never_changes(
    house: Wheelhouse, client: FlaskClient
) -> None:
    paths = [
        f"/views/{view}/g/{number}/simple/{name}/"
        for view in ("january", "careful")
        for number in (1, 2, 3)
        for name in ("app", "lib")
    ]
    before = {path: client.get(path, headers=JSON).data for path in paths}
    assert [*files_at(client, "/views/january/g/1/simple/app/")] == [OLD]
    assert files_at(client, "/views/january/g/1/simple/lib/") == {}
    assert [*files_at(client, "/views/careful/g/3/simple/app/")] == [NEW, OLD]

    bring(house, "app", "1.5", FIRST)
    set_policy(house, b"[[blocked]]\nreleases = 'app'\nreason = 'no'\n", "p.toml")

    assert {path: client.get(path, headers=JSON).data for path in paths} == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/views/january/simple/late/", "the view january is as of 2026-01-31"),
        (
            "/views/careful/simple/acme-x/",
            "acme-* is reserved (careful.toml of the view careful, line 2)",
        ),
        ("/views/january/simple/ours/", "ours is reserved (policy.toml, line 1)"),
        ("/simple/ours/", "ours is reserved (policy.toml, line 1)"),
    ],
)
def test_empty_page_says_why(
    house: Wheelhouse, client: FlaskClient, path: str, reason: str
) -> None:
    bring(house, "late", "1.0", LIMIT)
    set_policy(house, b"reserved = ['ours']\n", "policy.toml")
    assert reason_at(client, path) == reason


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/views/january/simple/", 200),
        ("/views/january/g/2/simple/", 200),
        ("/views/january/g/0/simple/app/", 200),
        ("/views/january/simple", 301),
        ("/views/january/simple/App/", 301),
        ("/views/january/g/1/simple/app", 301),
        ("/views/january/simple/acme-x/", 404),
        ("/views/january/simple/unknown/", 404),
        ("/views/january/", 404),
        ("/views/", 404),
        ("/views/none/simple/", 404),
        ("/views/none/simple/unknown/", 404),
        ("/views/a%00b/simple/", 404),
        ("/views/%ff/simple/", 404),
        ("/views/january/g/9/simple/", 404),
        # uv takes from the next index what this one answers with 404.
        ("/views/none/simple/app/", 410),
        ("/views/JANUARY/simple/app/", 410),
        ("/views/none/g/1/simple/app/", 410),
        ("/views/january/g/9/simple/app/", 410),
        ("/views/january/g/x/simple/app/", 410),
    ],
)
def test_what_is_not_there_is_said_so(
    client: FlaskClient, path: str, status: int
) -> None:
    for _ in range(2):
        answer = client.get(path, headers=JSON)
        assert answer.status_code == status
        if status in {404, 410}:
            assert answer.get_json()["detail"]


def test_removed_view_is_there_no_more_at_once(
    house: Wheelhouse, client: FlaskClient
) -> None:
    pages = ("/views/january/simple/app/", "/views/january/g/1/simple/app/")
    assert [client.get(page).status_code for page in pages] == [200, 200]
    Views(house=house).remove("january")
    for page in pages:
        answer = client.get(page, headers=JSON)
        assert answer.status_code == 410
        assert "the view january was removed on" in answer.get_json()["detail"]
    assert client.get("/simple/app/").status_code == 200


def test_links_of_a_view_lead_to_files_and_withdrawn_ones_to_nobody(
    house: Wheelhouse, client: FlaskClient
) -> None:
    files = [
        urljoin(page, client.get(page, headers=JSON).get_json()["files"][0]["url"])
        for page in ("/views/january/simple/app/", "/views/january/g/1/simple/app/")
    ]
    for file in files:
        assert client.get(file).status_code == 200
        assert client.get(f"{file}.metadata").status_code == 200
    withdraw(house, [parse_subject("app==1.0")], "malware")
    assert {client.get(file).status_code for file in files} == {403}
    assert files_at(client, "/views/january/simple/app/") == {}


def test_view_needs_a_token_where_reading_does(house: Wheelhouse) -> None:
    access = AccessSettings(needs_token_to_read=True)
    client = create_app(house.home, access=access).test_client()
    for view in ("january", "none"):
        for page in ("simple/", "simple/app/", "g/1/simple/app/"):
            assert client.get(f"/views/{view}/{page}").status_code == 401


def test_what_is_kept_of_many_pages_has_a_limit(house: Wheelhouse) -> None:
    index = LiveIndex(house, listing=Listing(house), fresh_for_s=1e9)
    app = canonicalize_name("app")
    views = Views(house=house)
    for number in range(40):
        views.make(f"v{number}", exclude_newer=LIMIT, policy=None)
    for number in range(40):
        for generation in (None, 1, 2, 3):
            index.project_page(app, Place(view=f"v{number}", generation=generation))
    answers = index._snapshot.answers  # noqa: SLF001  what is counted is kept inside
    sizes = [each.kept_bytes for each in answers._answers.values()]  # noqa: SLF001  as above
    assert len(sizes) == 160
    assert answers.size_bytes == sum(sizes) <= MOST_BYTES
