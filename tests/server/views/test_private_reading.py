"""Where reading needs a token: every route, every right."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from packaging.utils import canonicalize_name

from axletree.server.answers.rendering import file_url
from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.views.keeping import Views
from tests.support.wheelhouses import publish_all, publish_variants
from tests.support.wheels import make_wheel

RIGHTS = {
    "nobody": None,
    "acme": ("read:acme",),
    "family": ("read:acme-*",),
    "other": ("read:other",),
    "all": ("read",),
    "uploader": ("upload",),
    "replacer": ("replace-upstream",),
    "watcher": ("metrics",),
    "expired": ("read", "upload", "metrics"),
    "revoked": ("read", "upload", "metrics"),
}
WHO = tuple(RIGHTS)
EVERYBODY = (200,) * len(WHO)
MOVED = (301,) * len(WHO)

# By path: the answer to each of `WHO`, asked from another machine.
TABLE = {
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/docs": MOVED,
    "/docs/": EVERYBODY,
    "/docs/lock": MOVED,
    "/metrics": (401, 403, 403, 403, 403, 403, 403, 200, 401, 401),
    "/": (401, 403, 403, 403, 200, 403, 403, 403, 401, 401),
    "/simple/": (401, 403, 403, 403, 200, 403, 403, 403, 401, 401),
    "/simple": MOVED,
    "/simple/acme": MOVED,
    "/simple/acme/": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    "/simple/ACME/": (401, 301, 301, 403, 301, 403, 403, 403, 401, 401),
    "/simple/acme-tools/": (401, 403, 200, 403, 200, 403, 403, 403, 401, 401),
    "/simple/unknown/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/g/1/simple": MOVED,
    "/g/1/simple/": (401, 403, 403, 403, 200, 403, 403, 403, 401, 401),
    "/g/1/simple/acme": MOVED,
    "/g/1/simple/acme/": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    "/g/1/simple/unknown/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/g/9/simple/acme/": (401, 410, 410, 403, 410, 403, 403, 403, 401, 401),
    "/views/all/simple": MOVED,
    "/views/all/simple/": (401, 403, 403, 403, 200, 403, 403, 403, 401, 401),
    "/views/all/simple/acme": MOVED,
    "/views/all/simple/acme/": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    "/views/none/simple/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/views/all/g/1/simple": MOVED,
    "/views/all/g/1/simple/": (401, 403, 403, 403, 200, 403, 403, 403, 401, 401),
    "/views/all/g/1/simple/acme": MOVED,
    "/views/all/g/1/simple/acme/": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    # There is no set: who may read hears that, all others what they hear of any.
    "/sets/a/pylock.toml": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/sets/a/py/simple": MOVED,
    "/sets/a/py/simple/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/sets/a/py/simple/acme": MOVED,
    "/sets/a/py/simple/acme/": (401, 410, 410, 403, 410, 403, 403, 403, 401, 401),
    "/sets/a/py/simple/unknown/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/nowhere/simple/acme/": (401, 410, 410, 403, 410, 403, 403, 403, 401, 401),
    "/acme/": (401, 410, 410, 403, 410, 403, 403, 403, 401, 401),
    "/nowhere/simple/unknown/": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/sets/a/py/requirements.txt": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/sets/a/py/constraints.txt": (401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    "/sets/a/py/build-constraints.txt": (
        401,
        403,
        403,
        403,
        404,
        403,
        403,
        403,
        401,
        401,
    ),
    "{acme}": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    # There are none of this one.
    "{acme}.provenance": (401, 404, 404, 403, 404, 403, 403, 403, 401, 401),
    "{acme}.metadata": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    "{variants}": (401, 200, 200, 403, 200, 403, 403, 403, 401, 401),
    "/files/00/00/acme-1.0-variants.json": (
        *(401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    ),
    "/files/00/00/unknown-1.0-py3-none-any.whl": (
        *(401, 403, 403, 403, 404, 403, 403, 403, 401, 401),
    ),
}
ENDS = {"expired": datetime(2021, 1, 1, tzinfo=UTC)}
# Of an upload that has nothing in it, and does not say how long it is.
UPLOADS = (401, 403, 403, 403, 403, 411, 403, 403, 401, 401)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("private")
    home = folder / "house"
    wheels = [make_wheel(folder, name, "1.0") for name in ("acme", "acme-tools")]
    publish_all(home, wheels)
    publish_variants(home, "acme-1.0-variants.json")
    return home


@pytest.fixture(scope="module")
def secrets(home: Path) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    with Wheelhouse.open(home) as house:
        for who, rights in RIGHTS.items():
            parsed = [Right.parse(right) for right in rights or ()]
            found[who] = (
                None
                if rights is None
                else Tokens(house=house).make(who, parsed, ENDS.get(who))[1]
            )
        Tokens(house=house).revoke("revoked")
        later = datetime(2999, 1, 1, tzinfo=UTC)
        Views(house=house).make("all", exclude_newer=later, policy=None)
    return found


@pytest.fixture(scope="module")
def paths(home: Path) -> dict[str, str]:
    with Wheelhouse.open_to_read(home) as house:
        acme = canonicalize_name("acme")
        [file] = house.files_of(acme)
        [listing] = house.variants.of(acme)
    urls = {"acme": file_url(file, "/"), "variants": file_url(listing, "/")}
    return {path: path.format(**urls) for path in TABLE}


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    access = AccessSettings(needs_token_to_read=True, is_plain_http_allowed=True)
    client = create_app(home, access=access).test_client()
    client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    return client


def test_the_table_has_every_route(client: FlaskClient, paths: dict[str, str]) -> None:
    rules = client.application.url_map
    asked = rules.bind("x")
    # At the others there is nothing.
    served = [path for path in paths.values() if asked.test(path)]
    in_table = {asked.match(path)[0] for path in served}
    posted = {asked.match(path, "POST")[0] for path in ("/legacy", "/legacy/")}
    assert {rule.endpoint for rule in rules.iter_rules()} == in_table | posted


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", ["/legacy", "/legacy/"])
def test_right_decides_who_uploads(
    client: FlaskClient, secrets: dict[str, str | None], path: str, who: str
) -> None:
    secret = secrets[who]
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = client.post(path, headers=headers, data={})
    assert answer.status_code == UPLOADS[WHO.index(who)]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", TABLE)
def test_right_decides(
    client: FlaskClient,
    secrets: dict[str, str | None],
    paths: dict[str, str],
    path: str,
    who: str,
) -> None:
    secret = secrets[who]
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    # Twice: what one reader made ready is given to no other.
    ways = (client.get, client.head, client.get)
    answers = [ask(paths[path], headers=headers) for ask in ways]
    for answer in answers:
        assert answer.status_code == TABLE[path][WHO.index(who)]
        caching = answer.headers.get("Cache-Control", "private")
        assert caching.startswith("private")
        assert "public" not in caching
        assert "X-Accel-Expires" not in answer.headers
        assert caching.count("private") == 1
    if answers[0].status_code == 401:
        assert answers[0].headers["WWW-Authenticate"].startswith("Basic ")


def test_files_of_others_and_files_that_are_not_there_are_refused_in_the_same_words(
    client: FlaskClient, secrets: dict[str, str | None]
) -> None:
    headers = {"Authorization": f"Bearer {secrets['acme']}"}
    there, not_there = (
        client.get(f"/files/00/00/{name}-1.0-py3-none-any.whl{end}", headers=headers)
        for name, end in (("acme_tools", ""), ("unknown", ""))
    )
    assert (there.status_code, there.text) == (403, not_there.text)


def test_unchanged_page_is_told_to_those_only_who_may_read_it(
    client: FlaskClient, secrets: dict[str, str | None]
) -> None:
    mine = {"Authorization": f"Bearer {secrets['acme']}"}
    etag = client.get("/simple/acme/", headers=mine).headers["ETag"]

    same = client.get("/simple/acme/", headers={**mine, "If-None-Match": etag})
    foreign = client.get("/simple/acme/", headers={"If-None-Match": etag})

    assert (same.status_code, foreign.status_code) == (304, 401)
    assert same.headers["Cache-Control"] == "private, no-cache"


def test_browser_is_not_told_names_like_what_it_may_not_read(
    client: FlaskClient, secrets: dict[str, str | None]
) -> None:
    answer = client.get(
        "/simple/acmee/",
        headers={"Authorization": f"Bearer {secrets['all']}", "Accept": "text/html"},
    )
    assert answer.status_code == 404
    assert "/simple/acme/" not in answer.text
