import base64
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.wheelhouse.transport.credentials import (
    Credentials,
    Login,
    printable,
)
from axletree.wheelhouse.transport.errors import UnreachableIndexError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.index_server import Index, serving
from tests.support.upstream import make_settings, names, only_file
from tests.support.wheels import make_wheel

SECRET = "s3cr/et:p@ss"  # noqa: S105  made up for these tests
SECRET_IN_URL = "s3cr%2Fet%3Ap%40ss"  # noqa: S105  the same


@pytest.fixture
def private(server: Index, tmp_path: Path) -> Index:
    server.login = f"anna:{SECRET}"
    server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    return server


@pytest.fixture
def other_host() -> Iterator[Index]:
    # Another port is another origin.
    with serving() as index:
        yield index


def _with_login(index: Index, password: str = SECRET_IN_URL) -> str:
    return index.url.replace("http://", f"http://anna:{password}@")


def test_a_login_in_the_url_opens_pages_and_files(
    private: Index, tmp_path: Path
) -> None:
    with UpstreamIndex(make_settings(tmp_path), _with_login(private)) as index:
        file = only_file(index, "demo")
        index.metadata([file])
        index.download(file, tmp_path / "down")

        assert "anna" not in file.url
        assert "anna" not in index.url


def test_a_login_in_netrc_opens_the_index(private: Index, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f'machine 127.0.0.1 login anna password "{SECRET}"\n')
    netrc.chmod(stat.S_IRUSR)

    with UpstreamIndex(make_settings(tmp_path), private.url) as index:
        assert only_file(index, "demo").filename


def test_a_wrong_password_is_not_shown(private: Index, tmp_path: Path) -> None:
    url = _with_login(private, "hunter2")
    with (
        UpstreamIndex(make_settings(tmp_path), url) as index,
        pytest.raises(UnreachableIndexError) as caught,
    ):
        index.pages(names("demo"))

    error = caught.value
    assert "hunter2" not in f"{error.what} {error.where} {error.hint!r} {error!r}"


def test_the_cache_holds_no_login(private: Index, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with UpstreamIndex(settings, _with_login(private)) as index:
        index.metadata([only_file(index, "demo")])

    for entry in settings.cache_dir.rglob("*"):
        assert not entry.is_file() or b"anna" not in entry.read_bytes()


def test_a_login_is_not_sent_to_where_a_file_is_redirected(
    private: Index, other_host: Index, tmp_path: Path
) -> None:
    other_host.published = private.published
    private.redirect_to = other_host.origin

    with UpstreamIndex(make_settings(tmp_path), _with_login(private)) as index:
        index.download(only_file(index, "demo"), tmp_path / "down")

    assert [asked.headers["Authorization"] for asked in other_host.asked] == [None]


def test_a_login_is_not_sent_to_another_host_that_a_page_names(
    private: Index, other_host: Index, tmp_path: Path
) -> None:
    other_host.published = private.published
    private.file_root = f"{other_host.origin}/files/"

    with UpstreamIndex(make_settings(tmp_path), _with_login(private)) as index:
        index.metadata([only_file(index, "demo")])

    assert [asked.headers["Authorization"] for asked in other_host.asked] == [None]


def test_a_login_in_a_link_is_used_and_not_shown(
    server: Index, other_host: Index, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    other_host.published = server.published
    other_host.login = f"anna:{SECRET}"
    server.file_root = f"{_with_login(other_host).removesuffix('simple/')}files/"

    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        file = only_file(index, "demo")
        index.download(file, tmp_path / "down")

    assert file.url == f"{other_host.origin}/files/{file.filename}"


def test_a_page_cannot_change_the_login_of_its_index() -> None:
    credentials = Credentials()
    credentials.detach("https://anna:right@host.test/simple/")
    credentials.detach("https://eve:wrong@host.test/files/x.whl")

    login = credentials.login("https://host.test/files/x.whl")
    assert login is not None
    assert (login.user, login.password) == ("anna", "right")


def test_a_bare_user_name_gets_its_password_from_the_keyring() -> None:
    credentials = Credentials(ask=lambda url, user: f"{user} at {url}")

    assert credentials.detach("https://anna@host.test/simple/") == (
        "https://host.test/simple/"
    )
    login = credentials.login("https://host.test/other")
    assert login is not None
    assert login.password == "anna at https://host.test/simple/"  # noqa: S105  of ask


def test_a_login_does_not_print_its_password() -> None:
    assert SECRET not in repr(Login(user="anna", password=SECRET))


def test_a_printable_url_has_no_login_and_no_signature() -> None:
    url = "https://anna:pw@host.test/a.whl?X-Signature=abc#sha256=1"

    assert printable(url) == "https://host.test/a.whl"


def test_requests_go_through_the_proxy_but_for_hosts_that_need_none(
    private: Index, other_host: Index, tmp_path: Path
) -> None:
    # A plain proxy is asked for the whole URL.
    settings = make_settings(
        tmp_path,
        HTTP_PROXY=_with_login(other_host).removesuffix("/simple/"),
        NO_PROXY="localhost",
    )
    other_host.misdeeds["http://index.test/simple/demo/"].append(403)
    with (
        UpstreamIndex(settings, "http://index.test/simple/") as index,
        pytest.raises(UnreachableIndexError),
    ):
        index.pages(names("demo"))
    with UpstreamIndex(
        settings, _with_login(private).replace("127.0.0.1", "localhost")
    ) as index:
        index.pages(names("demo"))

    (asked,) = other_host.asked
    login = base64.b64encode(f"anna:{SECRET}".encode()).decode()
    assert asked.headers["Proxy-Authorization"] == f"Basic {login}"
