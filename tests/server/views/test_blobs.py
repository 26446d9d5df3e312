"""Damaged files: nobody is given one whole, and a repair is seen at once."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from axletree.server.answers.errors import DamagedFileError
from axletree.server.serving.app import app_over
from axletree.server.views import blobs
from axletree.server.views.blobs import (
    CHUNK_BYTES,
    SOUND_FOR_S,
    Blobs,
)
from axletree.wheelhouse.model import StoredFile
from tests.support.damage import DAMAGES, flip, overwrite
from tests.support.index_sources import FolderSource

CONTENTS = {
    "small": bytes(range(256)) * 40,
    "a-chunk": bytes(range(256)) * (CHUNK_BYTES // 256),
    "large": bytes(range(256)) * (CHUNK_BYTES // 100),
}
WAYS = ("GET", "HEAD", "range")


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    return FolderSource(tmp_path)


@pytest.fixture
def client(source: FolderSource) -> FlaskClient:
    return app_over(source).test_client()


@pytest.fixture(params=CONTENTS)
def wheel(request: pytest.FixtureRequest, source: FolderSource) -> StoredFile:
    return source.publish("spam-1.0-py3-none-any.whl", CONTENTS[request.param])


def ask(client: FlaskClient, file: StoredFile, way: str = "GET") -> tuple[int, bytes]:
    url = f"/files/{file.sha256[:2]}/{file.sha256[2:]}/{file.filename}"
    method = "HEAD" if way == "HEAD" else "GET"
    headers = {"Range": "bytes=5-14"} if way == "range" else {}
    answer = client.open(url, method=method, headers=headers)
    if answer.status_code == 500 and method == "GET":
        assert answer.json is not None
        assert answer.json["reference"] == "damaged-file"
        assert "publish the same file again" in answer.json["hint"]
    return answer.status_code, answer.data


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_never_arrives_whole(
    source: FolderSource, client: FlaskClient, wheel: StoredFile, how: str
) -> None:
    DAMAGES[how](source.path_of(wheel))

    status, content = ask(client, wheel)

    assert status == 500 or len(content) < wheel.size_bytes
    assert [ask(client, wheel, way)[0] for way in WAYS] == [500, 500, 500]
    assert ask(client, wheel, "HEAD")[1] == b""


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("way", WAYS)
def test_a_repair_is_seen_at_once(
    source: FolderSource, client: FlaskClient, wheel: StoredFile, how: str, way: str
) -> None:
    path = source.path_of(wheel)
    content = path.read_bytes()
    DAMAGES[how](path)
    ask(client, wheel)
    assert ask(client, wheel, way)[0] == 500

    # As a publish does: whole, then under its name.
    repaired = path.with_name("new")
    repaired.write_bytes(content)
    repaired.rename(path)

    assert ask(client, wheel, way)[0] == (206 if way == "range" else 200)
    assert ask(client, wheel) == (200, content)


def test_a_part_of_a_damaged_file_is_never_sent(
    source: FolderSource, client: FlaskClient, wheel: StoredFile
) -> None:
    assert ask(client, wheel, "range")[0] == 206
    flip(source.path_of(wheel))

    assert ask(client, wheel, "range")[0] == 500


def test_a_whole_is_read_once_for_many_parts(
    client: FlaskClient, wheel: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, wheel, "range")[0] == 206
    monkeypatch.setattr("hashlib.sha256", None)

    assert ask(client, wheel, "range")[0] == 206


def test_a_file_is_hashed_again_after_a_while(
    source: FolderSource, wheel: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A disk that changes bytes by itself tells of no change.
    monkeypatch.setattr(blobs, "_stamp", lambda _: (wheel.size_bytes,))
    now = 0.0
    sent = Blobs(source, clock=lambda: now)
    assert len(b"".join(sent.whole(wheel))) == wheel.size_bytes
    overwrite(source.path_of(wheel), bytes(wheel.size_bytes))

    now = SOUND_FOR_S - 1
    assert len(b"".join(sent.whole(wheel))) == wheel.size_bytes
    now = SOUND_FOR_S + 1
    if wheel.size_bytes > CHUNK_BYTES:
        assert len(b"".join(sent.whole(wheel))) < wheel.size_bytes
    with pytest.raises(DamagedFileError):
        sent.whole(wheel)


@pytest.mark.parametrize("was_sent", [False, True])
def test_damage_within_an_answer_is_noticed(
    source: FolderSource, client: FlaskClient, *, was_sent: bool
) -> None:
    wheel = source.publish("spam-1.0-py3-none-any.whl", bytes(CHUNK_BYTES * 5))
    if was_sent:
        assert ask(client, wheel)[0] == 200
    url = f"/files/{wheel.sha256[:2]}/{wheel.sha256[2:]}/{wheel.filename}"

    with client.get(url, buffered=False) as answer:
        chunks = answer.iter_encoded()
        received = [next(chunks)]
        overwrite(source.path_of(wheel), bytes(CHUNK_BYTES * 2))
        received += chunks

    assert sum(map(len, received)) < wheel.size_bytes
    assert ask(client, wheel)[0] == 500


def test_damaged_files_are_named_to_those_who_run_the_index(
    source: FolderSource, client: FlaskClient, wheel: StoredFile
) -> None:
    assert client.get("/readyz").text == "ready, generation 1\n"
    content = source.path_of(wheel).read_bytes()
    flip(source.path_of(wheel))
    ask(client, wheel)

    damaged = client.get("/readyz")
    overwrite(source.path_of(wheel), content)
    ask(client, wheel)

    assert damaged.status_code == 200
    assert damaged.text == f"ready, generation 1\ndamaged: {wheel.filename}\n"
    assert client.get("/readyz").text == "ready, generation 1\n"


def test_a_file_that_cannot_be_opened_is_an_error_of_ours(
    source: FolderSource, client: FlaskClient, wheel: StoredFile
) -> None:
    path = source.path_of(wheel)
    path.unlink()
    path.mkdir()

    assert [ask(client, wheel, way)[0] for way in WAYS] == [500, 500, 500]
