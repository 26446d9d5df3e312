from pathlib import Path

import pytest
from flask.testing import FlaskClient

from axletree.resolver.model.file_names import safe_name
from axletree.server.serving.app import app_over
from axletree.wheelhouse.model import ProjectStatus, StoredFile
from tests.support.index_sources import FolderSource

CONTENT = bytes(range(256)) * 2000
METADATA = "Name: spam\r\nVersion: 1.0\nSummary: äöü\n".encode()


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    return FolderSource(tmp_path)


@pytest.fixture
def wheel(source: FolderSource) -> StoredFile:
    return source.publish("spam-1.0-py3-none-any.whl", CONTENT, METADATA)


@pytest.fixture
def url(wheel: StoredFile) -> str:
    return url_of(wheel)


@pytest.fixture
def client(source: FolderSource) -> FlaskClient:
    return app_over(source).test_client()


def url_of(file: StoredFile) -> str:
    return f"/files/{file.sha256[:2]}/{file.sha256[2:]}/{file.filename}"


def test_file_is_sent_whole_and_for_a_day(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.data == CONTENT
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Content-Encoding" not in answer.headers


def test_head_of_a_file_has_its_length(client: FlaskClient, url: str) -> None:
    answer = client.head(url, headers={"Range": "bytes=0-1"})
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-299999", 100, 300_000),
        ("bytes=511999-", 511_999, 512_000),
        ("bytes=-5", 511_995, 512_000),
        ("bytes=-9999999", 0, 512_000),
        ("bytes=0-9999999", 0, 512_000),
    ],
)
def test_range_of_a_file_is_sent(
    client: FlaskClient, url: str, wanted: str, start: int, stop: int
) -> None:
    answer = client.get(url, headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.data == CONTENT[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/512000"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("was_sent", [False, True])
def test_several_ranges_are_sent_as_parts(
    client: FlaskClient, url: str, *, was_sent: bool
) -> None:
    if was_sent:
        client.get(url)
    answer = client.get(url, headers={"Range": "bytes=5-9,300000-300001,-3"})
    assert answer.status_code == 206
    assert answer.headers["Content-Length"] == str(len(answer.data))
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    before, *parts, after = answer.data.split(f"\r\n--{boundary}".encode())
    assert (before, after) == (b"", b"--\r\n")
    head = b"\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes "
    assert parts == [
        head + b"5-9/512000\r\n\r\n" + CONTENT[5:10],
        head + b"300000-300001/512000\r\n\r\n" + CONTENT[300_000:300_002],
        head + b"511997-511999/512000\r\n\r\n" + CONTENT[-3:],
    ]


def test_several_ranges_of_damage_are_refused(
    source: FolderSource, client: FlaskClient, wheel: StoredFile
) -> None:
    path = source.path_of(wheel)
    path.chmod(0o644)
    path.write_bytes(bytes(len(CONTENT)))
    answer = client.get(url_of(wheel), headers={"Range": "bytes=5-9,20-30"})
    assert answer.status_code == 500


def test_who_wants_another_content_gets_none(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"If-Match": '"other"'})
    assert (answer.status_code, answer.data) == (412, b"")


def test_range_after_the_end_is_refused_with_the_size(
    client: FlaskClient, url: str
) -> None:
    answer = client.get(url, headers={"Range": "bytes=512000-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */512000"


def test_range_under_a_condition_on_other_content_is_the_whole(
    client: FlaskClient, url: str
) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": '"other"'}
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    assert answer.data == CONTENT


@pytest.mark.parametrize("suffix", ["", ".metadata"])
def test_unchanged_file_is_not_sent_again(
    client: FlaskClient, url: str, suffix: str
) -> None:
    etag = client.get(url + suffix).headers["ETag"]
    answer = client.get(url + suffix, headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.data == b""


def test_metadata_is_sent_byte_for_byte(client: FlaskClient, url: str) -> None:
    answer = client.get(url + ".metadata", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.data == METADATA
    assert answer.headers["Content-Length"] == str(len(METADATA))
    assert "Content-Encoding" not in answer.headers


def test_metadata_is_read_once_and_is_gone_with_its_file(
    source: FolderSource, wheel: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    metadata_of = source.metadata_of

    def counted(stored: StoredFile) -> bytes:
        read.append(stored.filename)
        return metadata_of(stored)

    monkeypatch.setattr(source, "metadata_of", counted)
    client = app_over(source, fresh_for_s=0).test_client()
    path = url_of(wheel) + ".metadata"

    assert [client.get(path).data for _ in range(3)] == [METADATA] * 3
    assert read == [wheel.filename]
    source.remove(wheel.filename)
    assert client.get(path).status_code == 404


def test_head_of_metadata_has_its_length(client: FlaskClient, url: str) -> None:
    answer = client.head(url + ".metadata")
    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(METADATA))


def test_metadata_not_extracted_is_not_found(
    source: FolderSource, client: FlaskClient
) -> None:
    wheel = source.publish("eggs-1.0-py3-none-any.whl")
    assert client.get(url_of(wheel) + ".metadata").status_code == 404


def test_metadata_of_an_sdist_is_not_found(
    source: FolderSource, client: FlaskClient
) -> None:
    sdist = source.publish("spam-1.0.tar.gz", metadata=b"x")
    assert client.get(url_of(sdist) + ".metadata").status_code == 404


@pytest.mark.parametrize("spelling", ["+", "%2B", "%2b"])
def test_plus_in_a_file_name_may_be_quoted_or_not(
    source: FolderSource, client: FlaskClient, spelling: str
) -> None:
    file = source.publish("spam-1.0+axle.1-py3-none-any.whl", b"local", b"m")
    url = url_of(file).replace("+", spelling)
    assert client.get(url).data == b"local"
    assert client.get(url + ".metadata").data == b"m"


@pytest.mark.parametrize(
    "path",
    [
        "/files/",
        "/files/{head}/{tail}/",
        "/files/{head}/{tail}",
        "/files/{head}/{tail}/other-1.0-py3-none-any.whl",
        "/files/{head}/{other}/spam-1.0-py3-none-any.whl",
        "/files/{head}/{other}/spam-1.0-py3-none-any.whl.metadata",
        "/files/{head}{tail}/x/spam-1.0-py3-none-any.whl",
        "/files/{head}/{tail}/spam-1.0-py3-none-any.whl/",
        "/files/{head}/{tail}/spam-1.0-py3-none-any.whl.metadata.metadata",
        "/files/{head}/{tail}/.metadata",
        "/files/{head}/{tail}/spam-1.0-py3-none-any.whl%00",
        "/files/{head}/{tail}/spam-1.0-py3-none-any.whl%0A",
        "/files/{head}/{tail}/spam-1.0-py3-none-any.whl%0D%0AX-Evil:1",
        "/files/{head}/{tail}/%FF",
        "/files/{head}/{tail}/..%5C..%5Cx",
        "/files/{head}/{tail}/..%2F..%2F..%2Fetc%2Fpasswd",
        "/files/{head}/{tail}/../{tail}/spam-1.0-py3-none-any.whl",
        "/files/..%2F{head}/{tail}/spam-1.0-py3-none-any.whl",
    ],
)
def test_path_of_no_file_is_not_found(
    client: FlaskClient, wheel: StoredFile, path: str
) -> None:
    digest = wheel.sha256
    asked = path.format(head=digest[:2], tail=digest[2:], other="0" * 62)
    answer = client.get(asked)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


class Strict(FolderSource):
    """A source as PostgreSQL is: it fails when it is asked for what can be no name."""

    def find_kept(self, filename: str) -> StoredFile | None:
        return super().find_kept(safe_name(filename))


@pytest.mark.parametrize("name", ["spam%00-1.0-py3-none-any.whl", "spam%0a.whl"])
def test_what_can_be_no_name_is_asked_of_no_database(tmp_path: Path, name: str) -> None:
    client = app_over(Strict(tmp_path)).test_client()
    for path in (f"/files/ab/cd/{name}", f"/files/ab/cd/{name}.metadata"):
        assert client.get(path).status_code == 404


def test_removed_file_is_gone(source: FolderSource, wheel: StoredFile) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    assert client.get(url_of(wheel)).status_code == 200
    source.remove(wheel.filename)
    assert client.get(url_of(wheel)).status_code == 404


@pytest.mark.parametrize("suffix", ["", ".metadata"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_withdrawn_file_is_refused_with_its_reason(
    source: FolderSource, wheel: StoredFile, url: str, suffix: str, method: str
) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    etag = client.get(url + suffix).headers["ETag"]
    source.withdraw(wheel.filename, "malware")

    for headers in ({}, {"Range": "bytes=0-1"}, {"If-None-Match": etag}):
        answer = client.open(url + suffix, method=method, headers=headers)
        assert answer.status_code == 403
        if method == "GET":
            assert answer.get_json()["reference"] == "not-given-out"
            assert "was withdrawn: malware" in answer.get_json()["detail"]


def test_files_of_a_quarantined_project_are_refused_while_it_is(
    source: FolderSource, wheel: StoredFile, url: str
) -> None:
    client = app_over(source, fresh_for_s=0).test_client()
    source.set_status(
        wheel.project, ProjectStatus(marker="quarantined", reason="stolen account")
    )
    answer = client.get(url)
    assert answer.status_code == 403
    assert answer.get_json()["detail"] == "spam is quarantined: stolen account"

    source.set_status(wheel.project, ProjectStatus())
    assert client.get(url).status_code == 200


@pytest.fixture
def behind_nginx(source: FolderSource) -> FlaskClient:
    app = app_over(source, location="/wheelhouse-files/")
    client = app.test_client()
    client.environ_base["HTTP_X_AXLETREE_ACCEL"] = "yes"
    return client


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=5-9"}])
def test_file_is_handed_over_to_nginx(
    behind_nginx: FlaskClient, wheel: StoredFile, headers: dict[str, str]
) -> None:
    answer = behind_nginx.get(url_of(wheel), headers=headers)
    key = f"sha256/{wheel.sha256[:2]}/{wheel.sha256}"
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/wheelhouse-files/{key}"
    assert answer.headers["ETag"] == f'"{wheel.sha256}"'


def test_file_is_handed_over_to_nobody_else(
    source: FolderSource, wheel: StoredFile, client: FlaskClient
) -> None:
    direct = app_over(source, location="/wheelhouse-files/").test_client()
    unasked = client.get(url_of(wheel), headers={"X-Axletree-Accel": "yes"})
    for answer in (direct.get(url_of(wheel)), unasked):
        assert answer.data == CONTENT
        assert "X-Accel-Redirect" not in answer.headers


def test_damaged_file_is_not_handed_over(
    behind_nginx: FlaskClient, source: FolderSource, wheel: StoredFile
) -> None:
    (source.path_of(wheel).parent / wheel.sha256).write_bytes(CONTENT[:-1] + b"x")
    answer = behind_nginx.get(url_of(wheel))
    assert answer.status_code == 500
    assert "X-Accel-Redirect" not in answer.headers


def test_what_needs_no_file_is_answered_here(
    behind_nginx: FlaskClient, source: FolderSource, wheel: StoredFile
) -> None:
    etag = f'"{wheel.sha256}"'
    head = behind_nginx.head(url_of(wheel))
    assert head.headers["Content-Length"] == str(len(CONTENT))
    same = behind_nginx.get(url_of(wheel), headers={"If-None-Match": etag})
    assert same.status_code == 304
    source.withdraw(wheel.filename, "it leaks")
    later = app_over(source, location="/x/").test_client()
    gone = later.get(url_of(wheel), headers={"X-Axletree-Accel": "yes"})
    assert (gone.status_code, "X-Accel-Redirect" in gone.headers) == (403, False)
