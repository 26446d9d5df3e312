"""Files in a bucket: whole or not at all, of any size, and swept."""

import hashlib
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import obstore
import pytest

from axletree.wheelhouse.errors import (
    FilesUnreachableError,
    LostBlobError,
    NoSpaceError,
    WrongHashError,
)
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.remote.bucket import PART_BYTES, BucketFileStore
from axletree.wheelhouse.remote.uploads import begun_uploads, sweep_uploads
from axletree.wheelhouse.store.blobs import is_intact, parts_of
from axletree.wheelhouse.store.files import copied, digest_of
from tests.support.servers import BUCKET, PASSWORD, Servers

pytestmark = pytest.mark.slow
LATER = datetime.now(UTC) + timedelta(days=2)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(servers: Servers, tmp_path: Path) -> BucketFileStore:
    bucket = servers.bucket
    return BucketFileStore(
        url=bucket.new_prefix(), aws=bucket.aws, scratch=tmp_path / "scratch"
    )


def made(folder: Path, size: int) -> Path:
    path = folder / f"source-{size}"
    path.write_bytes(os.urandom(size))
    return path


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_a_blob_of_any_size_comes_back(
    store: BucketFileStore, tmp_path: Path, size: int
) -> None:
    source = made(tmp_path, size)
    digest = digest_of(source)
    assert (store.size(digest), is_intact(store, digest)) == (None, False)

    store.put(digest, source)
    store.put(digest, source)

    assert (store.size(digest), is_intact(store, digest)) == (size, True)
    assert copied(store, digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    with store.local_copy(digest) as path:
        assert path.read_bytes() == source.read_bytes()
    assert not path.exists()
    [blob] = store.blobs()
    assert (blob.sha256, blob.size_bytes) == (digest, size)
    stream = store.open(digest)
    assert stream.stamp() == blob.stamp
    stream.close()
    for start, stop in ((0, 7), (5, 5), (size // 2, None), (0, size)):
        found = b"".join(parts_of(store, digest, start, stop)) if size > 7 else b""
        assert found == (source.read_bytes()[start:stop] if size > 7 else b"")
    store.remove(digest)
    store.remove(digest, Sha256("ab" * 32))
    store.remove()
    assert list(store.blobs()) == []


@pytest.mark.parametrize("size", [10, 2 * PART_BYTES + 9])
def test_what_is_not_as_promised_is_never_there(
    store: BucketFileStore, tmp_path: Path, size: int
) -> None:
    source = made(tmp_path, size)
    wrong = Sha256(hashlib.sha256(b"other").hexdigest())

    with pytest.raises(WrongHashError):
        store.put(wrong, source)

    assert store.size(wrong) is None
    with pytest.raises(LostBlobError), store.local_copy(wrong):
        pass


def test_a_large_blob_takes_little_memory(
    store: BucketFileStore, tmp_path: Path
) -> None:
    source = tmp_path / "large"
    with source.open("wb") as file:
        file.truncate(96 << 20)
    digest = digest_of(source)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    store.put(digest, source)
    assert is_intact(store, digest)

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 90 << 10
    store.remove(digest)


def test_uploads_that_a_killed_process_has_begun_are_ended_by_their_age(
    store: BucketFileStore, tmp_path: Path
) -> None:
    source = made(tmp_path, 4 * PART_BYTES)
    subprocess.run(
        [sys.executable, "-c", _KILLED, store.url, str(source)],
        env={**os.environ, **store.aws, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    prefix = store.url.removeprefix(f"s3://{BUCKET}/")
    [begun] = begun_uploads(BUCKET, f"{prefix}/sha256/", store.aws)
    assert list(store.blobs()) == []

    store.sweep()
    assert [*begun_uploads(BUCKET, f"{prefix}/sha256/", store.aws)] == [begun]
    assert sweep_uploads(BUCKET, "another", store.aws, LATER) == 0
    assert sweep_uploads(BUCKET, prefix, store.aws, LATER) == 1
    assert [*begun_uploads(BUCKET, f"{prefix}/sha256/", store.aws)] == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from axletree.wheelhouse.remote import bucket
def parts(source, expected):
    content = source.read_bytes()
    for start in range(0, len(content), 1 << 20):
        if start > len(content) // 2:
            import time; time.sleep(1)
            os.kill(os.getpid(), signal.SIGKILL)
        yield content[start : start + (1 << 20)]
bucket.hashed_parts = parts
aws = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
store = bucket.BucketFileStore(url=sys.argv[1], aws=aws, scratch=Path("/nonexistent"))
store.put("ab" * 32, Path(sys.argv[2]))
"""


def _other_bucket(store: BucketFileStore) -> BucketFileStore:
    return replace(store, url="s3://no-such-bucket/prefix")


def _wrong_key(store: BucketFileStore) -> BucketFileStore:
    return replace(store, aws={**store.aws, "AWS_SECRET_ACCESS_KEY": "wrong-secret"})


def _no_server(store: BucketFileStore) -> BucketFileStore:
    return replace(store, aws={**store.aws, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_bucket, "there is no bucket no-such-bucket"),
        (_wrong_key, "refuses us"),
        (_no_server, "does not answer"),
    ],
)
def test_what_cannot_be_reached_is_one_clear_error_without_a_secret(
    store: BucketFileStore,
    tmp_path: Path,
    change: Callable[[BucketFileStore], BucketFileStore],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "axletree.wheelhouse.remote.bucket._RETRY_FOR", timedelta(seconds=1)
    )
    source = made(tmp_path, 10)
    broken = change(store)
    works: list[Callable[[], object]] = [lambda: list(broken.blobs()), broken.ask]
    if change is not _other_bucket:  # SeaweedFS makes any that is written to
        works.append(lambda: broken.put(digest_of(source), source))
    for work in works:
        with pytest.raises(FilesUnreachableError) as caught:
            work()
        error = caught.value
        assert error.exit_code == 3
        assert said in error.what
        told = f"{error.what} {error.where} {error.hint} {broken!r}"
        assert not any(each in told for each in ("wrong-secret", PASSWORD))


def test_a_full_server_is_told_as_such(
    store: BucketFileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "axletree.wheelhouse.remote.bucket._RETRY_FOR", timedelta(seconds=0.1)
    )
    source = made(tmp_path, 10)
    with answering(507) as url:
        full = replace(store, aws={**store.aws, "AWS_ENDPOINT_URL": url})
        with pytest.raises(NoSpaceError, match="no space left on the file server"):
            full.put(digest_of(source), source)


PAGE = b"<html><body>Sign in</body></html>"


@pytest.mark.parametrize(("status", "etag"), [(200, ""), (200, '"x"'), (404, "")])
def test_who_answers_in_its_place_is_not_believed(
    store: BucketFileStore, tmp_path: Path, status: int, etag: str
) -> None:
    digest = digest_of(made(tmp_path, 10))
    with answering(status, PAGE, etag) as url:
        other = replace(store, aws={**store.aws, "AWS_ENDPOINT_URL": url})
        works: list[Callable[[], object]] = [
            lambda: list(other.blobs()),
            other.ask,
            lambda: other.remove(digest),
        ]
        if not etag:  # so does a static file, until its hash is looked at
            works += [lambda: other.size(digest), lambda: other.open(digest)]
        for work in works:
            with pytest.raises(FilesUnreachableError):
                work()


@contextmanager
def answering(status: int, page: bytes = b"", etag: str = "") -> Iterator[str]:
    """Serve nothing but an answer."""

    class Answer(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(page)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page)

        do_GET = do_HEAD = do_POST = do_PUT  # noqa: N815  names of the library

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_bytes_that_were_changed_behind_us_are_told_from_it(
    store: BucketFileStore, tmp_path: Path
) -> None:
    source = made(tmp_path, 1000)
    digest = digest_of(source)
    store.put(digest, source)
    key = f"sha256/{digest[:2]}/{digest}"
    before = store.open(digest).stamp()

    obstore.put(store.client, key, b"x" * 1000)

    assert store.open(digest).stamp() != before
    assert not is_intact(store, digest)
    assert not copied(store, digest, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    obstore.put(store.client, key, b"x")
    with pytest.raises(LostBlobError):
        store.open(digest, 500, 900)
