"""The locks of requirement sets, as an index and as files that installers read."""

import sys
import tomllib
from pathlib import Path
from time import sleep
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient
from packaging.pylock import Pylock

from axletree.server.guard import AccessSettings
from axletree.server.live.index import FRESH_FOR_S
from axletree.server.serving.app import create_app
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.changes import withdraw, yank
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.sets.checking import work_off
from axletree.wheelhouse.sets.keeping import add_set, lock_set, update_set
from axletree.wheelhouse.sets.records import SetText, Target
from tests.support.clients import installed_in, run_client
from tests.support.live_server import live_server
from tests.support.wheelhouses import publish_all, publish_variants
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
OLD = Target(python_version="3.8", platform="linux")
OWN = Target(python_version=PYTHON, platform="linux")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Keep a set of app 1, which requires base<2, where base 2 is there as well."""
    home = tmp_path / "house"
    publish_all(
        home,
        [
            make_wheel(tmp_path, "app", "1", requires_dist=["base<2"]),
            make_wheel(tmp_path, "base", "1+local"),
            make_sdist(tmp_path, "base", "1"),
            make_wheel(tmp_path, "base", "2"),
            make_wheel(tmp_path, "other", "1"),
        ],
    )
    with Wheelhouse.open(home) as house:
        add_set(house, "jupyter", SetText(requirements="app\n"), [OLD, OWN])
    return home


@pytest.fixture
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def names(client: FlaskClient, project: str) -> list[str]:
    page = client.get(f"/sets/jupyter/py38-linux/simple/{project}/", headers=JSON)
    assert page.status_code == 200
    return [file["filename"] for file in page.get_json()["files"]]


def test_the_index_has_what_the_lock_has_and_nothing_else(client: FlaskClient) -> None:
    listed = client.get("/sets/jupyter/py38-linux/simple/", headers=JSON).get_json()
    assert listed["projects"] == [{"name": "app"}, {"name": "base"}]
    assert names(client, "base") == ["base-1+local-py3-none-any.whl"]
    # Known here, and not of the set: nobody is to take it from elsewhere.
    assert names(client, "other") == []
    assert client.get("/sets/jupyter/py38-linux/simple/gone/").status_code == 404


def test_a_listing_of_variants_is_there_if_the_lock_has_its_release(
    home: Path, client: FlaskClient
) -> None:
    listings = ("app-1-variants.json", "base-2-variants.json")
    publish_variants(home, *listings)
    assert names(client, "app") == ["app-1-py3-none-any.whl", listings[0]]
    assert names(client, "base") == ["base-1+local-py3-none-any.whl"]


def test_its_links_lead_to_the_files(client: FlaskClient) -> None:
    page = client.get("/sets/jupyter/py38-linux/simple/base/", headers=JSON)
    [file] = page.get_json()["files"]
    assert file["url"].startswith("../../../../../files/")
    assert client.get(f"/{file['url'].removeprefix('../' * 5)}").status_code == 200


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("requirements.txt", "base==1+local"),
        ("constraints.txt", "app==1"),
        ("build-constraints.txt", "app==1"),
    ],
)
def test_the_pins_are_there_for_pip(client: FlaskClient, path: str, said: str) -> None:
    for _ in range(2):
        answer = client.get(f"/sets/jupyter/py38-linux/{path}")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert said in answer.text
        assert ("--hash=sha256:" in answer.text) == (path == "requirements.txt")
    etag = client.get(f"/sets/jupyter/py38-linux/{path}").headers["ETag"]
    again = client.get(
        f"/sets/jupyter/py38-linux/{path}", headers={"If-None-Match": etag}
    )
    assert again.status_code == 304
    head = client.head(f"/sets/jupyter/py38-linux/{path}")
    assert (head.data, head.headers["ETag"]) == (b"", etag)


def test_all_environments_are_one_pylock(client: FlaskClient) -> None:
    answer = client.get("/sets/jupyter/pylock.toml", base_url="https://pkgs.example/x/")
    pylock = Pylock.from_dict(tomllib.loads(answer.text))
    assert len(pylock.environments or ()) == 2
    base = pylock.packages[1]
    assert base.wheels is not None
    assert (base.wheels[0].url or "").startswith("https://pkgs.example/x/files/")
    assert (base.wheels[0].url or "").endswith("/base-1%2Blocal-py3-none-any.whl")


@pytest.mark.parametrize(
    "path",
    [
        *("/sets/", "/sets/jupyter", "/sets/none/pylock.toml", "/sets/jupyter/"),
        *("/sets/jupyter/py39-linux/simple/", "/sets/jupyter/py38-linux/x.txt"),
        *("/sets/none/py38-linux/simple/unknown/", "/sets/%00/py38-linux/simple/"),
        *("/sets/jupyter/py38-linux/simple/%ff/", "/sets/../simple/unknown"),
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("place", ["none/py38-linux", "jupyter/py39-linux", "jupyter"])
def test_a_set_that_is_not_there_leaves_no_name_of_ours_to_others(
    client: FlaskClient, place: str
) -> None:
    for project, status in {"app": 410, "other": 410, "unknown": 404}.items():
        answer = client.get(f"/sets/{place}/simple/{project}/", headers=JSON)
        assert (answer.status_code, project) == (status, project)
        assert ("no-such-index" in answer.text) == (status == 410)


def test_a_set_without_a_lock_leaves_no_name_of_ours_to_others(
    client: FlaskClient, home: Path
) -> None:
    with Wheelhouse.open(home) as house:
        add_set(house, "new", SetText(requirements="app\nbase>1.5\n"), [OLD])
    sleep(FRESH_FOR_S)
    answer = client.get("/sets/new/py38-linux/simple/app/")
    assert answer.status_code == 410
    assert "it is broken since the set was added" in answer.text
    assert client.get("/sets/new/py38-linux/simple/unknown/").status_code == 404


def test_addresses_are_mended_as_those_of_the_index(client: FlaskClient) -> None:
    answer = client.get("/sets/jupyter/py38-linux/simple/APP/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "../app/")
    for path, to in {"simple": "simple/", "simple/app": "app/"}.items():
        moved = client.get(f"/sets/jupyter/py38-linux/{path}")
        assert (moved.status_code, moved.headers["Location"]) == (301, to)


def test_a_new_lock_is_seen_at_once(client: FlaskClient, home: Path) -> None:
    assert names(client, "other") == []
    with Wheelhouse.open(home) as house:
        update_set(house, "jupyter", SetText(requirements="app\nother\n"), None)
        sleep(FRESH_FOR_S)
        assert names(client, "other") == ["other-1-py3-none-any.whl"]
        yank(house, [parse_subject("base-1+local-py3-none-any.whl")], "old")
        assert names(client, "base") == ["base-1+local-py3-none-any.whl"]
        work_off(house)
        sleep(FRESH_FOR_S)
        # The set is locked anew, with the sdist, of which there is no wheel.
        assert names(client, "base") == []
        lock_set(house, "jupyter", is_upgraded=True)


def test_a_set_without_a_lock_says_why(client: FlaskClient, home: Path) -> None:
    with Wheelhouse.open(home) as house:
        add_set(house, "new", SetText(requirements="app\nbase>1.5\n"), [OLD])
    sleep(FRESH_FOR_S)
    for path in ("pylock.toml", "py38-linux/simple/", "py38-linux/constraints.txt"):
        answer = client.get(f"/sets/new/{path}")
        assert answer.status_code == 404
        assert "it is broken since the set was added" in answer.text


def test_a_withdrawn_file_is_given_out_by_no_set(
    client: FlaskClient, home: Path
) -> None:
    page = client.get("/sets/jupyter/py38-linux/simple/app/", headers=JSON)
    url = page.get_json()["files"][0]["url"].removeprefix("../" * 5)
    with Wheelhouse.open(home) as house:
        withdraw(house, [parse_subject("app==1")], "malware")
    sleep(FRESH_FOR_S)
    assert client.get(f"/{url}").status_code == 403


def test_where_reading_needs_a_token_sets_do_too(home: Path) -> None:
    app = create_app(home, access=AccessSettings(needs_token_to_read=True))
    client = app.test_client()
    with Wheelhouse.open(home) as house:
        tokens = Tokens(house=house)
        _, every = tokens.make("all", [Right.parse("read")], None)
        _, some = tokens.make("some", [Right.parse("read:app")], None)
    paths = {
        "pylock.toml": (200, 403),
        "py38-linux/simple/": (200, 403),
        "py38-linux/requirements.txt": (200, 403),
        "py38-linux/simple/app/": (200, 200),
        "py38-linux/simple/base/": (200, 403),
        "none/simple/": (404, 403),
    }
    for path, (of_all, of_some) in paths.items():
        for _ in range(2):
            where = f"/sets/jupyter/{path}"
            assert client.get(where).status_code == 401
            asked = {"Authorization": f"Bearer {every}"}
            answer = client.get(where, headers=asked)
            assert answer.status_code == of_all
            assert answer.headers["Cache-Control"].startswith("private")
            asked = {"Authorization": f"Bearer {some}"}
            assert client.get(where, headers=asked).status_code == of_some


def test_pip_installs_what_the_set_has(home: Path, tmp_path: Path) -> None:
    with live_server(home) as server:
        where = f"{server.url}sets/jupyter/{OWN.name}"
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-cache-dir"]
        for number, asked in enumerate(
            (
                ["--index-url", f"{where}/simple/", "app"],
                [
                    *("--index-url", f"{where}/simple/", "--require-hashes"),
                    *("-r", f"{where}/requirements.txt"),
                ],
                [
                    "--index-url",
                    server.index_url,
                    "-c",
                    f"{where}/constraints.txt",
                    "app",
                ],
            )
        ):
            target = tmp_path / f"installed-{number}"
            run_client([*pip, "--target", target, *asked], tmp_path)
            assert installed_in(target) == {"app-1", "base-1+local"}


def test_uv_installs_what_the_set_has(home: Path, tmp_path: Path) -> None:
    with live_server(home) as server:
        where = f"{server.url}sets/jupyter/{OWN.name}"
        lock = tmp_path / "pylock.toml"
        with urlopen(f"{server.url}sets/jupyter/pylock.toml") as answer:  # noqa: S310  ours
            lock.write_bytes(answer.read())
        ways: tuple[tuple[str | Path, ...], ...] = (
            ("--default-index", f"{where}/simple/", "app"),
            ("--no-index", "-r", lock),
        )
        for number, asked in enumerate(ways):
            target = tmp_path / f"installed-{number}"
            uv: list[str | Path] = [
                Path(sys.executable).with_name("uv"),
                "pip",
                "install",
                "--no-cache",
            ]
            run_client([*uv, "--target", target, *asked], tmp_path)
            assert installed_in(target) == {"app-1", "base-1+local"}
