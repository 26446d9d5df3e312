import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.errors import WrongHashError
from axletree.wheelhouse.transport.errors import (
    FileGoneError,
    UnreachableIndexError,
)
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.reporter import SilentUpstreamReporter
from tests.support.index_server import Index
from tests.support.upstream import (
    make_large_wheel,
    make_settings,
    only_file,
    read_page,
)
from tests.support.wheels import make_wheel


@pytest.fixture
def patient(server: Index, tmp_path: Path) -> Iterator[UpstreamIndex]:
    settings = make_settings(tmp_path, AXLETREE_RETRIES="3")
    with UpstreamIndex(settings, server.url) as index:
        yield index


def test_files_arrive_whole_and_nothing_else_does(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    for number in range(40):
        server.publish("demo", make_wheel(tmp_path / "up", "demo", f"1.{number}"))
    files = read_page(upstream, "demo").files

    paths = upstream.download_all(files, tmp_path / "down").whole()

    assert {path.name: path.read_bytes() for path in paths.values()} == {
        file.filename: file.content for file in server.published
    }
    assert sorted((tmp_path / "down").iterdir()) == sorted(paths.values())


def test_a_file_that_is_there_is_not_downloaded_again(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    file = only_file(upstream, "demo")
    upstream.download(file, tmp_path / "down")
    before = len(server.asked)

    upstream.download(file, tmp_path / "down")

    assert len(server.asked) == before


def test_a_spoiled_file_is_replaced(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    (tmp_path / "down").mkdir()
    (tmp_path / "down" / wheel.filename).write_bytes(b"half")

    path = upstream.download(only_file(upstream, "demo"), tmp_path / "down")

    assert path.read_bytes() == wheel.content


def test_a_cut_download_is_continued_where_it_stopped(
    server: Index, patient: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_large_wheel(tmp_path / "up", "demo", "1.0"))
    file = only_file(patient, "demo")
    server.misdeeds[f"/files/{file.filename}"].append("cut")

    path = patient.download(file, tmp_path / "down")

    assert path.read_bytes() == wheel.content
    assert [asked.headers["Range"] for asked in server.asked[1:]] == [
        None,
        f"bytes={len(wheel.content) // 2}-",
    ]


def test_a_cut_download_begins_anew_where_ranges_are_ignored(
    server: Index, patient: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_large_wheel(tmp_path / "up", "demo", "1.0"))
    server.ranges = "ignored"
    file = only_file(patient, "demo")
    server.misdeeds[f"/files/{file.filename}"].append("cut")

    assert patient.download(file, tmp_path / "down").read_bytes() == wheel.content


def test_a_file_with_another_hash_never_gets_its_name(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    wheel.promised_sha256 = hashlib.sha256(b"another").hexdigest()

    with pytest.raises(WrongHashError) as caught:
        upstream.download(only_file(upstream, "demo"), tmp_path / "down")

    assert caught.value.exit_code == 4
    assert list((tmp_path / "down").iterdir()) == []


def test_a_file_that_is_gone_is_named(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))
    file = only_file(upstream, "demo")
    server.published.clear()

    with pytest.raises(FileGoneError, match=r"lists demo-1\.0-py3"):
        upstream.download(file, tmp_path / "down")


@pytest.fixture
def ten(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> tuple[DistributionFile, ...]:
    for number in range(10):
        server.publish("demo", make_wheel(tmp_path / "up", "demo", f"1.{number}"))
    return tuple(read_page(upstream, "demo").files)


@pytest.mark.parametrize("status", [403, 500])
def test_a_file_that_the_index_does_not_give_keeps_no_other_from_coming(
    server: Index,
    upstream: UpstreamIndex,
    ten: tuple[DistributionFile, ...],
    status: int,
) -> None:
    server.misdeeds[f"/files/{ten[5].filename}"].append(status)

    brought = upstream.fetch(ten)

    assert set(brought.paths) == set(ten) - {ten[5]}
    assert [*brought.failures] == [ten[5]]
    with pytest.raises(UnreachableIndexError):
        brought.whole()


def test_wrong_and_missing_files_are_told_apart_from_those_that_come(
    server: Index,
    upstream: UpstreamIndex,
    ten: tuple[DistributionFile, ...],
    tmp_path: Path,
) -> None:
    server.published[2].content = b"other bytes"
    del server.published[7]

    brought = upstream.download_all(ten, tmp_path / "down")

    assert set(brought.paths) == set(ten) - {ten[2], ten[7]}
    assert isinstance(brought.failures[ten[2]], WrongHashError)
    assert isinstance(brought.failures[ten[7]], FileGoneError)


def test_an_index_that_gives_nothing_any_more_stops_the_rest(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    for number in range(40):
        file = server.publish(
            "demo", make_wheel(tmp_path / "up", "demo", f"1.{number}")
        )
        server.misdeeds[f"/files/{file.filename}"].append(500)
    files = read_page(upstream, "demo").files

    with pytest.raises(UnreachableIndexError):
        upstream.download_all(files, tmp_path / "down")

    assert len(server.asked) < len(files)


def test_a_failed_batch_leaves_whole_files_only(
    server: Index,
    upstream: UpstreamIndex,
    ten: tuple[DistributionFile, ...],
    tmp_path: Path,
) -> None:
    server.misdeeds[f"/files/{ten[5].filename}"].append(500)

    upstream.download_all(ten, tmp_path / "down")

    contents = {file.filename: file.content for file in server.published}
    for path in (tmp_path / "down").iterdir():
        assert path.read_bytes() == contents[path.name]


class _Listener(SilentUpstreamReporter):
    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.arrived: list[str] = []

    def downloading(self, file: DistributionFile, done_bytes: int) -> None:
        assert file.filename
        self.lengths.append(done_bytes)

    def downloaded(self, file: DistributionFile, path: Path) -> None:
        assert path.is_file()
        self.arrived.append(file.filename)


def test_progress_is_told(server: Index, tmp_path: Path) -> None:
    wheel = server.publish("demo", make_large_wheel(tmp_path / "up", "demo", "1.0"))
    listener = _Listener()
    settings = make_settings(tmp_path)
    with UpstreamIndex(settings, server.url, reporter=listener) as index:
        index.download(only_file(index, "demo"), tmp_path / "down")

    assert listener.lengths[-1] == len(wheel.content)
    assert listener.lengths == sorted(listener.lengths)
    assert listener.arrived == [wheel.filename]
