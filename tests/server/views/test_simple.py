import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from packaging.utils import NormalizedName, canonicalize_name
from werkzeug.test import TestResponse

from axletree.server.answers.errors import InvalidPublicUrlError
from axletree.server.serving.app import app_over
from axletree.wheelhouse.model import ProjectStatus, StoredFile
from tests.support.index_sources import FolderSource

JSON = "application/vnd.pypi.simple.v1+json"
SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    source = FolderSource(tmp_path)
    source.publish("spam-1.0-py3-none-any.whl", metadata=b"x")
    source.publish("foo_bar-2.0-py3-none-any.whl")
    return source


@pytest.fixture
def client(source: FolderSource) -> FlaskClient:
    client = app_over(source).test_client()
    # In which alone two answers would differ.
    client.environ_base["HTTP_X_REQUEST_ID"] = "same"
    return client


def asked_twice(client: FlaskClient, path: str, accept: str) -> list[TestResponse]:
    """Ask by the slow way and, the page being rendered then, by the fast one."""
    return [client.get(path, headers={"Accept": accept}) for _ in range(2)]


@pytest.mark.parametrize("path", ["/simple/", "/simple/spam/"])
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        (JSON, JSON),
        (SIMPLE_HTML, SIMPLE_HTML),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("image/png", "text/html; charset=utf-8"),
    ],
)
def test_page_is_sent_in_the_wanted_format(
    client: FlaskClient, path: str, accept: str, content_type: str
) -> None:
    for answer in asked_twice(client, path, accept):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == content_type


def test_page_without_accept_header_is_html(client: FlaskClient) -> None:
    answer = client.get("/simple/spam/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_slow_and_fast_way_answer_alike(client: FlaskClient) -> None:
    slow, fast = asked_twice(client, "/simple/spam/", JSON)
    assert slow.data == fast.data
    assert slow.headers == fast.headers


def test_pages_may_be_kept_but_are_always_asked_for(client: FlaskClient) -> None:
    answer = client.get("/simple/spam/")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


def test_page_is_compressed_when_wanted(client: FlaskClient) -> None:
    plain = client.get("/simple/spam/")
    compressed = client.get("/simple/spam/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain.data
    assert compressed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/simple/", "/simple/spam/"])
def test_unchanged_page_is_not_sent_again(
    client: FlaskClient, path: str, encoding: str
) -> None:
    headers = {"Accept": JSON, "Accept-Encoding": encoding}
    etag = client.get(path, headers=headers).headers["ETag"]
    for tag in (etag, f"W/{etag}"):
        again = client.get(path, headers={**headers, "If-None-Match": tag})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == etag
        assert again.headers["Vary"] == "Accept, Accept-Encoding"


def test_etag_of_another_form_does_not_match(client: FlaskClient) -> None:
    html_etag = client.get("/simple/spam/").headers["ETag"]
    headers = {"Accept": JSON, "If-None-Match": html_etag}
    assert client.get("/simple/spam/", headers=headers).status_code == 200


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    slow, fast = (client.head("/simple/spam/") for _ in range(2))
    full = client.get("/simple/spam/")
    assert slow.data == fast.data == b""
    assert slow.headers == fast.headers == full.headers


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/simple", "simple/"),
        ("/simple/spam", "spam/"),
        ("/simple/Spam/", "../spam/"),
        ("/simple/Foo.Bar", "foo-bar/"),
        ("/simple/foo_bar/", "../foo-bar/"),
        ("/simple/FOO--bar/", "../foo-bar/"),
        ("/simple/No_Such/", "../no-such/"),
        ("/simple/Spam/?a=b&c=%2F", "../spam/?a=b&c=%2F"),
        ("/simple?x", "simple/?x"),
        ("/simple//spam/?x", "/simple/spam/?x"),
        ("/simple//", "/simple/"),
        ("/simple/spam//", "/simple/spam/"),
        ("/g/1/simple///Foo_Bar", "/g/1/simple/Foo_Bar"),
        ("/simple//evil.example/x", "/simple/evil.example/x"),
        ("/simple//a%0D%0Ab%3F%23%C3%A9/", "/simple/a%0D%0Ab%3F%23%C3%A9/"),
    ],
)
def test_other_spellings_redirect_for_good(
    client: FlaskClient, path: str, location: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 301
    assert answer.headers["Location"] == location


@pytest.mark.parametrize(
    "path",
    [
        "/simple/no-such/",
        "/simple/spam/x",
        "/simple/-bad-/",
        "/simple/a%00b/",
        "/simple/a%ffb/",
        "/simple/a%5Cb/",
        "/simple/a%0D%0AX-Evil:1/",
        "/simple/a%0D%0AX-Evil:1",
        "/simple/spam%0A/",
        "/simple/spam%0A",
        "/simple/..%2F..%2Fetc%2Fpasswd/",
        "/simple/%C3%A9/",
        "/simple/%E2%80%AEspam/",
        "/nothing",
        "/static/x",
        "/%00",
        "/%ff",
        "/%5C",
        "/%0D%0A",
    ],
)
def test_path_of_nothing_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json is not None
    assert answer.json["reference"] == "not-found"
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("path", ["//simple/Spam", "//simple/spam"])
def test_doubled_slash_never_redirects_to_a_host(
    client: FlaskClient, path: str
) -> None:
    # A URL that begins so would name a host: the path is given as the server has it.
    answer = client.get("/x", environ_overrides={"PATH_INFO": path})
    assert answer.headers["Location"] == "spam/"


@pytest.mark.parametrize(
    "place",
    [
        *("/g//simple", "/views//simple", "/views/x/g//simple", "/sets/x//simple"),
        *("/x/simple", "/a/b/c/simple", "/simple/simple"),
        # Without what every index URL ends in.
        *("", "/g/1", "/views/x", "/root/pypi", "/Simple"),
    ],
)
def test_address_of_no_index_leaves_no_name_of_ours_to_others(
    client: FlaskClient, place: str
) -> None:
    # As it comes where the variable of an image build was empty, or mistyped.
    for project, status in {"spam": 410, "SPAM": 410, "other": 404, "a!b": 404}.items():
        for path in (f"{place}/{project}/", f"{place}/{project}"):
            answer = client.get(path)
            assert (answer.status_code, path) == (status, path)
            assert ("no-such-index" in answer.text) == (status == 410)


def test_what_only_reads_refuses_writing(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.post("/simple/spam/")
        assert answer.status_code == 405
        assert answer.json is not None
        assert "`/legacy/`" in answer.json["hint"]
        assert "GET" in answer.headers["Allow"]
        client.get("/simple/spam/")


def test_publish_is_seen_on_the_next_look(source: FolderSource) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    before = client.get("/simple/spam/")
    source.publish("spam-1.1-py3-none-any.whl")
    after = client.get(
        "/simple/spam/", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert after.status_code == 200
    assert b"spam-1.1" in after.data


def test_new_project_is_never_missing_because_of_an_old_look(
    source: FolderSource,
) -> None:
    client = app_over(source, fresh_for_s=3600).test_client()
    assert client.get("/simple/").status_code == 200
    source.publish("late-1.0-py3-none-any.whl")
    assert client.get("/simple/late/").status_code == 200


def test_removed_project_is_gone_on_the_next_look(source: FolderSource) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    assert client.get("/simple/spam/").status_code == 200
    source.remove("spam-1.0-py3-none-any.whl")
    assert client.get("/simple/spam/").status_code == 404


def test_untouched_generation_keeps_the_rendered_pages(source: FolderSource) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    once, again = asked_twice(client, "/simple/spam/", JSON)
    assert once.headers["ETag"] == again.headers["ETag"]


def test_page_is_rendered_again_when_its_project_changed_and_no_sooner(
    source: FolderSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.publish("eggs-1.0-py3-none-any.whl")
    rendered: list[str] = []
    files_of = source.files_of

    def counted(
        project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        rendered.append(project)
        return files_of(project, generation)

    monkeypatch.setattr(source, "files_of", counted)
    client = app_over(source, fresh_for_s=0).test_client()

    def ask() -> list[str]:
        rendered.clear()
        for project in ("spam", "eggs"):
            assert client.get(f"/simple/{project}/").status_code == 200
        return rendered.copy()

    assert ask() == ["spam", "eggs"]
    assert ask() == []
    source.publish("eggs-2.0-py3-none-any.whl")
    assert ask() == ["eggs"]
    source.set_status(canonicalize_name("spam"), ProjectStatus(marker="archived"))
    assert ask() == ["spam"]


def test_list_is_rendered_again_with_each_generation(source: FolderSource) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    assert b"eggs" not in client.get("/simple/").data
    source.publish("eggs-1.0-py3-none-any.whl")
    assert b"eggs" in client.get("/simple/").data


def test_lost_wheelhouse_is_told_not_thrown(source: FolderSource) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    client.get("/simple/spam/")
    source.failure = InvalidPublicUrlError("stands for any error of ours")
    assert client.get("/simple/spam/").status_code == 400
    source.failure = RuntimeError("a secret")
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/simple/spam/")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["reference"] == "internal-error"
    assert b"secret" not in answer.data
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 500
    source.failure = None
    assert client.get("/simple/spam/").status_code == 200


def test_health_is_told(client: FlaskClient) -> None:
    assert client.get("/healthz").data == b"alive\n"
    assert client.get("/readyz").data == b"ready, generation 2\n"


def test_home_shows_the_address_of_the_request(client: FlaskClient) -> None:
    html = client.get("/", headers={"Host": "pkgs:8080"}).text
    assert "--index-url http://pkgs:8080/simple/" in html
    assert "2 projects, generation 2" in html


def test_home_escapes_the_address_of_the_request(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "<script>alert(1)</script>"})
    assert b"<script>" not in answer.data


def test_home_is_not_sent_again_unchanged(client: FlaskClient) -> None:
    etag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("carried", ["", "/python"])
def test_index_works_behind_a_prefix(source: FolderSource, carried: str) -> None:
    app = app_over(source, public_url="https://pkgs.example/python/")
    client = app.test_client()
    assert client.get(f"{carried}/simple/spam/").status_code == 200
    assert client.get(f"{carried}/readyz").status_code == 200
    assert client.get(f"{carried}/simple/Spam").headers["Location"] == "spam/"
    doubled = client.get(f"{carried}/simple//spam/").headers["Location"]
    assert doubled == "/python/simple/spam/"
    home = client.get(f"{carried}/").text
    assert "--index-url https://pkgs.example/python/simple/" in home


def test_prefix_without_its_slash_redirects(source: FolderSource) -> None:
    app = app_over(source, public_url="https://pkgs.example/a/python")
    answer = app.test_client().get("/a/python")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "python/"


@pytest.mark.parametrize(
    "url", ["https://pkgs.example/py%20thön", "https://pkgs.example/py%20th%C3%B6n/"]
)
def test_prefix_may_be_written_encoded(source: FolderSource, url: str) -> None:
    client = app_over(source, public_url=url).test_client()
    assert client.get("/py%20th%C3%B6n/simple/").status_code == 200
    moved = client.get("/py%20th%C3%B6n")
    assert (moved.status_code, moved.location) == (301, "py%20th%C3%B6n/")


def test_prefix_is_a_whole_path_segment(source: FolderSource) -> None:
    app = app_over(source, public_url="https://pkgs.example/python")
    assert app.test_client().get("/pythonic/simple/").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "pkgs.example",
        "/python",
        "ftp://pkgs.example/",
        "http://[::1",
        "http://pkgs.example:port/",
        "http://pkgs.example:99999/",
    ],
)
def test_public_url_that_is_none_is_refused(source: FolderSource, url: str) -> None:
    with pytest.raises(InvalidPublicUrlError):
        app_over(source, public_url=url)


def test_a_project_without_files_that_is_known_has_an_empty_page(
    tmp_path: Path,
) -> None:
    source = FolderSource(tmp_path)
    source.set_status(canonicalize_name("gone"), ProjectStatus(marker="deprecated"))
    client = app_over(source).test_client()

    answer = client.get("/simple/gone/", headers={"Accept": JSON})

    assert answer.status_code == 200
    assert answer.get_json(force=True)["files"] == []
    assert client.get("/simple/other/").status_code == 404
